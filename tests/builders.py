"""Test data: a small company, its orders, and functions that drive an order to a given point of its life.

`await a_company()` first; then, for example, `await delivered(await an_order())`. Each function of the second half
takes an order's number and drives the order through everything before its own point as well: every step is safe to
repeat. They return the documents of their point. Each call is its own transaction on the pool of `db.engine`, so a
test needs the fixture `database`. All of it happens at NOW, a Monday, unless the caller says otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from activities.after_sales import close_order, send_follow_up
from activities.invoicing import post_invoice
from activities.replenishment import order_supply, replenish_order
from activities.review import review_order
from activities.shipping import book_shipment, create_shipments
from activities.stock import allocate_order
from db.engine import settled, transaction
from db.queries import policies
from domain.actor import Actor, Role
from domain.facts import (
    CaseRequest,
    CustomerCard,
    OrderRequest,
    PaymentFact,
    PickReport,
    ProductCard,
    ReceiptReport,
    StockMovement,
    SupplierCard,
    TrackingFact,
)
from domain.policy import Policy, Seller
from domain.steps import OrderStep, ShipmentStep, SupplyStep
from gateways.carriers import registry
from gateways.carriers.port import Booking, BookingRequest
from intake import after_sales, collection, masters, receipt, replenishment, shipping, stock

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SALES = Actor("sales clerk", Role.SALES)
MANAGER = Actor("sales manager", Role.MANAGER)
CREDIT = Actor("credit controller", Role.CREDIT)
WAREHOUSE = Actor("warehouse", Role.WAREHOUSE)
FINANCE = Actor("bookkeeper", Role.FINANCE)
SUPPORT = Actor("support desk", Role.SUPPORT)
SELLER = Seller(name="Quay Ltd", address=("12 Quay Street", "Dublin"), tax_id="IE1234567T", bank="IBAN IE29")
ADDRESS = {"name": "Goods in", "street": "1 Dock Road", "city": "Hull", "postal_code": "HU1 2AB", "country": "GB"}
CARRIER = "parcelway"

_payments = itertools.count(1)


class PocketCarrier:
    """A carrier without a network: books everything under a tracking number made of the key, and voids everything."""

    name = CARRIER

    async def book(self, request: BookingRequest) -> Booking:
        return Booking(request.key, self.name, f"TRK-{request.key}", None, Decimal("7.50"), "EUR")

    async def find_booking(self, key: str) -> Booking | None:
        return None

    async def void_booking(self, key: str) -> bool:
        return True

    async def track(self, tracking_number: str) -> list[TrackingFact]:
        return []

    async def aclose(self) -> None:
        return None


async def a_company(policy: Policy | None = None) -> None:
    """A policy in force and master data: ACME buys in EUR with a limit of 10,000, HUAXIN in CNY without one.

    BOLT costs 4 and sells at 10, 100 in MAIN and 40 in EAST; NUT (1 and 3) is bought, at least 10 in fives; KIT (10
    and 40) is made of two BOLT and a NUT. Tax is 20 %.
    """
    async with transaction() as tx:
        await policies.put_in_force(tx, policy or Policy(seller=SELLER), NOW)
    await a_customer("ACME", credit_limit="10000")
    await a_customer("HUAXIN", currency="CNY", language="zh-CN", time_zone="Asia/Shanghai")
    await a_supplier("STEELWORKS")
    await a_product("BOLT", "10.00", "4.00")
    await a_product(
        "NUT", "3.00", "1.00",
        supply={"route": "buy", "supplier": "STEELWORKS", "minimum_quantity": "10", "multiple_of": "5"},
    )  # fmt: skip
    parts = [{"sku": "BOLT", "quantity": "2"}, {"sku": "NUT", "quantity": "1"}]
    await a_product("KIT", "40.00", "10.00", supply={"route": "make", "lead_time_days": 2, "components": parts})
    await some_stock("BOLT", 100)
    await some_stock("BOLT", 40, "EAST")


async def a_customer(code: str = "ACME", **card: Any) -> str:
    """A customer, reachable and with an address unless the card says otherwise."""
    whole: dict[str, Any] = {"name": f"{code} Ltd", "email": f"buyer@{code.lower()}.example", "currency": "EUR"}
    whole |= {"shipping_address": ADDRESS} | card
    async with transaction() as tx:
        await masters.put_customer(tx, MANAGER, code, CustomerCard.model_validate(whole), NOW)
    return code


async def a_supplier(code: str, **card: Any) -> str:
    """A supplier with a lead time of five days."""
    whole: dict[str, Any] = {
        "name": f"{code} Ltd",
        "email": f"sales@{code.lower()}.example",
        "lead_time_days": 5,
        **card,
    }
    async with transaction() as tx:
        await masters.put_supplier(tx, SALES, code, SupplierCard.model_validate(whole), NOW)
    return code


async def a_product(sku: str, price: str = "10.00", cost: str | None = None, **card: Any) -> str:
    """A product with the same list price in EUR and CNY and its cost in EUR."""
    prices = [{"currency": currency, "amount": price} for currency in ("EUR", "CNY")]
    whole: dict[str, Any] = {"name": sku.title(), "prices": prices, "weight_kg": "0.2"}
    whole |= {} if cost is None else {"cost": {"currency": "EUR", "amount": cost}}
    async with transaction() as tx:
        await masters.put_product(tx, SALES, sku, ProductCard.model_validate({**whole, **card}), NOW)
    return sku


async def some_stock(sku: str, quantity: int, warehouse: str = "MAIN", now: datetime = NOW) -> None:
    """Goods that came in, and went to whoever waited for them."""
    movement = StockMovement(sku=sku, warehouse=warehouse, quantity=Decimal(quantity), reason="receipt")
    await settled(lambda tx: stock.move_stock(tx, WAREHOUSE, movement, now))


async def an_order(
    lines: Mapping[str, Any] | Sequence[Mapping[str, Any]] = {"BOLT": 3},
    *,
    by: Actor = SALES,
    now: datetime = NOW,
    **request: Any,
) -> str:
    """A submitted order: {sku: quantity} or whole lines; ACME in EUR unless the request says otherwise."""
    if isinstance(lines, Mapping):
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]
    whole = {"customer": "ACME", "currency": "EUR", "lines": lines, **request}
    asked = OrderRequest.model_validate(whole)
    return (await settled(lambda tx: receipt.submit_order(tx, by, asked, now))).number


async def a_payment(amount: Any, *, currency: str = "EUR", now: datetime = NOW, **fact: Any) -> str:
    """Money that arrived, under a fresh id of the provider unless the fact has one; the payment's number."""
    whole = {"amount": str(amount), "currency": currency, "provider": "bank", "received_at": now}
    told = PaymentFact.model_validate({**whole, "provider_payment_id": f"bank-{next(_payments)}", **fact})
    return (await settled(lambda tx: collection.record_payment(tx, FINANCE, told, now))).number


