"""Checks of the journal: vouchers balance, each document has its own, and control accounts equal their sub-ledgers."""

from __future__ import annotations

from db.checks.rule import Rule
from domain.invoicing import ACCOUNTS
from domain.money import other_digits

_SUB_LEDGERS = """
SELECT customer, currency, sum(control) AS control, sum(sub_ledger) AS sub_ledger FROM (
  SELECT l.customer, e.currency, {side} AS control, 0 AS sub_ledger
  FROM journal_line l JOIN journal_entry e ON e.id = l.entry WHERE l.account = '{account}'
  UNION ALL {documents}) u
GROUP BY customer, currency HAVING sum(control) <> sum(sub_ledger)"""

_VOUCHERS = """
SELECT coalesce(d.number, e.document) AS document, coalesce(d.amount, 0) AS amount, coalesce(e.vouchers, 0) AS vouchers,
  coalesce(e.amount, 0) AS posted
FROM ({documents}) d FULL JOIN (
  SELECT e.document, count(*) FILTER (WHERE l.position = 1) AS vouchers, sum(l.debit) AS amount
  FROM journal_entry e JOIN journal_line l ON l.entry = e.id WHERE e.kind = '{kind}' GROUP BY e.document
) e ON e.document = d.number
WHERE (d.number IS NULL OR coalesce(e.vouchers, 0) <> 1 OR d.amount <> e.amount)
  AND NOT (coalesce(d.amount, 0) = 0 AND coalesce(e.vouchers, 0) = 0)"""

_VOUCHER_SENTENCE = "{document} over {amount}: {vouchers} vouchers over {posted}"

_GOODS = """
SELECT s.number, round(sum(n.quantity * l.unit_cost), coalesce(max(d.digits), 2)) AS amount
FROM shipment s JOIN shipment_line n ON n.shipment = s.number
JOIN order_line l ON l.order_number = s.order_number AND l.line = n.line
JOIN sales_order o ON o.number = s.order_number
LEFT JOIN unnest(CAST(:currencies AS text[]), CAST(:digits AS int[])) AS d(currency, digits) ON d.currency = o.currency
WHERE s.issued_at IS NOT NULL GROUP BY s.number"""

RULES: tuple[Rule, ...] = (
    Rule(
        "vouchers_balance",
        "Every voucher has lines, and its debits equal its credits in its currency.",
        "voucher {id} ({kind} {document}): debit {debit}, credit {credit} {currency}",
        """SELECT e.id, e.kind, e.document, l.debit, l.credit, e.currency FROM journal_entry e LEFT JOIN (
          SELECT entry, sum(debit) AS debit, sum(credit) AS credit FROM journal_line GROUP BY entry) l ON l.entry = e.id
        WHERE l.debit IS DISTINCT FROM l.credit OR l.entry IS NULL""",
    ),
    Rule(
        "voucher_accounts",
        "Every side of a voucher is on a known account, on one side only; receivables always name their customer.",
        "voucher {entry} position {position}: account {account}, customer {customer}, debit {debit}, credit {credit}",
        """SELECT entry, position, account, customer, debit, credit FROM journal_line
        WHERE account <> ALL(:accounts) OR (account = 'receivable' AND customer IS NULL)
          OR debit < 0 OR credit < 0 OR (debit = 0) = (credit = 0)""",
        {"accounts": list(ACCOUNTS)},
    ),
    Rule(
        "one_voucher_per_effect",
        "An effect is posted once.",
        "{vouchers} vouchers under the key {effect_key}",
        """SELECT effect_key, count(*) AS vouchers FROM journal_entry GROUP BY effect_key HAVING count(*) > 1""",
    ),
    Rule(
        "invoice_voucher",
        "Every invoice has exactly one voucher over its total, and every such voucher an invoice.",
        _VOUCHER_SENTENCE,
        _VOUCHERS.format(kind="invoice", documents="SELECT number, total AS amount FROM invoice"),
    ),
    Rule(
        "payment_voucher",
        "Every payment has exactly one voucher over its amount, and every such voucher a payment.",
        _VOUCHER_SENTENCE,
        _VOUCHERS.format(kind="payment", documents="SELECT number, amount FROM payment"),
    ),
    Rule(
        "goods_issue_voucher",
        "Every shipment that has left has exactly one voucher over the cost of its goods.",
        _VOUCHER_SENTENCE,
        _VOUCHERS.format(kind="goods_issue", documents=_GOODS),
        {"currencies": list(other_digits()), "digits": list(other_digits().values())},
    ),
    Rule(
        "receivable_control",
        "The receivables account equals what is outstanding on invoices, per customer and currency.",
        "{customer} in {currency}: {control} on the control account, {sub_ledger} outstanding on invoices",
        _SUB_LEDGERS.format(
            side="l.debit - l.credit",
            account="receivable",
            documents="SELECT customer, currency, 0, outstanding FROM invoice WHERE paid <> total",
        ),
    ),
    Rule(
        "unapplied_control",
        "The unapplied cash account equals what is unapplied of payments, per customer and currency.",
        "{customer} in {currency}: {control} on the control account, {sub_ledger} unapplied on payments",
        _SUB_LEDGERS.format(
            side="l.credit - l.debit",
            account="unapplied",
            documents="SELECT customer, currency, 0, unapplied FROM payment WHERE unapplied <> 0",
        ),
    ),
)
