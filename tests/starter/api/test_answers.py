"""Documents are written one way: decimals as plain strings, instants in UTC, dates as dates."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request

from domain.actor import Role
from starter.api import answers
from starter.api.answers import to_json
from starter.api.problems import database_failed

CASES = [
    (Decimal("9.90"), "9.90"),
    (Decimal("1E+3"), "1000"),
    (Decimal("0E-4"), "0.0000"),
    (Decimal("-0.00"), "0.00"),
    (Decimal("-12.5"), "-12.5"),
    (Decimal("123456789012345678.1234"), "123456789012345678.1234"),
    (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "2026-03-01T09:30:00Z"),
    (datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=8))), "2026-03-01T09:30:00Z"),
    (datetime(2026, 3, 1, 9, 30, 0, 1500, tzinfo=UTC), "2026-03-01T09:30:00.001500Z"),
    (date(2026, 3, 1), "2026-03-01"),
    (Role.SALES, "sales"),
    ("订单", "订单"),
    (("a", 1, None), ["a", 1, None]),
    (frozenset({"b", "a"}), ["a", "b"]),
]


@pytest.mark.parametrize(("value", "written"), CASES, ids=range(len(CASES)))
def test_value_is_written_as(value, written):
    assert json.loads(to_json({"value": value})) == {"value": written}


def test_frozen_values_become_objects():
    @dataclass(frozen=True, slots=True)
    class Check:
        name: str
        breaches: tuple[str, ...]

    assert to_json([Check("x", ("y",))]) == '[{"name":"x","breaches":["y"]}]'


@pytest.mark.parametrize("value", [object(), float("nan"), b"raw"])
def test_a_value_without_a_form_is_a_fault(value):
    with pytest.raises((TypeError, ValueError)):
        to_json({"value": value})


async def test_a_database_that_hangs_is_given_up_and_the_pool_lives_on(database, monkeypatch):
    async def hang(tx):
        await tx.execute(text("SELECT pg_sleep(60)"))

    async def ask(tx):
        return (await tx.execute(text("SELECT 1"))).scalar_one()

    monkeypatch.setattr(answers, "ANSWER_SECONDS", 0.3)
    began = time.monotonic()
    for _ in range(12):
        with pytest.raises(TimeoutError):
            await answers.in_database(hang)
    assert time.monotonic() - began < 20
    assert await answers.in_database(ask) == 1


async def test_a_database_that_may_only_be_read_for_now_is_unavailable_and_no_fault_of_ours() -> None:
    refused = DBAPIError.instance("INSERT", {}, psycopg.errors.ReadOnlySqlTransaction("read-only"), psycopg.Error)
    answer = await database_failed(Request({"type": "http", "headers": [], "query_string": b""}), refused)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
