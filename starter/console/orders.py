"""The list of orders: found by what people type, filtered by its columns, page by page."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_order
from domain.order_life import LEGAL_MOVES
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.page import render

router = pages()
ROWS = 50
_FILTERS = ("state", "customer", "customer_po", "delivery", "billing", "payment", "q")
STATES = tuple(str(state) for state in LEGAL_MOVES["order"])


@router.get("/orders")
async def list_of_orders(request: Request) -> Response:
    """Orders, newest first; the filters stand in the address, so that a bookmark keeps them."""
    chosen, after = filters_of(request, _FILTERS)

    async def look(tx: AsyncConnection) -> tuple[list[dict[str, object]], str | None]:
        return await views_order.order_list(tx, limit=ROWS, after=after, filters=chosen)

    rows, following = await in_database(look)
    more = link("/orders", {**chosen, "after": following}) if following else None
    return render(request, "orders.html", rows=rows, chosen=chosen, more=more, states=STATES)
