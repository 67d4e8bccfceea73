"""What can be done to an order as it stands: the legal presses, each with its operation and its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.actor import Role
from domain.order_life import ENDED, OrderState, is_legal
from domain.review import Reason, deciders


@dataclass(frozen=True, slots=True)
class Press:
    """One button: the operation, what it is about (a hold's id, a shipment, ...), and what its form proposes.

    `roles` narrows who may press, beyond the roles of the operation: a hold belongs to the role that it names.
    `moves` tells whether the order waits for just this; what is always possible does not.
    """

    operation: str
    target: str = ""
    moves: bool = True
    roles: frozenset[Role] | None = None
    figures: Mapping[str, Any] | None = None


def presses(order: Mapping[str, Any]) -> tuple[Press, ...]:
    """Everything that is legal now, what moves the order on first."""
    return (*_decisions(order), *_work(order), *_always(order))


def _paused(order: Mapping[str, Any]) -> bool:
    return any(hold["status"] == "OPEN" and hold["reason"] == Reason.PAUSED for hold in order["holds"])


def _decisions(order: Mapping[str, Any]) -> Iterator[Press]:
    if _paused(order) and order["state"] not in ENDED:
        yield Press("resume_order")
    if order["state"] != OrderState.IN_REVIEW:
        return
    for hold in order["holds"]:
        if hold["status"] == "OPEN" and hold["reason"] != Reason.PAUSED:
            roles = deciders(hold["owner_role"])
            for operation in ("release_hold", "reject_hold"):
                yield Press(operation, str(hold["id"]), True, roles, hold)


def _work(order: Mapping[str, Any]) -> Iterator[Press]:
    for shipment in order["shipments"]:
        if shipment["state"] in ("CREATED", "PICKING"):
            yield Press("confirm_pick", shipment["number"], figures=shipment)
    for supply in order["supply_orders"]:
        if is_legal("supply_order", supply["state"], "RECEIVED") and supply["state"] != "RECEIVED":
            yield Press("record_receipt", supply["number"], figures=supply)
    for invoice in order["invoices"]:
        if invoice["outstanding"] > 0 and is_legal("invoice", invoice["state"], "PAID"):
            yield Press("record_payment", invoice["number"], figures=invoice)


def may_be_cancelled(order: Mapping[str, Any]) -> bool:
    """Whether something has not shipped, and the order's state lets it go."""
    left = sum((line["open"] + line["allocated"] for line in order["lines"]), Decimal(0))
    state = order["state"]
    return bool(left > 0 and state != OrderState.CANCELLING and is_legal("order", state, "CANCELLING"))


def _always(order: Mapping[str, Any]) -> Iterator[Press]:
    if any(shipment["state"] == "DELIVERED" for shipment in order["shipments"]):
        yield Press("record_feedback", moves=False)
    yield Press("open_case", moves=False)
    if order["state"] not in ENDED:
        if not _paused(order) and order["state"] != OrderState.CANCELLING:
            yield Press("pause_order", moves=False)
        yield Press("retry_order", moves=False)
    if may_be_cancelled(order):
        yield Press("cancel_order", moves=False)
