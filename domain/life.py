"""Where an order is in its life: each stage done, going on, to come, not needed or broken off, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.order_life import STAGES, OrderState

DONE, NOW, NEXT, LATER, SKIPPED, STOPPED = "done", "now", "next", "later", "skipped", "stopped"
_BROKEN_OFF = (OrderState.REJECTED, OrderState.EXPIRED, OrderState.CANCELLED)
_BEFORE_CONFIRMATION = (OrderState.DRAFT, OrderState.SUBMITTED, OrderState.IN_REVIEW, *_BROKEN_OFF)
_LAST_EVENT: Mapping[str, tuple[str, ...]] = {
    "receipt": ("order_submitted",),
    "review": ("order_confirmed",),
    "stock": ("stock_allocated", "stock_backordered"),
    "replenishment": ("stock_allocated",),
    "shipping": ("shipment_delivered",),
    "invoicing": ("invoice_posted",),
    "collection": ("invoice_paid",),
    "after_sales": ("order_completed",),
}
"""What the timeline says last when a stage is done."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `status` is done, now, next, later, skipped (not needed) or stopped; `at` is when it was done."""

    name: str
    status: str
    at: datetime | None = None


def life(order: Mapping[str, Any], timeline: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """The stages in their order, from the order as people read it and what happened to it.

    Several may go on at once: a part ships while the rest is still being made.
    """
    last = {event["event"]: event["at"] for event in timeline}
    stages = [Stage(name, _status(name, order, last)) for name in STAGES]
    if order["state"] in _BROKEN_OFF:
        stages = _broken_off(stages)
    elif NEXT not in (statuses := [stage.status for stage in stages]) and LATER in statuses:
        following = statuses.index(LATER)
        stages[following] = replace(stages[following], status=NEXT)
    return tuple(replace(stage, at=_at(stage.name, last)) if stage.status == DONE else stage for stage in stages)


def _at(name: str, last: Mapping[str, datetime]) -> datetime | None:
    return max((last[event] for event in _LAST_EVENT[name] if event in last), default=None)


def _broken_off(stages: list[Stage]) -> list[Stage]:
    """What was not done is not needed any more; the first of it is where the order ended."""
    open_ones = (place for place, stage in enumerate(stages) if stage.status not in (DONE, SKIPPED))
    at = min(next(open_ones, len(STAGES)), STAGES.index("shipping"))
    ended = [replace(stage, status=SKIPPED) if stage.status != DONE else stage for stage in stages]
    ended[at] = replace(ended[at], status=STOPPED)
    return ended


def _status(name: str, order: Mapping[str, Any], last: Mapping[str, datetime]) -> str:
    if name == "receipt":
        return NOW if order["state"] == OrderState.DRAFT else DONE
    if name == "review":
        return _review(order, last)
    if _unreviewed(order, last):
        return LATER
    return {
        "stock": _stock, "replenishment": _replenishment, "shipping": _shipping, "invoicing": _invoicing,
        "collection": _collection, "after_sales": _after_sales,
    }[name](order)  # fmt: skip


def _unreviewed(order: Mapping[str, Any], last: Mapping[str, datetime]) -> bool:
    return "order_confirmed" not in last and order["state"] in (*_BEFORE_CONFIRMATION, OrderState.CANCELLING)


def _review(order: Mapping[str, Any], last: Mapping[str, datetime]) -> str:
    if order["state"] == OrderState.DRAFT:
        return LATER
    again = order["state"] in (OrderState.IN_REVIEW, OrderState.AMENDING)
    return NOW if again or _unreviewed(order, last) else DONE


def _sum(order: Mapping[str, Any], piece: str) -> Any:
    return sum(line[piece] for line in order["lines"])


def _stock(order: Mapping[str, Any]) -> str:
    return NOW if _sum(order, "open") > _sum(order, "backordered") else DONE


def _replenishment(order: Mapping[str, Any]) -> str:
    if _sum(order, "backordered"):
        return NOW
    if order["supply_orders"]:
        return DONE if not _sum(order, "open") else LATER
    return LATER if _sum(order, "open") else SKIPPED


def _live(order: Mapping[str, Any], collection: str) -> list[Mapping[str, Any]]:
    return [each for each in order[collection] if each["state"] != "CANCELLED"]


def _shipping(order: Mapping[str, Any]) -> str:
    if not _sum(order, "quantity") - _sum(order, "cancelled"):
        return SKIPPED
    if not _sum(order, "open") + _sum(order, "allocated") and _sum(order, "shipped") == _sum(order, "delivered"):
        return DONE
    return NOW if _live(order, "shipments") or _sum(order, "allocated") else LATER


def _invoicing(order: Mapping[str, Any]) -> str:
    shipping = _shipping(order)
    if shipping == SKIPPED:
        return SKIPPED
    billed = {invoice["shipment"] for invoice in order["invoices"]}
    delivered = [each for each in _live(order, "shipments") if each["state"] == "DELIVERED"]
    if any(each["number"] not in billed for each in delivered):
        return NOW
    if shipping == DONE:
        return DONE
    return NOW if billed else LATER


def _collection(order: Mapping[str, Any]) -> str:
    invoicing = _invoicing(order)
    if invoicing == SKIPPED:
        return SKIPPED
    if any(invoice["outstanding"] for invoice in order["invoices"]):
        return NOW
    return DONE if invoicing == DONE else LATER


def _after_sales(order: Mapping[str, Any]) -> str:
    if order["state"] == OrderState.COMPLETED:
        return DONE
    return NOW if order["state"] == OrderState.FULFILLED and _collection(order) in (DONE, SKIPPED) else LATER
