"""A supplier on one page: the card, and what was ordered there."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_documents, views_masters
from domain.errors import NotFound
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.page import render

router = pages()
SHOWN = 50


@router.get("/suppliers/{code:path}")
async def page_of_supplier(request: Request, code: str) -> Response:
    """One supplier with its latest orders."""

    async def look(tx: AsyncConnection) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        supplier = await views_masters.supplier_view(tx, code) if code.isprintable() else None
        if supplier is None:
            return None
        orders, _ = await views_documents.supply_list(tx, limit=SHOWN, after=None, filters={"supplier": code})
        return supplier, orders

    found = await in_database(look)
    if found is None:
        raise NotFound("There is no supplier with this code. Check it, or look it up with the search at the top.")
    return render(request, "supplier.html", supplier=found[0], orders=found[1])
