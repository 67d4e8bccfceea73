"""What three reports are made of: receivables in pieces, each with the moment at which it arose and was settled.

A piece that is settled in the period or later is a payment's application, one that is not settled yet is what is open
of an instalment. So what was open at any moment since the period's start is found without reading what was settled
before it.
"""

from __future__ import annotations

PIECES = """(SELECT v.currency, v.customer, v.order_number, v.posted_at, i.due_date, i.amount - i.paid AS amount,
    CAST('infinity' AS timestamptz) AS settled_at
  FROM instalment i JOIN invoice v ON v.number = i.invoice WHERE i.paid < i.amount
  UNION ALL
  SELECT v.currency, v.customer, v.order_number, v.posted_at, i.due_date, a.amount, a.at
  FROM payment_application a JOIN invoice v ON v.number = a.invoice
  JOIN instalment i ON i.invoice = a.invoice AND i.instalment = a.instalment
  WHERE a.at >= :start) p JOIN sales_order o ON o.number = p.order_number"""
"""Applications since the start of the period; for what is open at its end they are enough as well."""
OPEN_AT_THE_END = "p.posted_at < :end AND p.settled_at >= :end"
OPEN_AT_THE_START = "p.posted_at < :start AND p.settled_at >= :start"
SOLD_ON_CREDIT = "p.posted_at >= :start AND p.posted_at < :end AND o.payment_terms <> 'prepaid'"
FILTERS = {"customer": "p.customer", "currency": "p.currency"}
