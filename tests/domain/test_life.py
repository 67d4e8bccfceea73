"""The stages of an order's life from what stands in its view and its timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.life import life
from domain.order_life import STAGES

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NONE = {name: Decimal(0) for name in ("open", "allocated", "backordered", "shipped", "delivered", "cancelled")}


def an_order(state: str, **pieces: int) -> dict[str, Any]:
    """An order of ten pieces; whatever is not said to be elsewhere is open."""
    line = NONE | {name: Decimal(count) for name, count in pieces.items()}
    line["open"] = 10 - line["allocated"] - line["shipped"] - line["cancelled"]
    line["quantity"] = Decimal(10)
    return {"state": state, "lines": [line], "supply_orders": [], "shipments": [], "invoices": []}


def happened(*events: str) -> list[dict[str, Any]]:
    """One event an hour."""
    return [{"event": event, "at": AT + timedelta(hours=place)} for place, event in enumerate(events)]


def said(order: dict[str, Any], *events: str) -> str:
    """The statuses of the eight stages in their order."""
    stages = life(order, happened("order_submitted", *events))
    assert tuple(stage.name for stage in stages) == STAGES
    return " ".join(stage.status for stage in stages)


def shipment(state: str, number: str = "SH-1") -> dict[str, Any]:
    """A shipment."""
    return {"number": number, "state": state}


def invoice(outstanding: int, of: str = "SH-1") -> dict[str, Any]:
    """An invoice for a shipment."""
    return {"shipment": of, "outstanding": Decimal(outstanding), "state": "POSTED"}


@pytest.mark.parametrize(
    ("order", "events", "expected"),
    [
        (an_order("DRAFT"), (), "now next later later later later later later"),
        (an_order("SUBMITTED"), (), "done now next later later later later later"),
        (an_order("IN_REVIEW"), ("order_held",), "done now next later later later later later"),
        (an_order("REJECTED"), (), "done stopped skipped skipped skipped skipped skipped skipped"),
        (an_order("EXPIRED"), (), "done stopped skipped skipped skipped skipped skipped skipped"),
        (an_order("CONFIRMED"), ("order_confirmed",), "done done now next later later later later"),
        (
            an_order("IN_FULFILMENT", backordered=10),
            ("order_confirmed", "stock_backordered"),
            "done done done now next later later later",
        ),
        (
            an_order("IN_FULFILMENT", allocated=4, backordered=6),
            ("order_confirmed", "stock_allocated", "stock_backordered"),
            "done done done now now next later later",
        ),
        (
            an_order("IN_FULFILMENT", allocated=10),
            ("order_confirmed", "stock_allocated"),
            "done done done skipped now next later later",
        ),
        (
            an_order("CANCELLED", cancelled=10),
            ("order_confirmed", "order_cancelled"),
            "done done done skipped stopped skipped skipped skipped",
        ),
        (an_order("CANCELLED", cancelled=10), (), "done stopped skipped skipped skipped skipped skipped skipped"),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else None,
)
def test_the_line_of_stages(order: dict[str, Any], events: tuple[str, ...], expected: str) -> None:
    assert said(order, *events) == expected


def test_what_has_left_is_billed_and_collected_while_the_rest_is_still_made() -> None:
    order = an_order("IN_FULFILMENT", shipped=4, delivered=4, backordered=6)
    order |= {"shipments": [shipment("DELIVERED")]}
    assert said(order, "order_confirmed") == "done done done now now now next later"
    order |= {"invoices": [invoice(40)]}
    assert said(order, "order_confirmed") == "done done done now now now now next"


def test_the_end_of_the_life_and_when_each_stage_was_done() -> None:
    order = an_order("FULFILLED", shipped=10, delivered=10) | {"shipments": [shipment("DELIVERED")]}
    assert said(order, "order_confirmed") == "done done done skipped done now next later"
    order |= {"invoices": [invoice(100)]}
    assert said(order, "order_confirmed") == "done done done skipped done done now next"
    order |= {"invoices": [invoice(0)]}
    assert said(order, "order_confirmed") == "done done done skipped done done done now"
    order |= {"state": "COMPLETED"}
    events = ("order_submitted", "order_confirmed", "stock_allocated", "shipment_delivered", "invoice_posted",
              "invoice_paid", "order_completed")  # fmt: skip
    hours = [
        None if stage.at is None else (stage.at - AT) / timedelta(hours=1) for stage in life(order, happened(*events))
    ]
    assert hours == [0, 1, 2, None, 3, 4, 5, 6]
