"""From what somebody typed or clicked to a question that a report understands, or a refusal that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from db.reports.registry import REPORTS
from db.reports.report import Report
from domain.errors import FieldError, Invalid, NotFound, Told, told
from domain.reports.asked import EARLIEST, LATEST, MOST_DAYS, Asked, default_period


def report_of(name: str) -> Report:
    """The report with this name; NotFound names those that there are."""
    if name not in REPORTS:
        raise NotFound(told("There is no report {name}; there are {names}.", name=repr(name), names=", ".join(REPORTS)))
    return REPORTS[name]


def asked_of(
    report: Report,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    by: str | None = None,
    top: int = 10,
    filters: Mapping[str, str | None] | None = None,
) -> Asked:
    """The question: the last thirty days and the report's own grouping when nothing else is wished for.

    Only one day given: the period begins thirty days before its end, or ends today. Errors: Invalid.
    """
    given = {name: value for name, value in (filters or {}).items() if value is not None}
    for name, day in (("from", first), ("to", last)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise _wrong(name, told("a day between {first} and {last} is expected", first=EARLIEST, last=LATEST))
    usual_first, today = default_period(now.date())
    last = last or max(today, first or today)
    first = first or (usual_first if last == today else default_period(last)[0])
    if first > last:
        raise _wrong("from", told("the period begins after its end"))
    if (last - first).days >= MOST_DAYS:
        raise _wrong("from", told("a period of at most ten years is expected"))
    if by is not None and by not in report.statements:
        raise _wrong("by", told("one of these is expected: {values}", values=", ".join(report.statements)))
    for name in given:
        if name not in report.filters:
            known = ", ".join(report.filters) or "–"
            raise _wrong(name, told("this report is not filtered by it; it knows {names}", names=known))
    return Asked(first, last, by or report.default, now, given, top)


def figure_of(report: Report, by: str, name: str | None) -> str:
    """The figure whose orders are asked for; nothing for those of the whole row. Errors: Invalid."""
    known = [figure for grouping, figure in report.narrowed if grouping == by]
    if name and name not in known:
        raise _wrong("figure", told("one of these is expected: {values}", values=", ".join(known)))
    return name or ""


def _wrong(name: str, detail: Told) -> Invalid:
    first = told("{where}: {detail}.", where=name, detail=detail)
    whole = told("{first} Correct this and send the request again.", first=first)
    return Invalid(whole, errors=[FieldError("", detail, name)])
