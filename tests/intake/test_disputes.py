"""Disputes: never more than is outstanding; reminders leave them out, skip no level and send none twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.collection import look_at_instalment, send_reminder
from db.engine import settled, transaction
from db.queries import disputes as questions
from db.queries import symptoms
from db.queries import views_documents as documents
from domain.errors import IllegalMove, Invalid, NotFound
from domain.requests import DisputeDecision, DisputeRequest
from domain.steps import InstalmentStep, ReminderStep
from intake.disputes import open_dispute, resolve_dispute
from tests import builders as make
from tests.builders import DAY, FINANCE, NOW, rows
from tests.db.reading import listed, seen, story_of

LATE = NOW + 40 * DAY
"""A day on which the first reminder of the invoice is due."""


@pytest.fixture
async def invoice(database: str) -> str:
    """An open invoice of ACME over 36.00 EUR."""
    await make.a_company()
    [number] = await make.invoiced(await make.an_order({"BOLT": 3}))
    return number


async def opened(invoice: str, amount: str) -> int:
    """The customer disputes so much."""
    wish = DisputeRequest.model_validate({"amount": amount, "reason": "bent"})
    return await settled(lambda tx: open_dispute(tx, FINANCE, invoice, wish, NOW))


async def decided(invoice: str, dispute: int, outcome: str) -> None:
    """Somebody decides it."""
    decision = DisputeDecision.model_validate({"outcome": outcome, "comment": "looked at"})
    await settled(lambda tx: resolve_dispute(tx, FINANCE, invoice, dispute, decision, NOW))


async def next_level(invoice: str, instalment: int = 1, now: Any = LATE) -> int | None:
    """The level that the collector waits to send."""
    return (await look_at_instalment(InstalmentStep(invoice=invoice, instalment=instalment, now=now))).next_level


async def reminded(invoice: str, level: int, now: Any = LATE) -> None:
    """The collector's timer rang."""
    await send_reminder(ReminderStep(invoice=invoice, instalment=1, level=level, now=now))


async def reminders() -> list[tuple[int, str]]:
    """What customers were reminded of."""
    found = await rows(
        "SELECT level, trim_scale(outstanding) AS what FROM reminder ORDER BY invoice, instalment, level"
    )
    return [(row.level, str(row.what)) for row in found]


async def test_a_disputed_part_is_left_out_of_reminders(invoice):
    await opened(invoice, "10.00")
    await reminded(invoice, 0)
    assert await reminders() == [(0, "26")]
    [letter] = await rows("SELECT figures FROM notice WHERE event = 'reminder_courtesy'")
    assert letter.figures["outstanding"] in ("26.0000", "26.00", "26")


async def test_what_is_wholly_disputed_is_not_reminded_of_until_it_is_withdrawn_and_no_level_is_skipped(invoice):
    await reminded(invoice, 0)
    dispute = await opened(invoice, "36.00")
    assert await next_level(invoice) is None
    await reminded(invoice, 1)
    assert await reminders() == [(0, "36")]
    assert (await look_at_instalment(InstalmentStep(invoice=invoice, instalment=1, now=LATE))).settled is False
    await decided(invoice, dispute, "withdrawn")
    assert await next_level(invoice) == 1
    for _ in range(2):
        await reminded(invoice, 1)
    assert await reminders() == [(0, "36"), (1, "36")]
    [order] = await rows("SELECT order_number AS number FROM invoice WHERE number = :n", n=invoice)
    signals = await rows(
        "SELECT payload FROM engine_outbox WHERE workflow_id = :id AND signal = 'payment_received'",
        id=f"order/{order.number}",
    )
    assert [row.payload["recorded_as"] for row in signals] == [f"dispute {dispute}"]
    events = [entry["event"] for entry in await story_of(order.number)]
    assert events[-4:] == ["reminder_sent", "dispute_opened", "dispute_withdrawn", "reminder_sent"]


async def test_what_is_upheld_stays_outstanding_and_is_not_reminded_of(invoice):
    dispute = await opened(invoice, "36.00")
    await decided(invoice, dispute, "upheld")
    await reminded(invoice, 0)
    assert await reminders() == []
    view = await seen(documents.invoice_view, invoice)
    assert (str(view["outstanding"]), view["state"]) == ("36.00", "POSTED")
    assert [(str(each["disputed"]), each["status"], each["decided_by"]) for each in view["disputes"]] == [
        ("36.00", "UPHELD", FINANCE.name)
    ]


async def test_a_dispute_lies_on_the_first_open_instalments(invoice):
    [parts] = await make.invoiced(await make.an_order({"BOLT": 5}, payment_terms="instalments:30@0,70@30"))
    await opened(parts, "20.00")
    assert await next_level(parts, 1) is None
    assert await next_level(parts, 2) == 0
    step = ReminderStep(invoice=parts, instalment=2, level=0, now=LATE)
    await send_reminder(step)
    assert await reminders() == [(0, "40")]


async def test_no_alarm_rings_for_what_is_disputed(invoice):
    long_ago = timedelta(days=400)
    await make.run("UPDATE instalment SET due_at = now() - :long", long=long_ago)
    async with transaction() as tx:
        assert [each.invoice for each in await symptoms.forgotten(tx, 0, 10)] == [invoice]
    await opened(invoice, "36.00")
    async with transaction() as tx:
        assert await symptoms.forgotten(tx, 0, 10) == []


async def test_what_is_paid_is_no_longer_disputed(invoice):
    first, second = await opened(invoice, "10.00"), await opened(invoice, "20.00")
    await make.a_payment("16.00", invoice=invoice)
    found, _ = await listed(questions.dispute_list)
    assert [(each["id"], str(each["disputed"]), each["status"]) for each in found] == [
        (second, "10.00", "OPEN"), (first, "10.00", "OPEN"),
    ]  # fmt: skip
    await make.a_payment("20.00", invoice=invoice)
    assert [each["status"] for each in (await listed(questions.dispute_list, status="paid"))[0]] == ["PAID", "PAID"]
    with pytest.raises(IllegalMove, match=f"Dispute {first} of {invoice} is PAID already"):
        await decided(invoice, first, "upheld")
    with pytest.raises(IllegalMove, match="nothing is outstanding"):
        await opened(invoice, "1.00")


async def test_more_than_is_outstanding_and_undisputed_is_refused(invoice):
    await opened(invoice, "30.00")
    with pytest.raises(Invalid) as refusal:
        await opened(invoice, "6.01")
    assert [error.detail for error in refusal.value.errors] == ["Only 6.00 EUR are outstanding and not disputed yet."]
    await opened(invoice, "6.00")
    assert len(await rows("SELECT 1 FROM dispute")) == 2


async def test_a_dispute_is_decided_once_and_only_where_it_belongs(invoice):
    dispute = await opened(invoice, "5.00")
    with pytest.raises(NotFound, match="There is no invoice INV-9"):
        await decided("INV-9", dispute, "upheld")
    with pytest.raises(NotFound, match="has no dispute 999"):
        await decided(invoice, 999, "upheld")
    await decided(invoice, dispute, "upheld")
    with pytest.raises(IllegalMove, match="is UPHELD already"):
        await decided(invoice, dispute, "withdrawn")
