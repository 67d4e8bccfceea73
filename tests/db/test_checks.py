"""The reconciler: silent on a company that lived through everything, and each invariant reported when it is broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db import engine
from db.checks import RULES, SHOWN, run_checks
from tests.db.breaches import BREACHES, Breach
from tests.db.small_company import lived_through

pytestmark = pytest.mark.xdist_group("checks")

COPIES = ("company", "company_unguarded")
WITHOUT_GUARDS = """
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u', 'p') ORDER BY contype = 'p'
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.relation, c.conname); END LOOP;
  FOR c IN SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger WHERE NOT tgisinternal
  LOOP EXECUTE format('DROP TRIGGER %I ON %s', c.tgname, c.relation); END LOOP;
  FOR c IN SELECT indexrelid::regclass AS name FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND i.indisunique
  LOOP EXECUTE format('DROP INDEX %s', c.name); END LOOP;
  FOR c IN SELECT a.attrelid::regclass AS relation, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND a.attnotnull
      AND a.attgenerated = '' AND a.attidentity = ''
  LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', c.relation, c.attname); END LOOP;
END $$"""


@dataclass(frozen=True)
class Company:
    """The same company twice: as it is, and in a database whose guards are off."""

    guarded: AsyncEngine
    unguarded: AsyncEngine
    numbers: dict[str, str]


@pytest.fixture(scope="module")
async def company(database_server: str) -> AsyncIterator[Company]:
    """Lived through once for this file; its tests undo what they break."""
    base, _, template = database_server.rpartition("/")
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE company TEMPLATE {template} STRATEGY file_copy")
        engine.configure(f"{base}/company")
        numbers = await lived_through()
        await engine.close()
        await connection.execute("CREATE DATABASE company_unguarded TEMPLATE company STRATEGY file_copy")
        guarded, copy = (create_async_engine(engine.address(f"{base}/{name}")) for name in COPIES)
        async with await psycopg.AsyncConnection.connect(f"{base}/company_unguarded", autocommit=True) as unguarded:
            await unguarded.execute(WITHOUT_GUARDS)
        yield Company(guarded, copy, numbers)
        await guarded.dispose()
        await copy.dispose()
        for name in COPIES:
            await connection.execute(f"DROP DATABASE {name}")


async def verdict(tx: AsyncConnection) -> dict[str, tuple[str, ...]]:
    """The broken checks with their breaches."""
    return {check.name: check.breaches for check in await run_checks(tx) if check.breaches}


async def test_a_company_that_lived_through_everything_is_clean(company: Company):
    async with company.guarded.connect() as tx:
        assert await verdict(tx) == {}


@pytest.mark.parametrize("breach", BREACHES, ids=[f"{n}-{breach.check}" for n, breach in enumerate(BREACHES)])
async def test_a_broken_invariant_is_reported_by_its_name_and_nothing_else_is(company: Company, breach: Breach):
    async with company.unguarded.connect() as tx:
        for statement in breach.statements:
            assert (await tx.execute(text(statement.format_map(company.numbers)))).rowcount > 0, statement
        broken = await verdict(tx)
        await tx.rollback()
    assert any(breach.sentence.format_map(company.numbers) in found for found in broken[breach.check])
    assert set(broken) == {breach.check, "guards_in_force"} | breach.also


@pytest.mark.parametrize(
    ("statement", "reported"),
    [
        ("ALTER TABLE order_line DROP CONSTRAINT line_balance", "order_line: line_balance"),
        ("ALTER TABLE shipment DROP CONSTRAINT shipment_tracking", "shipment: shipment_tracking"),
        ("ALTER TABLE invoice DROP CONSTRAINT invoice_shipment_key", "invoice: invoice_shipment_key"),
        ("ALTER TABLE notice DROP CONSTRAINT notice_pkey", "notice: notice_pkey"),
        ("DROP INDEX hold_once", "hold: hold_once"),
        ("ALTER TABLE sales_order DISABLE TRIGGER move", "sales_order: move"),
        ("DROP TRIGGER balance ON journal_line", "journal_line: balance"),
        ("ALTER TABLE timeline DISABLE TRIGGER ALL", "timeline: fixed"),
    ],
)
async def test_a_guard_that_is_off_is_reported(company: Company, statement: str, reported: str):
    async with company.guarded.connect() as tx:
        await tx.execute(text(statement))
        broken = await verdict(tx)
        await tx.rollback()
    assert broken == {"guards_in_force": (f"{reported} is missing or switched off",)}


def test_every_check_has_a_test_that_breaks_it():
    assert {breach.check for breach in BREACHES} | {"guards_in_force"} == {rule.name for rule in RULES}


def test_names_are_unique_and_stable_words():
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.islower() for name in names)


def test_every_invariant_is_a_sentence():
    assert all(rule.invariant[0].isupper() and rule.invariant.endswith(".") for rule in RULES)


async def test_a_hundred_breaches_are_spelled_out_and_the_rest_are_counted(company: Company):
    async with company.unguarded.connect() as tx:
        await tx.execute(
            text("INSERT INTO customer (code) SELECT format('C-%s', 1000 + n) FROM generate_series(1, 150) n")
        )
        broken = await verdict(tx)
        await tx.rollback()
    breaches = broken["account_of_customer"]
    assert len(breaches) == SHOWN + 1
    assert breaches[0] == "customer C-1001 has no account"
    assert breaches[-1] == "... and 50 more"


async def test_looking_changes_nothing(company: Company):
    async with company.guarded.connect() as tx:
        before = (await tx.execute(text("SELECT pg_current_xact_id_if_assigned()"))).scalar_one()
        await run_checks(tx)
        assert before is None
        assert (await tx.execute(text("SELECT pg_current_xact_id_if_assigned()"))).scalar_one() is None
