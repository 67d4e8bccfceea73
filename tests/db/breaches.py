"""One way to break each invariant, as SQL on the small company: `{made}` stands for the number of what was made.

`also` names the checks that cannot help seeing the same fault: everything else must stay silent.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Breach:
    """What breaks an invariant, and a part of the sentence that reports it."""

    check: str
    sentence: str
    statements: tuple[str, ...]
    also: frozenset[str] = frozenset()


def _breach(check: str, sentence: str, *statements: str, also: tuple[str, ...] = ()) -> Breach:
    return Breach(check, sentence, statements, frozenset(also))


_LINE = "UPDATE order_line SET {change} WHERE order_number = '{order}' AND line = 1"
_ORDER = "UPDATE sales_order SET {change} WHERE number = '{order}'"


def _line(order: str, change: str) -> str:
    return _LINE.replace("{change}", change).replace("{order}", f"{{{order}}}")


def _order(order: str, change: str) -> str:
    return _ORDER.replace("{change}", change).replace("{order}", f"{{{order}}}")


RECEIPT = (
    _breach("line_balance", "{made} line 1: 5 ordered, but 0 cancelled, 5 open", _line("made", "open = open + 1")),
    _breach("line_balance", "-1 open", _line("held", "open = -1, cancelled = 11"),
            also=("backordered_within_open", "order_payable", "order_quantities")),
    _breach("backordered_within_open", "5 backordered of 4 open", _line("made", "backordered = open + 1")),
    _breach("order_quantities", "header 91 ordered", _order("split", "quantity_ordered = quantity_ordered + 1")),
    _breach("order_quantities", "lines –", "DELETE FROM order_line WHERE order_number = '{held}'",
            also=("order_amounts",)),
    _breach("order_amounts", "header 101 + 20 = 121; lines 100 + 20",
            _order("held", "net = net + 1, total = total + 1")),
    _breach("order_payable", "payable 121, but its lines come to 120", _order("held", "payable = payable + 1")),
    _breach("order_billed", "1 billed of 120 payable; its invoices come to 0", _order("held", "billed = 1")),
    _breach("order_received", "1 received, but 0 applied and 0 unapplied", _order("held", "received = 1")),
    _breach("fulfilled_is_delivered", "is FULFILLED: 0 delivered", _order("split", "state = 'FULFILLED'")),
    _breach("ended_order_holds_nothing", "holds 1 pieces, 240 of credit and 4 pieces of supply",
            _order("made", "state = 'EXPIRED'"), also=("reservation_of_confirmed",)),
    _breach("undo_is_carried_out", "has still to undo: credit of 24.00 reserved",
            "UPDATE undo_step SET status = 'planned' WHERE order_number = '{cancelled}' AND position = 1"),
)  # fmt: skip

REVIEW = (
    _breach("account_of_customer", "customer NIPPON", "DELETE FROM customer_account WHERE customer = 'NIPPON'"),
    _breach("account_reserved", "ACME", "UPDATE customer_account SET reserved = reserved + 1 WHERE customer = 'ACME'"),
    _breach("account_receivable", "SMALL: 121 receivable on the account, 120 outstanding",
            "UPDATE customer_account SET receivable = receivable + 1 WHERE customer = 'SMALL'"),
    _breach("account_unapplied", "HUAXIN: 4 unapplied on the account, 3 on payments",
            "UPDATE customer_account SET unapplied = unapplied + 1 WHERE customer = 'HUAXIN'"),
    _breach("credit_within_limit", "exposure 120 exceeds the limit 100, released by –",
            "UPDATE credit_reservation SET released_by = NULL WHERE order_number = '{over the limit}'"),
    _breach("credit_within_limit", "released by credit controller",
            "UPDATE hold SET amount = 1 WHERE order_number = '{over the limit}'"),
    _breach("reservation_of_confirmed", "1080 payable and 0 billed, but 1081 reserved",
            "UPDATE credit_reservation SET amount = amount + 1 WHERE order_number = '{split}'",
            "UPDATE customer_account SET reserved = reserved + 1 WHERE customer = 'ACME'"),
    _breach("open_hold_only_in_review", "is REJECTED with an open PRICE hold",
            "UPDATE hold SET status = 'OPEN' WHERE order_number = '{rejected}'"),
    _breach("hold_decided_by_name", "is REJECTED by –",
            "UPDATE hold SET decided_by = NULL WHERE order_number = '{rejected}'"),
    _breach("hold_once", "2 open CREDIT holds",
            "INSERT INTO hold (order_number, reason, owner_role, deadline, status, opened_at) "
            "SELECT order_number, reason, owner_role, deadline, status, opened_at FROM hold "
            "WHERE order_number = '{held}'"),
)  # fmt: skip

STOCK = (
    _breach("stock_on_hand", "NUT in MAIN",
            "UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku = 'NUT'"),
    _breach("stock_on_hand", "BOLT in NOWHERE: 0 on hand, movements come to 3",
            "INSERT INTO stock_movement (sku, warehouse, quantity, reason, actor, at) "
            "VALUES ('BOLT', 'NOWHERE', 3, 'count', 'a test', now())"),
    _breach("stock_reserved", "BOLT in EAST",
            "UPDATE stock_level SET reserved = reserved + 1 WHERE warehouse = 'EAST'"),
    _breach("stock_never_negative", "BOLT in MAIN",
            "INSERT INTO stock_movement (sku, warehouse, quantity, reason, actor, at) "
            "SELECT sku, warehouse, reserved - on_hand - 1, 'count', 'a test', now() FROM stock_level "
            "WHERE sku = 'BOLT' AND warehouse = 'MAIN'",
            "UPDATE stock_level SET on_hand = reserved - 1 WHERE sku = 'BOLT' AND warehouse = 'MAIN'"),
    _breach("line_allocated", "1 on the line, 0 in allocations",
            _line("held", "open = open - 1, allocated = allocated + 1")),
    _breach("line_shipped", "1 on the line, 0 in allocations",
            _line("held", "open = open - 1, shipped = shipped + 1"), _order("held", "quantity_shipped = 1")),
    _breach("allocation_of_ordered_product", "gives NUT to {straight} line 1, which orders BOLT",
            "UPDATE allocation SET sku = 'NUT' WHERE order_number = '{straight}'"),
    _breach("one_movement_per_effect", "movements under the key twice",
            "UPDATE stock_movement SET effect_key = 'twice' WHERE sku = 'LAMP'"),
)  # fmt: skip

REPLENISHMENT = (
    _breach("supply_received", "{production}: 1 received of 5, receipts come to 2",
            "UPDATE supply_receipt SET quantity = quantity + 1 WHERE supply_order = '{production}'"),
    _breach("supply_state_follows_receipts", "{production} is ORDERED with 1 of 5 received",
            "UPDATE supply_order SET state = 'ORDERED' WHERE number = '{production}'"),
    _breach("pegs_within_supply", "{components} is PARTIALLY_RECEIVED: 5 promised, 4 to come",
            "UPDATE supply_order SET quantity = quantity - 1 WHERE number = '{components}'"),
    _breach("pegs_within_demand", "{short} line 1: 38 to come, 37 missing",
            "UPDATE supply_peg SET open = open + 1, quantity = quantity + 1 "
            "WHERE order_number = '{short}' AND supply_order <> '{components}'"),
    _breach("pegs_within_demand", "{cancelled production} component NUT: 1 to come, 0 missing",
            "UPDATE supply_peg SET open = 1 WHERE id = (SELECT max(g.id) FROM supply_peg g "
            "JOIN supply_order s ON s.number = g.supply_order "
            "WHERE g.for_supply = '{cancelled production}' AND s.state = 'ORDERED')"),
    _breach("component_reserved", "{production} component NUT: 3 reserved, 4 allocated",
            "UPDATE supply_component SET reserved = reserved - 1 WHERE supply_order = '{production}' AND sku = 'NUT'"),
    _breach("component_use", "{production} component NUT: 4 reserved and 1 consumed of 4",
            "UPDATE supply_component SET required = 4 WHERE supply_order = '{production}' AND sku = 'NUT'"),
    _breach("component_consumed", "{production} component NUT: 0 consumed, 1 taken from stock",
            "UPDATE supply_component SET consumed = 0 WHERE supply_order = '{production}' AND sku = 'NUT'"),
    _breach("ended_supply_holds_nothing", "{cancelled production} is CANCELLED and holds 1 of BOLT in EAST",
            "INSERT INTO component_allocation VALUES ('{cancelled production}', 'BOLT', 'EAST', 1)",
            "UPDATE supply_component SET reserved = 1 "
            "WHERE supply_order = '{cancelled production}' AND sku = 'BOLT'",
            "UPDATE stock_level SET reserved = reserved + 1 WHERE sku = 'BOLT' AND warehouse = 'EAST'"),
)  # fmt: skip

SHIPPING = (
    _breach("shipment_carries_allocations", "{packed} line 1: 2 on the delivery note, 1 allocated",
            "UPDATE shipment_line SET quantity = 2 WHERE shipment = '{packed}'"),
    _breach("issued_when_it_left", "is BOOKED, goods issued at 2026-03-02",
            "UPDATE shipment SET state = 'BOOKED' WHERE order_number = '{split}'"),
    _breach("issue_moves_stock", "SH-999999 BOLT: 0 shipped, 3 taken from stock",
            "UPDATE stock_movement SET document = 'SH-999999' WHERE reason = 'goods_issue' AND document = "
            "(SELECT number FROM shipment WHERE order_number = '{straight}')"),
    _breach("line_delivered", "1 delivered of 90 shipped, delivery notes say 0",
            _line("split", "delivered = 1"), _order("split", "quantity_delivered = 1")),
    _breach("booked_with_a_carrier", "is IN_TRANSIT: carrier parcelway, tracking number –",
            "UPDATE shipment SET tracking_number = NULL WHERE order_number = '{split}'"),
    _breach("one_booking_per_shipment", "parcelway TRK-TWICE is on SH-000001, ",
            "UPDATE shipment SET tracking_number = 'TRK-TWICE' WHERE order_number IN ('{straight}', '{bought}')"),
)  # fmt: skip

INVOICING = (
    _breach("line_billed", "11 billed, invoices say 12", _line("bought", "billed = billed - 1")),
    _breach("billed_within_delivered", "13 billed, 12 delivered", _line("bought", "billed = 13"),
            "UPDATE invoice_line SET quantity = 13 "
            "WHERE invoice = (SELECT number FROM invoice WHERE order_number = '{bought}')"),
    _breach("invoice_of_a_delivery", "bills {packed}, which is PACKED",
            "UPDATE invoice SET shipment = '{packed}' WHERE order_number = '{bought}'"),
    _breach("one_invoice_per_shipment", "is billed by INV-",
            "UPDATE invoice SET shipment = (SELECT min(shipment) FROM invoice WHERE order_number = '{short pick}') "
            "WHERE order_number = '{short pick}'"),
    _breach("invoice_totals", "{invoice}: header 50 + 10 = 60; lines 51 + 10",
            "UPDATE invoice_line SET net = net + 1 WHERE invoice = '{invoice}'"),
    _breach("instalments_make_the_invoice", "{invoice}: 60 in total, instalments come to 61",
            "UPDATE instalment SET amount = amount + 1 WHERE invoice = '{invoice}' AND instalment = 2"),
    _breach("invoice_numbers_gapless", "8 invoices, the highest number is 8, the counter stands at 9",
            "UPDATE counter SET value = value + 1 WHERE name = 'invoice'"),
    _breach("delivered_is_billed", "SH-UNBILLED of completed order {straight}",
            "INSERT INTO shipment (number, order_number, warehouse, state, packages, carrier, tracking_number, "
            "created_at, issued_at, delivered_at) "
            "VALUES ('SH-UNBILLED', '{straight}', 'MAIN', 'DELIVERED', 1, 'parcelway', 'X', now(), now(), now())"),
)  # fmt: skip

COLLECTION = (
    _breach("completed_is_paid", "of completed order {bought}: 43.2 EUR outstanding",
            _order("bought", "state = 'COMPLETED'")),
    _breach("instalment_paid", "{invoice} instalment 1: 17 paid of 18, 18 applied",
            "UPDATE instalment SET paid = paid + CASE instalment WHEN 1 THEN -1 ELSE 1 END "
            "WHERE invoice = '{invoice}'"),
    _breach("invoice_paid", "{invoice}: 19 paid, instalments say 20",
            "UPDATE invoice SET paid = paid - 1 WHERE number = '{invoice}'",
            also=("account_receivable", "receivable_control")),
    _breach("invoice_state_follows_paid", "{invoice} is POSTED with 20 of 60 paid",
            "UPDATE invoice SET state = 'POSTED' WHERE number = '{invoice}'"),
    _breach("payment_applied", "PAY-000001: 36 applied, applications come to 56",
            "UPDATE payment_application SET payment = 'PAY-000001' WHERE payment = '{payment in part}'"),
    _breach("applied_within_received", "{foreign payment}: 0 applied and 6 refunded of 5 USD",
            "UPDATE payment SET refunded = 6 WHERE number = '{foreign payment}'", also=("unapplied_control",)),
    _breach("payment_state_follows_applied", "{payment in part} is RECEIVED with 20 of 20 applied",
            "UPDATE payment SET state = 'RECEIVED' WHERE number = '{payment in part}'"),
    _breach("payment_settles_its_own", "PAY-000001 (SMALL, EUR) settles INV-000001 (ACME, EUR)",
            "UPDATE payment SET customer = 'SMALL' WHERE number = 'PAY-000001'"),
    _breach("disputed_within_outstanding", "{invoice}: 41 disputed of 40 EUR outstanding",
            "INSERT INTO dispute (invoice, amount, disputed, reason, status, opened_by, opened_at) "
            "VALUES ('{invoice}', 41, 41, 'bent', 'OPEN', 'somebody', now())"),
    _breach("one_payment_per_provider_id", "bank same is recorded as PAY-000001, PAY-000002",
            "UPDATE payment SET provider_payment_id = 'same' WHERE number IN ('PAY-000001', 'PAY-000002')"),
    _breach("one_reminder_per_level", "{invoice} instalment 2: 2 reminders of level 1",
            "INSERT INTO reminder SELECT * FROM reminder WHERE level = 1"),
    _breach("no_level_skipped", "level 2 was sent, level 1 never", "DELETE FROM reminder WHERE level = 1"),
)  # fmt: skip

JOURNAL = (
    _breach("vouchers_balance", "debit 401, credit 400 EUR",
            "UPDATE journal_line SET debit = debit + 1 WHERE account = 'inventory' AND debit = 400"),
    _breach("vouchers_balance", "debit –, credit – EUR",
            "INSERT INTO journal_entry (effect_key, kind, document, currency, at) "
            "VALUES ('empty', 'stock_count', 'BOLT', 'EUR', now())"),
    _breach("voucher_accounts", "account petty_cash",
            "UPDATE journal_line SET account = 'petty_cash' WHERE account = 'cogs'"),
    _breach("one_voucher_per_effect", "2 vouchers under the key twice",
            "UPDATE journal_entry SET effect_key = 'twice' WHERE id IN (1, 2)"),
    _breach("invoice_voucher", "{invoice} over 60: 0 vouchers over 0",
            "UPDATE journal_entry SET document = 'INV-999999' WHERE kind = 'invoice' AND document = '{invoice}'"),
    _breach("payment_voucher", "PAY-000001 over 36: 0 vouchers over 0",
            "UPDATE journal_entry SET kind = 'other' WHERE document = 'PAY-000001'"),
    _breach("goods_issue_voucher", "SH-000001 over 12: 0 vouchers over 0",
            "UPDATE journal_entry SET kind = 'other' WHERE kind = 'goods_issue' AND document = 'SH-000001'"),
    _breach("receivable_control", "SMALL in EUR: 156 on the control account, 120 outstanding",
            "UPDATE journal_line SET customer = 'SMALL' WHERE account = 'receivable' AND debit = 36 AND entry = "
            "(SELECT id FROM journal_entry WHERE kind = 'invoice' AND document = 'INV-000001')"),
    _breach("unapplied_control", "– in EUR: 0 on the control account, 99 unapplied",
            "UPDATE journal_line SET customer = 'SMALL' WHERE account = 'unapplied' AND credit = 99"),
)  # fmt: skip

REST = (
    _breach("case_clocks", "{case} is CLOSED", "UPDATE support_case SET closed_at = NULL WHERE number = '{case}'"),
    _breach("one_notice_per_event", "2 notices under the key order_received/{straight}/",
            "INSERT INTO notice SELECT * FROM notice WHERE event = 'order_received' AND order_number = '{straight}'"),
    _breach("known_states", "case CASE-000002 is in the unknown state FORGOTTEN",
            "UPDATE support_case SET state = 'FORGOTTEN' WHERE number = 'CASE-000002'"),
    _breach("known_states", "order {held} is in the unknown state HELD", _order("held", "state = 'HELD'"),
            also=("open_hold_only_in_review",)),
    _breach("legal_moves", "order: CANCELLED to CONFIRMED is known to the database only",
            "INSERT INTO legal_move VALUES ('order', 'CANCELLED', 'CONFIRMED')"),
    _breach("legal_moves", "hold: OPEN to CLEARED is known to the program only",
            "DELETE FROM legal_move WHERE to_state = 'CLEARED'"),
)  # fmt: skip

BREACHES = (*RECEIPT, *REVIEW, *STOCK, *REPLENISHMENT, *SHIPPING, *INVOICING, *COLLECTION, *JOURNAL, *REST)
