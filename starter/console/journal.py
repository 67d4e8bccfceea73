"""The journal: every voucher with its lines, chosen by account, order, document or day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_ledger
from domain.errors import FieldError, Invalid
from domain.invoicing import ACCOUNTS
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.page import render

router = pages()
ROWS = 50
FILTERS = ("account", "order", "document", "day")
_PAGES = {
    "goods_issue": "shipments", "invoice": "invoices", "payment": "payments", "payer": "payments",
    "application": "payments",
}  # fmt: skip
"""A voucher's kind to the pages of its documents."""
_SUPPLY = re.compile(r"[PM]O-\d{6,}")


def collection_of(voucher: dict[str, Any]) -> str | None:
    """Among which pages the document of a voucher is; None for a reference that is no document of ours."""
    return _PAGES.get(voucher["kind"]) or ("supply-orders" if _SUPPLY.fullmatch(voucher["document"]) else None)


def _chosen(request: Request) -> tuple[dict[str, str], str | None]:
    chosen, after = filters_of(request, FILTERS)
    try:
        date.fromisoformat(chosen.get("day", "2000-01-01"))
    except ValueError:
        wrong = FieldError("/day", "a day of the calendar is expected, for example 2026-11-25")
        raise Invalid("The day is no date. Write it as 2026-11-25.", errors=[wrong]) from None
    return chosen, after


@router.get("/journal")
async def journal(request: Request) -> Response:
    """The vouchers of one page, newest first."""
    chosen, after = _chosen(request)

    async def look(tx: AsyncConnection) -> tuple[list[dict[str, Any]], str | None]:
        return await views_ledger.journal(tx, limit=ROWS, after=after, filters=chosen)

    vouchers, following = await in_database(look)
    more = link("/journal", {**chosen, "after": following}) if following else None
    told: dict[str, Any] = {"vouchers": vouchers, "accounts": ACCOUNTS, "collection_of": collection_of}
    return render(request, "journal.html", **told, chosen=chosen, more=more)
