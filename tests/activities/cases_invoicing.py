"""Invoicing on a real database: a delivered shipment is billed once, and meets waiting cash once."""

from __future__ import annotations

from typing import Any

from activities.invoicing import post_invoice
from domain.steps import ShipmentStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import NOW

INSTALMENTS = "instalments:30@0,70@30"


async def _issued() -> ShipmentStep:
    order = await builders.an_order({"BOLT": 3})
    [shipment] = await builders.issued(order)
    return ShipmentStep(number=shipment, order=order, now=NOW)


async def _delivered(cash: str | None = None, **request: Any) -> ShipmentStep:
    order = await builders.an_order({"BOLT": 3}, **request)
    if cash is not None:
        await builders.a_payment(cash, reference=order)
    [shipment] = await builders.delivered(order)
    return ShipmentStep(number=shipment, order=order, now=NOW)


CASES = (
    Case(
        post_invoice, "bills a delivered shipment", _delivered,
        {"shipment_state": "DELIVERED", "order_state": "FULFILLED", "invoice": "INV-000001"},
        {
            "invoice": 1, "invoice_line": 1, "instalment": 1, "journal_entry": 1, "journal_line": 3, "debited": 36,
            "timeline": 1, "notice": 1, "outstanding": 36, "credit reserved": -36,
        },
    ),
    Case(
        post_invoice, "bills in instalments", lambda: _delivered(payment_terms=INSTALMENTS),
        {"shipment_state": "DELIVERED", "invoice": "INV-000001"},
        {
            "invoice": 1, "invoice_line": 1, "instalment": 2, "journal_entry": 1, "journal_line": 3, "debited": 36,
            "timeline": 1, "notice": 1, "outstanding": 36, "credit reserved": -36,
        },
    ),
    Case(
        post_invoice, "meets the money that came before it", lambda: _delivered(cash="50.00"),
        {"shipment_state": "DELIVERED", "invoice": "INV-000001"},
        {
            "invoice": 1, "invoice_line": 1, "instalment": 1, "journal_entry": 2, "journal_line": 5, "debited": 72,
            "timeline": 3, "notice": 1, "payment_application": 1, "unapplied": -36, "credit reserved": -36,
        },
    ),
    Case(
        post_invoice, "bills nothing that is still on its way", _issued,
        {"shipment_state": "IN_TRANSIT", "invoice": None, "instalments": ()}, {},
    ),
)  # fmt: skip
