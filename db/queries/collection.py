"""Payments: written once, matched to open items, applied under the locks of orders and account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.collection import Application, OpenItem, names_in
from domain.facts import PaymentFact


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment with what is left of it."""

    number: str
    customer: str | None
    order_number: str | None
    currency: str
    amount: Decimal
    unapplied: Decimal
    reference: str | None
    invoice_reference: str | None
    state: str

    @property
    def references(self) -> list[str]:
        """What the payer wrote, the invoice first."""
        return [name for name in (self.invoice_reference, self.reference) if name]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a payment means: its customer, and the order it names."""

    customer: str | None
    order_number: str | None


_INSERT = text("""
INSERT INTO payment (number, provider, provider_payment_id, customer, currency, amount, reference, invoice_reference,
  state, received_at, recorded_at, recorded_by)
SELECT 'PAY-' || lpad(n::text, greatest(6, length(n::text)), '0'), :provider, :provider_payment_id, NULL, :currency,
  :amount, :reference, :invoice, 'RECEIVED', :received_at, :now, :by FROM nextval('payment_number') n
ON CONFLICT (provider, provider_payment_id) DO NOTHING RETURNING number""")
_TWIN = text("""
SELECT number, amount, currency FROM payment
WHERE provider = :provider AND provider_payment_id = :provider_payment_id""")
_BY_PURCHASE = 3
_MEANT = text(f"""
SELECT v.customer, v.order_number, 1 AS rank FROM invoice v
  WHERE v.number = ANY(:names) OR v.shipment = ANY(:names)
UNION ALL SELECT o.customer, o.number, 2 FROM sales_order o WHERE o.number = ANY(:names)
UNION ALL SELECT o.customer, o.number, {_BY_PURCHASE} FROM sales_order o
  WHERE upper(o.customer_po) = ANY(:names) AND (CAST(:customer AS text) IS NULL OR o.customer = :customer)
    AND o.state NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED')
UNION ALL SELECT c.code, NULL, 4 FROM customer c WHERE c.code = :customer
ORDER BY rank, order_number""")
_OPEN = text("""
SELECT i.invoice, i.instalment, v.order_number AS order, v.customer, o.customer_po, v.shipment, i.due_at,
  i.amount - i.paid AS outstanding, v.total - v.paid AS invoice_outstanding
