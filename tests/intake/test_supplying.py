"""Supply by hand: it goes to who waits longest; a date that is named is promised on, and customers hear of it once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.replenishment import chase_supply, order_supply
from activities.stock import allocate_order
from db.engine import settled
from db.queries import views_documents as documents
from domain.actor import Actor, Role
from domain.errors import IllegalMove, Invalid
from domain.requests import Acknowledgement, SupplyRequest
from domain.steps import OrderStep, SupplyStep
from intake.promising import acknowledge_supply
from intake.supplying import create_supply_order
from tests import builders as make
from tests.builders import DAY, NOW, rows
from tests.db.reading import listed, order_of, story_of

BUYER = Actor("buyer", Role.PURCHASING)
PEGS = "SELECT order_number, for_supply, open FROM supply_peg WHERE supply_order = :number ORDER BY id"


@pytest.fixture
async def company(database: str) -> None:
    """The builders' small company."""
    await make.a_company()


async def ordered(sku: str, quantity: str, **more: Any) -> str:
    """A supply order of a person's own."""
    wish = SupplyRequest.model_validate({"sku": sku, "quantity": quantity, **more})
    return await settled(lambda tx: create_supply_order(tx, BUYER, wish, NOW))


async def acknowledged(number: str, day: str, comment: str | None = None) -> None:
    """The supplier names a day."""
    said = Acknowledgement(due_date=date.fromisoformat(day), comment=comment)
    await settled(lambda tx: acknowledge_supply(tx, BUYER, number, said, NOW))


async def letters(event: str) -> list[Any]:
    """Letters of an event: (recipient, figures)."""
    found = await rows("SELECT recipient, figures FROM notice WHERE event = :event ORDER BY key", event=event)
    return [(row.recipient, row.figures.get("promise_date")) for row in found]


async def test_who_waits_longest_is_served_first(company):
    late = await make.an_order({"BOLT": 150}, customer_po="late", now=NOW + DAY)
    early = await make.an_order({"BOLT": 145}, customer_po="early")
    await make.allocated(early)
    await make.allocated(late, NOW + DAY)
    number = await ordered("BOLT", "12", supplier="STEELWORKS")
    assert [tuple(peg) for peg in await rows(PEGS, number=number)] == [(early, None, 5), (late, None, 7)]
    assert (await story_of(early))[-1]["summary"] == f"Supply order {number} for 5 of BOLT covers the shortage."
    assert (await story_of(early))[-1]["actor"] == "buyer"
    started = await rows("SELECT workflow_id FROM engine_outbox WHERE workflow_type = 'SupplyOrderWorkflow'")
    assert [row.workflow_id for row in started] == [f"supply/{number}"]
    await order_supply(SupplyStep(number=number, now=NOW))
    assert [to for to, _ in await letters("purchase_order")] == ["sales@steelworks.example"]
    again = await ordered("BOLT", "200", supplier="STEELWORKS")
    assert [tuple(peg) for peg in await rows(PEGS, number=again)] == [(late, None, 143)]


async def test_a_production_order_that_lacks_a_component_is_served_too(company):
    order = await make.an_order({"KIT": 100})
    production, *_ = await make.allocated(order)
    number = await ordered("BOLT", "100", due_date="2026-03-20")
    assert [tuple(peg) for peg in await rows(PEGS, number=number)] == [(None, production, 60)]
    [supply] = await rows("SELECT kind, supplier, due_at, quantity FROM supply_order WHERE number = :n", n=number)
    assert (supply.kind, supply.supplier, supply.due_at.date(), supply.quantity) == (
        "purchase", None, date(2026, 3, 20), 100,
    )  # fmt: skip


async def test_what_is_made_is_made_of_its_components(company):
    number = await ordered("KIT", "2")
    assert number.startswith("MO-")
    parts = await rows("SELECT sku, required FROM supply_component WHERE supply_order = :n ORDER BY sku", n=number)
    assert [tuple(part) for part in parts] == [("BOLT", 4), ("NUT", 2)]


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"sku": "NONE"}, "/sku"),
        ({"sku": "BOLT", "kind": "production"}, "/kind"),
        ({"sku": "KIT", "kind": "production", "supplier": "STEELWORKS"}, "/supplier"),
        ({"sku": "BOLT", "supplier": "NOBODY"}, "/supplier"),
        ({"sku": "BOLT", "due_date": "2026-03-01"}, "/due_date"),
    ],
    ids=["no product", "no bill of materials", "made by a supplier", "no supplier", "yesterday"],
)
async def test_what_cannot_be_supplied_is_refused_at_its_field(company, wish, pointer):
    with pytest.raises(Invalid) as refusal:
        await ordered(wish.pop("sku"), "5", **wish)
    assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert await rows("SELECT 1 FROM supply_order") == []


