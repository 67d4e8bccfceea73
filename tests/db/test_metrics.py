"""The business in numbers: what is open, how old it is, what is late; every figure is there when nothing is."""

from __future__ import annotations

from typing import Any

from activities.review import review_order
from db.engine import transaction
from db.queries.metrics import FIGURES, QUESTIONS, business, together
from domain.order_life import ENDED, LEGAL_MOVES
from domain.steps import OrderStep
from tests import builders as make
from tests.builders import NOW, rows


async def counted() -> dict[str, Any]:
    async with transaction() as tx:
        return await business(tx)


async def test_what_is_open_is_counted(database: str):
    await make.a_company()
    await make.a_customer("SMALL", credit_limit="100")
    held = await make.an_order({"BOLT": 10}, customer="SMALL")
    await review_order(OrderStep(number=held, now=NOW))
    await make.an_order({"BOLT": 1}, customer_po="2")
    figures = await counted()
    assert figures["orders"] == {"IN_REVIEW": 1, "SUBMITTED": 1}
    assert set(figures["order_oldest_seconds"]) == {"IN_REVIEW", "SUBMITTED"}
    assert figures["holds_open"] == {"CREDIT": 1}
    assert sum(figures["holds_by_age"].values()) == 1
    assert figures["outbox_backlog"] == 2
    assert figures["outbox_oldest_seconds"] > 0
    assert figures["notices_pending"] >= 2


async def test_what_has_ended_is_counted_and_has_no_age(database: str):
    await make.a_company()
    await make.completed(await make.an_order({"BOLT": 1}))
    figures = await counted()
    assert figures["orders"] == {"COMPLETED": 1}
    assert figures["order_oldest_seconds"] == {}
    assert figures["shipments"] == {}


async def test_what_is_late_is_counted(database: str):
    await make.a_company()
    await make.invoiced(await make.an_order({"BOLT": 1}))
    await rows("UPDATE instalment SET due_at = now() - interval '10 days' RETURNING 1")
    await rows("DELETE FROM reminder RETURNING 1")
    await rows("UPDATE engine_outbox SET sent_at = NULL, attempts = 3 RETURNING 1")
    await rows("UPDATE notice SET sent_at = NULL, error = '550', next_attempt_at = 'infinity' RETURNING 1")
    figures = await counted()
    assert figures["instalments_overdue"] == figures["reminders_due"] == figures["reminders_overdue"] == 1
    assert figures["outbox_failing"] == figures["outbox_backlog"] > 0
    assert figures["notices_failing"] == figures["notices_pending"] > 0
    assert figures["notices_oldest_seconds"] == 0


async def test_nothing_to_count_is_zero(database: str):
    figures = await counted()
    (revision,) = figures.pop("schema_info").items()
    assert revision[1] == 1
    assert figures.pop("holds_by_age") == dict.fromkeys(("under 1 hour", "under 1 day", "under 1 week", "older"), 0)
    assert figures == {name: {} if FIGURES[name].label else 0 for name in figures}
    assert set(figures) | {"schema_info", "holds_by_age"} == set(FIGURES)


async def test_every_state_of_an_order_belongs_to_one_question(database: str):
    open_ones, ended = (question.statement.text for question in QUESTIONS[:2])
    for state in LEGAL_MOVES["order"]:
        assert (f"'{state}'" in open_ones) is (state not in ENDED)
    assert all(f"'{state}'" in ended for state in ENDED)


def test_answers_that_divide_by_the_same_label_are_joined():
    assert together({"orders": {"A": 1}, "n": 2}, {"orders": {"B": 3}}) == {"orders": {"A": 1, "B": 3}, "n": 2}
