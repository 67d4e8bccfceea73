"""Forecasts: the demand that they are made from, where they are kept, and which weeks have theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import PLAN_FOR_VALUES
from db.queries import shown
from db.schema import reached
from domain.forecast import MOST_WEEKS, WEEK
from domain.reports.asked import midnight

REVISION = "0008"
"""The migration that brought forecasts and reorder points."""
COUNTED = "o.state NOT IN ('DRAFT', 'REJECTED', 'EXPIRED', 'CANCELLED')"
"""SQL: the orders whose pieces are demand. What was cancelled of others counts: it was asked for."""
PATIENCE = timedelta(minutes=30)
"""After this long whoever began to make the forecasts of a week is taken for dead."""

DEMAND = text(f"""
SELECT l.sku, CAST(date_trunc('week', o.submitted_at AT TIME ZONE 'UTC') AS date) AS week, sum(l.quantity) AS quantity
FROM sales_order o JOIN order_line l ON l.order_number = o.number
WHERE o.submitted_at >= :since AND o.submitted_at < :until AND {COUNTED}
  AND (CAST(:sku AS text) IS NULL OR l.sku = :sku) GROUP BY 1, 2""")
_PRODUCTS = text("""
SELECT p.sku, CAST(coalesce(p.lead_time_days, v.lead_time_days) AS numeric) AS lead_time_days, p.safety_stock,
  p.minimum_quantity, p.multiple_of, p.route <> 'none' AS supplied
FROM product p LEFT JOIN supplier v ON v.code = p.supplier WHERE p.sku = ANY(:skus)""")
_SAVE = text("""
INSERT INTO demand_forecast (sku, made_at, first_week, running_week, history, ahead, method, model, expected,
  model_wape, model_bias, model_mase, average_wape, average_bias, average_mase, lead_time_days, reorder_point,
  reorder_quantity)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(sku text, made_at timestamptz, first_week date,
  running_week date, history jsonb, ahead jsonb, method text, model text, expected numeric, model_wape numeric,
  model_bias numeric, model_mase numeric, average_wape numeric, average_bias numeric, average_mase numeric,
  lead_time_days numeric, reorder_point numeric, reorder_quantity numeric)
ON CONFLICT (sku) DO UPDATE SET made_at = excluded.made_at, first_week = excluded.first_week,
  running_week = excluded.running_week, history = excluded.history, ahead = excluded.ahead, method = excluded.method,
  model = excluded.model, expected = excluded.expected, model_wape = excluded.model_wape,
  model_bias = excluded.model_bias, model_mase = excluded.model_mase, average_wape = excluded.average_wape,
  average_bias = excluded.average_bias, average_mase = excluded.average_mase,
  lead_time_days = excluded.lead_time_days, reorder_point = excluded.reorder_point,
  reorder_quantity = excluded.reorder_quantity""")
_FORGET = text("""
DELETE FROM demand_forecast WHERE NOT (sku = ANY(:skus)) AND (CAST(:sku AS text) IS NULL OR sku = :sku)""")
_DUE = text("""
SELECT NOT EXISTS (SELECT 1 FROM forecast_run
  WHERE week = :week AND (ended_at IS NOT NULL OR begun_at > :dead_since))""")
_CLAIM = text("""
INSERT INTO forecast_run (week, begun_at) VALUES (:week, :now) ON CONFLICT (week) DO UPDATE SET begun_at = :now
WHERE forecast_run.ended_at IS NULL AND forecast_run.begun_at <= :dead_since RETURNING week""")
_END = text("""
INSERT INTO forecast_run (week, begun_at, ended_at, with_model) VALUES (:week, :now, :now, :with_model)
ON CONFLICT (week) DO UPDATE SET ended_at = :now, with_model = :with_model""")
_LAST = text("SELECT ended_at, with_model FROM forecast_run WHERE ended_at IS NOT NULL ORDER BY week DESC LIMIT 1")
_QUANTITIES = ("expected", "model_mase", "average_mase", "lead_time_days", "reorder_point", "reorder_quantity")
_ONE = text("SELECT * FROM demand_forecast WHERE sku = :sku")


@dataclass(frozen=True, slots=True)
class Supplied:
    """What of a product's card decides on its reorder point; without a lead time the policy's holds."""

    sku: str
    lead_time_days: Decimal | None
    safety_stock: Decimal
    minimum_quantity: Decimal
    multiple_of: Decimal
    supplied: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """A product's forecast as it is kept; `ahead` has the weeks of both methods with their bands."""

    sku: str
    made_at: datetime
    first_week: date
    running_week: date
    history: dict[str, list[Decimal]]
    ahead: dict[str, list[Decimal]]
    method: str
    lead_time_days: Decimal
    model: str | None = None
    expected: Decimal | None = None
    model_wape: Decimal | None = None
    model_bias: Decimal | None = None
    model_mase: Decimal | None = None
    average_wape: Decimal | None = None
    average_bias: Decimal | None = None
    average_mase: Decimal | None = None
    reorder_point: Decimal | None = None
    reorder_quantity: Decimal | None = None


