"""What the whole database comes to: a step that ran twice must leave the very same as a step that ran once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from db.checks import run_checks
from db.engine import transaction
from tests import builders
from tests.builders import rows

_TABLES = "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
_SUMS = {
    "on hand": "SELECT sum(on_hand) FROM stock_level",
    "reserved": "SELECT sum(reserved) FROM stock_level",
    "debited": "SELECT sum(debit) FROM journal_line",
    "outstanding": "SELECT sum(outstanding) FROM invoice",
    "unapplied": "SELECT sum(unapplied) FROM payment",
    "credit reserved": "SELECT sum(reserved) FROM customer_account",
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Rows of every table and the sums that must never double, and a digest of what each table says."""

    figures: dict[str, Decimal]
    digests: dict[str, str]

    def grown_to(self, later: Fingerprint) -> dict[str, Decimal]:
        """What has become more or less since."""
        changes = {name: figure - self.figures[name] for name, figure in later.figures.items()}
        return {name: change for name, change in changes.items() if change}


async def fingerprint() -> Fingerprint:
    """The database as it is now; tables are counted under their names (notices, outbox and timeline among them)."""
    tables = [row.name for row in await rows(_TABLES)]
    content = "md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))"
    counts = [f"SELECT '{name}' AS name, count(*) AS figure, {content} AS digest FROM {name} t" for name in tables]
    sums = [f"SELECT '{name}', coalesce(({sum_of}), 0), NULL" for name, sum_of in _SUMS.items()]
    found = await rows(" UNION ALL ".join([*counts, *sums]))
    figures = {row.name: Decimal(row.figure) for row in found}
    return Fingerprint(figures, {row.name: row.digest for row in found if row.digest is not None})


@dataclass(frozen=True, slots=True)
class Case:
    """A step at a point of an order's life: what it answers, and the one effect that it has however often it runs.

    `answers_in_a_race` is a query for the answer where runs at the same instant each draw a number of a sequence, and
    either may be the one whose row is kept.
    """

    step: Callable[[Any], Awaitable[Any]]
    says: str
    arrange: Callable[[], Awaitable[Any]]
    answers: Mapping[str, Any] | str
    grows: Mapping[str, Any]
    answers_in_a_race: str | None = None

    @property
    def name(self) -> str:
        """The case as a sentence."""
        return f"{self.step.__name__} {self.says}"


def sentence(case: Case) -> str:
    """The name of a case, for pytest."""
    return case.name


async def run_one_after_the_other(case: Case) -> None:
    """The second run answers what the first did and changes not one row."""
    asked = await _arranged(case)
    before = await fingerprint()
    first = await case.step(asked)
    after = await fingerprint()
    _assert_answer(case, first)
    assert before.grown_to(after) == _figures(case)
    assert await case.step(asked) == first
    assert await fingerprint() == after
    await assert_sound()


async def run_at_the_same_instant(case: Case) -> None:
    """Two runs at once answer the same and have the effect of one; a third changes nothing any more."""
    asked = await _arranged(case)
    before = await fingerprint()
    await warm(2)
    first, second = await asyncio.gather(case.step(asked), case.step(asked))
    after = await fingerprint()
    if case.answers_in_a_race is None:
        _assert_answer(case, first)
    else:
        assert [first] == [row[0] for row in await rows(case.answers_in_a_race)]
    assert second == first
    assert before.grown_to(after) == _figures(case)
    assert await case.step(asked) == first
    assert await fingerprint() == after
    await assert_sound()


async def _arranged(case: Case) -> Any:
    await builders.a_company()
    return await case.arrange()


def _assert_answer(case: Case, answer: Any) -> None:
    if isinstance(case.answers, str):
        assert answer == case.answers
    else:
        assert {name: getattr(answer, name) for name in case.answers} == dict(case.answers)


def _figures(case: Case) -> dict[str, Decimal]:
    return {name: Decimal(change) for name, change in case.grows.items()}


async def warm(connections: int) -> None:
    """Open connections beforehand: who first has to connect does not come at the same instant."""
    here = asyncio.Barrier(connections)

    async def connect() -> None:
        async with transaction() as tx:
            await tx.execute(text("SELECT 1"))
            await here.wait()

    await asyncio.gather(*(connect() for _ in range(connections)))


async def assert_sound() -> None:
    """The reconciler finds nothing to say."""
    async with transaction() as tx:
        assert {check.name: check.breaches for check in await run_checks(tx) if check.breaches} == {}
