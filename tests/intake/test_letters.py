"""What letters tell their readers: which goods, when to pay which part, and for how long it has been due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from activities.collection import send_reminder
from activities.review import review_order
from db.engine import settled
from domain.errors import Invalid
from domain.facts import HoldRelease
from domain.requests import Acknowledgement
from domain.steps import OrderStep, ReminderStep
from intake import promising, review
from tests import builders
from tests.builders import DAY, MANAGER, NOW, SALES, rows

EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
"""The second of March in London, the third in Shanghai."""


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The company of the builders."""
    await builders.a_company()


async def figures(event: str) -> list[dict[str, Any]]:
    """What the letters about an event were filled with, in the order of their keys."""
    return [
        row.figures for row in await rows("SELECT figures FROM notice WHERE event = :event ORDER BY key", event=event)
    ]


async def test_an_invoice_in_instalments_names_each_date_and_not_the_last_alone():
    order = await builders.an_order({"BOLT": 3}, payment_terms="instalments:30@0,70@30")
    await builders.invoiced(order)
    [told] = await figures("invoice_posted")
    assert told["due_date"] is None
    assert told["instalments"] == [
        {"due_date": "2026-03-02", "amount": "10.80"},
        {"due_date": "2026-04-01", "amount": "25.20"},
    ]


async def test_an_invoice_due_at_once_names_its_date():
    await builders.invoiced(await builders.an_order({"BOLT": 3}))
    [told] = await figures("invoice_posted")
    assert (told["due_date"], "instalments" in told) == ("2026-04-01", False)


async def test_a_reminder_names_the_date_of_the_invoice_and_for_how_long_it_has_been_due():
    order = await builders.an_order({"BOLT": 3}, customer="HUAXIN", currency="CNY", now=EVENING)
    [invoice] = await builders.invoiced(order, EVENING)
    [printed] = await rows("SELECT due_date FROM invoice WHERE number = :number", number=invoice)
    now = EVENING + 37 * DAY
    await send_reminder(ReminderStep(invoice=invoice, instalment=1, level=1, now=now))
    [told] = await figures("reminder_1")
    assert printed.due_date == date(2026, 4, 2)
    assert (told["due_date"], told["days_overdue"]) == ("2026-04-02", 7)


async def test_lines_that_wait_until_one_day_are_told_of_in_one_letter():
    await builders.a_product("SLOW", supply={"route": "buy", "supplier": "STEELWORKS", "lead_time_days": 9})
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in (("NUT", 2), ("SLOW", 1), ("NUT", 3))]
    await builders.allocated(await builders.an_order(lines))
    soon, later = await figures("backordered")
    assert (soon["promise_date"], later["promise_date"]) == ("2026-03-10", "2026-03-14")
    assert [(line["sku"], line["quantity"]) for line in soon["lines"]] == [("NUT", "2.0000"), ("NUT", "3.0000")]
    assert [line["sku"] for line in later["lines"]] == ["SLOW"]


async def test_a_new_date_names_the_goods_that_it_is_for():
    [supply, *_] = await builders.allocated(await builders.an_order({"NUT": 2}))
    said = Acknowledgement(due_date=date(2026, 3, 20))
    await settled(lambda tx: promising.acknowledge_supply(tx, SALES, supply, said, NOW))
    [told] = await figures("promise_changed")
    assert (told["promise_date"], told["lines"]) == ("2026-03-23", [{"sku": "NUT", "quantity": "2.0000"}])


async def test_letters_about_a_parcel_say_what_is_in_it_and_when_it_came():
    await builders.delivered(await builders.an_order({"BOLT": 3}))
    [sent], [came] = await figures("shipped"), await figures("delivered")
    assert (sent["packages"], sent["lines"]) == (1, [{"sku": "BOLT", "quantity": "3.0000"}])
    assert came["delivered_at"] == "2026-03-02T09:00:00Z"
    assert came["tracking_number"] == sent["tracking_number"]


@pytest.mark.parametrize(("until", "ends"), [("2026-03-02", True), ("2026-03-03", False)])
async def test_a_release_lasts_until_a_day_of_the_customer(until: str, ends: bool):
    lines = [{"sku": "BOLT", "quantity": 1, "discount_percent": "50"}]
    order = await builders.an_order(lines, customer="HUAXIN", currency="CNY", now=EVENING)
    await review_order(OrderStep(number=order, now=EVENING))
    [hold] = await rows("SELECT id FROM hold WHERE order_number = :order AND reason = 'PRICE'", order=order)
    release = HoldRelease.model_validate({"comment": "agreed", "until": until})
    if ends:
        with pytest.raises(Invalid, match="has ended before it begins"):
            await settled(lambda tx: review.release_hold(tx, MANAGER, order, hold.id, release, EVENING))
    else:
        await settled(lambda tx: review.release_hold(tx, MANAGER, order, hold.id, release, EVENING))
        outcome = await review_order(OrderStep(number=order, now=EVENING))
        assert "PRICE" not in outcome.reasons
