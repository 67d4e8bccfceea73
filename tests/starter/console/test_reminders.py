"""Reminders, sent and planned: on the list, the invoice and the customer's page."""

from __future__ import annotations

import pytest

from activities.collection import send_reminder
from domain.actor import Role
from domain.steps import ReminderStep
from tests import builders
from tests.builders import DAY, NOW
from tests.starter.console.desk import Office, links
from tests.starter.console.test_documents import words

ARRANGED = builders.a_company
SENT = "2026-03-29 09:00 UTC"
PLANNED = "level 1: 2026-04-08 09:00 UTC"


async def reminded_once() -> str:
    """An open invoice of which the courtesy was sent."""
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 3}))
    await send_reminder(ReminderStep(invoice=invoice, instalment=1, level=0, now=NOW + 27 * DAY))
    return invoice


async def test_what_was_sent_and_what_is_planned_stand_side_by_side(office: Office) -> None:
    invoice = await reminded_once()
    desk = office[Role.CREDIT]
    assert "/reminders" in links((await desk.get("/invoices")).text)
    page = (await desk.get("/reminders?customer=ACME")).text
    assert {f"/invoices/{invoice}", "/customers/ACME"} <= links(page)
    assert f"36.00 EUR 0.00 EUR 0 {SENT} {PLANNED}" in words(page)
    assert PLANNED in words((await desk.get(f"/invoices/{invoice}")).text)
    assert f"level 0 {PLANNED} 36.00 EUR" in words((await desk.get("/customers/ACME")).text)
    assert "级别 1: 2026-04-08 09:00 UTC" in words((await desk.get(f"/invoices/{invoice}?lang=zh-CN")).text)


@pytest.mark.parametrize(("lang", "word"), [("en", "disputed"), ("zh-CN", "有争议")])
async def test_a_dispute_is_named_as_what_holds_the_reminder_back(office: Office, lang: str, word: str) -> None:
    invoice = await reminded_once()
    desk = office[Role.FINANCE]
    fields = {"amount": "36.00", "reason": "bent", "once": "a"}
    assert (await desk.post(f"/invoices/{invoice}/disputes", fields)).status_code == 303
    for path in ("/reminders", f"/invoices/{invoice}", "/customers/ACME"):
        page = words((await desk.get(f"{path}?lang={lang}")).text)
        assert f"1: 2026-04-08 09:00 UTC {word}" in page, path
