"""Time zones, local dates and ends of months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import days_later, end_of_month, is_time_zone, local_date


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Asia/Shanghai", True),
        ("UTC", True),
        ("Europe/Berlin", True),
        ("Mars/Olympus", False),
        ("", False),
        ("localtime", False),
    ],
)
def test_time_zones_are_those_of_the_iana_database(name: str, known: bool):
    assert is_time_zone(name) is known


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", date(2026, 3, 1)), ("Asia/Shanghai", date(2026, 3, 2)), ("America/New_York", date(2026, 3, 1))],
)
def test_a_date_is_that_of_the_customer(zone: str, expected: date):
    assert local_date(datetime(2026, 3, 1, 17, tzinfo=UTC), zone) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 2, 10, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (datetime(2028, 2, 1, 9, tzinfo=UTC), datetime(2028, 2, 29, 9, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (datetime(2026, 1, 31, 0, tzinfo=UTC), datetime(2026, 1, 31, 0, tzinfo=UTC)),
    ],
)
def test_the_end_of_the_month_at_the_same_time_of_day(at: datetime, expected: datetime):
    assert end_of_month(at, timedelta(days=1)) == expected


def test_the_month_is_that_of_the_customer():
    at = datetime(2026, 1, 31, 20, tzinfo=UTC)  # the first of February in Shanghai
    assert end_of_month(at, timedelta(days=1), "Asia/Shanghai") == datetime(2026, 2, 27, 20, tzinfo=UTC)


def test_days_of_a_demonstration_are_short():
    at = datetime(2026, 4, 10, 9, tzinfo=UTC)
    assert end_of_month(at, timedelta(seconds=1)) == at + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("at", "days", "zone", "expected"),
    [
        (datetime(2026, 3, 10, 22, 30, tzinfo=UTC), 30, "Europe/Berlin", date(2026, 4, 9)),
        (datetime(2026, 3, 10, 22, 30, tzinfo=UTC), 30, "UTC", date(2026, 4, 9)),
        (datetime(2026, 10, 10, 22, 30, tzinfo=UTC), 30, "Europe/Berlin", date(2026, 11, 10)),
        (datetime(2026, 8, 31, 3, 30, tzinfo=UTC), 14, "America/Santiago", date(2026, 9, 13)),
        (datetime(2028, 1, 30, 12, tzinfo=UTC), 30, "Asia/Tokyo", date(2028, 2, 29)),
        (datetime(2026, 12, 2, 12, tzinfo=UTC), 30, "Asia/Tokyo", date(2027, 1, 1)),
    ],
)
def test_days_later_are_days_of_the_calendar_also_where_the_clocks_change(
    at: datetime, days: int, zone: str, expected: date
):
    later = days_later(at, days, timedelta(days=1), zone)
    assert local_date(later, zone) == expected == local_date(at, zone) + timedelta(days=days)


def test_a_month_ends_in_the_month_also_when_the_clocks_have_changed():
    at = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)  # 23:30 in Berlin, an hour ahead of London's and then two
    assert local_date(end_of_month(at, timedelta(days=1), "Europe/Berlin"), "Europe/Berlin") == date(2026, 3, 31)
