"""Hand-written statements go to the driver directly, and everything around them is as SQLAlchemy would have it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db import engine
from db.queries import views_order
from tests.builders import rows

COUNTER = "SELECT value FROM counter WHERE name = 'invoice'"


async def test_values_go_by_name_and_rows_come_with_theirs(database: str) -> None:
    asked = text("SELECT CAST(:b AS numeric) AS price, :a || ' of ' || :a AS said, '10%' LIKE '%\\%' AS percent")
    async with engine.transaction() as tx:
        row = (await tx.execute(asked, {"a": "one", "b": Decimal("9.90"), "never named": 1})).one()
    assert (row.price, row.said, row.percent) == (Decimal("9.90"), "one of one", True)
    assert dict(row._mapping) == {"price": Decimal("9.90"), "said": "one of one", "percent": True}


async def test_what_writes_says_how_many_rows(database: str) -> None:
    async with engine.transaction() as tx:
        written = await tx.execute(text("UPDATE tax_code SET rate = rate WHERE code IN ('zero', 'exempt')"))
        assert (written.rowcount, list(written)) == (2, [])


async def test_composed_statements_share_the_transaction(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.transaction() as tx:
            assert (await tx.execute(select(literal(1)))).scalar_one() == 1
            await tx.execute(text("UPDATE counter SET value = 7"))
            raise ZeroDivisionError
    assert (await rows(COUNTER))[0].value == 0
    async with engine.transaction() as tx:
        await tx.execute(text("UPDATE counter SET value = 7"))
        assert (await tx.execute(select(literal(1)))).scalar_one() == 1
    assert (await rows(COUNTER))[0].value == 7


async def test_a_savepoint_undoes_its_part(database: str) -> None:
    async with engine.transaction() as tx:
        await tx.execute(text("UPDATE counter SET value = 1"))
        attempt = await tx.begin_nested()
        await tx.execute(text("UPDATE counter SET value = 2"))
        await attempt.rollback()
    assert (await rows(COUNTER))[0].value == 1


async def test_a_breach_is_sqlalchemys_error_and_undoes_everything(database: str) -> None:
    with pytest.raises(IntegrityError) as breach:
        async with engine.transaction() as tx:
            await tx.execute(text("UPDATE counter SET value = 7"))
            await tx.execute(text("INSERT INTO counter (name, value) VALUES (:name, 1)"), {"name": "invoice"})
    assert getattr(breach.value.orig, "sqlstate", None) == "23505"
    assert (await rows(COUNTER))[0].value == 0


async def test_a_breach_that_the_commit_finds_is_the_same(database: str) -> None:
    with pytest.raises(IntegrityError) as breach:
        async with engine.transaction() as tx:
            columns, values = "effect_key, kind, document, currency, at", "'x', 'invoice', 'INV-1', 'EUR', now()"
            await tx.execute(text(f"INSERT INTO journal_entry ({columns}) VALUES ({values})"))
    assert "has no lines" in str(breach.value.orig)


async def test_statements_of_their_own_are_kept_one_by_one(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.autocommit() as connection:
            await connection.execute(text("UPDATE counter SET value = 3"))
            raise ZeroDivisionError
    assert (await rows(COUNTER))[0].value == 3
    with pytest.raises(ZeroDivisionError):
        async with engine.transaction() as tx:
            await tx.execute(text("UPDATE counter SET value = 4"))
            raise ZeroDivisionError
    assert (await rows(COUNTER))[0].value == 3


async def test_one_lost_connection_replaces_all_that_were_idle(database: str) -> None:
    async with engine.transaction() as first, engine.transaction() as second, engine.transaction() as third:
        pids = [(await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one() for tx in (first, second, third)]
    assert len(set(pids)) == 3
    async with engine.transaction() as tx:
        (own,) = (await tx.execute(text("SELECT pg_backend_pid()"))).one()
        others = [pid for pid in pids if pid != own]
        await tx.execute(text("SELECT pg_terminate_backend(p) FROM unnest(CAST(:pids AS int[])) p"), {"pids": others})
        with pytest.raises(DBAPIError) as lost:
            async with engine.transaction() as stale:
                await stale.execute(text("SELECT 1"))
    assert lost.value.connection_invalidated
    async with engine.transaction() as one, engine.transaction() as two, engine.transaction() as three:
        fresh = [(await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one() for tx in (one, two, three)]
    assert not set(fresh) & set(others)


async def test_long_running_processes_plan_a_statement_once_and_lists_for_their_values(database: str) -> None:
    asked = text("SELECT current_setting('plan_cache_mode')")
    engine.configure(database, plan_once=True)
    async with engine.transaction() as tx:
        assert (await tx.execute(asked)).scalar_one() == "force_generic_plan"
        await views_order.order_list(tx, limit=10, after=None, filters={})
        assert (await tx.execute(asked)).scalar_one() == "auto"
    async with engine.transaction() as tx:
        assert (await tx.execute(asked)).scalar_one() == "force_generic_plan"
