"""The forecast of one product: its weeks in time, with both methods and the band of the one that is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import forecast
from db.queries.forecast import Forecast
from domain.errors import Told, told
from domain.forecast import TOO_LITTLE, WEEK
from domain.reports.asked import Asked

Series = list[dict[str, Any]]
NONE_YET = told("No forecast has been made yet. The worker makes them once a week, `orderkeep forecast` at once.")
NOBODY = told("Nobody has asked for it in a week that is over: there is nothing to forecast.")
_METHODS = ("average", "model")
_AHEAD = tuple(f"{method}{part}" for method in _METHODS for part in ("", "_low", "_high"))


def series_of(found: Forecast) -> Series:
    """Week by week: what was asked for, then what each method expects and the band in which eight of ten fall."""
    nothing: dict[str, Any] = dict.fromkeys(("demand", *_AHEAD))
    past = [
        {**nothing, "week": found.first_week + place * WEEK, "demand": demand}
        for place, demand in enumerate(found.history["weeks"])
    ]
    length = max(map(len, found.ahead.values()), default=0)
    to_come = [
        {**nothing, "week": found.running_week + place * WEEK, **_at(found.ahead, place)} for place in range(length)
    ]
    return [*past, *to_come]


def _at(ahead: dict[str, list[Decimal]], place: int) -> dict[str, Decimal]:
    return {name: weeks[place] for name, weeks in ahead.items()}


async def beside(tx: AsyncConnection, asked: Asked) -> tuple[Told, Series]:
    """What stands beside the report: of what state the forecasts are, and the weeks of the product asked for."""
    sku = asked.filters.get("sku")
    found = await forecast.forecast_of(tx, sku) if sku else None
    if found is not None:
        return state_of(found), series_of(found)
    run = await forecast.last_run(tx)
    return NONE_YET if run is None else _made(*run), []


def state_of(found: Forecast) -> Told:
    """When the forecast of a product was made, and what is missing to it."""
    if found.method == TOO_LITTLE:
        weeks = len(found.history["weeks"])
        return told("Too little history: {weeks} weeks since the first demand; sixteen are needed.", weeks=weeks)
    return _made(found.made_at, found.model is not None)


def absent(run: tuple[datetime, bool] | None) -> Told:
    """Why a product has no forecast; `run` is when all forecasts were made, if ever."""
    return NONE_YET if run is None else NOBODY


def _made(at: datetime, with_model: bool) -> Told:
    day = f"{at:%Y-%m-%d}"
    if with_model:
        return told("Made on {day}.", day=day)
    return told(
        "Made on {day} by the moving average alone. To compare it with a model, install the extra: "
        "pip install 'orderkeep[forecast]'.",
        day=day,
    )


def said_of(series: Sequence[dict[str, Any]], used: str) -> list[dict[str, Any]]:
    """The weeks to come by the method that is used, for those who read."""
    name = "average" if used == "average" else "model"
    return [
        {"week": each["week"], "expected": each[name], "low": each[f"{name}_low"], "high": each[f"{name}_high"]}
        for each in series
        if each[name] is not None
    ]
