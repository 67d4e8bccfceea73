"""Checks of the order itself: its lines, its header, and what an order that has ended may still hold."""

from __future__ import annotations

from db.checks.rule import Rule
from domain.money import other_digits

_DIGITS = {"currencies": list(other_digits()), "digits": list(other_digits().values())}

RULES: tuple[Rule, ...] = (
    Rule(
        "line_balance",
        "Every ordered piece of a line is cancelled, open, allocated or shipped, and none of them is negative.",
        "{order_number} line {line}: {quantity} ordered, but {cancelled} cancelled, {open} open, {allocated} allocated "
        "and {shipped} shipped",
        """SELECT order_number, line, quantity, cancelled, open, allocated, shipped FROM order_line
        WHERE quantity <> cancelled + open + allocated + shipped OR least(cancelled, open, allocated, shipped) < 0""",
    ),
    Rule(
        "backordered_within_open",
        "No more pieces of a line wait for supply than are open.",
        "{order_number} line {line}: {backordered} backordered of {open} open",
        """SELECT order_number, line, backordered, open FROM order_line
        WHERE backordered > open OR backordered < 0""",
    ),
    Rule(
        "order_quantities",
        "The header counts what its lines count: ordered, cancelled, shipped and delivered.",
        "{number}: header {quantity_ordered} ordered, {quantity_cancelled} cancelled, {quantity_shipped} shipped, "
        "{quantity_delivered} delivered; lines {ordered}, {cancelled}, {shipped}, {delivered}",
        """SELECT o.number, o.quantity_ordered, o.quantity_cancelled, o.quantity_shipped, o.quantity_delivered,
          l.ordered, l.cancelled, l.shipped, l.delivered
        FROM sales_order o LEFT JOIN (
          SELECT order_number, sum(quantity) AS ordered, sum(cancelled) AS cancelled, sum(shipped) AS shipped,
            sum(delivered) AS delivered FROM order_line GROUP BY order_number) l ON l.order_number = o.number
        WHERE (o.quantity_ordered, o.quantity_cancelled, o.quantity_shipped, o.quantity_delivered)
          IS DISTINCT FROM (l.ordered, l.cancelled, l.shipped, l.delivered)""",
    ),
    Rule(
        "order_amounts",
        "Net and tax of an order are the sums of its lines, and the total is net plus tax.",
        "{number}: header {net} + {tax} = {total}; lines {line_net} + {line_tax}",
        """SELECT o.number, o.net, o.tax, o.total, l.net AS line_net, l.tax AS line_tax
        FROM sales_order o LEFT JOIN (
          SELECT order_number, sum(net) AS net, sum(tax) AS tax FROM order_line GROUP BY order_number
        ) l ON l.order_number = o.number
        WHERE (o.net, o.tax, o.total) IS DISTINCT FROM (l.net, l.tax, l.net + l.tax)""",
    ),
    Rule(
        "order_payable",
        "What is payable is the price of the pieces that are not cancelled, rounded once per line.",
        "{number}: payable {payable}, but its lines come to {expected}",
        """SELECT o.number, o.payable, l.expected FROM sales_order o JOIN (
          SELECT l.order_number,
            sum(round(l.net * (l.quantity - l.cancelled) / l.quantity, coalesce(d.digits, 2))
              + round(l.tax * (l.quantity - l.cancelled) / l.quantity, coalesce(d.digits, 2))) AS expected
          FROM order_line l JOIN sales_order h ON h.number = l.order_number
          LEFT JOIN unnest(CAST(:currencies AS text[]), CAST(:digits AS int[])) AS d(currency, digits)
            ON d.currency = h.currency
          WHERE l.quantity <> 0 GROUP BY l.order_number) l ON l.order_number = o.number
        WHERE o.payable <> l.expected""",
        _DIGITS,
    ),
    Rule(
        "order_billed",
        "What an order counts as billed is the sum of its invoices, and never more than is payable.",
        "{number}: {billed} billed of {payable} payable; its invoices come to {invoiced}",
        """SELECT o.number, o.billed, o.payable, coalesce(v.total, 0) AS invoiced FROM sales_order o LEFT JOIN (
          SELECT order_number, sum(total) AS total FROM invoice GROUP BY order_number) v ON v.order_number = o.number
        WHERE o.billed <> coalesce(v.total, 0) OR o.billed > o.payable""",
    ),
    Rule(
        "order_received",
        "What an order counts as received is what settled its invoices and the unapplied cash that names it.",
        "{number}: {received} received, but {applied} applied and {unapplied} unapplied",
        """SELECT o.number, o.received, coalesce(a.amount, 0) AS applied, coalesce(p.amount, 0) AS unapplied
        FROM sales_order o
        LEFT JOIN (SELECT v.order_number, sum(a.amount) AS amount FROM payment_application a
          JOIN invoice v ON v.number = a.invoice GROUP BY v.order_number) a ON a.order_number = o.number
        LEFT JOIN (SELECT p.order_number, sum(p.unapplied) AS amount FROM payment p
          JOIN sales_order n ON n.number = p.order_number AND n.currency = p.currency
          GROUP BY p.order_number) p ON p.order_number = o.number
        WHERE o.received <> coalesce(a.amount, 0) + coalesce(p.amount, 0)""",
    ),
    Rule(
        "fulfilled_is_delivered",
        "A fulfilled or completed order is delivered but for what was cancelled; nothing is left of a cancelled one.",
        "{number} is {state}: {quantity_delivered} delivered and {quantity_cancelled} cancelled of {quantity_ordered}",
        """SELECT number, state, quantity_delivered, quantity_cancelled, quantity_ordered FROM sales_order
        WHERE (state IN ('FULFILLED', 'COMPLETED') AND quantity_delivered <> quantity_ordered - quantity_cancelled)
          OR (state = 'CANCELLED' AND quantity_cancelled <> quantity_ordered)""",
    ),
    Rule(
        "ended_order_holds_nothing",
        "An order that has ended holds no stock, no credit and no supply.",
        "{number} is {state} and holds {pieces} pieces, {credit} of credit and {supply} pieces of supply",
        """SELECT o.number, o.state, coalesce(a.pieces, 0) AS pieces, coalesce(c.amount, 0) AS credit,
          coalesce(g.supply, 0) AS supply
        FROM sales_order o
        LEFT JOIN (SELECT order_number, sum(quantity) AS pieces FROM allocation WHERE state = 'RESERVED'
          GROUP BY order_number) a ON a.order_number = o.number
        LEFT JOIN credit_reservation c ON c.order_number = o.number
        LEFT JOIN (SELECT order_number, sum(open) AS supply FROM supply_peg WHERE open > 0 GROUP BY order_number) g
          ON g.order_number = o.number
        WHERE o.state IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED')
          AND (a.pieces > 0 OR c.amount > 0 OR g.supply > 0)""",
    ),
    Rule(
        "undo_is_carried_out",
        "Of a cancellation that is over, no step is left to be undone.",
        "{number} is {state} and has still to undo: {effect}",
        """SELECT o.number, o.state, u.effect FROM undo_step u JOIN sales_order o ON o.number = u.order_number
        WHERE u.status = 'planned' AND o.state <> 'CANCELLING'""",
    ),
)
