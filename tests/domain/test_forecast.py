"""Forecasts worked out by hand: weeks, averages, the backtest's figures, and which method is used."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from domain.forecast import (
    AVERAGE,
    CROSTON,
    SMOOTHING,
    Method,
    Quality,
    better,
    by_average,
    by_model,
    judged,
    model_for,
    monday,
    moving_average,
    origins,
    weekly,
)

FIFTH = date(2026, 1, 5)
WEEK = timedelta(days=7)


def numbers(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


def test_a_week_is_known_by_its_monday():
    assert monday(date(2026, 1, 11)) == FIFTH
    assert monday(FIFTH) == FIFTH


def test_weeks_begin_with_the_first_demand_and_the_running_week_is_left_out():
    demand = dict(zip((FIFTH, FIFTH + 2 * WEEK, FIFTH + 3 * WEEK), numbers(3, 2, 9), strict=True))
    assert weekly(demand, FIFTH + 3 * WEEK) == tuple(numbers(3, 0, 2))
    assert weekly(demand, FIFTH + 5 * WEEK) == tuple(numbers(3, 0, 2, 9, 0))
    assert weekly(demand, FIFTH) == ()
    assert weekly({}, FIFTH) == ()


def test_the_average_is_of_eight_weeks_and_of_fewer_where_there_are_fewer():
    assert moving_average(numbers(100, 100, 1, 2, 3, 4, 5, 6, 7, 8)) == Decimal("4.50")
    assert moving_average(numbers(1, 0, 1)) == Decimal("0.67")


def test_the_backtest_begins_at_twelve_weeks_of_the_past_at_most():
    assert list(origins(15)) == []
    assert list(origins(16)) == [8, 9, 10, 11, 12]
    assert list(origins(23)) == list(range(8, 20))
    assert list(origins(104)) == list(range(89, 101))


# Eight weeks of 10 and 20 in turn, then eight of 10: the five origins lie before weeks 9 to 13, all that follows is 10.
PAST = numbers(*[10, 20] * 4, *[10] * 8)


def test_the_errors_of_forecasts_at_five_origins():
    quality = judged([numbers(*[each] * 4) for each in (12, 10, 10, 10, 5)], PAST)
    # Off by 2 four times, by nothing twelve times, by 5 four times: 8 + 20 = 28 of 20 weeks of 10.
    assert (quality.absolute, quality.wape) == (Decimal(28), Decimal("0.1400"))
    # Four times 2 too high, four times 5 too low: -12 of 200.
    assert quality.bias == Decimal("-0.0600")
    # "The same as last week" was off by 10 in each of the first eight weeks: 28 / 20 / 10.
    assert quality.mase == Decimal("0.14")
    # Sorted -2 x4, 0 x12, 5 x4: the second and the eighteenth of twenty.
    assert [quality.below, quality.above] == numbers(-2, 5)
    # Over four weeks 8 too many once, 20 too few once: the root of (64 + 400) / 5.
    assert quality.over_horizon == Decimal("9.63")


def test_eight_of_ten_of_the_errors_lie_in_the_band():
    # Twelve origins, four weeks each; one week more is wrong by one more: 0 to -23 below, 1 to 24 above.
    weeks = numbers(*[50] * 23)
    forecasts = [numbers(*(50 + each - 24 for each in range(4 * place + 1, 4 * place + 5))) for place in range(12)]
    quality = judged(forecasts, weeks)
    # Sorted -24 to 23: a tenth of 48 is 4.8 and nine tenths are 43.2, so the 5th and the 44th.
    assert [quality.below, quality.above] == numbers(-20, 19)


def test_a_figure_through_nothing_is_none_and_not_zero():
    quality = judged([numbers(*[1] * 4)] * 5, numbers(*[10] * 8, *[0] * 8))
    assert (quality.wape, quality.bias, quality.absolute) == (None, None, Decimal(20))
    assert quality.mase is None, "the same as last week was never wrong before"


def test_the_average_is_judged_by_what_it_would_have_said():
    average = by_average(numbers(*[10] * 8, *[18] * 8))
    # Known 8 weeks: 10; then 11, 12, 13, 14, while 18 came each time: off by 8, 7, 6, 5, 4, four times each.
    assert average.quality.absolute == 4 * (8 + 7 + 6 + 5 + 4)
    assert average.quality.wape == Decimal("0.3333")
    assert average.quality.bias == Decimal("-0.3333")
    assert average.ahead == (Decimal("18.00"),) * 8
    assert average.name == AVERAGE
    # The errors are 4 to 8: the band begins at the forecast, for none of them was below it, and ends 8 above.
    assert average.band() == [tuple(numbers(18, 26))] * 8


def test_a_model_never_forecasts_less_than_nothing():
    model = by_model(SMOOTHING, [-1.5, 2.004], [[-3.0, 10, 10, 10]] + [[10.0] * 4] * 4, PAST)
    assert model.ahead == (Decimal("0.00"), Decimal("2.00"))
    assert model.quality.absolute == 10


def test_no_band_begins_below_nothing():
    quality = Quality(None, None, None, Decimal(0), Decimal(-9), Decimal(3), Decimal(0))
    assert Method(AVERAGE, tuple(numbers(4, 12)), quality).band() == [tuple(numbers(0, 7)), tuple(numbers(3, 15))]


def test_the_model_is_used_only_where_it_was_less_off():
    def off(name: str, by: int, over_four: int = 50) -> Method:
        return Method(name, (), Quality(None, None, None, Decimal(by), Decimal(0), Decimal(0), Decimal(over_four)))

    average = off(AVERAGE, 28)
    assert better(average, off(SMOOTHING, 27)).name == SMOOTHING
    assert better(average, off(SMOOTHING, 28)) is average
    assert better(average, None) is average
    assert better(average, off(CROSTON, 20, over_four=51)) is average, "it forecasts next to nothing"
    assert better(average, off(CROSTON, 20, over_four=49)).name == CROSTON


def test_lumpy_demand_is_for_croston_and_steady_demand_for_smoothing():
    assert model_for(numbers(5, 0, 5, 5)) == CROSTON  # 4 weeks through 3 are 1.33
    assert model_for(numbers(5, 0, 5, 5, 5)) == SMOOTHING  # 5 through 4 are 1.25
    assert model_for(numbers(0, 0)) == CROSTON
