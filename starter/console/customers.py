"""A customer on one page: what is open and owed, how they pay, what they buy and when the next order is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import customer_360, policies, reminders, views_documents, views_masters, views_order
from domain.customer_habits import average_days_late, balance, next_order_due
from domain.errors import NotFound
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.page import render

router = pages()
STATEMENT_DAYS = 90
SHOWN = 10
OPEN_ITEMS = 200


async def _all_sides(tx: AsyncConnection, code: str, now: datetime) -> dict[str, Any] | None:
    customer = await views_masters.customer_view(tx, code)
    if customer is None:
        return None
    _, policy = await policies.current(tx)
    account = customer["account"]
    movements = await customer_360.statement(tx, code, now - timedelta(days=STATEMENT_DAYS))
    orders, _ = await views_order.order_list(tx, limit=SHOWN, after=None, filters={"customer": code})
    payments, _ = await views_documents.payment_list(tx, limit=SHOWN, after=None, filters={"customer": code})
    open_items, _ = await reminders.reminder_list(tx, limit=OPEN_ITEMS, after=None, filters={"customer": code})
    return {
        "customer": customer,
        "limit": policy.credit_limit(customer["credit_limit"], customer["group"]),
        "orders": orders,
        "payments": payments,
        "open_orders": await customer_360.open_orders(tx, code),
        "open_items": open_items,
        "days_late": average_days_late(await customer_360.settled(tx, code), policy.day),
        "statement": balance(movements, account["receivable"] - account["unapplied"], customer["currency"]),
        "cases": await customer_360.cases(tx, code),
        "buys": await customer_360.buys(tx, code),
        "next_order": next_order_due(await customer_360.ordered_on(tx, code)),
    }


@router.get("/customers/{code:path}")
async def page_of_customer(request: Request, code: str) -> Response:
    """Everything about one customer."""

    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        return await _all_sides(tx, code, datetime.now(UTC)) if code.isprintable() else None

    sides = await in_database(look)
    if sides is None:
        raise NotFound("There is no customer with this code. Check it, or look it up with the search at the top.")
    return render(request, "customer.html", **sides)
