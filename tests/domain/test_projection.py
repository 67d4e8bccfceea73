"""What will be free, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.projection import projected

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
