"""The arithmetic of reports: exact decimals; a share of nothing is None and never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.money import rounded

Row = dict[str, Any]
SHARE = Decimal("0.0001")
TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


def quotient(part: Decimal | int, whole: Decimal | int, unit: Decimal = SHARE) -> Decimal | None:
    """Part through whole, half up to the unit; None when the whole is zero."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(unit, ROUND_HALF_UP)


def hours(took: timedelta | None) -> Decimal | None:
    """A length of time in hours with one digit."""
    if took is None:
        return None
    seconds = Decimal(took.days * 86_400 + took.seconds) + Decimal(took.microseconds) / 1_000_000
    return (seconds / 3600).quantize(TENTH, ROUND_HALF_UP)


def days_sales_outstanding(receivable: Decimal, credit_sales: Decimal, days: int) -> Decimal | None:
    """DSO: closing receivables through credit sales, times the days of the period; None without credit sales."""
    return quotient(receivable * days, credit_sales, TENTH)


def collection_effectiveness(
    opening: Decimal, credit_sales: Decimal, closing: Decimal, closing_current: Decimal
) -> Decimal | None:
    """CEI: of what could have been collected in the period, the share that was.

    (opening + credit sales - closing) / (opening + credit sales - what of closing is not due yet). None when nothing
    could have been collected.
    """
    return quotient(opening + credit_sales - closing, opening + credit_sales - closing_current)


def stock_turns(cost_of_goods: Decimal, value_of_points: Decimal, points: int) -> Decimal | None:
    """Cost of the goods sold in twelve months through the average of the stock's value at some points of time."""
    return quotient(cost_of_goods * points, value_of_points, HUNDREDTH)


def ranked(rows: Iterable[Mapping[str, Any]], figure: str, top: int) -> list[Row]:
    """The first `top` rows of each currency by a figure, with rank, share of all, and the share of all up to here.

    The shares are of all rows, also of those that are not shown.
    """
    found: list[Row] = []
    whole: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        whole.setdefault(str(row["currency"]), []).append(row)
    for _, of_one in sorted(whole.items()):
        total = sum((row[figure] for row in of_one), Decimal(0))
        so_far = Decimal(0)
        first = sorted(of_one, key=lambda row: (-row[figure], str(row["group"])))[:top]
        for place, row in enumerate(first, start=1):
            so_far += row[figure]
            found.append({**row, "rank": place, "share": quotient(row[figure], total),
                          "cumulative": quotient(so_far, total)})  # fmt: skip
    return found


def in_currency(value: Decimal | None, currency: str) -> Decimal:
    """An amount in its currency's digits; nothing is zero."""
    return rounded(value or Decimal(0), currency)
