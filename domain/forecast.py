"""Demand forecast: a moving average, a model beside it, and how far each of them was off when it was tried on the past.

A week is Monday to Sunday in UTC, known by its Monday. A method is judged by a backtest: at each of the last weeks it
forecasts the weeks that followed, from what was known then. Source: Hyndman, Koehler, "Another look at measures of
forecast accuracy" (MASE); Syntetos, Boylan, "The accuracy of intermittent demand estimates" (which model for what).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import pairwise

from domain.reports.figures import quotient

WEEK = timedelta(days=7)
AVERAGE_WEEKS = 8
AHEAD_WEEKS = 8
"""So many weeks ahead are kept and shown."""
HORIZON = 4
"""So many weeks are forecast at each origin of the backtest."""
MOST_ORIGINS = 12
LEAST_WEEKS = 16
"""With fewer weeks there are fewer than five origins after the eight weeks of the first average: no figure to trust."""
MOST_WEEKS = 104
LUMPY = Decimal("1.32")
"""Weeks per week with demand from which on Croston's method fits better than smoothing (Syntetos, Boylan)."""
AVERAGE, TOO_LITTLE = "average", "too_little"
CROSTON, SMOOTHING = "CrostonSBA", "AutoETS"
_HUNDREDTH = Decimal("0.01")
_BAND = (Decimal("0.1"), Decimal("0.9"))
"""Eight of ten errors lie between these ranks."""

Weeks = Sequence[Decimal]


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weekly(demand: Mapping[date, Decimal], running: date) -> tuple[Decimal, ...]:
    """Demand per week from the first with demand to the last that is over; a week without demand is zero.

    `running` is the Monday of the week that is not over. Edge: demand of the running week alone is no history.
    """
    first = min((week for week in demand if week < running), default=running)
    return tuple(demand.get(first + number * WEEK, Decimal(0)) for number in range((running - first).days // 7))


def moving_average(weeks: Weeks) -> Decimal:
    """The mean of the last eight weeks, of fewer when there are fewer."""
    last = weeks[-AVERAGE_WEEKS:]
    return _rounded(sum(last, Decimal(0)) / len(last))


def origins(weeks: int) -> range:
    """How many weeks were known at each origin of the backtest, oldest first; none without enough history."""
    if weeks < LEAST_WEEKS:
        return range(0)
    last = weeks - HORIZON
    return range(max(AVERAGE_WEEKS, last - MOST_ORIGINS + 1), last + 1)


def model_for(weeks: Weeks) -> str:
    """The model by the pattern of demand alone, never by its errors: one chosen by its errors looks better than it is.

    More than 1.32 weeks per week with demand: Croston's method in the form of Syntetos and Boylan; else smoothing.
    """
    busy = sum(1 for week in weeks if week)
    return CROSTON if not busy or Decimal(len(weeks)) / busy > LUMPY else SMOOTHING


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a method was off: WAPE, bias and MASE of single weeks, its band, and its error over whole horizons.

    WAPE is the absolute error through demand, bias the error through demand (above zero: forecasts were too high), MASE
    the mean absolute error through that of "the same as last week" before the first origin. A figure through nothing
    is None. `absolute` is the sum of absolute errors, by which two methods on the same weeks are compared.
    """

    wape: Decimal | None
    bias: Decimal | None
    mase: Decimal | None
    absolute: Decimal
    below: Decimal
    above: Decimal
    over_horizon: Decimal


@dataclass(frozen=True, slots=True)
class Method:
    """A method with its forecast of the weeks ahead and its quality in the backtest."""

    name: str
    ahead: tuple[Decimal, ...]
    quality: Quality

    def band(self) -> list[tuple[Decimal, Decimal]]:
        """Between which numbers each week ahead falls in eight of ten cases, as the backtest's errors fell."""
        zero = Decimal(0)
        return [(max(zero, week + self.quality.below), max(zero, week + self.quality.above)) for week in self.ahead]


def judged(forecasts: Sequence[Weeks], weeks: Weeks) -> Quality:
    """The quality of the forecasts that a method made at each of the `origins`, beside what really came."""
    begun = origins(len(weeks))
    pairs = [(made, weeks[known : known + HORIZON]) for made, known in zip(forecasts, begun, strict=True)]
    errors = [real - guess for made, came in pairs for guess, real in zip(made, came, strict=True)]
    demand = sum((real for _, came in pairs for real in came), Decimal(0))
    absolute = sum(map(abs, errors), Decimal(0))
    squares = [(sum(made, Decimal(0)) - sum(came, Decimal(0))) ** 2 for made, came in pairs]
    return Quality(
        wape=quotient(absolute, demand),
        bias=quotient(-sum(errors, Decimal(0)), demand),
        mase=quotient(absolute, _naive(weeks[: begun[0]]) * len(errors), _HUNDREDTH),
        absolute=absolute,
        below=min(Decimal(0), _nearest(errors, _BAND[0])),
        above=max(Decimal(0), _nearest(errors, _BAND[1])),
        over_horizon=_rounded((sum(squares, Decimal(0)) / len(squares)).sqrt()),
    )


def by_average(weeks: Weeks) -> Method:
    """The moving average, judged on the past."""
    tried = [[moving_average(weeks[:known])] * HORIZON for known in origins(len(weeks))]
    return Method(AVERAGE, (moving_average(weeks),) * AHEAD_WEEKS, judged(tried, weeks))


def by_model(name: str, ahead: Sequence[float], tried: Sequence[Sequence[float]], weeks: Weeks) -> Method:
    """A model's forecasts, ahead and at each origin, judged on the past; nobody asks for less than nothing."""
    at_least_nothing = [[_rounded(max(Decimal(0), Decimal(week))) for week in made] for made in (ahead, *tried)]
    return Method(name, tuple(at_least_nothing[0]), judged(at_least_nothing[1:], weeks))


def better(average: Method, model: Method | None) -> Method:
    """The model only where it was less off than the plain average, and over whole horizons no more than it.

    On the same weeks WAPE and MASE agree. They alone would praise whoever forecasts nothing where demand is rare: that
    is wrong in few weeks, but an order's worth of pieces is missing over four.
    """
    if model is None or model.quality.absolute >= average.quality.absolute:
        return average
    return model if model.quality.over_horizon <= average.quality.over_horizon else average


def _naive(weeks: Weeks) -> Decimal:
    """The mean absolute error of "the same as last week"."""
    steps = [abs(later - earlier) for earlier, later in pairwise(weeks)]
    return sum(steps, Decimal(0)) / len(steps)


def _nearest(errors: Sequence[Decimal], share: Decimal) -> Decimal:
    """The error at this rank, the 5th of 48 at a tenth: one that really was made, and no fewer lie below it."""
    place = (len(errors) * share).to_integral_value(ROUND_CEILING)
    return sorted(errors)[int(place) - 1]


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_HUNDREDTH, ROUND_HALF_UP)
