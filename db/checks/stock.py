"""Checks of stock: levels are the sum of movements, reservations are the sum of what is allocated."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "stock_on_hand",
        "Stock on hand is the sum of all movements of the product in the warehouse.",
        "{sku} in {warehouse}: {on_hand} on hand, movements come to {moved}",
        """SELECT coalesce(s.sku, m.sku) AS sku, coalesce(s.warehouse, m.warehouse) AS warehouse,
          coalesce(s.on_hand, 0) AS on_hand, coalesce(m.moved, 0) AS moved
        FROM stock_level s FULL JOIN (
          SELECT sku, warehouse, sum(quantity) AS moved FROM stock_movement GROUP BY sku, warehouse) m
          ON m.sku = s.sku AND m.warehouse = s.warehouse
        WHERE coalesce(s.on_hand, 0) <> coalesce(m.moved, 0)""",
    ),
    Rule(
        "stock_reserved",
        "Reserved stock is what is allocated to order lines and to production orders.",
        "{sku} in {warehouse}: {reserved} reserved, {lines} allocated to orders and {components} to production",
        """SELECT coalesce(s.sku, t.sku) AS sku, coalesce(s.warehouse, t.warehouse) AS warehouse,
          coalesce(s.reserved, 0) AS reserved, coalesce(t.lines, 0) AS lines, coalesce(t.components, 0) AS components
        FROM stock_level s FULL JOIN (
          SELECT sku, warehouse, sum(lines) AS lines, sum(components) AS components FROM (
            SELECT sku, warehouse, quantity AS lines, 0 AS components FROM allocation WHERE state = 'RESERVED'
            UNION ALL SELECT sku, warehouse, 0, quantity FROM component_allocation) u
          GROUP BY sku, warehouse) t ON t.sku = s.sku AND t.warehouse = s.warehouse
        WHERE coalesce(s.reserved, 0) <> coalesce(t.lines + t.components, 0)""",
    ),
    Rule(
        "stock_never_negative",
        "Stock on hand is never negative, and never less than what is reserved of it.",
        "{sku} in {warehouse}: {reserved} reserved of {on_hand} on hand",
        """SELECT sku, warehouse, reserved, on_hand FROM stock_level
        WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand""",
    ),
    Rule(
        "line_allocated",
        "What a line counts as allocated are its reserved allocations.",
        "{order_number} line {line}: {allocated} on the line, {reserved} in allocations",
        """SELECT l.order_number, l.line, l.allocated, coalesce(a.quantity, 0) AS reserved
        FROM order_line l LEFT JOIN (
          SELECT order_number, line, sum(quantity) AS quantity FROM allocation WHERE state = 'RESERVED'
          GROUP BY order_number, line) a ON a.order_number = l.order_number AND a.line = l.line
        WHERE l.allocated <> coalesce(a.quantity, 0)""",
    ),
    Rule(
        "line_shipped",
        "What a line counts as shipped are its issued allocations.",
        "{order_number} line {line}: {shipped} on the line, {issued} in allocations",
        """SELECT l.order_number, l.line, l.shipped, coalesce(a.quantity, 0) AS issued
        FROM order_line l LEFT JOIN (
          SELECT order_number, line, sum(quantity) AS quantity FROM allocation WHERE state = 'ISSUED'
          GROUP BY order_number, line) a ON a.order_number = l.order_number AND a.line = l.line
        WHERE l.shipped <> coalesce(a.quantity, 0)""",
    ),
    Rule(
        "allocation_of_ordered_product",
        "What is allocated to a line is the product that the line orders.",
        "allocation {id} gives {allocated} to {order_number} line {line}, which orders {ordered}",
        """SELECT a.id, a.sku AS allocated, a.order_number, a.line, l.sku AS ordered
        FROM allocation a JOIN order_line l ON l.order_number = a.order_number AND l.line = a.line
        WHERE a.sku <> l.sku""",
    ),
    Rule(
        "one_movement_per_effect",
        "An effect moves stock once.",
        "{movements} movements under the key {effect_key}",
        """SELECT effect_key, count(*) AS movements FROM stock_movement WHERE effect_key IS NOT NULL
        GROUP BY effect_key HAVING count(*) > 1""",
    ),
)
