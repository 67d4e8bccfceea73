"""Days as the policy counts them: a business "day" is a length of time, so that a demonstration can run in seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_WHOLE = timedelta(days=1)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime"}  # the machine's own; PostgreSQL does not know it


def is_time_zone(name: str) -> bool:
    """Whether the IANA database knows the zone."""
    return name in _zones()


def local_date(at: datetime, time_zone: str) -> date:
    """The calendar date of an instant where the customer lives."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def end_of_day(day: date) -> datetime:
    """What is due on a day is due until the day is over, in UTC, as due dates are shown."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def days_later(at: datetime, count: int, day: timedelta, time_zone: str = "UTC") -> datetime:
    """`count` policy days after `at`; days of 24 hours are those of the customer's calendar, at the same time of day.

    Edge: 30 days after 10 March 23:30 in Berlin are 9 April 23:30 there, an hour less than 30 times 24 hours.
    """
    if day != _WHOLE:
        return at + count * day
    return (at.astimezone(ZoneInfo(time_zone)) + timedelta(days=count)).astimezone(UTC)


def end_of_month(at: datetime, day: timedelta, time_zone: str = "UTC") -> datetime:
    """The last day of the month of `at` where the customer lives, at the same time of day, in policy days from `at`.

    Edge: 31 January 20:00 UTC is the first of February in Shanghai, whose month ends 27 days later.
    """
    today = local_date(at, time_zone)
    following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return days_later(at, (following - timedelta(days=1) - today).days, day, time_zone)
