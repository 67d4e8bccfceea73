"""Reminders that are planned: what people see is what the collector of the instalment waits for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.collection import look_at_instalment, send_reminder
from db.engine import settled
from db.queries import views_documents
from db.queries.reminders import reminder_list
from domain.facts import Pause
from domain.requests import DisputeRequest
from domain.steps import InstalmentStep, ReminderStep
from intake.disputes import open_dispute
from intake.repair import pause_order
from starter.api.answers import to_json
from tests import builders as make
from tests.builders import DAY, FINANCE, MANAGER, NOW
from tests.db.reading import listed, seen

COURTESY, FIRST = NOW + 27 * DAY, NOW + 37 * DAY
"""When an invoice of today with net30 is reminded of."""


@pytest.fixture
async def invoice(database: str) -> str:
    """An open invoice of ACME over 36.00 EUR."""
    await make.a_company()
    [number] = await make.invoiced(await make.an_order({"BOLT": 3}))
    return number


async def disputed(invoice: str, amount: str) -> None:
    """The customer disputes so much of it."""
    wish = DisputeRequest.model_validate({"amount": amount, "reason": "bent"})
    await settled(lambda tx: open_dispute(tx, FINANCE, invoice, wish, NOW))


async def planned(invoice: str, instalment: int = 1) -> tuple[int, Any, Any] | None:
    """What the invoice and the list say comes next: level, instant, what holds it back."""
    view = await seen(views_documents.invoice_view, invoice)
    [shown] = [each["next_reminder"] for each in view["instalments"] if each["instalment"] == instalment]
    rows, _ = await listed(reminder_list)
    assert [
        each["next_reminder"] for each in rows if (each["invoice"], each["instalment"]) == (invoice, instalment)
    ] == [shown]
    return None if shown is None else (shown["level"], shown["at"], shown["held_back"])


async def waited_for(invoice: str) -> tuple[int | None, Any]:
    """What the collector of the first instalment waits for."""
    found = await look_at_instalment(InstalmentStep(invoice=invoice, instalment=1, now=NOW))
    return found.next_level, found.next_at


async def reminded(invoice: str, *levels: int) -> None:
    """The collector's timer rang, once for each."""
    at = {0: COURTESY, 1: FIRST, 2: NOW + 44 * DAY, 3: NOW + 58 * DAY}
    for level in levels:
        await send_reminder(ReminderStep(invoice=invoice, instalment=1, level=level, now=at[level]))


async def test_the_first_and_the_next_reminder_are_those_that_the_collector_waits_for(invoice):
    assert await planned(invoice) == (0, COURTESY, None)
    assert await waited_for(invoice) == (0, COURTESY)
    await reminded(invoice, 0)
    assert await planned(invoice) == (1, FIRST, None)
    assert await waited_for(invoice) == (1, FIRST)
    await reminded(invoice, 1, 2, 3)
    assert await planned(invoice) is None
    assert await waited_for(invoice) == (None, None)


async def test_a_dispute_holds_the_next_reminder_back_and_a_part_of_one_does_not(invoice):
    await disputed(invoice, "20.00")
    assert await planned(invoice) == (0, COURTESY, None)
    await disputed(invoice, "12.00")
    assert await planned(invoice) == (0, COURTESY, "below_minimum")
    assert await waited_for(invoice) == (0, COURTESY)
    await disputed(invoice, "4.00")
    assert await planned(invoice) == (0, COURTESY, "disputed")
    assert await waited_for(invoice) == (None, None)


async def test_a_paused_order_holds_its_reminders_back(invoice):
    view = await seen(views_documents.invoice_view, invoice)
    await settled(lambda tx: pause_order(tx, MANAGER, view["order"], Pause(comment="they ask"), NOW))
    assert await planned(invoice) == (0, COURTESY, "paused")


async def test_what_is_paid_is_not_listed_and_has_no_next_reminder(invoice):
    await make.a_payment("36.00", invoice=invoice)
    view = await seen(views_documents.invoice_view, invoice)
    assert [each["next_reminder"] for each in view["instalments"]] == [None]
    assert (await listed(reminder_list))[0] == []


async def test_the_list_is_sorted_by_age_and_chosen_by_customer_order_and_lateness(invoice):
    parts = await make.an_order({"BOLT": 5}, payment_terms="instalments:30@0,70@30")
    [second] = await make.invoiced(parts)
    rows, end = await listed(reminder_list)
    assert [(each["invoice"], each["instalment"]) for each in rows] == [(second, 1), (invoice, 1), (second, 2)]
    assert end is None
    assert str(rows[0]["outstanding"]) == "18.00"
    assert "policy_version" not in to_json(rows)
    first, following = await listed(reminder_list, limit=1)
    rest, _ = await listed(reminder_list, limit=9, after=following)
    assert first + rest == rows
    assert [each["invoice"] for each in (await listed(reminder_list, order=parts))[0]] == [second, second]
    assert (await listed(reminder_list, customer="HUAXIN"))[0] == []
    await make.run("UPDATE instalment SET due_at = :at WHERE invoice = :n", at=datetime.now(UTC) + DAY, n=second)
    assert [each["invoice"] for each in (await listed(reminder_list, overdue="true"))[0]] == [invoice]
    assert [each["invoice"] for each in (await listed(reminder_list, overdue="false"))[0]] == [second, second]
