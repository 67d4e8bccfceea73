"""Days as people type them, where a moment is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from domain.errors import FieldError, Invalid
from domain.shapes import instant

_EARLIEST = 2000
_NOON = time(12, tzinfo=UTC)


def received_at(form: dict[str, str], now: datetime) -> str:
    """When money came that a person records by its day: just now if that is today, else at noon of the day.

    Somewhere on Earth it is tomorrow already. Errors: Invalid for no day, and for one that nobody can have seen yet.
    """
    if "received_on" not in form:
        return instant(now)
    try:
        day = date.fromisoformat(form["received_on"])
    except ValueError:
        raise _refused('a date is expected, for example "2026-03-01"') from None
    if day > now.date() + timedelta(days=1):
        raise _refused("This day has not come yet.")
    if day.year < _EARLIEST:
        raise _refused("This day is too long ago. Check the year.")
    return instant(now if day >= now.date() else datetime.combine(day, _NOON))


def _refused(detail: str) -> Invalid:
    return Invalid("The payment cannot be recorded.", errors=[FieldError("/received_on", detail)])
