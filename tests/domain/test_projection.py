"""What will be free, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.projection import availability, projected

D = Decimal
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_demand_goes_first_and_supply_is_added_when_it_is_due():
    changes = [
        (NOW, "", Decimal(5)),
        (NOW + timedelta(days=3), "PO-1", Decimal(20)),
        (NOW, "SO-2", Decimal(-7)),
        (NOW, "PO-0", Decimal(1)),
    ]
    steps = [(step.document, step.available) for step in projected(changes)]
    assert steps == [("", Decimal(5)), ("SO-2", Decimal(-2)), ("PO-0", Decimal(-1)), ("PO-1", Decimal(19))]


def test_what_is_lacked_goes_now_and_late_supply_comes_now():
    late, soon = {"number": "PO-1", "quantity": Decimal(4)}, {"number": "PO-2", "quantity": Decimal(9)}
    to_come = [{**late, "due_at": NOW - timedelta(days=2)}, {**soon, "due_at": NOW + timedelta(days=1)}]
    steps = [(step.at - NOW, step.document, step.available) for step in availability(NOW, D(5), D(12), to_come)]
    none = timedelta(0)
    day = timedelta(days=1)
    assert steps == [(none, "", D(5)), (none, "lacking", D(-7)), (none, "PO-1", D(-3)), (day, "PO-2", D(6))]
    assert [step.document for step in availability(NOW, D(5), D(0), [])] == [""]
