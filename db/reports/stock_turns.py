"""Stock turns: how often a year the goods on the shelf are sold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.reports.report import Report
from domain.reports.asked import Asked, month_ends
from domain.reports.columns import CURRENCY, GROUP, Column, Kind
from domain.reports.figures import stock_turns

FIRST_MOVEMENT = text("SELECT at FROM stock_movement ORDER BY at LIMIT 1")
_STOCK = """(SELECT p.sku, w.warehouse, p.cost_currency AS currency, p.cost, w.on_hand,
    coalesce(m.weighted, 0) AS weighted, coalesce(m.issued, 0) AS issued
  FROM product p JOIN stock_level w ON w.sku = p.sku LEFT JOIN (
    SELECT sku, warehouse, sum(quantity * width_bucket(at, CAST(:points AS timestamptz[]))) AS weighted,
      -sum(quantity) FILTER (WHERE reason = 'goods_issue' AND at < :end) AS issued
    FROM stock_movement WHERE at >= :year_ago GROUP BY 1, 2) m ON m.sku = w.sku AND m.warehouse = w.warehouse
  WHERE p.cost IS NOT NULL) k"""
_ISSUED = """(SELECT m.sku, m.warehouse, p.cost_currency AS currency, s.order_number, -m.quantity * p.cost AS cost
  FROM stock_movement m JOIN product p ON p.sku = m.sku JOIN shipment s ON s.number = m.document
  WHERE m.at >= :year_ago AND m.at < :end AND m.reason = 'goods_issue' AND p.cost IS NOT NULL) k"""


async def _points(tx: AsyncConnection, asked: Asked) -> dict[str, Any]:
    """The instants at which the stock is valued: thirteen, but none before the company had any."""
    ends = month_ends(asked.last)
    since = (await tx.execute(FIRST_MOVEMENT)).scalar_one_or_none()
    points = [point for point in ends if since is not None and point > since] or ends[-1:]
    return {"year_ago": ends[0], "points": points, "count": len(points)}


ISSUED = Column("issued", "Issued", Kind.MONEY)

REPORT = Report(
    name="stock-turns",
    title="Stock turns",
    definition="Cost of the goods issued in the twelve months that end with the period's last day, through the "
    "average value of the stock at the thirteen ends of these months since there is stock; both at today's cost, "
    "products without a cost left out.",
    columns=(
        GROUP, CURRENCY, ISSUED,
        Column("average", "Average stock", Kind.MONEY, lambda row: row["value"] / row["count"]),
        Column("turns", "Turns", Kind.RATIO, lambda row: stock_turns(row["issued"], row["value"], row["count"])),
    ),
    tables=_STOCK,
    where="true",
    figures="sum(k.issued * k.cost) AS issued, "
    "sum(k.cost * (CAST(:count AS int) * k.on_hand - k.weighted)) AS value",
    order="k.order_number",
    currency="k.currency",
    by={"product": "k.sku", "warehouse": "k.warehouse"},
    orders_from=_ISSUED,
    orders_figures="sum(k.cost) AS issued",
    of_orders=(ISSUED,),
    filters={"sku": "k.sku", "warehouse": "k.warehouse", "currency": "k.currency"},
    picture="turns",
    more=_points,
    more_names=("year_ago", "points", "count"),
)  # fmt: skip
