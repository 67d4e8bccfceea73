"""Work queues on a real database: what waits for whom, the most urgent first, in one shape, by an index."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from activities.replenishment import order_supply
from activities.review import review_order
from db.engine import settled, transaction
from db.queries import queues
from domain.actor import Role
from domain.facts import CaseMove
from domain.queues import OVERSEERS, OWNERS, Queue, queues_of
from domain.steps import OrderStep, SupplyStep
from intake import after_sales
from starter.api.answers import to_json
from tests import builders as make
from tests.db.small_company import lived_through

NOW, DAY = make.NOW, make.DAY
SHAPE = ["kind", "document", "order", "customer", "customer_name", "amount", "currency", "since", "deadline",
         "owner_role", "figures"]  # fmt: skip


@pytest.fixture
async def company(database: str) -> None:
    """The builders' small company."""
    await make.a_company()


async def waiting(queue: Queue, *roles: Role, now: Any = NOW, limit: int = 50, after: str | None = None) -> Any:
    """One page of a queue and the cursor of the next; without roles as a manager sees it."""
    async with transaction() as tx:
        return await queues.page(tx, queue, roles or [Role.MANAGER], now, limit=limit, after=after)


async def documents(queue: Queue, *roles: Role, now: Any = NOW) -> list[str]:
    """What waits, by the document that is acted upon."""
    return [row["document"] for row in (await waiting(queue, *roles, now=now))[0]]


async def counted(*roles: Role, now: Any = NOW) -> dict[str, tuple[int, int]]:
    """How much of each kind waits, and how much of it is overdue."""
    async with transaction() as tx:
        return {row["kind"]: (row["count"], row["overdue"]) for row in await queues.counts(tx, roles, now)}


def test_every_kind_of_work_has_somebody_who_does_it_and_overseers_see_all() -> None:
    assert set(OWNERS) == set(Queue) == set(queues_of([Role.MANAGER])) == set(queues_of([Role.ADMIN]))
    assert all(owners - OVERSEERS for owners in OWNERS.values())
    assert queues_of([Role.INTEGRATION]) == []
    assert queues_of([Role.WAREHOUSE]) == [Queue.HOLDS, Queue.PICKS, Queue.BOOKINGS]
    assert queues_of([Role.SALES, Role.SUPPORT]) == [Queue.HOLDS, Queue.CASES]


async def test_a_hold_waits_for_its_owner_with_the_figures_that_the_rule_saw(company):
    await make.a_customer("SMALL", credit_limit="100")
    big = await make.an_order({"BOLT": 10}, customer="SMALL")
    await review_order(OrderStep(number=big, now=NOW))
    cheap = await make.an_order([{"sku": "BOLT", "quantity": 2, "discount_percent": "40"}])
    await review_order(OrderStep(number=cheap, now=NOW - timedelta(hours=1)))
    (hold,), _ = await waiting(Queue.HOLDS, Role.CREDIT)
    assert list(hold) == SHAPE
    assert (hold["order"], hold["customer_name"], str(hold["amount"]), hold["currency"]) == (
        big, "SMALL Ltd", "120.00", "EUR",
    )  # fmt: skip
    assert (hold["since"], hold["deadline"], hold["owner_role"]) == (NOW, NOW + 2 * DAY, "credit")
    assert hold["figures"]["reason"] == "CREDIT"
    assert "100.00" in hold["figures"]["message"]
    assert [row["order"] for row in (await waiting(Queue.HOLDS))[0]] == [cheap, big]
    assert await documents(Queue.HOLDS, Role.SALES, Role.WAREHOUSE) == []
    assert await counted(Role.CREDIT, now=NOW + 3 * DAY) == {"holds": (1, 1), "cash": (0, 0), "disputes": (0, 0)}


async def test_a_shortage_without_a_route_of_supply_waits_to_be_ordered(company):
    first = await make.an_order({"BOLT": 150}, customer_po="1")
    await make.allocated(first)
    second = await make.an_order({"BOLT": 5}, customer_po="2", now=NOW + DAY)
    await make.allocated(second, NOW + DAY)
    (short,), end = await waiting(Queue.SUPPLY_TO_ORDER)
    assert end is None
    assert (short["document"], short["order"], short["since"]) == ("BOLT", first, NOW)
    assert (short["figures"]["quantity"], short["figures"]["orders"], short["figures"]["route"]) == ("15", 2, "none")


async def test_a_component_without_a_route_of_supply_waits_to_be_ordered_too(company):
    order = await make.an_order({"KIT": 100})
    await make.allocated(order)
    (short,), _ = await waiting(Queue.SUPPLY_TO_ORDER, Role.PRODUCTION)
    assert (short["document"], short["order"], short["figures"]["quantity"]) == ("BOLT", order, "60")


