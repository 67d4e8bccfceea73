"""A request for every way in that changes something, and the company in which each of them can be granted."""

from __future__ import annotations

import json
from typing import Any

from activities.review import review_order
from db.engine import transaction
from domain.actor import SYSTEM, Role
from domain.facts import Pause
from domain.requests import DisputeRequest
from domain.steps import OrderStep
from intake import delegations, disputes, keys, repair, users
from starter.api.examples import EXAMPLES
from tests import builders
from tests.builders import CARRIER, NOW, rows
from tests.faults.crash.acts import Act

_LINES = [{"sku": "BOLT", "quantity": "2"}]
_PAID = {"amount": "36.00", "currency": "EUR", "provider": "bank", "provider_payment_id": "b-1"}
_PAID |= {"received_at": "2026-03-02T10:00:00Z"}


async def a_company_that_waits() -> dict[str, str]:
    """Everything that somebody can be asked for: holds, a delivery note, a purchase, an invoice, a case, an order."""
    await builders.a_customer("SMALL", credit_limit="100")
    held = [await builders.an_order({"BOLT": 10}, customer="SMALL") for _ in range(2)]
    for order in held:
        await review_order(OrderStep(number=order, now=NOW))
    [note] = await builders.noted(await builders.an_order({"BOLT": 4}))
    [supply] = await builders.allocated(await builders.an_order({"NUT": 12}))
    billed = await builders.an_order({"BOLT": 3})
    [invoice] = await builders.invoiced(billed)
    [parcel] = await builders.booked(await builders.an_order({"BOLT": 2}))
    [sent] = await rows("SELECT tracking_number FROM shipment WHERE number = :number", number=parcel)
    open_order = await builders.an_order({"BOLT": 1})
    await builders.allocated(open_order)
    paused = await builders.an_order({"BOLT": 1})
    async with transaction() as tx:
        await repair.pause_order(tx, builders.MANAGER, paused, Pause(comment="we ask"), NOW)
        await keys.create_key(tx, SYSTEM, "old-shop", Role.INTEGRATION, NOW)
        key = await keys.create_key(tx, SYSTEM, "administrator", Role.ADMIN, NOW)
        for name in ("bob", "carl"):
            await users.create_user(tx, SYSTEM, name, name.title(), Role.SALES, "correct horse battery", NOW)
        away = await delegations.delegate(tx, SYSTEM, "carl", "bob", None, NOW + 30 * builders.DAY, NOW)
    [disputed] = await builders.invoiced(await builders.an_order({"BOLT": 1}))
    async with transaction() as tx:
        wish = DisputeRequest.model_validate({"amount": "5.00", "reason": "bent"})
        dispute = await disputes.open_dispute(tx, builders.FINANCE, disputed, wish, NOW)
    holds = {f"hold{nth}": str((await rows(_HOLD, order=order))[0].id) for nth, order in enumerate(held)}
    return {
        "held0": held[0], "held1": held[1], "note": note, "supply": supply, "billed": billed, "invoice": invoice,
        "tracking": sent.tracking_number, "open": open_order, "paused": paused, "key": key, **holds,
        "delegation": str(away["id"]), "disputed": disputed, "dispute": str(dispute),
        "case": await builders.a_case(billed),
        "cash": await builders.a_payment("30.00", reference="who is this"),
    }  # fmt: skip


_HOLD = "SELECT id FROM hold WHERE order_number = :order AND status = 'OPEN'"