FROM invoice v JOIN instalment i ON i.invoice = v.number JOIN sales_order o ON o.number = v.order_number
WHERE v.customer = :customer AND v.currency = :currency AND v.paid < v.total AND i.paid < i.amount
ORDER BY i.due_at, i.invoice, i.instalment""")
PAYMENT_COLUMNS = "number, customer, order_number, currency, amount, unapplied, reference, invoice_reference, state"
_WRITTEN = """ARRAY[upper(invoice_reference), regexp_replace(btrim(upper(reference)), '\\s+', ' ', 'g'),
      btrim(upper(reference))]
    || regexp_split_to_array(upper(reference), '[\\s,;]+')
    || regexp_split_to_array(upper(reference), '[^\\w-]+') && CAST(:names AS text[])"""
"""Whether a payer wrote one of these names: as `domain.collection.names_in` reads what was written."""
_UNKNOWN = f"""customer IS NULL AND {_WRITTEN} AND NOT EXISTS (
    SELECT 1 FROM sales_order o WHERE upper(o.customer_po) = upper(reference) AND o.customer <> :customer)"""
_ON_ACCOUNT = text(f"""
SELECT {PAYMENT_COLUMNS} FROM payment
WHERE unapplied > 0 AND currency = :currency AND (customer = :customer OR ({_UNKNOWN}))
  AND (order_number IS NULL OR order_number = :order OR NOT EXISTS (SELECT 1 FROM sales_order o
    WHERE o.number = order_number AND o.billed < o.payable
      AND o.state NOT IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED')))
ORDER BY received_at, number FOR NO KEY UPDATE""")
_DEPOSITS = text(f"""
SELECT {PAYMENT_COLUMNS} FROM payment WHERE unapplied > 0 AND currency = :currency AND order_number IS NULL
  AND ((customer = :customer AND {_WRITTEN}) OR ({_UNKNOWN}))
ORDER BY received_at, number FOR NO KEY UPDATE""")
_PUT_BY = text("UPDATE payment SET order_number = :order WHERE number = :number AND order_number IS NULL")
_CASH_WAITS = text("""
SELECT EXISTS (SELECT 1 FROM payment WHERE unapplied > 0 AND currency = :currency AND customer = :customer)
  OR EXISTS (SELECT 1 FROM payment WHERE unapplied > 0 AND currency = :currency AND customer IS NULL)""")
_OWN = text("""
WITH p AS (
  UPDATE payment SET customer = :customer, order_number = coalesce(order_number, :order)
  WHERE number = :number AND customer IS NULL RETURNING unapplied, currency)
UPDATE customer_account a SET unapplied = a.unapplied + p.unapplied FROM p, customer c
WHERE a.customer = :customer AND c.code = a.customer AND c.currency = p.currency""")
_APPLY = text("""
WITH r AS (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(invoice text, instalment int, amount numeric)),
kept AS (
  INSERT INTO payment_application (payment, invoice, instalment, amount, at)
  SELECT :payment, invoice, instalment, amount, :now FROM r),
parts AS (
  UPDATE instalment i SET paid = i.paid + r.amount,
    settled_at = CASE WHEN i.paid + r.amount = i.amount THEN :now ELSE i.settled_at END
  FROM r WHERE i.invoice = r.invoice AND i.instalment = r.instalment),
t AS (SELECT invoice, sum(amount) AS amount FROM r GROUP BY invoice),
invoices AS (
  UPDATE invoice v SET paid = v.paid + t.amount,
    state = CASE WHEN v.paid + t.amount >= v.total THEN 'PAID' ELSE 'PARTIALLY_PAID' END
  FROM t WHERE v.number = t.invoice),
-- What is paid of an invoice is no longer disputed: its disputes keep what is left outstanding, the oldest first.
disputes AS (
  UPDATE dispute d SET disputed = n.still, status = CASE WHEN n.still = 0 THEN 'PAID' ELSE d.status END
  FROM (SELECT e.id, greatest(0, least(e.disputed, v.total - v.paid - t.amount - coalesce(sum(e.disputed)
      OVER (PARTITION BY e.invoice ORDER BY e.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS still
    FROM t JOIN dispute e ON e.invoice = t.invoice JOIN invoice v ON v.number = t.invoice WHERE e.disputed > 0) n
  WHERE d.id = n.id AND d.disputed <> n.still),
account AS (
  UPDATE customer_account SET receivable = receivable - :applied, unapplied = unapplied - :applied
  WHERE customer = :customer)
UPDATE payment SET applied = applied + :applied, state = :state WHERE number = :payment""")
_REFUSED = text("""
SELECT 1 FROM timeline WHERE order_number = :order AND event = 'payment_refused' AND at = :at
  AND figures ->> 'message' = :message""")
_STATE = text("UPDATE payment SET state = :state WHERE number = :number AND state <> :state")
_RECEIVED = text("""
UPDATE sales_order o SET received = t.received, version = version + 1 FROM (
  SELECT w.number,
    coalesce((SELECT sum(a.amount) FROM payment_application a JOIN invoice v ON v.number = a.invoice
              WHERE v.order_number = w.number), 0)
    + coalesce((SELECT sum(p.unapplied) FROM payment p JOIN sales_order n ON n.number = p.order_number
              WHERE p.order_number = w.number AND p.currency = n.currency), 0) AS received
  FROM unnest(CAST(:orders AS text[])) AS w(number)) t
WHERE o.number = t.number AND o.received <> t.received""")


async def insert_payment(tx: AsyncConnection, fact: PaymentFact, by: str, now: datetime) -> str | None:
    """Write a payment under its provider's id; None when it is there already."""
    values = fact.model_dump(exclude={"customer"}) | {"by": by, "now": now}
    return (await tx.execute(_INSERT, values)).scalar_one_or_none()


async def twin(tx: AsyncConnection, fact: PaymentFact) -> tuple[str, Decimal, str]:
    """The payment that has the provider's id: (number, amount, currency)."""
    values = fact.model_dump(include={"provider", "provider_payment_id"})
    row = (await tx.execute(_TWIN, values)).one()
    return row.number, row.amount, row.currency


async def meant(tx: AsyncConnection, fact: PaymentFact) -> Meant:
    """Whose payment it is and which order it names: by invoice, shipment, order, purchase order, customer.

    A purchase order number that several customers use names none of them: the money waits until a person knows.
    """
    names = [name for text in (fact.invoice, fact.reference) if text for name in names_in(text)]
    rows = (await tx.execute(_MEANT, {"names": names, "customer": fact.customer})).all()
    if not rows or (
        rows[0].rank == _BY_PURCHASE and len({row.customer for row in rows if row.rank == _BY_PURCHASE}) > 1
    ):
        return Meant(None, None)
    return Meant(rows[0].customer, rows[0].order_number)


async def open_items(tx: AsyncConnection, customer: str, currency: str) -> list[OpenItem]:
    """What a customer owes in a currency, oldest due first."""
    rows = await tx.execute(_OPEN, {"customer": customer, "currency": currency})
    return [OpenItem(**row._mapping) for row in rows]


def new_payment(number: str, fact: PaymentFact, meant: Meant) -> PaymentRow:
    """A payment as it has just been written, of which nothing is applied yet."""
    return PaymentRow(
        number=number, customer=meant.customer, order_number=meant.order_number, currency=fact.currency,
        amount=fact.amount, unapplied=fact.amount, reference=fact.reference, invoice_reference=fact.invoice,
        state="RECEIVED",
    )  # fmt: skip


async def on_account(
    tx: AsyncConnection, customer: str, currency: str, order: str, names: Sequence[str]
) -> list[PaymentRow]:
    """Cash for an order: unapplied cash of its customer, and of unknown payers who wrote one of these names.

    What names another order is left for that one while it may still be billed. Oldest first, locked.
    """
    values = {"customer": customer, "currency": currency, "order": order, "names": [name.upper() for name in names]}
    return [PaymentRow(**row._mapping) for row in await tx.execute(_ON_ACCOUNT, values)]


async def deposits(tx: AsyncConnection, customer: str, currency: str, names: Sequence[str]) -> list[PaymentRow]:
    """Cash that names an order by one of these names and came before it: no order has it yet. Oldest first, locked."""
    values = {"customer": customer, "currency": currency, "names": [name.upper() for name in names]}
    return [PaymentRow(**row._mapping) for row in await tx.execute(_DEPOSITS, values)]


async def put_by(tx: AsyncConnection, number: str, order: str) -> None:
    """A payment of the order's customer is for this order."""
    await tx.execute(_PUT_BY, {"number": number, "order": order})


async def cash_waits(tx: AsyncConnection, customer: str, currency: str) -> bool:
    """Whether there is unapplied cash of the customer or of an unknown payer, under the lock of the account."""
    return bool((await tx.execute(_CASH_WAITS, {"customer": customer, "currency": currency})).scalar_one())


async def own(tx: AsyncConnection, number: str, customer: str, order: str | None) -> None:
    """A payment of an unknown payer is this customer's, and pays this order unless it names one.

    Cash in a foreign currency does not count on the account.
    """
    await tx.execute(_OWN, {"number": number, "customer": customer, "order": order})


async def apply(
    tx: AsyncConnection, number: str, customer: str, pieces: Sequence[Application], state: str, now: datetime
) -> None:
    """Settle instalments with a payment: applications, instalments, invoices, account and payment in one statement."""
    rows = [{"invoice": p.invoice, "instalment": p.instalment, "amount": str(p.amount)} for p in pieces]
    applied = sum((piece.amount for piece in pieces), Decimal(0))
    values = {"payment": number, "customer": customer, "rows": json.dumps(rows), "applied": applied}
    await tx.execute(_APPLY, {**values, "state": state, "now": now})


async def set_state(tx: AsyncConnection, number: str, state: str) -> None:
    """Move a payment; the database refuses an illegal move."""
    await tx.execute(_STATE, {"number": number, "state": state})


async def count_received(tx: AsyncConnection, orders: Sequence[str]) -> None:
    """Derive what orders have received: what settled their invoices, and unapplied cash that names them."""
    if orders:
        await tx.execute(_RECEIVED, {"orders": sorted(set(orders))})


async def refused_before(tx: AsyncConnection, order: str, message: str, at: datetime) -> bool:
    """Whether the order's timeline says already that this message of this instant was refused."""
    values = {"order": order, "message": message, "at": at}
    return (await tx.execute(_REFUSED, values)).first() is not None
