"""The model beside the moving average, from the extra `orderkeep[forecast]`, in a process that does nothing else.

`python -m starter.forecasting.model` reads questions from standard input, one JSON document a line, and answers each
with a line: per product the weeks ahead and what it would have forecast at each origin. The libraries behind it take
some 200 MB and seconds to load, which neither API nor worker shall bear.
"""

from __future__ import annotations

import json
import math
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, CrostonSBA, WindowAverage

from domain.forecast import AHEAD_WEEKS, AVERAGE_WEEKS, CROSTON, HORIZON, SMOOTHING, origins

MODELS: Mapping[str, Callable[[], Any]] = {
    CROSTON: CrostonSBA,
    # Additive errors, for weeks without demand are no share of anything; no season, for two years show none safely.
    SMOOTHING: lambda: AutoETS(season_length=1, model="AZN"),
}
Answer = dict[str, dict[str, Any]]


def answered(model: str, products: Mapping[str, Sequence[float]]) -> Answer:
    """Per product the weeks ahead, and its forecasts at the origins of the backtest; None where it makes no sense.

    All products of a question have equally many origins. What a model cannot be fitted to is averaged instead.
    """
    columns: dict[str, list[Any]] = {"unique_id": [], "ds": [], "y": []}
    for sku, weeks in products.items():
        columns["unique_id"] += [sku] * len(weeks)
        columns["ds"] += range(len(weeks))
        columns["y"] += map(float, weeks)
    frame = pandas.DataFrame(columns)
    forecaster = StatsForecast(
        models=[MODELS[model]()], freq=1, n_jobs=1, fallback_model=WindowAverage(window_size=AVERAGE_WEEKS)
    )
    ahead = forecaster.forecast(df=frame, h=AHEAD_WEEKS)
    windows = len(origins(len(next(iter(products.values())))))
    tried = forecaster.cross_validation(df=frame, h=HORIZON, n_windows=windows, step_size=1, refit=True)
    made = dict(iter(ahead.sort_values("ds").groupby("unique_id")[model]))
    back = dict(iter(tried.sort_values(["cutoff", "ds"]).groupby("unique_id")[model]))
    return {sku: _answer(list(made[sku]), list(back[sku])) for sku in products}


def _answer(ahead: list[float], tried: list[float]) -> dict[str, Any]:
    if not all(map(math.isfinite, [*ahead, *tried])):
        return {"ahead": None, "tried": None}
    return {"ahead": ahead, "tried": [tried[place : place + HORIZON] for place in range(0, len(tried), HORIZON)]}


def main() -> None:
    """Answer until nobody asks any more."""
    os.nice(10)
    warnings.simplefilter("ignore")  # of fits that did not converge; how good they are the backtest says
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answered(question["model"], question["products"])), file=answers, flush=True)


if __name__ == "__main__":
    main()
