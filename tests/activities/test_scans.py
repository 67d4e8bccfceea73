"""Scans of a parcel that the carrier tells late or all at once."""

from __future__ import annotations

from activities.shipping import poll_tracking
from domain.facts import TrackingFact
from gateways.carriers import registry
from tests import builders
from tests.activities.cases_shipping import booked, scan
from tests.builders import CARRIER, PocketCarrier


class _Talkative(PocketCarrier):
    async def track(self, tracking_number: str) -> list[TrackingFact]:
        return [scan(tracking_number, "delivered", 9), scan(tracking_number, "in_transit", 1)]


async def test_scans_that_come_in_any_order_are_applied_the_oldest_first(database: str):
    await builders.a_company()
    step = await booked()
    registry._configured[CARRIER] = _Talkative()
    assert (await poll_tracking(step)).state == "DELIVERED"
    told = await builders.rows("SELECT after FROM timeline WHERE document = :number ORDER BY id", number=step.number)
    assert [row.after for row in told][-2:] == ["IN_TRANSIT", "DELIVERED"]
