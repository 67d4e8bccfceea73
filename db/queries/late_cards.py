"""Review: what a customer's card that is completed later means for orders that are not confirmed yet."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ADOPT = text("""
UPDATE sales_order o SET ship_to = c.shipping_address, version = o.version + 1 FROM customer c
WHERE o.number = :number AND c.code = o.customer AND (o.ship_to IS NULL OR o.ship_to = 'null'::jsonb)
  AND c.shipping_address IS NOT NULL AND c.shipping_address <> 'null'::jsonb RETURNING o.number""")
_NOT_FOR_MONEY = text("""
SELECT o.number FROM sales_order o WHERE o.customer = :customer AND o.state IN ('SUBMITTED', 'IN_REVIEW')
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.order_number = o.number AND h.status = 'OPEN'
    AND h.reason IN ('CREDIT', 'OVERDUE', 'PREPAYMENT'))
ORDER BY o.number""")


async def adopt_address(tx: AsyncConnection, number: str) -> bool:
    """A locked order without an address takes that of its customer's card; False when there is none."""
    return (await tx.execute(_ADOPT, {"number": number})).one_or_none() is not None


async def not_held_for_money(tx: AsyncConnection, customer: str) -> list[str]:
    """Orders of a customer under review, or about to be, that are not held for want of money."""
    return [row.number for row in await tx.execute(_NOT_FOR_MONEY, {"customer": customer})]
