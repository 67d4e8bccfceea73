"""Invoices: what a shipment bills, the gapless number, the statement that posts all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.disputes import OF_INSTALMENT
from domain.collection import Reminded
from domain.invoicing import Instalment


@dataclass(frozen=True, slots=True)
class Billable:
    """A delivered line of a shipment with what was billed of its order line before."""

    line: int
    sku: str
    quantity: Decimal
    ordered: Decimal
    billed: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class BillingHeader:
    """The order that is billed, its row locked."""

    number: str
    customer: str
    customer_po: str | None
    currency: str
    payment_terms: str
    policy_version: int
    name: str
    email: str
    language: str
    time_zone: str
    order_state: str
    shipment_state: str
    invoice: str | None


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of the invoice."""

    line: int
    sku: str
    quantity: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """An instalment as collection sees it; `level` is the highest reminder sent, None for none."""

    invoice: str
    instalment: int
    amount: Decimal
    paid: Decimal
    due_at: datetime
    due_date: date
    posted_at: datetime
    order_number: str
    currency: str
    policy_version: int
    level: int | None
    reminded_at: datetime | None
    customer: str
    customer_po: str | None
    name: str
    email: str
    language: str
    disputed: Decimal

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid."""
        return self.amount - self.paid

    @property
    def undisputed(self) -> Decimal:
        """What the customer is reminded of."""
        return self.reminded.undisputed

    @property
    def reminded(self) -> Reminded:
        """What the ladder of its reminders asks about it."""
        return Reminded(self.posted_at, self.due_at, self.level, self.reminded_at, self.outstanding, self.disputed)


_LOCK = text("SELECT 1 FROM sales_order WHERE number = :order FOR NO KEY UPDATE")
_HEADER = text("""
SELECT o.number, o.customer, o.customer_po, o.currency, o.payment_terms, o.policy_version, c.name, c.email, c.language,
  c.time_zone, o.state AS order_state, s.state AS shipment_state, i.number AS invoice
FROM shipment s JOIN sales_order o ON o.number = s.order_number JOIN customer c ON c.code = o.customer
LEFT JOIN invoice i ON i.shipment = s.number WHERE s.number = :shipment""")
_BILLABLE = text("""
SELECT s.line, s.sku, s.quantity, l.quantity AS ordered, l.billed, l.net, l.tax
FROM shipment h JOIN shipment_line s ON s.shipment = h.number
JOIN order_line l ON l.order_number = h.order_number AND l.line = s.line
WHERE h.number = :shipment AND s.quantity > 0 ORDER BY s.line""")
_POST = text("""
WITH taken AS (UPDATE counter SET value = value + 1 WHERE name = 'invoice' RETURNING value),
posted AS (
  INSERT INTO invoice (number, shipment, order_number, customer, currency, net, tax, total, state, posted_at, due_date)
  SELECT 'INV-' || lpad(value::text, greatest(6, length(value::text)), '0'), :shipment, :order, :customer, :currency,
    :net, :tax, :total, :state, :now, :due_date FROM taken RETURNING number),
r AS (SELECT CAST(:order AS text) AS order_number, r.* FROM jsonb_to_recordset(CAST(:lines AS jsonb))
  AS r(line int, sku text, quantity numeric, net numeric, tax numeric)),
lines AS (
  INSERT INTO invoice_line (invoice, line, sku, quantity, net, tax)
  SELECT posted.number, r.line, r.sku, r.quantity, r.net, r.tax FROM posted, r),
parts AS (
  INSERT INTO instalment (invoice, instalment, amount, due_at, due_date)
  SELECT posted.number, p.instalment, p.amount, p.due_at, p.due_date FROM posted,
    jsonb_to_recordset(CAST(:parts AS jsonb)) AS p(instalment int, amount numeric, due_at timestamptz, due_date date)),
billed AS (
  UPDATE order_line l SET billed = l.billed + r.quantity FROM r
  WHERE l.order_number = r.order_number AND l.line = r.line),
header AS (UPDATE sales_order SET billed = billed + :total, version = version + 1 WHERE number = :order),
reservation AS (
  UPDATE credit_reservation c SET amount = c.amount - least(c.amount, :total)
  FROM (SELECT amount AS before FROM credit_reservation WHERE order_number = :order) b
  WHERE c.order_number = :order RETURNING least(b.before, :total) AS freed),
account AS (
  UPDATE customer_account SET receivable = receivable + :total,
    reserved = reserved - coalesce((SELECT freed FROM reservation), 0) WHERE customer = :customer)
