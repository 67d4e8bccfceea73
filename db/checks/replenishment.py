"""Checks of replenishment: what arrived, whom supply is for, and the components of production orders."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "supply_received",
        "What a supply order counts as received is the sum of its receipts, and never more than was ordered.",
        "{number}: {received} received of {quantity}, receipts come to {receipts}",
        """SELECT s.number, s.received, s.quantity, coalesce(r.quantity, 0) AS receipts FROM supply_order s LEFT JOIN (
          SELECT supply_order, sum(quantity) AS quantity FROM supply_receipt GROUP BY supply_order
        ) r ON r.supply_order = s.number
        WHERE s.received <> coalesce(r.quantity, 0) OR s.received > s.quantity""",
    ),
    Rule(
        "supply_state_follows_receipts",
        "A supply order is RECEIVED when all has arrived, PARTIALLY_RECEIVED when a part has, and neither before.",
        "{number} is {state} with {received} of {quantity} received",
        """SELECT number, state, received, quantity FROM supply_order
        WHERE (state = 'RECEIVED') <> (received = quantity)
          OR (state = 'PARTIALLY_RECEIVED') <> (received > 0 AND received < quantity)""",
    ),
    Rule(
        "pegs_within_supply",
        "No more pieces are promised from a supply order than are still to come; none from one that is closed.",
        "{number} is {state}: {promised} promised, {remaining} to come",
        """SELECT s.number, s.state, g.promised,
          CASE WHEN s.state = 'CANCELLED' THEN 0 ELSE s.quantity - s.received END AS remaining
        FROM supply_order s JOIN (
          SELECT supply_order, sum(open) AS promised FROM supply_peg WHERE open > 0 GROUP BY supply_order
        ) g ON g.supply_order = s.number
        WHERE g.promised > CASE WHEN s.state = 'CANCELLED' THEN 0 ELSE s.quantity - s.received END""",
    ),
    Rule(
        "pegs_within_demand",
        "No more pieces of supply are meant for a line, or for a component, than are missing there.",
        "{demand}: {promised} to come, {missing} missing",
        """SELECT format('%s line %s', g.order_number, g.line) AS demand, g.promised,
          coalesce(l.backordered, 0) AS missing
        FROM (SELECT order_number, line, sum(open) AS promised FROM supply_peg
              WHERE open > 0 AND order_number IS NOT NULL GROUP BY order_number, line) g
        LEFT JOIN order_line l ON l.order_number = g.order_number AND l.line = g.line
        WHERE g.promised > coalesce(l.backordered, 0)
        UNION ALL
        SELECT format('%s component %s', g.for_supply, g.sku), g.promised,
          CASE WHEN s.state = 'CANCELLED' THEN 0 ELSE coalesce(c.required - c.reserved - c.consumed, 0) END
        FROM (SELECT for_supply, sku, sum(open) AS promised FROM supply_peg
              WHERE open > 0 AND for_supply IS NOT NULL GROUP BY for_supply, sku) g
        JOIN supply_order s ON s.number = g.for_supply
        LEFT JOIN supply_component c ON c.supply_order = g.for_supply AND c.sku = g.sku
        WHERE g.promised
          > CASE WHEN s.state = 'CANCELLED' THEN 0 ELSE coalesce(c.required - c.reserved - c.consumed, 0) END""",
    ),
    Rule(
        "component_reserved",
        "What a production order counts as reserved of a component is what is allocated to it.",
        "{supply_order} component {sku}: {reserved} reserved, {allocated} allocated",
        """SELECT coalesce(c.supply_order, a.supply_order) AS supply_order, coalesce(c.sku, a.sku) AS sku,
          coalesce(c.reserved, 0) AS reserved, coalesce(a.quantity, 0) AS allocated
        FROM supply_component c FULL JOIN (
          SELECT supply_order, sku, sum(quantity) AS quantity FROM component_allocation GROUP BY supply_order, sku
        ) a ON a.supply_order = c.supply_order AND a.sku = c.sku
        WHERE coalesce(c.reserved, 0) <> coalesce(a.quantity, 0)""",
    ),
    Rule(
        "component_use",
        "A production order reserves and consumes no more of a component than it requires.",
        "{supply_order} component {sku}: {reserved} reserved and {consumed} consumed of {required}",
        """SELECT supply_order, sku, reserved, consumed, required FROM supply_component
        WHERE reserved + consumed > required OR reserved < 0 OR consumed < 0""",
    ),
    Rule(
        "component_consumed",
        "What a production order counts as consumed of a component has left the stock for it.",
        "{supply_order} component {sku}: {consumed} consumed, {moved} taken from stock",
        """SELECT c.supply_order, c.sku, c.consumed, coalesce(m.moved, 0) AS moved FROM supply_component c LEFT JOIN (
          SELECT document, sku, -sum(quantity) AS moved FROM stock_movement WHERE reason = 'component_issue'
          GROUP BY document, sku) m ON m.document = c.supply_order AND m.sku = c.sku
        WHERE c.consumed <> coalesce(m.moved, 0)""",
    ),
    Rule(
        "ended_supply_holds_nothing",
        "A supply order that is received or cancelled holds no component any more.",
        "{number} is {state} and holds {quantity} of {sku} in {warehouse}",
        """SELECT s.number, s.state, a.quantity, a.sku, a.warehouse
        FROM component_allocation a JOIN supply_order s ON s.number = a.supply_order
        WHERE a.quantity <> 0 AND s.state IN ('RECEIVED', 'CANCELLED')""",
    ),
)