async def a_case(order: str, now: datetime = NOW, **request: Any) -> str:
    """An open case about an order."""
    asked = CaseRequest.model_validate({"order": order, "subject": "One bolt is bent", **request})
    return await settled(lambda tx: after_sales.open_case(tx, SUPPORT, asked, now))


async def confirmed(order: str, now: datetime = NOW) -> str:
    """The order, reviewed and without a hold."""
    outcome = await review_order(OrderStep(number=order, now=now))
    assert not outcome.held, outcome.reasons
    return order


async def allocated(order: str, now: datetime = NOW) -> list[str]:
    """Stock is allocated and the shortage covered; the supply orders that are for it, with those of components."""
    await confirmed(order, now)
    step = OrderStep(number=order, now=now)
    if (await allocate_order(step)).waiting:
        await replenish_order(step)
    supplies: list[str] = []
    while new := [number for number in await _supplies(order) if number not in supplies]:
        for supply in new:
            await order_supply(SupplyStep(number=supply, now=now))
        supplies += new
    return supplies


async def _supplies(order: str) -> list[str]:
    query = """WITH RECURSIVE mine(number) AS (
      SELECT supply_order FROM supply_peg WHERE order_number = :order
      UNION SELECT g.supply_order FROM supply_peg g JOIN mine m ON m.number = g.for_supply)
    SELECT number FROM mine ORDER BY number"""
    return [row.number for row in await rows(query, order=order)]


