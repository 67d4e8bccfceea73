"""Stored orders are as good as lived ones: every invariant holds, every table has its rows, every page shows them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from benchmarks import console
from benchmarks.generate import generate, plan
from benchmarks.generator.moulds import Columns, Shift, Spans, mould
from benchmarks.generator.phases import DAY, Phase
from db import engine
from db.checks import run_checks
from db.queries import outbox, queues
from db.reports.registry import REPORTS
from db.tables import METADATA
from domain.actor import Role
from domain.queues import Queue
from tests import builders
from tests.databases import fresh_database
from tests.starter.api.live import live_api
from tests.starter.api.test_reads import DOCUMENTS, LISTS

ORDERS = 400
MADE_BY_PEOPLE = {"api_key", "app_user", "account_change", "user_session", "delegation", "order_draft", "order_upload"}
"""Keys, accounts and drafts are no part of the lives that are generated."""


@pytest.fixture(scope="module")
async def stored(database_server: str) -> AsyncIterator[str]:
    """A database with some hundred stored orders; its address."""
    async with fresh_database(database_server) as address:
        await engine.close()
        await generate(address, ORDERS, lambda text: None)
        yield address


@pytest.fixture
async def pool(stored: str) -> AsyncIterator[str]:
    """The pool of this process on that database."""
    engine.configure(stored)
    yield stored
    await engine.close()


async def test_every_invariant_holds(pool):
    async with engine.transaction() as tx:
        assert {check.name: check.breaches for check in await run_checks(tx) if check.breaches} == {}


async def test_at_least_the_wanted_number_of_orders_is_there_and_in_every_state_that_lives_pass(pool):
    counted = {
        row.state: row.count for row in await builders.rows("SELECT state, count(*) FROM sales_order GROUP BY 1")
    }
    assert ORDERS <= sum(counted.values()) < ORDERS + 100
    assert counted["COMPLETED"] > ORDERS * 0.7
    assert counted.keys() == {
        "SUBMITTED", "IN_REVIEW", "CONFIRMED", "IN_FULFILMENT", "FULFILLED", "COMPLETED", "REJECTED", "EXPIRED",
        "CANCELLING", "CANCELLED",
    }  # fmt: skip


async def test_every_table_of_an_orders_life_has_rows(pool):
    """A table that is new stays empty until a life of the generator fills it; then it is copied by itself."""
    tables = [table.name for table in METADATA.sorted_tables if table.name not in MADE_BY_PEOPLE]
    assert len(tables) > 40
    assert [name for name in tables if not await builders.rows(f"SELECT 1 FROM {name} LIMIT 1")] == []


async def test_something_waits_in_every_queue_once_per_copy_of_the_present(pool):
    async with engine.transaction() as tx:
        found = {row["kind"]: row["count"] for row in await queues.counts(tx, [Role.MANAGER], datetime.now(UTC))}
    [copies] = await builders.rows("SELECT count(*) AS count FROM sales_order WHERE state = 'CANCELLING'")
    assert found.keys() == set(Queue)
    assert {kind: count for kind, count in found.items() if count < copies.count} == {}


async def test_nothing_waits_to_be_handed_over(pool):
    async with engine.transaction() as tx:
        backlog = await outbox.backlog(tx)
    assert (backlog["messages"], backlog["notices"]) == (0, 0)


async def test_new_orders_live_beside_the_stored_ones(pool):
    number = await builders.completed(await builders.an_order({"SKU-00001": 2}, customer="CU-00001"))
    assert int(number.partition("-")[2]) > ORDERS
    async with engine.transaction() as tx:
        assert {check.name: check.breaches for check in await run_checks(tx) if check.breaches} == {}


async def test_every_list_and_every_document_is_shown(pool):
    async with live_api(pool) as live:
        items = {path: (await live.get(f"{path}?limit=3")).json()["items"] for path in LISTS}
        assert [path for path, found in items.items() if not found] == []
        shown = 0
        for path in DOCUMENTS:
            listing = path.partition("/{")[0]
            for item in items.get(listing, ()):
                name = item.get("number") or item.get("code") or item.get("sku")
                answer = await live.get(re.sub(r"\{\w+(:path)?\}", str(name), path, count=1))
                assert answer.status_code == 200, (path, answer.text)
                shown += 1
    assert shown > 20


async def test_every_page_of_the_console_is_measured_and_shown(stored):
    result = await console.run(1, 1, stored)
    pages = {row["page"] for row in result["rows"]}
    assert result["missing"] == []
    assert {"/orders, deep", "/orders?state=, deep", *(f"/queue/{queue}" for queue in Queue)} <= pages
    assert {"/orders/…", "/customers/…", "/products/…/availability.svg", "/orders/new/figures", "/search?q="} <= pages
    assert {f"/reports/{name}, {'year' if report.period else 'now'}" for name, report in REPORTS.items()} <= pages
    assert all(row["p95_ms"] > 0 for row in result["rows"])
    assert f"{len(pages)} kinds of page" in console.table(result)


def test_what_is_numbered_or_dated_is_moved_and_nothing_else():
    columns = Columns("timeline", ("id", "order_number", "figures"), {"id": "timeline"}, (0,))
    rows = [("7", "SO-000012", '{"at": "2026-03-02T09:00:00Z", "due": "2026-03-02", "email": "a@cu-00003.example"}')]
    own, masters = Spans(), Spans()
    for spans, word, number in ((own, "timeline", 7), (own, "SO", 12), (masters, "CU", 3)):
        spans.see(word, number)
    cast = mould(columns, rows, own, masters).cast(Shift({"timeline": 10, "SO": 5, "CU": 20}, DAY))
    assert cast == (
        '17\tSO-000017\t{"at": "2026-03-03T09:00:00Z", "due": "2026-03-03", "email": "a@cu-00023.example"}\n'
    )


def test_numbers_of_a_phase_begin_where_those_of_the_phases_before_end():
    phases = [Phase({}, Spans({"SO": (1 + 10 * n, 10 + 10 * n)}), 10 * (n > 0), DAY, DAY) for n in range(5)]
    assert plan(phases, 1000) >= 1000
    assert [phase.before.get("SO") for phase in phases[1:]] == [
        sum(phase.copies * 10 for phase in phases[:place]) for place in range(1, 5)
    ]
