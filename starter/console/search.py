"""One box for every number, name and reference, in any language: a hit that is the only one is opened at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.listing import List, address_of, value_of
from starter.console.lists import LISTS
from starter.console.page import render

router = pages()
MOST = 8
LONGEST = 200
_NUMBER = re.compile(r"(SO|SH|INV|PAY|CASE|PO|MO)[ -]?0*(\d{1,9})", re.IGNORECASE)
_KEYS = ("number", "code", "sku")


@dataclass(frozen=True, slots=True)
class Hits:
    """What one list found, and where to see all of it."""

    shown: List
    rows: Sequence[dict[str, Any]]
    all_of_them: str


def _address(hits: Hits) -> str:
    row = hits.rows[0]
    key = next(row[name] for name in _KEYS if name in row)
    return f"{hits.shown.path}/{quote(str(key), safe='/')}"


async def found_in_lists(tx: AsyncConnection, wanted: str) -> list[Hits]:
    """What each list that can be searched finds."""
    found = []
    for shown in LISTS:
        if shown.search:
            rows, _ = await shown.query(tx, limit=MOST, after=None, filters={"q": wanted})
            if rows:
                found.append(Hits(shown, rows, f"{shown.path}?q={quote(wanted)}"))
    return found


def _only(found: list[Hits], wanted: str) -> Hits | None:
    """What is meant beyond doubt: a document that has this very number, or the only hit of all."""
    for hits in found:
        key = next((hits.rows[0][name] for name in _KEYS if name in hits.rows[0]), None)
        if str(key).casefold() == wanted.casefold():
            return hits
    return found[0] if len(found) == 1 and len(found[0].rows) == 1 else None


def as_meant(text: str) -> str:
    """What was typed, without spaces around; a number in the wide signs of a Chinese keyboard is that number."""
    typed = " ".join(text.split())[:LONGEST]
    plain = unicodedata.normalize("NFKC", typed)
    return plain if plain.isascii() else typed


def as_number(wanted: str) -> str | None:
    """A document's number that was typed in another way than it is written: so5, "SO 000005" and INV5 are numbers."""
    typed = _NUMBER.fullmatch(wanted)
    return f"{typed[1].upper()}-{int(typed[2]):06d}" if typed else None


@router.get("/search")
async def search(request: Request) -> Response:
    """What was found; the document itself when nothing else can be meant."""
    wanted = as_meant(request.query_params.get("q", ""))
    if not wanted or not wanted.isprintable():
        return render(request, "search.html", found=[], wanted="", value_of=value_of, address_of=address_of)

    async def look(tx: AsyncConnection) -> list[Hits]:
        found = await found_in_lists(tx, wanted)
        number = None if found else as_number(wanted)
        return found if number is None else await found_in_lists(tx, number)

    found = await in_database(look)
    only = _only(found, as_number(wanted) or wanted)
    if only is not None:
        return RedirectResponse(_address(only), 303)
    return render(request, "search.html", found=found, wanted=wanted, value_of=value_of, address_of=address_of)