def requests(there: dict[str, str]) -> dict[str, tuple[str, Any]]:
    """By the name of its route: the path, and the body."""
    scan = {"tracking_number": there["tracking"], "status": "delivered", "at": "2026-03-02T11:00:00Z", "sequence": 3}
    return {
        "put_customer": ("/v1/customers/HARBOUR", EXAMPLES["put_customer"]),
        "put_supplier": ("/v1/suppliers/PAPERMILL", EXAMPLES["put_supplier"]),
        "put_product": ("/v1/products/NUT", {"name": "Nut M8", "unit": "box", "supply": {"route": "none"}}),
        "put_tax_code": ("/v1/tax-codes/reduced", EXAMPLES["put_tax_code"]),
        "submit_order": ("/v1/orders", {"customer": "ACME", "currency": "EUR", "lines": _LINES}),
        "release_hold": (f"/v1/orders/{there['held0']}/holds/{there['hold0']}/release", {"comment": "paid by wire"}),
        "reject_hold": (f"/v1/orders/{there['held1']}/holds/{there['hold1']}/reject", {"comment": "too much"}),
        "cancel_order": (f"/v1/orders/{there['open']}/cancel", {"reason": "ordered twice"}),
        "move_stock": (
            "/v1/stock/movements",
            {"sku": "NUT", "warehouse": "EAST", "quantity": "7", "reason": "receipt"},
        ),
        "confirm_pick": (f"/v1/shipments/{there['note']}/pick", {"lines": [{"line": 1, "quantity": "3"}]}),
        "record_receipt": (
            f"/v1/supply-orders/{there['supply']}/receipts",
            {"lines": [{"sku": "NUT", "quantity": "5"}], "warehouse": "MAIN"},
        ),
        "record_payment": ("/v1/payments", {**_PAID, "invoice": there["invoice"]}),
        "record_feedback": (f"/v1/orders/{there['billed']}/feedback", EXAMPLES["record_feedback"]),
        "open_case": ("/v1/cases", {"order": there["billed"], "subject": "One bolt is bent"}),
        "move_case": (f"/v1/cases/{there['case']}/start", {"comment": "we look"}),
        "comment_on_order": (f"/v1/orders/{there['open']}/comments", EXAMPLES["comment_on_order"]),
        "apply_payment": (f"/v1/payments/{there['cash']}/apply", {"invoice": there["invoice"], "amount": "20.00"}),
        "create_supply_order": ("/v1/supply-orders", {"sku": "BOLT", "quantity": "9", "supplier": "STEELWORKS"}),
        "set_reorder_point": ("/v1/products/NUT/reorder-point", EXAMPLES["set_reorder_point"]),
        "acknowledge_supply": (f"/v1/supply-orders/{there['supply']}/acknowledge", {"due_date": "2026-03-12"}),
        "open_dispute": (f"/v1/invoices/{there['invoice']}/disputes", EXAMPLES["open_dispute"]),
        "resolve_dispute": (
            f"/v1/invoices/{there['disputed']}/disputes/{there['dispute']}/resolve",
            EXAMPLES["resolve_dispute"],
        ),
        "pause_order": (f"/v1/orders/{there['open']}/pause", EXAMPLES["pause_order"]),
        "resume_order": (f"/v1/orders/{there['paused']}/resume", EXAMPLES["resume_order"]),
        "retry_order": (f"/v1/orders/{there['open']}/retry", EXAMPLES["retry_order"]),
        "reset_order": (f"/v1/orders/{there['open']}/reset", EXAMPLES["reset_order"]),
        "create_delegation": ("/v1/delegations", {**EXAMPLES["create_delegation"], "stand_in": "carl"}),
        "end_delegation": (f"/v1/delegations/{there['delegation']}/end", None),
        "disable_user": ("/v1/users/bob/disable", None),
        "change_user": ("/v1/users/bob", EXAMPLES["change_user"]),
        "reset_user": ("/v1/users/bob/reset", {"password": "another long password"}),
        "create_user": ("/v1/users", {**EXAMPLES["create_user"], "password": "correct horse battery"}),
        "revoke_key": ("/v1/keys/old-shop/revoke", None),
        "decode_payloads": ("/v1/codec/decode", {"payloads": []}),
        "encode_payloads": ("/v1/codec/encode", {"payloads": []}),
        "create_key": ("/v1/keys", EXAMPLES["create_key"]),
        "payment_reported": (
            "/v1/webhooks/payments/bank",
            {"type": "payment.received", "data": {**_PAID, "invoice": there["invoice"]}},
        ),
        "tracking_reported": (f"/v1/webhooks/carriers/{CARRIER}", {"type": "tracking.updated", "data": scan}),
    }


def request(name: str, method: str, there: dict[str, str]) -> Act:
    """The request of a route, under a key where the route knows keys, to be signed where it wants that."""
    path, body = requests(there)[name]
    headers = {"Content-Type": "application/json"}
    message = f"msg_{name}" if "/webhooks/" in path else None
    if message is None:
        headers |= {"Authorization": f"Bearer {there['key']}"}
        headers |= {"Idempotency-Key": f"once-{name}"} if method == "POST" else {}
    asked = {"method": method, "headers": headers, "body": "" if body is None else json.dumps(body), "message": message}
    return Act(kind="request", what=path, argument=asked)
