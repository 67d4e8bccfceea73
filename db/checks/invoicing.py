"""Checks of invoices: what they bill, their totals and parts, and their gapless numbers."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "line_billed",
        "What a line counts as billed is the sum of its invoice lines.",
        "{order_number} line {line}: {billed} billed, invoices say {invoiced}",
        """SELECT l.order_number, l.line, l.billed, coalesce(i.quantity, 0) AS invoiced
        FROM order_line l LEFT JOIN (
          SELECT v.order_number, n.line, sum(n.quantity) AS quantity FROM invoice v
          JOIN invoice_line n ON n.invoice = v.number GROUP BY v.order_number, n.line
        ) i ON i.order_number = l.order_number AND i.line = l.line
        WHERE l.billed <> coalesce(i.quantity, 0)""",
    ),
    Rule(
        "billed_within_delivered",
        "No more of a line is billed than is delivered.",
        "{order_number} line {line}: {billed} billed, {delivered} delivered",
        """SELECT order_number, line, billed, delivered FROM order_line WHERE billed > delivered OR billed < 0""",
    ),
    Rule(
        "invoice_of_a_delivery",
        "An invoice bills a delivered shipment of its own order, customer and currency.",
        "{number} of {order_number} ({customer}, {currency}) bills {shipment}, which is {state} for {ordered} "
        "({buyer}, {order_currency})",
        """SELECT v.number, v.order_number, v.customer, v.currency, v.shipment, s.state, s.order_number AS ordered,
          o.customer AS buyer, o.currency AS order_currency
        FROM invoice v JOIN shipment s ON s.number = v.shipment JOIN sales_order o ON o.number = s.order_number
        WHERE (v.order_number, v.customer, v.currency, s.state)
          IS DISTINCT FROM (s.order_number, o.customer, o.currency, 'DELIVERED')""",
    ),
    Rule(
        "one_invoice_per_shipment",
        "A shipment is billed once.",
        "{shipment} is billed by {invoices}",
        """SELECT shipment, string_agg(number, ', ' ORDER BY number) AS invoices FROM invoice
        GROUP BY shipment HAVING count(*) > 1""",
    ),
    Rule(
        "invoice_totals",
        "Net and tax of an invoice are the sums of its lines, and the total is net plus tax.",
        "{number}: header {net} + {tax} = {total}; lines {line_net} + {line_tax}",
        """SELECT v.number, v.net, v.tax, v.total, l.net AS line_net, l.tax AS line_tax
        FROM invoice v LEFT JOIN (
          SELECT invoice, sum(net) AS net, sum(tax) AS tax FROM invoice_line GROUP BY invoice) l ON l.invoice = v.number
        WHERE (v.net, v.tax, v.total) IS DISTINCT FROM (l.net, l.tax, l.net + l.tax)""",
    ),
    Rule(
        "instalments_make_the_invoice",
        "The instalments of an invoice add up to its total.",
        "{number}: {total} in total, instalments come to {parts}",
        """SELECT v.number, v.total, i.parts FROM invoice v LEFT JOIN (
          SELECT invoice, sum(amount) AS parts FROM instalment GROUP BY invoice) i ON i.invoice = v.number
        WHERE v.total IS DISTINCT FROM i.parts""",
    ),
    Rule(
        "invoice_numbers_gapless",
        "Invoice numbers run from 1 without a gap up to the counter.",
        "{invoices} invoices, the highest number is {highest}, the counter stands at {counter}",
        """SELECT count(*) AS invoices, coalesce(max(n), 0) AS highest,
          (SELECT value FROM counter WHERE name = 'invoice') AS counter
        FROM (SELECT CAST(substring(number FROM '[0-9]+$') AS bigint) AS n FROM invoice) v
        HAVING (count(*), count(*)) IS DISTINCT FROM
          (coalesce(max(n), 0), (SELECT value FROM counter WHERE name = 'invoice'))""",
    ),
    Rule(
        "delivered_is_billed",
        "Every delivered shipment of a completed order is billed.",
        "{number} of completed order {order_number} was delivered at {delivered_at} and has no invoice",
        """SELECT s.number, s.order_number, s.delivered_at
        FROM sales_order o JOIN shipment s ON s.order_number = o.number
        LEFT JOIN invoice v ON v.shipment = s.number
        WHERE o.state = 'COMPLETED' AND s.state = 'DELIVERED' AND v.number IS NULL""",
    ),
)
