"""Time zones, local dates and ends of months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import end_of_month, is_time_zone, local_date


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
