"""Collection on a real database: a payment message is recorded once, a reminder is sent once per level."""

from __future__ import annotations

from typing import Any

from activities.collection import look_at_instalment, record_payment_signal, send_reminder
from domain.steps import InstalmentStep, PaymentStep, ReminderStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import DAY, NOW


async def _message(**changes: Any) -> PaymentStep:
    order = await builders.an_order({"BOLT": 3})
    [invoice] = await builders.invoiced(order)
    fact: dict[str, Any] = {
        "amount": "40.00", "currency": "EUR", "invoice": invoice, "provider": "bank", "provider_payment_id": "signal-1",
        "received_at": NOW.isoformat(),
    }  # fmt: skip
    return PaymentStep(order=order, fact={**fact, **changes}, now=NOW)


async def _no_message_at_all() -> PaymentStep:
    return PaymentStep(order=await builders.an_order(), fact="money\0!", now=NOW)


async def _owed(money: str | None = None) -> InstalmentStep:
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 3}))
    if money is not None:
        await builders.a_payment(money, invoice=invoice)
    return InstalmentStep(invoice=invoice, instalment=1, now=NOW)


async def _to_remind(level: int, money: str | None = None) -> ReminderStep:
    owed = await _owed(money)
    now = NOW + (30 + 7 * level) * DAY
    return ReminderStep(invoice=owed.invoice, instalment=1, level=level, now=now)


async def _reminded_before() -> ReminderStep:
    step = await _to_remind(1)
    await send_reminder(step)
    return step.model_copy(update={"level": 2, "now": NOW + 44 * DAY})


CASES = (
    Case(
        record_payment_signal, "records the money and settles what it names", _message, "PAY-000001",
        {
            "payment": 1, "payment_application": 1, "journal_entry": 1, "journal_line": 3, "debited": 40,
            "outstanding": -36, "unapplied": 4, "timeline": 3, "engine_outbox": 1,
        },
        answers_in_a_race="SELECT number FROM payment",
    ),
    Case(
        record_payment_signal, "sets an impossible amount aside", lambda: _message(amount="a lot"), "", {"timeline": 1},
    ),
    Case(
        record_payment_signal, "sets an unknown currency aside", lambda: _message(currency="XQX"), "", {"timeline": 1},
    ),
    Case(record_payment_signal, "sets aside what is no payment at all", _no_message_at_all, "", {"timeline": 1}),
    Case(
        look_at_instalment, "names the next reminder", _owed,
        {"settled": False, "next_level": 0, "next_at": NOW + 27 * DAY}, {},
    ),
    Case(
        look_at_instalment, "says that it is paid", lambda: _owed("36.00"),
        {"settled": True, "next_level": None, "next_at": None}, {},
    ),
    Case(
        send_reminder, "reminds with courtesy", lambda: _to_remind(0), {"settled": False, "next_level": 1},
        {"reminder": 1, "timeline": 1, "notice": 1},
    ),
    Case(
        send_reminder, "climbs to the second level", _reminded_before,
        {"settled": False, "next_level": 3, "next_at": NOW + 58 * DAY}, {"reminder": 1, "timeline": 1, "notice": 1},
    ),
    Case(
        send_reminder, "does not write for small change", lambda: _to_remind(1, "32.00"),
        {"settled": False, "next_level": 2}, {"reminder": 1},
    ),
    Case(send_reminder, "never reminds of what is paid", lambda: _to_remind(1, "36.00"), {"settled": True}, {}),
)  # fmt: skip
