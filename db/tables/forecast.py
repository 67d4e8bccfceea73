"""Forecasts of demand as they were last made, and who set which reorder point."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, document, flag, moment, optional_amount, optional_moment, reference


class DemandForecast(SQLModel, table=True):
    """A product's demand by weeks, what is expected of the next ones, and how good that is.

    `history` has the weeks from `first_week` on, the week before `running_week` the last; `ahead` those from it on.
    """

    __tablename__ = "demand_forecast"
    sku: str = reference("product.sku", primary_key=True)
    made_at: datetime = moment()
    first_week: date
    running_week: date
    history: dict[str, Any] = document()
    ahead: dict[str, Any] = document()
    method: str
    model: str | None = None
    expected: Decimal | None = optional_amount()
    model_wape: Decimal | None = optional_amount()
    model_bias: Decimal | None = optional_amount()
    model_mase: Decimal | None = optional_amount()
    average_wape: Decimal | None = optional_amount()
    average_bias: Decimal | None = optional_amount()
    average_mase: Decimal | None = optional_amount()
    lead_time_days: Decimal = amount()
    reorder_point: Decimal | None = optional_amount()
    reorder_quantity: Decimal | None = optional_amount()


class ForecastRun(SQLModel, table=True):
    """That the forecasts of a week were made, so that they are not made again by themselves."""

    __tablename__ = "forecast_run"
    week: date = Field(primary_key=True)
    begun_at: datetime = moment()
    ended_at: datetime | None = optional_moment()
    with_model: bool = flag()


class ReorderSetting(SQLModel, table=True):
    """Who set which reorder point and quantity of a product, and when."""

    __tablename__ = "reorder_setting"
    __table_args__ = (Index("reorder_setting_of", "sku", "id"),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    sku: str = reference("product.sku", index=False)
    at: datetime = moment()
    actor: str
    reorder_point: Decimal | None = optional_amount()
    reorder_quantity: Decimal | None = optional_amount()
