"""Days as the policy counts them: a business "day" is a length of time, so that a demonstration can run in seconds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Whether the IANA database knows the zone."""
    return name in _zones()


def local_date(at: datetime, time_zone: str) -> date:
    """The calendar date of an instant where the customer lives."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def end_of_month(at: datetime, day: timedelta) -> datetime:
    """The last day of the month of `at`, at the same time of day, in policy days from `at`."""
    following = (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return at + ((following - timedelta(days=1)).date() - at.date()).days * day