async def test_a_date_is_promised_on_and_each_customer_hears_of_it_once(company):
    order = await make.an_order({"NUT": 40})
    [supply] = await make.allocated(order)
    for _ in range(2):
        await acknowledged(supply, "2026-03-12")
    [line] = (await order_of(order))["lines"]
    assert line["promise_date"] == date(2026, 3, 15)
    assert await letters("promise_changed") == [("buyer@acme.example", "2026-03-15")]
    summaries = [entry["summary"] for entry in await story_of(order)][-2:]
    assert summaries == [
        f"Supply order {supply} is to come in by 2026-03-12.",
        "NUT is promised for 2026-03-15 now.",
    ]
    assert (await story_of(order))[-1]["after"] == "2026-03-15"
    [row] = await rows("SELECT state, due_at FROM supply_order")
    assert (row.state, row.due_at.date()) == ("ACKNOWLEDGED", date(2026, 3, 12))
    rung = await rows("SELECT 1 FROM engine_outbox WHERE signal = 'supply_received'")
    assert len(rung) == 1
    await acknowledged(supply, "2026-03-13", "one more day")
    assert (await story_of(order))[-2]["summary"] == f"Supply order {supply} is to come in by 2026-03-13. one more day"
    assert [day for _, day in await letters("promise_changed")] == ["2026-03-15", "2026-03-16"]


async def test_the_buyer_is_reminded_when_the_new_date_has_passed_and_not_before(company):
    [supply] = await make.allocated(await make.an_order({"NUT": 40}))
    await chase_supply(SupplyStep(number=supply, now=NOW + 6 * DAY))
    await acknowledged(supply, "2026-03-12")
    assert (await order_supply(SupplyStep(number=supply, now=NOW + 7 * DAY))).due_at.date() == date(2026, 3, 12)
    await chase_supply(SupplyStep(number=supply, now=NOW + 9 * DAY))
    assert len(await letters("supply_overdue")) == 1
    await chase_supply(SupplyStep(number=supply, now=NOW + 11 * DAY))
    assert len(await letters("supply_overdue")) == 2


async def test_a_line_is_promised_for_the_last_of_what_is_to_come(company):
    order = await make.an_order({"BOLT": 150})
    await make.allocated(order)
    first = await ordered("BOLT", "4", due_date="2026-03-20")
    second = await ordered("BOLT", "6", due_date="2026-03-25")
    for supply in (first, second):
        await order_supply(SupplyStep(number=supply, now=NOW))
    await acknowledged(first, "2026-03-18")
    assert (await order_of(order))["lines"][0]["promise_date"] == date(2026, 3, 28)


async def test_only_what_is_on_order_is_acknowledged_and_for_a_day_to_come(company):
    [supply] = await make.allocated(await make.an_order({"NUT": 40}))
    with pytest.raises(Invalid, match="This date cannot be kept"):
        await acknowledged(supply, "2026-03-01")
    await make.received(supply, 40)
    with pytest.raises(IllegalMove, match="no date is expected of it"):
        await acknowledged(supply, "2026-03-12")


async def test_overdue_supply_is_a_filter_of_its_list(company):
    [supply] = await make.allocated(await make.an_order({"NUT": 40}))
    await ordered("NUT", "5", due_date="2035-01-01")
    found, _ = await listed(documents.supply_list, overdue="true")
    assert [each["number"] for each in found] == [supply]


async def test_a_late_component_moves_what_is_made_of_it_and_its_promise(company):
    """NUTs take five days, the KIT two more; then the NUTs are to come on the 20th only."""
    order = await make.an_order({"KIT": 100})
    production, *_ = await make.allocated(order)
    outcome = await order_supply(SupplyStep(number=production, now=NOW))
    assert (outcome.waiting_for_components, outcome.due_at) == (True, NOW + 7 * DAY)
    first = (await order_of(order))["lines"][0]["promise_date"]
    assert first == date(2026, 3, 12)
    [nuts] = await rows("SELECT number FROM supply_order WHERE sku = 'NUT'")
    await order_supply(SupplyStep(number=nuts.number, now=NOW))
    for _ in range(2):
        await acknowledged(nuts.number, "2026-03-20")
    [made] = await rows("SELECT due_at, state FROM supply_order WHERE number = :number", number=production)
    assert (made.due_at.date(), made.state) == (date(2026, 3, 22), "ORDERED")
    assert (await order_of(order))["lines"][0]["promise_date"] == date(2026, 3, 25)
    assert [entry["summary"] for entry in await story_of(order)][-2:] == [
        f"Supply order {production} is due by 2026-03-22 now: its components come in later.",
        "KIT is promised for 2026-03-25 now.",
    ]
    assert [day for _, day in await letters("promise_changed")] == ["2026-03-12", "2026-03-25"]
    await acknowledged(nuts.number, "2026-03-10")
    [kept] = await rows("SELECT due_at FROM supply_order WHERE number = :number", number=production)
    assert kept.due_at == made.due_at


async def test_only_pieces_that_no_supply_order_is_for_are_ordered_by_hand(company):
    """12 NUTs of the first order are on their way already; the 8 of the second are not."""
    first = await make.an_order({"NUT": 12})
    await make.allocated(first)
    second = await make.an_order({"NUT": 8}, customer_po="second", now=NOW + DAY)
    step = OrderStep(number=await make.confirmed(second, NOW + DAY), now=NOW + DAY)
    await allocate_order(step)
    number = await ordered("NUT", "10")
    pegs = [tuple(peg) for peg in await rows(PEGS, number=number)]
    assert pegs == [(second, None, 8)]
