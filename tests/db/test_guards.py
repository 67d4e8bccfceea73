"""What PostgreSQL itself refuses, whatever program writes: illegal moves, unbalanced vouchers, changed records."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.db.conftest import Company

pytestmark = pytest.mark.xdist_group("company")


async def refused(company: Company, *statements: str) -> Any:
    """The refusal of a transaction by PostgreSQL, as the driver reports it."""
    async with company.guarded.connect() as tx:
        with pytest.raises(DBAPIError) as caught:
            for statement in statements:
                await tx.execute(text(statement.format_map(company.numbers)))
            await tx.commit()
    return caught.value.orig


MOVES = [
    ("UPDATE sales_order SET state = 'FULFILLED' WHERE number = '{paid early}'",
     "illegal move of order from CONFIRMED to FULFILLED", "legal: AMENDING, CANCELLING, IN_FULFILMENT"),
    ("UPDATE sales_order SET state = 'IN_REVIEW' WHERE number = '{straight}'",
     "illegal move of order from COMPLETED to IN_REVIEW", "legal: FULFILLED"),
    ("UPDATE sales_order SET state = 'CONFIRMED' WHERE number = '{cancelled}'",
     "illegal move of order from CANCELLED to CONFIRMED", "legal: none, it has ended"),
    ("UPDATE hold SET status = 'OPEN' WHERE order_number = '{rejected}'",
     "illegal move of hold from REJECTED to OPEN", "legal: none, it has ended"),
    ("UPDATE supply_order SET state = 'ORDERED' WHERE number = '{production}'",
     "illegal move of supply_order from PARTIALLY_RECEIVED to ORDERED", "legal: RECEIVED"),
    ("UPDATE shipment SET state = 'IN_TRANSIT' WHERE number = '{packed}'",
     "illegal move of shipment from PACKED to IN_TRANSIT", "legal: BOOKED, CANCELLED"),
    ("UPDATE invoice SET state = 'DRAFT' WHERE number = 'INV-000001'",
     "illegal move of invoice from PAID to DRAFT", "legal: PARTIALLY_PAID, POSTED"),
    ("UPDATE payment SET state = 'RECEIVED' WHERE number = 'PAY-000001'",
     "illegal move of payment from APPLIED to RECEIVED", "legal: PARTIALLY_APPLIED, REVERSED, UNAPPLIED"),
    ("UPDATE support_case SET state = 'CLOSED' WHERE number = 'CASE-000002'",
     "illegal move of case from IN_PROGRESS to CLOSED", "legal: RESOLVED, WAITING_CUSTOMER"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "message", "hint"), MOVES, ids=[message for _, message, _ in MOVES])
async def test_an_illegal_move_is_refused_and_the_legal_ones_are_named(
    company: Company, sql: str, message: str, hint: str
):
    refusal = await refused(company, sql)
    assert refusal.sqlstate == "23514"
    assert refusal.diag.message_primary == message
    assert refusal.diag.message_hint == hint
    assert refusal.diag.constraint_name == "legal_move"


async def test_staying_in_a_state_is_no_move(company: Company):
    async with company.guarded.connect() as tx:
        assert (await tx.execute(text("UPDATE sales_order SET state = state"))).rowcount > 10
        await tx.rollback()


VOUCHER = """WITH e AS (
  INSERT INTO journal_entry (effect_key, kind, document, currency, at) VALUES ('x', 'other', 'X', 'EUR', now())
  RETURNING id)
