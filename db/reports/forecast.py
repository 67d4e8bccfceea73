"""Demand forecast: what will be asked for, how good the forecast was, and what to order because of it.

Forecasts are made apart (starter/forecasting) and kept; here they stand beside the stock of this moment.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.forecast import COUNTED, since
from db.queries.reorder import PROJECTED
from db.reports.report import Report
from domain.forecast import monday
from domain.reorder import to_order
from domain.reports.asked import Asked, midnight
from domain.reports.columns import GROUP, Column, Kind
from domain.reports.figures import HUNDREDTH

_PRODUCTS = f"""(SELECT p.sku, p.minimum_quantity, p.multiple_of, p.reorder_point AS present, p.reorder_quantity,
    {PROJECTED} AS projected, f.expected, coalesce(f.model, f.method) AS model, f.method, f.model_wape, f.model_bias,
    f.model_mase, f.average_wape, f.average_bias, f.average_mase, f.lead_time_days, f.reorder_point AS proposed,
    f.reorder_quantity AS proposed_quantity
  FROM product p LEFT JOIN demand_forecast f ON f.sku = p.sku) p"""
_ORDERS = f"""(SELECT l.sku, o.number, l.quantity FROM sales_order o JOIN order_line l ON l.order_number = o.number
  LEFT JOIN demand_forecast f ON f.sku = l.sku
  WHERE o.submitted_at >= :since AND o.submitted_at < :until AND {COUNTED}
    AND (f.sku IS NULL OR o.submitted_at < CAST(f.running_week AS timestamp) AT TIME ZONE 'UTC')) p"""
_KEPT = (
    "expected", "method", "model_wape", "model_bias", "model_mase", "average_wape", "average_bias", "average_mase",
    "lead_time_days", "proposed", "proposed_quantity", "present", "reorder_quantity", "projected", "minimum_quantity",
    "multiple_of",
)  # fmt: skip


async def _weeks(tx: AsyncConnection, asked: Asked) -> dict[str, Any]:
    """The weeks whose orders made the demand."""
    running = monday(asked.today)
    return {"since": since(running), "until": midnight(running)}


def _hundredth(mase: Decimal | None) -> Decimal | None:
    return None if mase is None else mase.quantize(HUNDREDTH)


def _to_order(row: Any) -> Any:
    given = (row[name] for name in ("projected", "present", "reorder_quantity", "minimum_quantity", "multiple_of"))
    return to_order(*given)


REPORT = Report(
    name="forecast",
    title="Demand forecast",
    definition="Pieces per week that orders asked for, by the week in which they were submitted, of two years at most "
    "and without orders that were rejected, expired or cancelled whole: what the next four weeks bring by the average "
    "of eight weeks or by a model, whichever was less off when both were tried on up to twelve past weeks. WAPE is the "
    "error through demand, bias its direction (above zero: too high), MASE the error through that of repeating the "
    "week before. The proposed reorder point lasts over the lead time and a week, in 95 of 100 cases; to order now is "
    "what lacks to the present one, at least the reorder quantity.",
    columns=(
        GROUP,
        Column("expected", "Forecast per week", Kind.QUANTITY, optional=True),
        Column("method", "Method", Kind.TEXT),
        Column("model_wape", "WAPE, model", Kind.SHARE),
        Column("model_bias", "Bias, model", Kind.SHARE),
        Column("model_mase", "MASE, model", Kind.RATIO, lambda row: _hundredth(row["model_mase"])),
        Column("average_wape", "WAPE, average", Kind.SHARE),
        Column("average_bias", "Bias, average", Kind.SHARE),
        Column("average_mase", "MASE, average", Kind.RATIO, lambda row: _hundredth(row["average_mase"])),
        Column("lead_time_days", "Lead time, days", Kind.QUANTITY, optional=True),
        Column("proposed", "Proposed reorder point", Kind.QUANTITY, optional=True),
        Column("proposed_quantity", "Proposed quantity", Kind.QUANTITY, optional=True),
        Column("present", "Reorder point", Kind.QUANTITY, optional=True),
        Column("projected", "Projected stock", Kind.QUANTITY),
        Column("to_order", "To order now", Kind.QUANTITY, _to_order, optional=True),
    ),
    tables=_PRODUCTS,
    where="true",
    figures=", ".join(f"min(p.{name}) AS {name}" for name in _KEPT),
    order="p.number",
    currency=None,
    by={"product": "p.sku"},
    orders_from=_ORDERS,
    orders_figures="sum(p.quantity) AS asked",
    of_orders=(Column("asked", "Pieces", Kind.QUANTITY),),
    filters={"sku": "p.sku"},
    period=False,
    whole=False,
    picture="expected",
    more=_weeks,
    more_names=("since", "until"),
)  # fmt: skip
