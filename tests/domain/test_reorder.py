"""Reorder points worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.reorder import covered_weeks, expected, reorder_point, reorder_quantity, safety, to_order

TEN = (Decimal(10),) * 8


def test_stock_must_last_over_the_lead_time_and_until_the_next_look():
    assert covered_weeks(Decimal(7)) == 2
    assert covered_weeks(Decimal(0)) == 1


def test_a_part_of_a_week_is_a_part_of_its_demand_and_the_last_week_goes_on():
    assert expected((Decimal(10), Decimal(20)), Decimal("1.5")) == 20
    assert expected((Decimal(10),), Decimal(3)) == 30


def test_safety_grows_with_the_root_of_the_time_and_is_never_less_than_the_card_s():
    assert safety(Decimal(8), Decimal(4)) == Decimal("13.160")  # 1.645 x 8 over the four weeks of the backtest
    assert safety(Decimal(8), Decimal(1)) == Decimal("6.5800")  # half of it over a quarter of the time
    assert safety(Decimal(8), Decimal(4), own=Decimal(20)) == 20


def test_a_reorder_point_is_demand_until_the_goods_are_there_and_safety():
    # 21 days and the review: 4 weeks of 10, and 13.16 against an error of 8.
    assert reorder_point(TEN, Decimal(8), Decimal(21)) == 54
    assert reorder_point(TEN, Decimal(8), Decimal(21), own_safety=Decimal(20)) == 60
    assert reorder_point((Decimal(0),), Decimal(0), Decimal(21)) == 0


def test_a_reorder_quantity_is_four_weeks_in_whole_packs():
    assert reorder_quantity(TEN, Decimal(0), Decimal(1)) == 40
    assert reorder_quantity(TEN, Decimal(50), Decimal(12)) == 60


@pytest.mark.parametrize(
    ("projected", "point", "quantity", "wanted"),
    [
        ("55", "54", "40", None),  # above the point
        ("54", "54", "40", "40"),  # at the point
        ("-6", "54", "40", "60"),  # 60 lack to the point, more than the quantity
        ("50", "54", None, "5"),  # 4 lack, in packs of 5
        ("3", None, "40", None),  # nobody has set a point
        ("0", "0", None, None),  # nothing lacks and nothing is wished for
    ],
)
def test_what_to_order_now_is_the_larger_of_quantity_and_what_lacks(projected, point, quantity, wanted):
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    given = Decimal(projected), number(point), number(quantity), Decimal(0), Decimal(5)
    assert to_order(*given) == number(wanted)
