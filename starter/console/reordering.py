"""What is to be ordered before somebody waits for it: forecasts, reorder points, and one press that orders."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import forecast, reorder
from db.queries.forecast import Forecast
from domain.actor import Actor
from domain.errors import NotFound
from domain.requests import ReorderPoint
from intake import reordering
from starter.api.answers import in_database
from starter.api.bodies import valid
from starter.console import doings
from starter.console.acting import act, texts
from starter.console.doings import press
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.numbers import amount_of
from starter.console.page import render, tongue
from starter.languages import translator
from starter.pictures import picture, weeks_ahead
from starter.reports.forecast import absent, said_of, series_of, state_of

router = pages()
ROWS = 50


async def side_of(tx: AsyncConnection, sku: str) -> dict[str, Any]:
    """What the page of a product shows of its forecast: its state, the weeks to come, the reorder point."""
    found = await forecast.forecast_of(tx, sku)
    standing = await reorder.standing(tx, sku)
    return {
        "forecast": found,
        "forecast_state": state_of(found) if found else absent(await forecast.last_run(tx)),
        "weeks_to_come": [] if found is None else said_of(series_of(found), found.method),
        "standing": standing,
        "point_set": await reorder.last_set(tx, sku) if standing else None,
    }


@router.get("/reorder")
async def to_reorder(request: Request) -> Response:
    """The products that have come down to their reorder point."""
    _, after = filters_of(request, ())

    async def look(tx: AsyncConnection) -> tuple[list[dict[str, Any]], str | None]:
        return await reorder.due(tx, limit=ROWS, after=after)

    rows, following = await in_database(look)
    more = link("/reorder", {"after": following}) if following else None
    return render(request, "reorder.html", rows=rows, more=more, once=uuid.uuid4().hex)


@router.get("/products/{sku:path}/forecast.svg")
async def picture_of_forecast(request: Request, sku: str) -> Response:
    """Demand and what is expected, week by week."""

    async def look(tx: AsyncConnection) -> Forecast | None:
        return await forecast.forecast_of(tx, sku) if sku.isprintable() else None

    found = await in_database(look)
    if found is None:
        raise NotFound("There is no forecast of this product yet.")
    return picture(weeks_ahead(series_of(found), found.method, translator(tongue(request)).gettext))


@router.post("/products/{sku:path}/reorder-point")
async def set_reorder_point(request: Request, sku: str) -> Response:
    """Accept the proposed reorder point, or set another; an empty field takes it away."""
    form = texts(await request.form())
    fields = ("reorder_point", "reorder_quantity")
    wish = valid(ReorderPoint, {name: amount_of(form[name]) if name in form else None for name in fields})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await reordering.set_reorder_point(tx, actor, sku, wish, now)

    await act(request, "set_reorder_point", work, once=form.get("once"))
    return RedirectResponse(link(f"/products/{sku}", {}), 303)


@router.post("/products/{sku:path}/supply")
async def create_supply_order(request: Request, sku: str) -> Response:
    """Order what lacks to the reorder point, as supply that a person orders."""
    form = texts(await request.form())
    await press(request, "create_supply_order", doings.order_up, form, document=sku, once=form.get("once"))
    return RedirectResponse("/reorder" if form.get("back") == "reorder" else link(f"/products/{sku}", {}), 303)