async def test_what_a_supply_order_covers_does_not_wait_to_be_ordered(company):
    await make.allocated(await make.an_order({"NUT": 40}))
    assert await documents(Queue.SUPPLY_TO_ORDER) == []


async def test_a_purchase_is_chased_from_two_days_before_it_is_due(company):
    order = await make.an_order({"NUT": 40})
    [purchase] = await make.allocated(order)
    assert await documents(Queue.SUPPLY_TO_CHASE, now=NOW + 3 * DAY - timedelta(seconds=1)) == []
    (row,), _ = await waiting(Queue.SUPPLY_TO_CHASE, now=NOW + 3 * DAY + timedelta(seconds=1))
    assert (row["document"], row["order"], row["deadline"]) == (purchase, order, NOW + 5 * DAY)
    assert (row["figures"]["quantity"], row["figures"]["orders"], row["figures"]["supplier"]) == ("40", 1, "STEELWORKS")
    await make.received(purchase, 40)
    assert await documents(Queue.SUPPLY_TO_CHASE, now=NOW + 9 * DAY) == []


async def test_production_waits_to_be_reported_and_says_whether_its_components_are_there(company):
    made = await make.an_order({"KIT": 5})
    production, components = await make.allocated(made)
    (row,), _ = await waiting(Queue.PRODUCTION, Role.PRODUCTION)
    assert (row["document"], row["order"], row["figures"]["components_missing"]) == (production, made, True)
    await make.received(components, 10)
    await order_supply(SupplyStep(number=production, now=NOW))
    assert (await waiting(Queue.PRODUCTION))[0][0]["figures"]["components_missing"] is False


async def test_a_pick_waits_and_then_a_booking_that_fails(company):
    order = await make.an_order({"BOLT": 4})
    [note] = await make.noted(order)
    (row,), _ = await waiting(Queue.PICKS, Role.WAREHOUSE)
    assert (row["document"], row["order"], row["since"]) == (note, order, NOW)
    assert (row["figures"]["lines"], row["figures"]["quantity"], row["figures"]["warehouse"]) == (1, "4", "EAST")
    [requested] = await make.rows("SELECT requested_date FROM sales_order WHERE number = :n", n=order)
    end = datetime.combine(requested.requested_date, time(), UTC) + DAY
    assert row["deadline"] == end, "what is asked for on a day is not late before the day is over"
    assert (await counted(Role.WAREHOUSE, now=end))["picks"] == (1, 0)
    assert (await counted(Role.WAREHOUSE, now=end + timedelta(seconds=1)))["picks"] == (1, 1)
    await make.packed(order)
    assert await documents(Queue.PICKS) == await documents(Queue.BOOKINGS, now=NOW + timedelta(minutes=5)) == []
    assert await documents(Queue.BOOKINGS, now=NOW + timedelta(minutes=6)) == [note]


async def test_cash_waits_unless_the_order_that_it_names_will_still_be_billed(company):
    later = await make.an_order(customer_po="PO-LATER")
    await make.a_payment("7.00", reference=later)
    unknown = await make.a_payment("99.00", reference="who is this", now=NOW + DAY)
    over = await make.a_payment("20.00", customer="HUAXIN", currency="CNY")
    rows, _ = await waiting(Queue.CASH, Role.FINANCE)
    assert [(row["document"], row["customer"], str(row["amount"]), row["currency"]) for row in rows] == [
        (over, "HUAXIN", "20.00", "CNY"), (unknown, None, "99.00", "EUR"),
    ]  # fmt: skip
    assert rows[1]["figures"]["reference"] == "who is this"


async def test_a_case_waits_when_three_quarters_of_its_time_are_over(company):
    case = await make.a_case(await make.an_order())
    assert await documents(Queue.CASES, now=NOW + 0.74 * DAY) == []
    (row,), _ = await waiting(Queue.CASES, Role.SUPPORT, now=NOW + 0.75 * DAY)
    assert (row["document"], row["deadline"], row["figures"]["answered"]) == (case, NOW + DAY, False)
    await settled(lambda tx: after_sales.move_case(tx, make.SUPPORT, case, "start", CaseMove(), NOW))
    assert await documents(Queue.CASES, now=NOW + 3.7 * DAY) == []
    assert await documents(Queue.CASES, now=NOW + 3.8 * DAY) == [case]


async def test_every_queue_is_walked_page_by_page_and_counted_alike(database):
    await lived_through()
    for at in (NOW, NOW + 40 * DAY):
        sizes = await counted(Role.ADMIN, now=at)
        for queue in Queue:
            whole, end = await waiting(queue, now=at)
            assert end is None
            walked, after = [], None
            while True:
                rows, after = await waiting(queue, now=at, limit=1, after=after)
                walked += rows
                if after is None:
                    break
            assert walked == whole
            assert sizes[queue][0] == len(whole)
            assert all(list(row) == SHAPE and row["kind"] == queue for row in whole)
            to_json(whole)
