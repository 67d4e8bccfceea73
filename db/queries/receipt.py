"""Receipt: what a submission reads and the one statement that writes an order with its lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.receipt import PricedLine, ProductTerms, totals


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer as submission needs it, with the number the order would get and the policy in force."""

    code: str
    name: str
    email: str
    language: str
    currency: str
    payment_terms: str
    time_zone: str
    priority: int
    shipping_address: dict[str, Any] | None
    policy_version: int
    sequence: int
    active: bool
    credit_limit: Decimal | None
    customer_group: str | None
    taken_before: str | None


_BUYER_AS = """
SELECT c.code, c.name, c.email, c.language, c.currency, c.payment_terms, c.time_zone, c.priority, c.shipping_address,
  c.active, c.credit_limit, c.customer_group,
  (SELECT max(version) FROM policy_version) AS policy_version, {sequence} AS sequence,
  (SELECT o.number FROM sales_order o WHERE o.customer = c.code AND o.customer_po = CAST(:po AS text)
     AND o.content_hash = CAST(:content_hash AS text)) AS taken_before
FROM customer c WHERE c.code = :code"""
_BUYER = text(_BUYER_AS.format(sequence="nextval('order_number')"))
_ONLOOKER = text(_BUYER_AS.format(sequence="0"))

_PRODUCTS = text("""
SELECT p.sku, pp.amount AS list_price,
  CASE WHEN p.cost_currency = :currency THEN p.cost ELSE 0 END AS unit_cost, p.tax_code, t.rate AS tax_rate
FROM product p JOIN tax_code t ON t.code = p.tax_code
LEFT JOIN product_price pp ON pp.sku = p.sku AND pp.currency = :currency
WHERE p.sku = ANY(:skus)""")

_INSERT = text("""
WITH taken AS (
  INSERT INTO sales_order (number, customer, customer_po, content_hash, channel, currency, requested_date,
    payment_terms, shipping_policy, ship_by, ship_to, note, state, policy_version, priority, net, tax, total, payable,
    quantity_ordered, created_by, created_role, submitted_at, expires_at, version)
  VALUES (:number, :customer, :customer_po, :content_hash, :channel, :currency, :requested_date,
    :payment_terms, :shipping_policy, :ship_by, CAST(:ship_to AS jsonb), :note, 'SUBMITTED', :policy_version, :priority,
    :net, :tax, :total, :total, :quantity, :created_by, :created_role, :submitted_at, :expires_at, 1)
  ON CONFLICT (customer, customer_po, content_hash) DO NOTHING RETURNING number),
lines AS (
  INSERT INTO order_line (order_number, line, sku, quantity, list_price, unit_price, discount_percent, unit_cost,
    tax_code, tax_rate, net, tax, open)
  SELECT taken.number, r.line, r.sku, r.quantity, r.list_price, r.unit_price, r.discount_percent, r.unit_cost,
    r.tax_code, r.tax_rate, r.net, r.tax, r.quantity
  FROM taken, jsonb_to_recordset(CAST(:lines AS jsonb)) AS r(line int, sku text, quantity numeric, list_price numeric,
    unit_price numeric, discount_percent numeric, unit_cost numeric, tax_code text, tax_rate numeric, net numeric,
    tax numeric))
SELECT number FROM taken""")

_TWIN = text(
    "SELECT number FROM sales_order WHERE customer = :customer AND customer_po = :customer_po"
    " AND content_hash = :content_hash"
)

_HOLD_DOCUMENT = text("""
INSERT INTO held_document (source, kind, reason, rows, content_hash, linked_order, created_by, created_at)
VALUES (:source, :kind, :reason, CAST(:rows AS jsonb), :content_hash, :linked_order, :created_by, :now)
ON CONFLICT (source, content_hash) DO NOTHING RETURNING id""")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """The header as it is frozen."""

    number: str
    customer: str
    customer_po: str | None
    content_hash: str
    channel: str
    currency: str
    requested_date: date
    payment_terms: str
    shipping_policy: str
    ship_by: date | None
    ship_to: dict[str, Any] | None
    note: str | None
    policy_version: int
    priority: int
    created_by: str
    created_role: str
    submitted_at: datetime
    expires_at: datetime


async def buyer(
    tx: AsyncConnection, code: str, customer_po: str | None, content_hash: str, *, numbered: bool = True
) -> Buyer | None:
    """The customer, with the order that already took this content under this purchase order number, if any.

    Who only looks takes no number.
    """
    values = {"code": code, "po": customer_po, "content_hash": content_hash}
    row = (await tx.execute(_BUYER if numbered else _ONLOOKER, values)).one_or_none()
    return None if row is None else Buyer(**row._mapping)


async def product_terms(tx: AsyncConnection, skus: Sequence[str], currency: str) -> dict[str, ProductTerms]:
    """Prices, cost and tax of the products that exist."""
    rows = await tx.execute(_PRODUCTS, {"skus": list(skus), "currency": currency})
    return {row.sku: ProductTerms(**row._mapping) for row in rows}


async def insert_order(tx: AsyncConnection, order: NewOrder, lines: Sequence[PricedLine]) -> str | None:
    """Write the order; None when a twin with the same purchase order number and content was faster."""
    values = asdict(order)
    values["ship_to"] = None if order.ship_to is None else json.dumps(order.ship_to, ensure_ascii=False)
    amounts = totals(lines)
    values |= {
        "net": amounts.net,
        "tax": amounts.tax,
        "total": amounts.total,
        "quantity": sum((line.quantity for line in lines), Decimal(0)),
    }
    values["lines"] = json.dumps([asdict(line) for line in lines], default=str, ensure_ascii=False)
    return (await tx.execute(_INSERT, values)).scalar_one_or_none()


async def twin(tx: AsyncConnection, customer: str, customer_po: str, content_hash: str) -> str:
    """The number of the order that holds the same content."""
    values = {"customer": customer, "customer_po": customer_po, "content_hash": content_hash}
    return str((await tx.execute(_TWIN, values)).scalar_one())


async def insert_held_document(tx: AsyncConnection, values: dict[str, Any]) -> bool:
    """Keep rows of a file for a person; False when the same rows are kept already."""
    return (await tx.execute(_HOLD_DOCUMENT, values)).scalar_one_or_none() is not None
