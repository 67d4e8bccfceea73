"""Checks of shipping: delivery notes, goods that have left, and bookings."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "shipment_carries_allocations",
        "A shipment carries what is allocated to it: reserved before it leaves, issued afterwards.",
        "{shipment} line {line}: {quantity} on the delivery note, {allocated} allocated",
        """SELECT coalesce(l.shipment, a.shipment) AS shipment, coalesce(l.line, a.line) AS line,
          coalesce(l.quantity, 0) AS quantity, coalesce(a.quantity, 0) AS allocated
        FROM (SELECT l.shipment, l.line, l.quantity FROM shipment_line l JOIN shipment s ON s.number = l.shipment
              WHERE s.state <> 'CANCELLED') l
        FULL JOIN (
          SELECT a.shipment, a.line, sum(a.quantity) AS quantity
          FROM allocation a JOIN shipment s ON s.number = a.shipment
          WHERE a.state = CASE WHEN s.issued_at IS NULL THEN 'RESERVED' ELSE 'ISSUED' END AND s.state <> 'CANCELLED'
          GROUP BY a.shipment, a.line) a ON a.shipment = l.shipment AND a.line = l.line
        WHERE coalesce(l.quantity, 0) <> coalesce(a.quantity, 0)""",
    ),
    Rule(
        "issued_when_it_left",
        "Goods are issued when the shipment leaves the house, and not before.",
        "{number} is {state}, goods issued at {issued_at}",
        """SELECT number, state, issued_at FROM shipment
        WHERE (issued_at IS NULL) <> (state IN ('CREATED', 'PICKING', 'PACKED', 'BOOKED', 'CANCELLED'))""",
    ),
    Rule(
        "issue_moves_stock",
        "What a shipment took along has left the stock, once.",
        "{shipment} {sku}: {quantity} shipped, {moved} taken from stock",
        """SELECT coalesce(l.shipment, m.document) AS shipment, coalesce(l.sku, m.sku) AS sku,
          coalesce(l.quantity, 0) AS quantity, coalesce(m.moved, 0) AS moved
        FROM (SELECT l.shipment, l.sku, sum(l.quantity) AS quantity FROM shipment_line l
              JOIN shipment s ON s.number = l.shipment WHERE s.issued_at IS NOT NULL GROUP BY l.shipment, l.sku) l
        FULL JOIN (SELECT document, sku, -sum(quantity) AS moved FROM stock_movement WHERE reason = 'goods_issue'
          GROUP BY document, sku) m ON m.document = l.shipment AND m.sku = l.sku
        WHERE coalesce(l.quantity, 0) <> coalesce(m.moved, 0)""",
    ),
    Rule(
        "line_delivered",
        "What a line counts as delivered is what its delivered shipments carried, and never more than has shipped.",
        "{order_number} line {line}: {delivered} delivered of {shipped} shipped, delivery notes say {carried}",
        """SELECT l.order_number, l.line, l.delivered, l.shipped, coalesce(d.quantity, 0) AS carried
        FROM order_line l LEFT JOIN (
          SELECT s.order_number, n.line, sum(n.quantity) AS quantity FROM shipment s
          JOIN shipment_line n ON n.shipment = s.number
          WHERE s.state = 'DELIVERED' GROUP BY s.order_number, n.line
        ) d ON d.order_number = l.order_number AND d.line = l.line
        WHERE l.delivered <> coalesce(d.quantity, 0) OR l.delivered > l.shipped""",
    ),
    Rule(
        "booked_with_a_carrier",
        "What is booked or on its way has a carrier and a tracking number.",
        "{number} is {state}: carrier {carrier}, tracking number {tracking_number}",
        """SELECT number, state, carrier, tracking_number FROM shipment
        WHERE state NOT IN ('CREATED', 'PICKING', 'PACKED', 'CANCELLED')
          AND (carrier IS NULL OR tracking_number IS NULL)""",
    ),
    Rule(
        "one_booking_per_shipment",
        "A booking belongs to one shipment: a carrier's tracking number is on one only.",
        "{carrier} {tracking_number} is on {shipments}",
        """SELECT carrier, tracking_number, string_agg(number, ', ' ORDER BY number) AS shipments FROM shipment
        WHERE tracking_number IS NOT NULL GROUP BY carrier, tracking_number HAVING count(*) > 1""",
    ),
)
