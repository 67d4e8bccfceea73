"""What the doctor finds to be due: work that nobody did, but none of an order that somebody paused."""

from __future__ import annotations

import pytest

from db.engine import settled, transaction
from db.queries import symptoms
from domain.facts import Pause
from intake import repair
from tests import builders
from tests.builders import NOW

GRACE, MOST = 60.0, 10


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The small company."""
    await builders.a_company()


async def found() -> tuple[list[str], list[str]]:
    """Documents that are due, and invoices whose reminder is; all messages have been handed over."""
    await builders.run("UPDATE engine_outbox SET sent_at = now()")
    async with transaction() as tx:
        due = await symptoms.due(tx, GRACE, MOST)
        forgotten = await symptoms.forgotten(tx, GRACE, MOST)
    return [each.document for each in due], [each.invoice for each in forgotten]


async def test_nothing_is_due_of_an_order_while_it_is_paused() -> None:
    [packed] = await builders.packed(await builders.an_order())
    unbilled = await builders.an_order()
    [delivered] = await builders.delivered(unbilled)
    unpaid = await builders.an_order()
    [invoice] = await builders.invoiced(unpaid)
    assert await found() == ([packed, delivered], [invoice])
    paused = [unbilled, unpaid, (await builders.rows("SELECT order_number FROM shipment ORDER BY number"))[0][0]]
    for order in paused:
        await settled(lambda tx, o=order: repair.pause_order(tx, builders.MANAGER, o, Pause(comment="wait"), NOW))  # type: ignore[misc]
    assert await found() == ([], [])
    for order in paused:
        await settled(lambda tx, o=order: repair.resume_order(tx, builders.MANAGER, o, None, NOW))  # type: ignore[misc]
    assert await found() == ([packed, delivered], [invoice])
