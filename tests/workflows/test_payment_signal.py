"""The plain signal `payment_received` from an integration that talks to the engine itself."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.workflows.world import World

FACT: dict[str, Any] = {
    "amount": "36.00", "currency": "EUR", "provider": "bankline", "provider_payment_id": "tx-1",
    "received_at": "2026-03-04T10:00:00Z",
}  # fmt: skip
PAYMENTS = "SELECT count(*) FROM payment"


@pytest.mark.path("paid_by_signal")
async def test_a_payment_signal_is_recorded_once_however_often_it_comes(world: World) -> None:
    order = await world.submit()
    invoice = await world.billed(order)
    for _ in range(3):
        await world.order(order).signal("payment_received", {**FACT, "invoice": invoice})
    await world.until("SELECT state FROM invoice WHERE number = :n", "PAID", n=invoice)
    await world.quiet(order)
    assert await world.value(PAYMENTS) == 1
    assert (await world.events(order)).count("invoice_paid") == 1
    assert "payment_refused" not in await world.events(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert "reminder_sent" not in await world.events(order)


async def test_a_signal_and_the_same_payment_by_another_way_are_one_payment(world: World) -> None:
    order = await world.submit()
    invoice = await world.billed(order)
    known = {"provider": "bankline", "provider_payment_id": "tx-1", "invoice": invoice}
    await world.pay("36.00", of=order, **known)
    await world.order(order).signal("payment_received", {**FACT, "invoice": invoice})
    await world.quiet(order)
    assert await world.value(PAYMENTS) == 1
    assert await world.value("SELECT unapplied FROM customer_account WHERE customer = 'ACME'") == 0


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in FACT.items() if name not in names}


MALFORMED: dict[str, tuple[Any, ...]] = {
    "a string": ("36.00 EUR",),
    "a list": ([FACT],),
    "nothing": (),
    "null": (None,),
    "two arguments": (FACT, FACT),
    "three arguments": (FACT, FACT, "x"),
    "a number": (36,),
    "bytes": (b"\xff\xfe\x00",),
    "a float amount": ({**FACT, "amount": 36.0},),
    "a missing amount": (_without("amount"),),
    "all fields missing": ({},),
    "an unknown field": ({**FACT, "colour": "red"},),
    "wrong types": ({**FACT, "provider": ["bank"], "received_at": 12, "currency": {"code": "EUR"}},),
    "a negative amount": ({**FACT, "amount": "-36.00"},),
    "not a number": ({**FACT, "amount": float("nan")},),
    "an unknown currency": ({**FACT, "currency": "XXX"},),
    "too fine an amount": ({**FACT, "amount": "36.001"},),
    "a time without a zone": ({**FACT, "received_at": "2026-03-04T10:00:00"},),
    "null bytes": ({**FACT, "provider": "bank\x00line", "x\x00y": 1},),
    "a text of null bytes": ("\x00\x00",),
    "half a character": (RawValue(Payload(metadata={"encoding": b"json/plain"}, data=rb'{"reference": "\ud83d"}')),),
    "half a character as a name": (RawValue(Payload(metadata={"encoding": b"json/plain"}, data=rb'{"\ud83d": 1}')),),
    "no JSON": (RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"{amount: 36")),),
    "an unknown encoding": (RawValue(Payload(metadata={"encoding": b"xml"}, data=b"<amount/>")),),
    "something deep": ({**FACT, "reference": [[[[[[[[[[[[1]]]]]]]]]]]]},),
    "something long": ("x" * 300_000,),
    "recorded_as that is no text": ({**FACT, "recorded_as": ["PAY-1"]},),
}


@pytest.mark.path("malformed_payment_signals")
async def test_malformed_payment_signals_are_set_aside_and_harm_nothing(world: World) -> None:
    order = await world.submit()
    invoice = await world.billed(order)
    for arguments in MALFORMED.values():
        await world.order(order).signal("payment_received", args=list(arguments))
    await world.quiet(order)
    described = await world.order(order).describe()
    assert described.status is not None and described.status.name == "RUNNING"
    assert await world.value(PAYMENTS) == 0
    assert await world.value("SELECT outstanding FROM invoice WHERE number = :n", n=invoice) == 36

    await world.order(order).signal("payment_received", {**FACT, "invoice": invoice})
    await world.until("SELECT state FROM invoice WHERE number = :n", "PAID", n=invoice)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    await world.end_of(order)
    history = await world.order(order).fetch_history()
    assert [event for event in history.events if event.HasField("workflow_task_failed_event_attributes")] == []


@pytest.mark.parametrize("name", ["a string", "a list", "a float amount", "all fields missing", "wrong types"])
async def test_the_timeline_says_why_a_payment_signal_was_refused(world: World, name: str) -> None:
    order = await world.submit()
    await world.shipment_of(order)
    await world.order(order).signal("payment_received", args=list(MALFORMED[name]))
    await world.quiet(order)
    (refused,) = await world.heard(order, "payment_refused")
    assert refused["reason"]
    assert refused["message"]
    assert await world.value(PAYMENTS) == 0


@pytest.mark.parametrize(
    "signal", ["hold_decided", "stock_allocated", "pick_confirmed", "tracking_changed", "no_such_signal"]
)
async def test_any_other_signal_with_rubbish_in_it_harms_nothing(world: World, signal: str) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    for arguments in ([], [None], ["x"], [[1, 2]], [{"shipment": ["a"]}], [{"shipment": shipment}], [1, 2, 3]):
        await world.order(order).signal(signal, args=arguments)
    await world.quiet(order)
    assert (await world.events(order))[-1] == "shipment_created"
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
