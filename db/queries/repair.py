"""What an operator's repair of an order looks at and writes: its pause, and the workflows that serve it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PAUSE = text("""
INSERT INTO hold (order_number, reason, owner_role, deadline, status, figures, opened_at)
VALUES (:number, 'PAUSED', :owner_role, :deadline, 'OPEN', CAST(:figures AS jsonb), :now)
ON CONFLICT (order_number, reason) WHERE status = 'OPEN' DO NOTHING RETURNING id""")
# What was said already is not said twice: neither the pause's own comment nor one that was added to it.
_REMARK = text("""
UPDATE hold SET figures = jsonb_set(figures, '{remarks}',
  coalesce(figures -> 'remarks', '[]') || jsonb_build_array(CAST(:remark AS jsonb)))
WHERE order_number = :number AND reason = 'PAUSED' AND status = 'OPEN' AND NOT figures @> CAST(:remark AS jsonb)
  AND NOT coalesce(figures -> 'remarks', '[]') @> jsonb_build_array(CAST(:remark AS jsonb)) RETURNING id""")
_RESUME = text("""
UPDATE hold SET status = 'RELEASED', decided_by = :by, decided_at = :now, comment = :comment
WHERE order_number = :number AND reason = 'PAUSED' AND status = 'OPEN' RETURNING id""")
_SERVING = text("""
SELECT 'SupplyOrderWorkflow' AS workflow_type, 'supply/' || s.number AS workflow_id FROM supply_order s
  WHERE s.state NOT IN ('RECEIVED', 'CANCELLED')
    AND s.number IN (SELECT supply_order FROM supply_peg WHERE order_number = :number AND open > 0)
UNION ALL SELECT 'CaseWorkflow', 'case/' || number FROM support_case
  WHERE order_number = :number AND state <> 'CLOSED'
ORDER BY workflow_id""")
TO_OURSELVES = ("hold_escalated", "supply_overdue")
"""Letters to a mailbox of the company; every other one goes to the customer, or to the supplier who is ordered from."""
# Among the letters that wait, those refused are few. An order is not written to where its customer was, but is.
_SEND_AGAIN = text("""
UPDATE notice n SET next_attempt_at = :now, recipient = coalesce((
    SELECT CASE n.event WHEN 'purchase_order' THEN v.email ELSE c.email END FROM sales_order o
    JOIN customer c ON c.code = o.customer LEFT JOIN supplier v ON v.code = n.figures ->> 'supplier'
    WHERE o.number = :number AND NOT n.event = ANY(:to_ourselves)), n.recipient)
WHERE n.sent_at IS NULL AND n.error IS NOT NULL
  AND (n.order_number = :number OR n.figures ->> 'supply_order' = ANY(:supply)) RETURNING n.key""")


async def pause(
    tx: AsyncConnection, number: str, owner_role: str, figures: Mapping[str, str], deadline: datetime, now: datetime
) -> bool:
    """Open the pause of an order; False when it is paused already."""
    values = {"number": number, "owner_role": owner_role, "deadline": deadline, "now": now}
    return (await tx.execute(_PAUSE, {**values, "figures": json.dumps(figures)})).first() is not None


async def remark_pause(tx: AsyncConnection, number: str, remark: Mapping[str, str]) -> bool:
    """Keep what somebody adds to the pause of an order; False when it was said before."""
    return (await tx.execute(_REMARK, {"number": number, "remark": json.dumps(remark)})).first() is not None


async def resume(tx: AsyncConnection, number: str, by: str, comment: str, now: datetime) -> bool:
    """End the pause of an order by name; False when it is not paused."""
    values = {"number": number, "by": by, "comment": comment, "now": now}
    return (await tx.execute(_RESUME, values)).first() is not None


async def serving(tx: AsyncConnection, number: str) -> list[tuple[str, str]]:
    """(workflow type, workflow id) of the supply orders that bring goods for an order and of its open cases."""
    rows = await tx.execute(_SERVING, {"number": number})
    return [(row.workflow_type, row.workflow_id) for row in rows]


async def send_again(tx: AsyncConnection, number: str, supply: Sequence[str], now: datetime) -> int:
    """Letters of an order and of these supply orders that the post refused are to leave at once; how many.

    They go to where the customer or the supplier is reached now: the address may have been what was wrong.
    """
    values = {"number": number, "supply": list(supply), "now": now, "to_ourselves": list(TO_OURSELVES)}
    return len((await tx.execute(_SEND_AGAIN, values)).all())