async def received(supply: str, quantity: Any, warehouse: str = "MAIN", now: datetime = NOW) -> None:
    """Goods arrived on a supply order, or the shop floor completed them."""
    sku = (await rows("SELECT sku FROM supply_order WHERE number = :number", number=supply))[0].sku
    whole = {"lines": [{"sku": sku, "quantity": quantity}], "warehouse": warehouse}
    report = ReceiptReport.model_validate(whole)
    await settled(lambda tx: replenishment.record_receipt(tx, WAREHOUSE, supply, report, now))


async def noted(order: str, now: datetime = NOW) -> list[str]:
    """Delivery notes exist for what is allocated; the order's shipments."""
    await allocated(order, now)
    made = await create_shipments(OrderStep(number=order, now=now))
    return [shipment.number for shipment in made.shipments]


async def packed(order: str, now: datetime = NOW) -> list[str]:
    """Everything allocated is picked and packed; the order's shipments."""
    shipments = await noted(order, now)
    for shipment in shipments:
        if await state("shipment", shipment) in ("CREATED", "PICKING"):
            await settled(lambda tx, s=shipment: shipping.confirm_pick(tx, WAREHOUSE, s, PickReport(), now))  # type: ignore[misc]
    return shipments


async def booked(order: str, now: datetime = NOW) -> list[str]:
    """A carrier is booked: the one that the test configured, else the one from the pocket."""
    registry._configured.setdefault(CARRIER, PocketCarrier())
    shipments = await packed(order, now)
    for shipment in shipments:
        await book_shipment(ShipmentStep(number=shipment, order=order, now=now))
    return shipments


async def scanned(shipment: str, status: str, sequence: int = 1, now: datetime = NOW) -> None:
    """The carrier scanned the parcel."""
    found = await rows("SELECT carrier, tracking_number FROM shipment WHERE number = :number", number=shipment)
    whole = {"tracking_number": found[0].tracking_number, "status": status, "at": now, "sequence": sequence}
    fact = TrackingFact.model_validate(whole)
    await settled(lambda tx: shipping.record_tracking(tx, WAREHOUSE, found[0].carrier, fact, now))


async def issued(order: str, now: datetime = NOW) -> list[str]:
    """The goods are on their way; the order's shipments."""
    shipments = await booked(order, now)
    for shipment in shipments:
        await scanned(shipment, "in_transit", 1, now)
    return shipments


async def delivered(order: str, now: datetime = NOW) -> list[str]:
    """The goods have arrived; the order's shipments."""
    shipments = await issued(order, now)
    for shipment in shipments:
        await scanned(shipment, "delivered", 9, now)
    return shipments


async def invoiced(order: str, now: datetime = NOW) -> list[str]:
    """Every delivered shipment is billed; the invoices."""
    invoices = []
    for shipment in await delivered(order, now):
        outcome = await post_invoice(ShipmentStep(number=shipment, order=order, now=now))
        invoices += [outcome.invoice] if outcome.invoice else []
    return invoices


async def paid(order: str, now: datetime = NOW) -> list[str]:
    """Every invoice of the order is paid in full; the payments."""
    await invoiced(order, now)
    open_items = await rows(
        "SELECT number, currency, outstanding FROM invoice WHERE order_number = :order AND outstanding > 0", order=order
    )
    return [await a_payment(row.outstanding, currency=row.currency, invoice=row.number, now=now) for row in open_items]


async def completed(order: str, now: datetime = NOW) -> str:
    """The whole life of the order."""
    await paid(order, now)
    await send_follow_up(OrderStep(number=order, now=now))
    assert (await close_order(OrderStep(number=order, now=now))).ended
    return order


async def state(table: str, number: str) -> str:
    """The state of a document: sales_order, shipment, supply_order, invoice, payment or support_case."""
    return str((await rows(f"SELECT state FROM {table} WHERE number = :number", number=number))[0].state)


async def rows(sql: str, **values: Any) -> Sequence[Any]:
    """What a query returns, as named tuples: for tests that look at what was written."""
    async with transaction() as tx:
        return (await tx.execute(text(sql), values)).all()


async def run(sql: str, **values: Any) -> None:
    """Write straight into the database, past the program: for tests that arrange or break something."""
    async with transaction() as tx:
        await tx.execute(text(sql), values)