def since(running: date) -> datetime:
    """Where the history of a forecast begins at the earliest."""
    return midnight(running - MOST_WEEKS * WEEK)


async def demand(tx: AsyncConnection, running: date, sku: str | None = None) -> dict[str, dict[date, Decimal]]:
    """Pieces asked for by product and week, of the weeks that are over."""
    await tx.execute(PLAN_FOR_VALUES)
    found: dict[str, dict[date, Decimal]] = {}
    for row in await tx.execute(DEMAND, {"since": since(running), "until": midnight(running), "sku": sku}):
        found.setdefault(row.sku, {})[row.week] = shown.quantity(row.quantity)
    return found


async def supplied(tx: AsyncConnection, skus: Sequence[str]) -> dict[str, Supplied]:
    """How each of the products comes."""
    return {row.sku: Supplied(**row._mapping) for row in await tx.execute(_PRODUCTS, {"skus": list(skus)})}


async def save(tx: AsyncConnection, forecasts: Sequence[Forecast]) -> None:
    """Keep forecasts in the place of those that the products had."""
    rows = json.dumps([asdict(each) for each in forecasts], default=str)
    await tx.execute(_SAVE, {"rows": rows})


async def forget(tx: AsyncConnection, asked_for: Iterable[str], sku: str | None) -> None:
    """Drop the forecasts of products, or of this one, that nobody has asked for in two years, or not after all."""
    await tx.execute(_FORGET, {"skus": sorted(asked_for), "sku": sku})


async def due(tx: AsyncConnection, week: date, now: datetime) -> bool:
    """Whether nobody has made the forecasts of the week, and nobody is about it."""
    if not await reached(tx, REVISION):
        return False
    return bool((await tx.execute(_DUE, {"week": week, "dead_since": now - PATIENCE})).scalar_one())


async def claim(tx: AsyncConnection, week: date, now: datetime) -> bool:
    """Make the forecasts of the week one's own work; False when somebody else has."""
    values = {"week": week, "now": now, "dead_since": now - PATIENCE}
    return (await tx.execute(_CLAIM, values)).scalar_one_or_none() is not None


async def end(tx: AsyncConnection, week: date, now: datetime, with_model: bool) -> None:
    """The forecasts of the week are made."""
    await tx.execute(_END, {"week": week, "now": now, "with_model": with_model})


async def last_run(tx: AsyncConnection) -> tuple[datetime, bool] | None:
    """When all forecasts were last made, and whether the model was there; None for never."""
    if not await reached(tx, REVISION):
        return None
    row = (await tx.execute(_LAST)).one_or_none()
    return None if row is None else (row.ended_at, row.with_model)


async def forecast_of(tx: AsyncConnection, sku: str) -> Forecast | None:
    """A product's forecast; None when none was made, or the database has no place for them yet."""
    if not await reached(tx, REVISION):
        return None
    row = (await tx.execute(_ONE, {"sku": sku})).one_or_none()
    if row is None:
        return None
    whole: dict[str, Any] = shown.row(row._mapping, quantities=_QUANTITIES)
    for name in ("history", "ahead"):
        whole[name] = {key: [Decimal(number) for number in numbers] for key, numbers in whole[name].items()}
    return Forecast(**whole)
