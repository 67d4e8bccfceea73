"""What is asked of a report: a period of whole days in UTC, a grouping, and filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

DEFAULT_DAYS = 30
MOST_DAYS = 3660
"""Ten years: nobody compares more, and a typing error in a year is noticed."""
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)
"""Days that somebody can mean; the calendar of computers ends somewhere, and what is reckoned from its ends fails."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a report; both days belong to the period, `now` is when it is asked."""

    first: date
    last: date
    by: str
    now: datetime
    filters: Mapping[str, str] = field(default_factory=dict)
    top: int = 10

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.now.date()

    @property
    def start(self) -> datetime:
        """The first instant of the period."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1


def midnight(day: date) -> datetime:
    """The first instant of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def default_period(today: date) -> tuple[date, date]:
    """The last thirty days, today included."""
    return today - timedelta(days=DEFAULT_DAYS - 1), today


def month_ends(last: date, months: int = 12) -> list[datetime]:
    """The end of `last` and the same instant in each of the months before it, oldest first: thirteen for a year.

    Edge: what the 31st has no partner for is counted from the last day of the shorter month.
    """
    end = last + timedelta(days=1)
    points = []
    for back in range(months, -1, -1):
        number = end.year * 12 + end.month - 1 - back
        year, month = divmod(number, 12)
        following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
        length = (following - timedelta(days=1)).day
        points.append(midnight(date(year, month + 1, min(end.day, length))))
    return points
