"""What PostgreSQL itself refuses, whatever program writes: illegal moves, unbalanced vouchers, changed records."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tests import builders
from tests.builders import NOW, rows, run


@pytest.fixture
async def company(database: str) -> str:
    """A company with one completed order, SO-000001, and one in review, SO-000002."""
    await builders.a_company()
    await builders.completed(await builders.an_order(customer_po="PO-1"))
    await builders.an_order({"BOLT": 2}, customer_po="PO-2")
    return database


async def refused(sql: str, **values: Any) -> Any:
    """The refusal of PostgreSQL, as the driver reports it."""
    with pytest.raises(DBAPIError) as caught:
        await run(sql, **values)
    return caught.value.orig


MOVES = [
    ("UPDATE sales_order SET state = 'FULFILLED' WHERE number = 'SO-000002'",
     "illegal move of order from SUBMITTED to FULFILLED", "legal: CANCELLING, IN_REVIEW"),
    ("UPDATE sales_order SET state = 'IN_REVIEW' WHERE number = 'SO-000001'",
     "illegal move of order from COMPLETED to IN_REVIEW", "legal: FULFILLED"),
    ("UPDATE shipment SET state = 'PACKED'",
     "illegal move of shipment from DELIVERED to PACKED", None),
    ("UPDATE invoice SET state = 'DRAFT'",
     "illegal move of invoice from PAID to DRAFT", "legal: PARTIALLY_PAID, POSTED"),
    ("UPDATE payment SET state = 'RECEIVED'",
     "illegal move of payment from APPLIED to RECEIVED", "legal: PARTIALLY_APPLIED, REVERSED, UNAPPLIED"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "message", "hint"), MOVES, ids=[message for _, message, _ in MOVES])
async def test_an_illegal_move_is_refused_and_the_legal_ones_are_named(company: str, sql: str, message: str, hint: str):
    refusal = await refused(sql)
    assert refusal.sqlstate == "23514"
    assert refusal.diag.message_primary == message
    assert refusal.diag.message_hint == hint
    assert refusal.diag.constraint_name == "legal_move"


async def test_moves_of_holds_supply_orders_and_cases_are_kept_too(company: str):
    case = await builders.a_case("SO-000001")
    await run(
        "INSERT INTO hold (order_number, reason, owner_role, deadline, status, opened_at)"
        " VALUES ('SO-000002', 'PRICE', 'manager', :now, 'CLOSED', :now)", now=NOW,
    )  # fmt: skip
    [supply] = await builders.allocated(await builders.an_order({"NUT": 1}))
    for sql, message in (
        ("UPDATE hold SET status = 'OPEN'", "illegal move of hold from CLOSED to OPEN"),
        ("UPDATE supply_order SET state = 'PROPOSED'", "illegal move of supply_order from ORDERED to PROPOSED"),
        ("UPDATE support_case SET state = 'CLOSED'", "illegal move of case from NEW to CLOSED"),
    ):
        assert (await refused(sql)).diag.message_primary == message
    assert await builders.state("supply_order", supply) == "ORDERED"
    assert await builders.state("support_case", case) == "NEW"


async def test_staying_in_a_state_is_no_move(company: str):
    await run("UPDATE sales_order SET state = state, version = version + 1")
    assert await builders.state("sales_order", "SO-000001") == "COMPLETED"


async def test_an_unbalanced_voucher_is_refused_at_commit(company: str):
    before = await rows("SELECT count(*) FROM journal_entry")
    refusal = await refused(
        "WITH e AS (INSERT INTO journal_entry (effect_key, kind, document, currency, at)"
        " VALUES ('x', 'other', 'X', 'EUR', :now) RETURNING id)"
        " INSERT INTO journal_line (entry, position, account, debit, credit)"
        " SELECT id, n, 'bank', 5 - n, 0 FROM e, generate_series(1, 2) n", now=NOW,
    )  # fmt: skip
    assert refusal.diag.constraint_name == "journal_balances"
    assert "does not balance: debit exceeds credit by 7.0000" in refusal.diag.message_primary
    assert await rows("SELECT count(*) FROM journal_entry") == before


async def test_a_voucher_without_lines_is_refused_at_commit(company: str):
    refusal = await refused(
        "INSERT INTO journal_entry (effect_key, kind, document, currency, at) VALUES ('x', 'y', 'z', 'EUR', :now)",
        now=NOW,
    )
    assert refusal.diag.constraint_name == "journal_balances"
    assert refusal.diag.message_primary.endswith("has no lines")


RECORDS = ("journal_entry", "journal_line", "stock_movement", "timeline", "invoice_line", "payment_application")


@pytest.mark.parametrize("table", RECORDS)
async def test_a_record_is_neither_changed_nor_deleted(company: str, table: str):
    column = {"journal_line": "account", "invoice_line": "sku"}.get(table, "at")
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        refusal = await refused(sql)
        assert refusal.diag.constraint_name == "never_changes"
        assert refusal.diag.message_primary == f"{table} is a record that never changes"


INVOICE = ("net = net + 1, total = total + 1", "customer = 'HUAXIN'", "currency = 'USD'", "due_date = due_date + 1",
           "posted_at = posted_at + interval '1 day'", "number = 'INV-9'")  # fmt: skip


@pytest.mark.parametrize("change", INVOICE)
async def test_a_posted_invoice_never_changes(company: str, change: str):
    assert (await refused(f"UPDATE invoice SET {change}")).diag.constraint_name == "never_changes"


async def test_an_invoice_is_never_deleted(company: str):
    assert (await refused("DELETE FROM invoice")).diag.constraint_name == "never_changes"


CONSTRAINTS = [
    ("line_balance", "UPDATE order_line SET open = open + 1"),
    ("line_signs", "UPDATE order_line SET open = open + 5, cancelled = cancelled - 5"),
    ("line_backordered", "UPDATE order_line SET backordered = open + 1"),
    ("line_delivered", "UPDATE order_line SET delivered = shipped + 1"),
    ("line_billed", "UPDATE order_line SET billed = delivered + 1"),
    ("line_quantity", "UPDATE order_line SET quantity = 0, open = 0, allocated = 0, shipped = 0, delivered = 0, billed = 0"),
    ("order_delivered", "UPDATE sales_order SET quantity_delivered = quantity_shipped + 1"),
    ("order_shipped", "UPDATE sales_order SET quantity_cancelled = quantity_ordered + 1"),
    ("order_billed", "UPDATE sales_order SET billed = payable + 1"),
    ("order_payable", "UPDATE sales_order SET payable = total + 1"),
    ("stock_never_negative", "UPDATE stock_level SET on_hand = -1, reserved = -2"),
    ("reserved_within_on_hand", "UPDATE stock_level SET reserved = on_hand + 1"),
    ("account_reserved", "UPDATE customer_account SET reserved = -1"),
    ("account_receivable", "UPDATE customer_account SET receivable = -1"),
    ("account_unapplied", "UPDATE customer_account SET unapplied = -1"),
    ("within_the_limit", "UPDATE credit_reservation SET exposure_after = limit_seen + 1"),
    ("reservation_amount", "UPDATE credit_reservation SET amount = -1"),
    ("payment_applied", "UPDATE payment SET refunded = 1"),
    ("payment_amount", "UPDATE payment SET amount = 0, applied = 0"),
    ("invoice_paid", "UPDATE invoice SET paid = total + 1"),
    ("instalment_paid", "UPDATE instalment SET paid = amount + 1"),
    ("allocation_quantity", "UPDATE allocation SET quantity = 0"),
    ("allocation_state", "UPDATE allocation SET state = 'LENT'"),
    ("customer_priority", "UPDATE customer SET priority = 0"),
    ("product_route", "UPDATE product SET route = 'steal'"),
    ("product_multiple", "UPDATE product SET multiple_of = 0"),
    ("shipment_line_quantity", "UPDATE shipment_line SET quantity = -1"),
    ("shipment_tracking", "INSERT INTO shipment (number, order_number, warehouse, state, packages, carrier, "
     "tracking_number, created_at) SELECT 'SH-9', order_number, warehouse, state, packages, carrier, tracking_number, "
     "created_at FROM shipment"),
    ("payment_once", "INSERT INTO payment (number, provider, provider_payment_id, currency, amount, state, received_at, "
     "recorded_at, recorded_by) SELECT 'PAY-9', provider, provider_payment_id, currency, amount, state, received_at, "
     "recorded_at, recorded_by FROM payment"),
    ("order_purchase", "UPDATE sales_order SET customer_po = 'PO-1', content_hash = 'same'"),
    ("journal_entry_effect_key_key", "INSERT INTO journal_entry (effect_key, kind, document, currency, at) "
     "SELECT effect_key, kind, document, currency, at FROM journal_entry"),
    ("notice_pkey", "INSERT INTO notice SELECT * FROM notice"),
    ("order_line_sku_fkey", "UPDATE order_line SET sku = 'NOTHING'"),
    ("invoice_line_invoice_fkey", "INSERT INTO invoice_line VALUES ('INV-9', 1, 'BOLT', 1, 10, 2)"),
    ("order_line_order_number_fkey", "DELETE FROM sales_order WHERE number = 'SO-000002'"),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "sql"), CONSTRAINTS, ids=[name for name, _ in CONSTRAINTS])
async def test_a_constraint_refuses_what_breaks_its_invariant(company: str, constraint: str, sql: str):
    assert (await refused(sql)).diag.constraint_name == constraint


async def test_a_hold_is_open_once_per_reason_and_released_by_name_only(company: str):
    hold = (
        "INSERT INTO hold (order_number, reason, owner_role, deadline, status, opened_at)"
        " VALUES ('SO-000002', 'PRICE', 'manager', :now, 'OPEN', :now)"
    )
    await run(hold, now=NOW)
    assert (await refused(hold, now=NOW)).diag.constraint_name == "hold_once"
    assert (await refused("UPDATE hold SET status = 'RELEASED'")).diag.constraint_name == "hold_decided_by_name"
    await run("UPDATE hold SET status = 'RELEASED', decided_by = 'sales manager'")
    await run(hold, now=NOW)


async def test_a_shipment_is_billed_once(company: str):
    refusal = await refused(
        "INSERT INTO invoice (number, shipment, order_number, customer, currency, net, tax, total, state, posted_at, "
        "due_date) SELECT 'INV-9', shipment, order_number, customer, currency, net, tax, total, state, posted_at, "
        "due_date FROM invoice"
    )
    assert refusal.diag.constraint_name == "invoice_shipment_key"


async def test_the_axes_of_an_order_follow_its_figures(company: str):
    axes = "SELECT delivery, billing, payment, returns FROM sales_order WHERE number = 'SO-000001'"
    assert [tuple(row) for row in await rows(axes)] == [("full", "full", "paid", "none")]
    await run("UPDATE sales_order SET received = received + 1, billed = 1, quantity_delivered = 1")
    assert [tuple(row) for row in await rows(axes)] == [("partial", "partial", "over", "none")]
