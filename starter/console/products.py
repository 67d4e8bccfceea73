"""A product on one page: stock by warehouse, movements, what will be free and when, and who waits for it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import product_360, views_masters
from domain.actor import Actor
from domain.errors import NotFound
from domain.facts import StockMovement
from domain.projection import Step, availability
from intake import stock
from starter.api.answers import in_database
from starter.api.bodies import valid
from starter.console import reordering
from starter.console.acting import act, texts
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.numbers import amount_of
from starter.console.page import render, tongue
from starter.languages import translator
from starter.pictures import picture, stairs

router = pages()
ROWS = 50
PLACES = {"goods_issue": "shipments", "production": "supply-orders", "component_issue": "supply-orders"}
"""A movement's reason to the pages of its documents; what a person moved has a reference of their own."""
_UNKNOWN = "There is no product with this number. Check it, or look it up with the search at the top."


async def _projection(tx: AsyncConnection, sku: str) -> dict[str, Any]:
    """What will be free and when; `besides`: how many more supply orders bring something on the day of one."""
    free, lacking = await product_360.available(tx, sku), await product_360.lacking(tx, sku)
    to_come = await product_360.to_come(tx, sku)
    besides = {row["number"]: row["documents"] - 1 for row in to_come}
    return {"steps": availability(datetime.now(UTC), free, lacking, to_come), "besides": besides}


@router.get("/products/{sku:path}/availability.svg")
async def picture_of_availability(request: Request, sku: str) -> Response:
    """What will be free of the product, as a picture."""

    async def look(tx: AsyncConnection) -> list[Step]:
        return (await _projection(tx, sku))["steps"]

    title = translator(tongue(request)).gettext("Projected availability")
    return picture(stairs(await in_database(look), title))


@router.get("/products/{sku:path}")
async def page_of_product(request: Request, sku: str) -> Response:
    """Everything about one product."""
    _, after = filters_of(request, ())

    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        product = await views_masters.product_view(tx, sku) if sku.isprintable() else None
        if product is None:
            return None
        levels, _ = await views_masters.stock_list(tx, sku=sku, limit=200, after=None)
        moved, following = await product_360.movements(tx, limit=ROWS, after=after, filters={"sku": sku})
        return {
            "product": product,
            "levels": levels,
            "movements": [{**move, "leads_to": PLACES.get(move["reason"])} for move in moved],
            "more": link(request.url.path, {"after": following}) if following else None,
            **await _projection(tx, sku),
            "waiting": await product_360.waiting(tx, sku),
            "most": product_360.MOST,
            "reserved": await product_360.reserved(tx, sku),
            "pegs": await product_360.pegs(tx, sku),
            "components": await product_360.components(tx, sku),
            "goes_into": await product_360.goes_into(tx, sku),
            **await reordering.side_of(tx, sku),
        }

    sides = await in_database(look)
    if sides is None:
        raise NotFound(_UNKNOWN)
    return render(request, "product.html", **sides, once=uuid.uuid4().hex)


@router.post("/products/{sku:path}/movements")
async def move_stock(request: Request, sku: str) -> Response:
    """Add, correct or count stock of the product."""
    form = texts(await request.form())
    body = {name: form[name] for name in ("warehouse", "reason", "reference") if name in form}
    movement = valid(StockMovement, {**body, "sku": sku, "quantity": amount_of(form.get("quantity", ""))})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await stock.move_stock(tx, actor, movement, now)

    await act(request, "move_stock", work, once=form.get("once"))
    return RedirectResponse(link(f"/products/{sku}", {}), 303)
