"""A letter that the post refused for good leaves again when somebody asks for it, to where its reader is now."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from activities.review import review_order
from db.engine import autocommit, settled
from db.queries import outbox, symptoms
from db.queries.repair import TO_OURSELVES
from domain.errors import IllegalMove
from domain.facts import HoldRejection, Remark
from domain.steps import OrderStep
from intake import repair, review
from starter.doctor import notices
from starter.doctor.bedside import Bedside, Patient
from tests import builders
from tests.builders import MANAGER, NOW, rows, run

ROOT = Path(__file__).parents[2]
NO_SUCH_BOX = "550 no such mailbox"
ASKED = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The company of the builders."""
    await builders.a_company()


async def _refused(event: str, until: str = "infinity") -> None:
    await run(
        f"UPDATE notice SET error = '{NO_SUCH_BOX}', next_attempt_at = '{until}' WHERE event = :event", event=event
    )


async def _letter(event: str) -> tuple[str, object]:
    """To whom a letter goes, and when it is tried."""
    [row] = await rows("SELECT recipient, next_attempt_at FROM notice WHERE event = :event", event=event)
    return row.recipient, row.next_attempt_at


async def _retry(order: str) -> None:
    await settled(lambda tx: repair.retry_order(tx, MANAGER, order, Remark(comment="corrected"), ASKED))


async def _claimed() -> set[str]:
    async with autocommit() as tx:
        return {letter.event for letter in await outbox.claim_letters(tx, 100, 60.0)}


async def _messages() -> int:
    [row] = await rows("SELECT count(*) FROM engine_outbox")
    return int(row[0])


async def _rejected() -> str:
    """An order that has ended, and its letter was refused for good."""
    await builders.a_customer("POOR", credit_limit="10")
    order = await builders.an_order(customer="POOR")
    await review_order(OrderStep(number=order, now=NOW))
    [hold] = await rows("SELECT id FROM hold WHERE order_number = :order", order=order)
    told = HoldRejection(comment="too much")
    await settled(lambda tx: review.reject_hold(tx, builders.MANAGER, order, hold.id, told, NOW))
    await _refused("order_rejected")
    return order


async def test_it_goes_to_the_address_that_the_customer_has_now():
    order = await builders.an_order()
    await _refused("order_received")
    assert "order_received" not in await _claimed()
    await builders.a_customer("ACME", email="office@acme.example")
    await _retry(order)
    assert await _letter("order_received") == ("office@acme.example", ASKED)
    assert "order_received" in await _claimed()


async def test_what_was_taken_is_not_sent_again_and_no_letter_of_another_order_is():
    order, other = await builders.an_order(), await builders.an_order()
    await _refused("order_received")
    await run("UPDATE notice SET sent_at = now(), error = NULL WHERE order_number = :order", order=order)
    await _retry(order)
    assert await _claimed() == set()
    assert [row.orders for row in await _found()] == [[other]]


async def test_a_purchase_order_goes_to_where_the_supplier_is_now():
    order = await builders.an_order({"NUT": 3})
    await builders.allocated(order)
    await _refused("purchase_order")
    await builders.a_supplier("STEELWORKS", email="orders@steelworks.example")
    await _retry(order)
    assert await _letter("purchase_order") == ("orders@steelworks.example", ASKED)


async def test_a_letter_to_ourselves_stays_ours():
    order = await builders.an_order()
    await run("UPDATE notice SET event = 'hold_escalated', recipient = 'credit@company.example'")
    await _refused("hold_escalated")
    await _retry(order)
    assert await _letter("hold_escalated") == ("credit@company.example", ASKED)


def test_whose_letters_are_ours_is_what_the_program_writes():
    written: dict[str, bool] = {}
    for source in sorted([*(ROOT / "activities").glob("*.py"), *(ROOT / "intake").glob("*.py")]):
        for call in ast.walk(ast.parse(source.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "notice":
                written[ast.unparse(call.args[0])] = "mailbox" in ast.unparse(call.args[1])
    assert len(written) > 10
    assert {event.strip("'") for event, ours in written.items() if ours} == set(TO_OURSELVES)


async def test_of_an_order_that_has_ended_letters_leave_again_and_nothing_else_happens():
    order = await _rejected()
    before = await _messages()
    await _retry(order)
    assert await _letter("order_rejected") == ("buyer@poor.example", ASKED)
    assert await _messages() == before


async def test_an_order_that_has_ended_and_lacks_no_letter_refuses():
    order = await _rejected()
    await run("UPDATE notice SET sent_at = now(), error = NULL")
    with pytest.raises(IllegalMove, match="it has ended, and nothing runs for it"):
        await _retry(order)


async def _found() -> list[symptoms.Refused]:
    async with autocommit() as tx:
        return await symptoms.refused(tx)


async def test_the_doctor_names_a_letter_its_error_and_the_orders_to_try_again():
    orders = [await builders.an_order() for _ in range(2)]
    await _refused("order_received")
    await run(
        "INSERT INTO notice (key, event, recipient, language, created_at, next_attempt_at, error)"
        " VALUES ('k', 'shipped', 'x@y.example', 'en', now(), now(), 'the line is busy')"
    )
    assert [(found.detail, found.what_to_do) for found in await notices.look(Bedside(Patient(None)))] == [
        (
            "Letters that could not be sent yet: 1, as shipped to x@y.example: the line is busy",
            "Check the mail server (ORDERKEEP_SMTP_URL). They are tried again by themselves.",
        ),
        (
            f"Letters that were refused for good: 2, as order_received to buyer@acme.example: {NO_SUCH_BOX}",
            "Correct the address of the customer or the supplier, then run "
            f"`orderkeep order retry {' '.join(orders)}`.",
        ),
    ]
