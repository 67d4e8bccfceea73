"""The reconciler: silent on a company that lived through everything, and each invariant reported when it is broken."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.checks import RULES, SHOWN, run_checks
from db.schema import least, newest
from tests.db.breaches import BREACHES, Breach
from tests.db.conftest import Company

pytestmark = pytest.mark.xdist_group("company")


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


async def test_for_the_length_of_a_deploy_the_newer_of_program_and_database_knows_more_moves(company: Company):
    more = "INSERT INTO legal_move (document, from_state, to_state) VALUES ('order', 'COMPLETED', 'DRAFT')"
    fewer = "DELETE FROM legal_move WHERE document = 'order' AND from_state = 'COMPLETED' OR document = 'dispute'"
    for revision, change, found in (
        ("9001", more, set()),
        (newest(), more, {"legal_moves"}),
        (least(), more, {"legal_moves"}),
        (least(), fewer, set()),
        (newest(), fewer, {"legal_moves"}),
    ):
        async with company.guarded.connect() as tx:
            await tx.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
            assert (await tx.execute(text(change))).rowcount > 0
            assert set(await verdict(tx)) == found, (revision, change)
            await tx.rollback()


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
