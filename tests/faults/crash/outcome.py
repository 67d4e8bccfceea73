"""What became of it: every row of every table and all that the carrier knows, said so that two runs can be compared.

Nothing is left out. What chance or the clock decided is replaced by what it means: a surrogate id, and a number drawn
from a sequence, by its place among those of its kind (a transaction that is rolled back draws one and throws it away);
an instant of the test's own minutes by a word; a tracking number, which the carrier makes of the booking's key, by its
shipment; how often something was tried by whether it was. Gapless numbers and business time stay as they are: they have
to be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

Table = dict[str, list[Any]]
ANSWER, CARRIER = "(answer)", "(carrier)"
_TABLES = (
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
)
_IDENTITIES = """
WITH own AS (
  SELECT a.attrelid, a.attnum, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
    AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'))
SELECT attrelid::regclass::text AS name, attname AS field, attrelid::regclass::text AS of, true AS own FROM own
UNION ALL SELECT c.conrelid::regclass::text, f.attname, c.confrelid::regclass::text, false FROM pg_constraint c
JOIN own ON own.attrelid = c.confrelid AND own.attnum = c.confkey[1]
JOIN pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = c.conkey[1] WHERE c.contype = 'f'"""
_DRAWN = """
SELECT t.relname AS name FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'number'
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND t.relname NOT IN (SELECT name FROM counter)"""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_TRACKING = re.compile(r"PW\d{12}")
_ANSWERED = re.compile(r'(\\*"id\\*": ?)(\d+)(, ?\\*"(invoice|away|stand_in))')
"""A drawn id in an answer; the field behind it, as written or in order of the alphabet, tells of what."""
_LOCAL = re.compile(r"http://127\.0\.0\.1:\d+")
_NAMED = {"movement": "stock_movement"}
"""Effects whose key in the journal is a surrogate id."""
_SECRETS = {"api_key": ("prefix", "hash"), "app_user": ("password_hash",)}
_KEY = re.compile(r"ok_[0-9a-f]{12}_[\w-]{43}")
_AHEAD = timedelta(hours=1)
"""Leases and next attempts lie a little ahead of the clock."""


async def rows_of(database: str) -> tuple[Table, list[Any], list[Any]]:
    """Every row as JSON, the columns that hold surrogate ids, and the tables whose numbers are drawn."""
    dsn = database.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row) as connection:
        names = [row["name"] for row in await (await connection.execute(_TABLES)).fetchall()]
        whole = " UNION ALL ".join(f"SELECT '{name}' AS name, to_jsonb(t) AS row FROM {name} t" for name in names)
        found = await (await connection.execute(whole)).fetchall()
        ids = await (await connection.execute(_IDENTITIES)).fetchall()
        drawn = await (await connection.execute(_DRAWN)).fetchall()
    tables: Table = {name: [] for name in names}
    for row in found:
        tables[row["name"]].append(row["row"])
    return tables, ids, drawn


async def outcome(database: str, outside: Table, since: datetime, answer: Any) -> Table:
    """Database, the world outside and the answer of one run, comparable."""
    tables, ids, drawn = await rows_of(database)
    places = _place_ids(tables, ids)
    for entry in tables["journal_entry"]:
        kind, _, named = entry["effect_key"].partition("/")
        if kind in _NAMED:
            entry["effect_key"] = f"{kind}/{places[_NAMED[kind]][int(named)]}"
    for name, fields in _SECRETS.items():
        for row in tables[name]:
            row.update({field: "(by chance)" for field in fields if row[field]})
    everything = {**tables, **outside, ANSWER: [answer]}
    for row in (row for name in ("engine_outbox", "notice") for row in tables[name]):
        row["attempts"] = "(some)" if row["attempts"] else "(none)"
    meaning = {**_numbers(tables, drawn), **_tracking_numbers(outside[CARRIER])}
    said = {name: [_said(row, meaning, since) for row in rows] for name, rows in everything.items()}
    return {name: sorted(_placed(row, places) for row in rows) for name, rows in said.items()}


def _place_ids(tables: Table, ids: list[Any]) -> dict[str, dict[Any, int]]:
    """Put every surrogate id's place in its stead; the places, by table and id."""
    own = {column["of"]: column["field"] for column in ids if column["own"]}
    places = {
        name: {row[field]: place for place, row in enumerate(sorted(tables[name], key=lambda r: r[field]), start=1)}
        for name, field in own.items()
    }
    for column in ids:
        for row in tables[column["name"]]:
            if row[column["field"]] is not None:
                row[column["field"]] = places[column["of"]][row[column["field"]]]
    return places


def _numbers(tables: Table, drawn: list[Any]) -> dict[str, str]:
    meaning: dict[str, str] = {}
    for table in drawn:
        numbers = sorted({row["number"] for row in tables[table["name"]]}, key=lambda n: (len(n), n))
        meaning |= {number: f"{number.partition('-')[0]}#{place}" for place, number in enumerate(numbers, start=1)}
    return meaning


def _tracking_numbers(carrier: list[Any]) -> dict[str, str]:
    return {fact["tracking_number"]: f"PW/{fact['key']}" for fact in carrier if "tracking_number" in fact}


def _said(row: Any, meaning: Mapping[str, str], since: datetime) -> str:
    said = json.dumps(row, sort_keys=True, ensure_ascii=False)
    said = _KEY.sub("(by chance)", said)
    said = _LOCAL.sub("(carrier)", said)
    said = _TRACKING.sub(lambda found: meaning.get(found[0], found[0]), said)
    said = re.sub(r"\b[A-Z]{2,4}-\d{6,}\b", lambda found: meaning.get(found[0], found[0]), said)
    return _INSTANT.sub(lambda found: "(now)" if _is_now(found[0], since) else found[0], said)


def _placed(said: str, places: Mapping[str, Mapping[Any, int]]) -> str:
    """A dispute and a delegation are answered with their id, which is drawn: its place stands in its stead."""

    def place(found: re.Match[str]) -> str:
        known = places["dispute" if found[4] == "invoice" else "delegation"]
        return f"{found[1]}#{known.get(int(found[2]), found[2])}{found[3]}"

    return _ANSWERED.sub(place, said)


def _is_now(instant: str, since: datetime) -> bool:
    return since <= datetime.fromisoformat(instant) <= datetime.now(UTC) + _AHEAD


def differences(wanted: Table, got: Table) -> dict[str, Any]:
    """What is missing and what is too much, table by table; nothing when the two are equal."""
    found: dict[str, Any] = {}
    for name in sorted({*wanted, *got}):
        missing = list(_without(wanted.get(name, []), got.get(name, [])))
        more = list(_without(got.get(name, []), wanted.get(name, [])))
        if missing or more:
            found[name] = {"missing": missing, "too much": more}
    return found


def _without(these: list[Any], those: list[Any]) -> Iterator[Any]:
    left = list(those)
    for each in these:
        if each in left:
            left.remove(each)
        else:
            yield each