SELECT number FROM posted""")
_INSTALMENTS = text(f"""
SELECT i.invoice, i.instalment, i.amount, i.paid, i.due_at, i.due_date, v.posted_at, v.order_number, v.currency,
  o.policy_version, r.level, r.sent_at AS reminded_at, v.customer, o.customer_po, c.name, c.email, c.language,
  {OF_INSTALMENT} AS disputed
FROM instalment i JOIN invoice v ON v.number = i.invoice JOIN sales_order o ON o.number = v.order_number
JOIN customer c ON c.code = v.customer
LEFT JOIN LATERAL (SELECT level, sent_at FROM reminder WHERE invoice = i.invoice AND instalment = i.instalment
  ORDER BY level DESC LIMIT 1) r ON true
WHERE i.invoice = :invoice AND (CAST(:instalment AS int) IS NULL OR i.instalment = :instalment)
ORDER BY i.instalment""")
_LOCK_INSTALMENT = text("""
SELECT 1 FROM instalment WHERE invoice = :invoice AND instalment = :instalment FOR NO KEY UPDATE""")
_REMIND = text("""
INSERT INTO reminder (invoice, instalment, level, outstanding, fee, interest, sent_at)
VALUES (:invoice, :instalment, :level, :outstanding, :fee, :interest, :now)
ON CONFLICT DO NOTHING RETURNING level""")


async def billing_header(tx: AsyncConnection, shipment: str, order: str) -> BillingHeader:
    """The order behind a shipment, locked, and the invoice that the shipment has, if any."""
    await tx.execute(_LOCK, {"order": order})
    return BillingHeader(**(await tx.execute(_HEADER, {"shipment": shipment})).one()._mapping)


async def billable(tx: AsyncConnection, shipment: str) -> list[Billable]:
    """What a shipment bills."""
    return [Billable(**row._mapping) for row in await tx.execute(_BILLABLE, {"shipment": shipment})]


async def post_invoice(
    tx: AsyncConnection,
    header: BillingHeader,
    shipment: str,
    lines: Sequence[BilledLine],
    parts: Sequence[Instalment],
    state: str,
    now: datetime,
) -> str:
    """Take the next number and write the invoice with everything that follows from it; the number."""
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((line.tax for line in lines), Decimal(0))
    line_rows = [
        {"line": line.line, "sku": line.sku, "quantity": line.quantity, "net": line.net, "tax": line.tax}
        for line in lines
    ]
    part_rows = [
        {"instalment": part.instalment, "amount": part.amount, "due_at": part.due_at, "due_date": part.due_date}
        for part in parts
    ]
    values = {
        "shipment": shipment, "order": header.number, "customer": header.customer, "currency": header.currency,
        "net": net, "tax": tax, "total": net + tax, "state": state, "now": now, "due_date": parts[-1].due_date,
        "lines": json.dumps(line_rows, default=str), "parts": json.dumps(part_rows, default=str),
    }  # fmt: skip
    return str((await tx.execute(_POST, values)).scalar_one())


async def instalments(tx: AsyncConnection, invoice: str, instalment: int | None = None) -> list[InstalmentRow]:
    """The instalments of an invoice, or one of them."""
    values = {"invoice": invoice, "instalment": instalment}
    return [InstalmentRow(**row._mapping) for row in await tx.execute(_INSTALMENTS, values)]


def new_instalments(
    header: BillingHeader, invoice: str, parts: Sequence[Instalment], now: datetime
) -> list[InstalmentRow]:
    """The instalments of an invoice as they have just been written, of which nothing is paid or reminded yet."""
    return [
        InstalmentRow(
            invoice=invoice, instalment=part.instalment, amount=part.amount, paid=Decimal(0), due_at=part.due_at,
            due_date=part.due_date, posted_at=now, order_number=header.number, currency=header.currency,
            policy_version=header.policy_version, level=None, reminded_at=None, customer=header.customer,
            customer_po=header.customer_po, name=header.name, email=header.email, language=header.language,
            disputed=Decimal(0),
        )
        for part in parts
    ]  # fmt: skip


async def locked_instalment(tx: AsyncConnection, invoice: str, instalment: int) -> InstalmentRow:
    """One instalment, its row locked."""
    await tx.execute(_LOCK_INSTALMENT, {"invoice": invoice, "instalment": instalment})
    return (await instalments(tx, invoice, instalment))[0]


async def keep_reminder(
    tx: AsyncConnection, row: InstalmentRow, level: int, fee: Decimal, interest: Decimal, now: datetime
) -> bool:
    """Keep a reminder; False when that level was sent already."""
    values = {
        "invoice": row.invoice, "instalment": row.instalment, "level": level, "outstanding": row.undisputed,
        "fee": fee, "interest": interest, "now": now,
    }  # fmt: skip
    return (await tx.execute(_REMIND, values)).scalar_one_or_none() is not None
