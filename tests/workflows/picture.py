"""A picture of everything that an order may change, to be compared with a later one."""

from __future__ import annotations

from typing import Any

from tests import builders

PICTURE = {
    "stock": "SELECT sku, warehouse, on_hand, reserved FROM stock_level ORDER BY 1, 2",
    "credit": "SELECT customer, receivable, reserved, unapplied FROM customer_account ORDER BY 1",
    "holds": "SELECT order_number, reason FROM hold WHERE status = 'OPEN' ORDER BY 1, 2",
    "supply": "SELECT number FROM supply_order WHERE state <> 'CANCELLED' ORDER BY 1",
    "pegs": "SELECT id FROM supply_peg WHERE open > 0 ORDER BY 1",
    "components": "SELECT supply_order, sku FROM component_allocation WHERE quantity > 0 ORDER BY 1, 2",
    "shipments": "SELECT number FROM shipment WHERE state <> 'CANCELLED' ORDER BY 1",
    "journal": "SELECT account, sum(debit - credit) FROM journal_line GROUP BY account ORDER BY 1",
}


async def picture() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that an order may change."""
    return {name: [tuple(row) for row in await builders.rows(sql)] for name, sql in PICTURE.items()}
