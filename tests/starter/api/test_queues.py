"""Work queues over HTTP: each role sees what waits for it, and anybody may look at another's."""

from __future__ import annotations

from activities.review import review_order
from domain.actor import Role
from domain.steps import OrderStep
from tests import builders


async def test_a_role_sees_what_waits_for_it(live):
    await builders.a_company()
    await builders.a_customer("SMALL", credit_limit="100")
    order = await builders.an_order({"BOLT": 10}, customer="SMALL")
    await review_order(OrderStep(number=order, now=builders.NOW))
    await builders.a_payment("99.00", reference="who is this")
    late = {"kind": "holds", "count": 1, "overdue": 1}
    cash = {"kind": "cash", "count": 1, "overdue": 0}
    assert (await live.get("/v1/queues", Role.CREDIT)).json()["items"] == [late, cash]
    assert (await live.get("/v1/queues", Role.FINANCE)).json()["items"] == [cash]
    assert (await live.get("/v1/queues", Role.SALES)).json()["items"] == []
    assert (await live.get("/v1/queues?role=manager", Role.SALES)).json()["items"] == [late, cash]
    (hold,) = (await live.get("/v1/queues/holds", Role.CREDIT)).json()["items"]
    assert (hold["order"], hold["amount"], hold["owner_role"]) == (order, "120.00", "credit")
    assert (await live.get("/v1/queues/holds", Role.FINANCE)).json()["items"] == []
    assert (await live.get("/v1/queues/holds?role=credit", Role.FINANCE)).json()["items"] == [hold]


async def test_the_message_of_a_hold_follows_the_language(live):
    await builders.a_company()
    await builders.a_customer("SMALL", credit_limit="100")
    await review_order(OrderStep(number=await builders.an_order({"BOLT": 10}, customer="SMALL"), now=builders.NOW))
    (hold,) = (await live.get("/v1/queues/holds?lang=zh-CN", Role.CREDIT)).json()["items"]
    assert "信用" in hold["figures"]["message"]


async def test_a_queue_that_does_not_exist_is_named_with_those_that_do(live):
    answer = await live.get("/v1/queues/hold", Role.CREDIT)
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no queue 'hold'; there are holds, supply_to_order,")
