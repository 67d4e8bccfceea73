"""Each benchmark of scale runs from an empty directory to its numbers, with a handful of orders."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import growth, long_order, pages, sleeping, stored
from benchmarks.beside import Costs
from tests.starter.api.test_reads import LISTS


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary directories of a benchmark are made here, so that what is left of one is seen."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


async def test_lives_beside_stored_orders_are_compared_with_lives_beside_none(own_folder):
    result = await stored.measure(1, None, 2, 2, 1)
    for house in ("empty", "full"):
        assert result[house]["lives_per_s"] > 0
        assert result[house]["statements"] > 50
        assert result[house]["cpu_ms"] > result[house]["cpu_ms_postgres"] > 0
    assert result["ratio"] == pytest.approx(result["full"]["lives_per_s"] / result["empty"]["lives_per_s"], abs=0.01)
    assert "full against empty" in stored.table(result)
    assert list(own_folder.iterdir()) == []


async def test_sleeping_orders_are_counted_woken_and_survive_the_death_of_the_worker(own_folder):
    result = await sleeping.measure(40)
    assert [row["asleep"] for row in result["curve"]] == [40]
    assert result["curve"][0]["wake_p99_ms"] >= result["curve"][0]["wake_p50_ms"] > 0
    assert result["mass"] == 10
    assert min(result["mass_woken_per_s"], result["worker_restart_s"], result["temporal_restart_s"]) > 0
    assert "woken at once" in sleeping.table(result)
    assert list(own_folder.iterdir()) == []


async def test_a_longer_order_is_measured_beside_a_shorter_one(own_folder):
    result = await long_order.measure([2, 30])
    assert [(order["lines"], order["state"]) for order in result["orders"]] == [(2, "COMPLETED"), (30, "COMPLETED")]
    assert result["clean"] is True
    assert "ms per line" in long_order.table(result)
    assert list(own_folder.iterdir()) == []


async def test_every_list_of_the_contract_is_asked_with_every_filter(database, own_folder):
    result = await pages.run(1, 1, database)
    rows = [(row["list"], row["with"]) for row in result["rows"]]
    assert {path for path, _ in rows} == set(LISTS)
    assert {("/v1/orders", "state=DRAFT"), ("/v1/orders", "q: nothing"), ("/v1/customers", "q: nothing")} < set(rows)
    assert all(row["p99_ms"] > 0 for row in result["rows"])
    assert "kinds of request" in pages.table(result)
    assert list(own_folder.iterdir()) == []


def test_a_deep_cursor_is_one_of_the_same_list():
    cursor = pages.packed(["2026-03-02T09:00:00Z", "SO-000012"])
    assert pages.unpacked(pages.deep(cursor, 0.5)) == ["2025-03-17T09:00:00+00:00", "SO-000012"]
    assert pages.unpacked(pages.deep(pages.packed([1000]), 0.5)) == [500]


async def test_growth_has_a_row_for_each_size_after_a_round_that_warms_up(monkeypatch):
    lived: list[tuple[int, int]] = []

    @contextlib.asynccontextmanager
    async def house_beside(folder: Path, orders: int) -> AsyncIterator[Any]:
        yield SimpleNamespace(stored=orders)

    async def live_round(house: Any, costs: Costs, count: int, at_once: int) -> None:
        lived.append((house.stored, count))
        costs.orders += count
        costs.per_second.append(2.0)
        costs.seconds += [1.0] * count
        costs.statements += 100 * count

    monkeypatch.setattr(growth, "house_beside", house_beside)
    monkeypatch.setattr(growth, "live_round", live_round)
    result = await growth.measure([10, 100], 6, 3)
    assert lived == [(10, 3), (10, 6), (100, 3), (100, 6)]
    assert [(row["stored"], row["statements"]) for row in result["curve"]] == [(10, 100.0), (100, 100.0)]
    assert growth.table(result).splitlines()[0].split() == ["stored", "10", "100"]