INSERT INTO journal_line (entry, position, account, debit, credit) SELECT id, 1, 'bank', 7, 0 FROM e
UNION ALL SELECT id, 2, 'receivable', 0, {credit} FROM e"""


async def test_an_unbalanced_voucher_is_refused_at_commit(company: Company):
    refusal = await refused(company, VOUCHER.replace("{credit}", "5"))
    assert refusal.diag.constraint_name == "journal_balances"
    assert "does not balance: debit exceeds credit by 2.0000" in refusal.diag.message_primary


async def test_a_voucher_may_be_written_in_several_steps_that_balance_at_commit(company: Company):
    async with company.guarded.connect() as tx:
        await tx.execute(text(VOUCHER.replace("{credit}", "5")))
        third = "SELECT max(id), 3, 'bank', 2 FROM journal_entry"
        await tx.execute(text(f"INSERT INTO journal_line (entry, position, account, credit) {third}"))
        await tx.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await tx.rollback()


async def test_a_voucher_without_lines_is_refused_at_commit(company: Company):
    refusal = await refused(
        company,
        "INSERT INTO journal_entry (effect_key, kind, document, currency, at) VALUES ('x', 'y', 'z', 'EUR', now())",
    )
    assert refusal.diag.constraint_name == "journal_balances"
    assert refusal.diag.message_primary.endswith("has no lines")


RECORDS = ("journal_entry", "journal_line", "stock_movement", "timeline", "invoice_line", "payment_application")


@pytest.mark.parametrize("table", RECORDS)
async def test_a_record_is_neither_changed_nor_deleted(company: Company, table: str):
    column = {"journal_line": "account", "invoice_line": "sku"}.get(table, "at")
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        refusal = await refused(company, sql)
        assert refusal.diag.constraint_name == "never_changes"
        assert refusal.diag.message_primary == f"{table} is a record that never changes"


INVOICE = (
    "net = net + 1, total = total + 1",
    "customer = 'HUAXIN'",
    "currency = 'USD'",
    "due_date = due_date + 1",
    "posted_at = posted_at + interval '1 day'",
    "number = 'INV-9'",
)


@pytest.mark.parametrize("change", INVOICE)
async def test_a_posted_invoice_never_changes(company: Company, change: str):
    refusal = await refused(company, f"UPDATE invoice SET {change} WHERE number = 'INV-000001'")
    assert refusal.diag.constraint_name == "never_changes"


async def test_an_invoice_is_never_deleted(company: Company):
    assert (await refused(company, "DELETE FROM invoice")).diag.constraint_name == "never_changes"


_LINE = "UPDATE order_line SET {} WHERE order_number = '{{straight}}'"
_ORDER = "UPDATE sales_order SET {} WHERE number = '{{straight}}'"
_STOCK = "UPDATE stock_level SET {} WHERE sku = 'BOLT' AND warehouse = 'MAIN'"
CONSTRAINTS = [
    ("line_balance", _LINE.format("open = open + 1")),
    ("line_signs", _LINE.format("open = open + 5, cancelled = cancelled - 5")),
    ("line_backordered", _LINE.format("backordered = open + 1")),
    ("line_delivered", _LINE.format("delivered = shipped + 1")),
    ("line_billed", _LINE.format("billed = delivered + 1")),
    ("line_quantity", _LINE.format("quantity = 0, shipped = 0, delivered = 0, billed = 0")),
    ("order_delivered", _ORDER.format("quantity_delivered = quantity_shipped + 1")),
    ("order_shipped", _ORDER.format("quantity_cancelled = quantity_ordered + 1")),
    ("order_billed", _ORDER.format("billed = payable + 1")),
    ("order_payable", _ORDER.format("payable = total + 1")),
    ("reserved_within_on_hand", "UPDATE stock_level SET on_hand = -1"),  # the stricter of two: nothing below zero
    ("reserved_within_on_hand", _STOCK.format("reserved = on_hand + 1")),
    ("account_reserved", "UPDATE customer_account SET reserved = -1"),
    ("account_receivable", "UPDATE customer_account SET receivable = -1"),
    ("account_unapplied", "UPDATE customer_account SET unapplied = -1"),
    ("within_the_limit", "UPDATE credit_reservation SET released_by = NULL"),
    ("reservation_amount", "UPDATE credit_reservation SET amount = -1"),
    ("payment_applied", "UPDATE payment SET refunded = 1 WHERE number = 'PAY-000001'"),
    ("payment_amount", "UPDATE payment SET amount = 0, applied = 0 WHERE number = 'PAY-000001'"),
    ("invoice_paid", "UPDATE invoice SET paid = total + 1"),
    ("instalment_paid", "UPDATE instalment SET paid = amount + 1"),
    ("allocation_quantity", "UPDATE allocation SET quantity = 0"),
    ("allocation_state", "UPDATE allocation SET state = 'LENT'"),
    ("supply_received", "UPDATE supply_order SET received = quantity + 1"),
    ("supply_kind", "UPDATE supply_order SET kind = 'gift'"),
    ("peg_quantity", "UPDATE supply_peg SET open = quantity + 1"),
    ("peg_for_one", "UPDATE supply_peg SET order_number = NULL, for_supply = NULL"),
    ("component_use", "UPDATE supply_component SET consumed = required + 1"),
    ("component_allocation_quantity", "UPDATE component_allocation SET quantity = -1"),
    ("customer_priority", "UPDATE customer SET priority = 0"),
    ("product_route", "UPDATE product SET route = 'steal'"),
    ("product_multiple", "UPDATE product SET multiple_of = 0"),
    ("component_quantity", "UPDATE product_component SET quantity = 0"),
    ("feedback_score", "UPDATE feedback SET score = 6"),
    ("shipment_line_quantity", "UPDATE shipment_line SET quantity = -1"),
    ("journal_one_side", "INSERT INTO journal_line VALUES (1, 9, 'bank', NULL, 1, 1)"),
    ("hold_decided_by_name", "UPDATE hold SET decided_by = NULL"),
    ("hold_once", "INSERT INTO hold (order_number, reason, owner_role, deadline, status, opened_at) "
     "SELECT order_number, reason, owner_role, deadline, status, opened_at FROM hold WHERE status = 'OPEN'"),
    ("shipment_tracking", "UPDATE shipment SET carrier = 'parcelway', tracking_number = 'TRK-SH-000001'"),
    ("invoice_shipment_key", "INSERT INTO invoice (number, shipment, order_number, customer, currency, net, tax, "
     "total, state, posted_at, due_date) SELECT 'INV-9', shipment, order_number, customer, currency, net, tax, total, "
     "state, posted_at, due_date FROM invoice WHERE number = 'INV-000001'"),
    ("payment_once", "UPDATE payment SET provider = 'bank', provider_payment_id = 'same'"),
    ("order_purchase", "UPDATE sales_order SET customer_po = 'PO-1', content_hash = 'same'"),
    ("journal_entry_effect_key_key", "INSERT INTO journal_entry (effect_key, kind, document, currency, at) "
     "SELECT effect_key, kind, document, currency, at FROM journal_entry"),
    ("stock_movement_effect_key_key", "INSERT INTO stock_movement (effect_key, sku, warehouse, quantity, reason, "
     "actor, at) SELECT effect_key, sku, warehouse, quantity, reason, actor, at FROM stock_movement"),
    ("reminder_pkey", "INSERT INTO reminder SELECT * FROM reminder"),
    ("notice_pkey", "INSERT INTO notice SELECT * FROM notice"),
    ("order_line_sku_fkey", "UPDATE order_line SET sku = 'NOTHING'"),
    ("invoice_line_invoice_fkey", "INSERT INTO invoice_line VALUES ('INV-9', 1, 'BOLT', 1, 10, 2)"),
    ("customer_account_customer_fkey", "INSERT INTO customer_account VALUES ('NOBODY', 0, 0, 0)"),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "sql"), CONSTRAINTS, ids=[name for name, _ in CONSTRAINTS])
async def test_a_constraint_refuses_what_breaks_its_invariant(company: Company, constraint: str, sql: str):
    assert (await refused(company, sql)).diag.constraint_name == constraint


async def test_no_document_with_a_history_is_deleted(company: Company):
    for table in ("sales_order", "order_line", "shipment", "customer", "product", "supply_order"):
        assert (await refused(company, f"DELETE FROM {table}")).sqlstate == "23503"


async def test_a_decided_hold_leaves_room_for_another_of_its_reason(company: Company):
    async with company.guarded.connect() as tx:
        decided = "UPDATE hold SET status = 'CLEARED' WHERE status = 'OPEN' RETURNING order_number"
        order = (await tx.execute(text(decided))).scalar_one()
        await tx.execute(
            text(
                "INSERT INTO hold (order_number, reason, owner_role, deadline, status, opened_at) "
                "VALUES (:order, 'CREDIT', 'credit', now(), 'OPEN', now())"
            ),
            {"order": order},
        )
        await tx.rollback()


async def test_the_axes_of_an_order_follow_its_figures(company: Company):
    axes = text(
        "UPDATE sales_order SET received = :received, billed = :billed, quantity_delivered = :delivered "
        "WHERE number = 'SO-000001' RETURNING delivery, billing, payment, returns"
    )
    async with company.guarded.connect() as tx:
        for received, billed, delivered, expected in (
            (0, 0, 0, ("none", "none", "none", "none")),
            (35, 1, 1, ("partial", "partial", "partial", "none")),
            (36, 36, 3, ("full", "full", "paid", "none")),
            (37, 36, 3, ("full", "full", "over", "none")),
        ):
            values = {"received": received, "billed": billed, "delivered": delivered}
            assert tuple((await tx.execute(axes, values)).one()) == expected
        await tx.rollback()
