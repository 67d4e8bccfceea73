"""The company whose orders are measured: master data by HTTP, and a policy whose days are short."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.wire import Wire
from db import engine
from db.queries.policies import put_in_force
from domain.policy import Policy

CUSTOMERS, PRODUCTS, LINES = 40, 60, 3
PIECES = "100000000"
POLICY = Policy(day_seconds=0.05, follow_up_days=6, after_sales_window_days=12, tracking_poll_days=6000)
"""Real timers, 0.3 s and 0.6 s after the delivery; the carrier is heard long before it would be asked."""
TERMS = "net360"
"""Due after 18 s: the reminder's timer runs and is called off by the payment, also on a machine that is slow."""
TIMERS_SECONDS = POLICY.day_seconds * POLICY.after_sales_window_days
SLEEP_SECONDS = TIMERS_SECONDS / 2


async def found(shop: Wire, database: str) -> None:
    """Customers without a limit, products, plenty of stock; then the policy for every order from now on."""
    address = {"name": "Goods in", "street": "Dock 4", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
    for number in range(CUSTOMERS):
        card = {"name": f"Customer {number}", "email": f"c{number}@customer.example", "currency": "EUR"}
        card |= {"payment_terms": TERMS}
        await shop.send("PUT", f"/v1/customers/C{number}", {**card, "shipping_address": address})
    for number in range(PRODUCTS):
        price = {"currency": "EUR", "amount": f"{number + 1}.90"}
        cost = {"currency": "EUR", "amount": f"{number}.50"}
        product = {"name": f"Product {number}", "prices": [price], "cost": cost, "weight_kg": "0.5"}
        await shop.send("PUT", f"/v1/products/P{number}", product)
        stock = {"sku": f"P{number}", "warehouse": "MAIN", "quantity": PIECES, "reason": "opening"}
        await shop.send("POST", "/v1/stock/movements", stock)
    engine.configure(database, pool_size=1)
    try:
        async with engine.transaction() as tx:
            await put_in_force(tx, POLICY, datetime.now(UTC))
    finally:
        await engine.close()


def order(number: int) -> dict[str, Any]:
    """The request of the number-th order: three lines of three products."""
    lines = [{"sku": f"P{(number * LINES + line) % PRODUCTS}", "quantity": str(line + 1)} for line in range(LINES)]
    return {"customer": f"C{number % CUSTOMERS}", "customer_po": f"PO-{number}", "currency": "EUR", "lines": lines}
