"""How forecasts are made: demand is read, both methods are tried on the past, the better one proposes, all is kept.

Making them twice does no harm: a product's forecast takes the place of the one before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import settled
from db.queries import forecast, policies
from db.queries.forecast import Forecast, Supplied
from domain.forecast import (
    HORIZON,
    TOO_LITTLE,
    WEEK,
    Method,
    Weeks,
    better,
    by_average,
    monday,
    origins,
    weekly,
)
from domain.reorder import expected, reorder_point, reorder_quantity
from starter.forecasting.asking import Model

AT_ONCE = 100
"""So many products are forecast and kept at a time."""
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run came to: products by the method that is used for them, and whether the model was there."""

    methods: Counter[str] = field(default_factory=Counter)
    with_model: bool = False

    @property
    def products(self) -> int:
        """All products that somebody asked for in the last two years."""
        return sum(self.methods.values())


async def make(now: datetime, sku: str | None = None, on_progress: OnProgress = lambda done, total: None) -> Made:
    """Make the forecasts of all products, or of one; `on_progress` hears how many of them are made.

    What has no demand any more, for its orders were cancelled or are too old, has no forecast either.
    """
    running = monday(now.date())
    demand = await settled(lambda tx: forecast.demand(tx, running, sku))
    await settled(lambda tx: forecast.forget(tx, demand, sku))
    products = iter(sorted(demand))
    methods: Counter[str] = Counter()
    async with Model() as model:
        while some := list(islice(products, AT_ONCE)):
            made = await _some({each: demand[each] for each in some}, running, now, model)
            methods.update(each.method for each in made)
            on_progress(sum(methods.values()), len(demand))
        with_model = model.there
    if sku is None:
        await settled(lambda tx: forecast.end(tx, running, now, with_model))
    return Made(methods, with_model)


async def _some(
    demand: Mapping[str, Mapping[date, Decimal]], running: date, now: datetime, model: Model
) -> list[Forecast]:
    histories = {sku: weekly(weeks, running) for sku, weeks in demand.items()}
    modelled = await model.of(histories)

    async def keep(tx: AsyncConnection) -> list[Forecast]:
        cards = await forecast.supplied(tx, list(demand))
        _, policy = await policies.current(tx)
        usual = Decimal(str(policy.default_lead_time_days))
        made = [
            forecast_of(cards[sku], weeks, modelled.get(sku), running, now, usual) for sku, weeks in histories.items()
        ]
        await forecast.save(tx, made)
        return made

    return await settled(keep)


def forecast_of(
    card: Supplied, weeks: Weeks, model: Method | None, running: date, now: datetime, usual_lead_time: Decimal
) -> Forecast:
    """A product's forecast as it is kept; with too little history it is what was asked for and nothing else."""
    lead = usual_lead_time if card.lead_time_days is None else card.lead_time_days
    plain = Forecast(
        card.sku, now, running - len(weeks) * WEEK, running, {"weeks": list(weeks)}, {}, TOO_LITTLE, lead
    )  # fmt: skip
    if not origins(len(weeks)):
        return plain
    average = by_average(weeks)
    used = better(average, model)
    point = reorder_point(used.ahead, used.quality.over_horizon, lead, card.safety_stock)
    return replace(
        plain,
        ahead=_ahead(average, "average") | ({} if model is None else _ahead(model, "model")),
        method=used.name,
        model=None if model is None else model.name,
        expected=(expected(used.ahead, Decimal(HORIZON)) / HORIZON).quantize(Decimal("0.01")),
        average_wape=average.quality.wape,
        average_bias=average.quality.bias,
        average_mase=average.quality.mase,
        model_wape=None if model is None else model.quality.wape,
        model_bias=None if model is None else model.quality.bias,
        model_mase=None if model is None else model.quality.mase,
        reorder_point=point if card.supplied else None,
        reorder_quantity=reorder_quantity(used.ahead, card.minimum_quantity, card.multiple_of)
        if card.supplied
        else None,
    )


def _ahead(method: Method, name: str) -> dict[str, list[Decimal]]:
    band = method.band()
    return {name: list(method.ahead), f"{name}_low": [low for low, _ in band], f"{name}_high": [h for _, h in band]}
