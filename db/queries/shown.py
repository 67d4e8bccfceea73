"""How figures leave the database: money in its currency's digits, quantities without idle zeros, never an exponent.

Rows that belong to a document come with it in one statement, as JSON text: numbers in that text become Decimal, never
float, and times become times again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import RowMapping

from domain.money import minor_unit

_AMOUNTS = frozenset(
    (
        "total", "net", "cost", "amount", "outstanding", "fee", "interest", "receivable", "reserved", "unapplied",
        "order", "exposure", "more_urgent", "limit", "over_by", "overdue", "received",
    )
)  # fmt: skip
_QUANTITIES = frozenset(
    (
        "quantity", "pieces", "minimum", "pack", "oldest_days", "share_percent", "discount_percent",
        "authority_percent", "margin_percent", "floor_percent",
    )
)  # fmt: skip
_MOMENTS = frozenset(("at", "deadline", "respond_by", "resolve_by", "waiting_since"))
_DAYS = frozenset(("until", "ship_by"))


def quantity(value: Decimal) -> Decimal:
    """Without trailing zeros: 3.0000 is 3, 2.5000 is 2.5, 100.0000 is 100 and not 1E+2."""
    plain = abs(value) if value.is_zero() else value
    short = plain.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def money(value: Decimal, currency: str) -> Decimal:
    """With the currency's digits: 9.9000 GBP is 9.90, 990.0000 JPY is 990; more only where they count: 0.1234."""
    whole = value.quantize(minor_unit(currency))
    if whole != value:
        return quantity(value)
    return abs(whole) if whole.is_zero() else whole


def row(
    values: Mapping[str, Any] | RowMapping,
    currency: str = "",
    *,
    amounts: Collection[str] = (),
    quantities: Collection[str] = (),
) -> dict[str, Any]:
    """A row as a document: its amounts and quantities as people write them, the rest as it is."""
    document: dict[str, Any] = {str(name): value for name, value in values.items()}
    for name in amounts:
        if document[name] is not None:
            document[name] = money(document[name], currency)
    for name in quantities:
        if document[name] is not None:
            document[name] = quantity(document[name])
    return document


def later(table: str, column: str) -> str:
    """SQL: a number of a column that a later migration adds; NULL until it is there."""
    return f"CAST(to_jsonb({table}) ->> '{column}' AS numeric) AS {column}"


def many(select: str) -> str:
    """SQL: the rows of a sub-select as one JSON text, for `rows`."""
    return f"(SELECT CAST(json_agg(t) AS text) FROM ({select}) t)"


def rows(
    nested: str | None,
    currency: str = "",
    *,
    amounts: Collection[str] = (),
    quantities: Collection[str] = (),
) -> list[dict[str, Any]]:
    """The rows that `many` wrote, exact: a number with decimals in the text is a Decimal with the same digits."""
    found = json.loads(nested, parse_float=Decimal) if nested else []
    return [row(_timed(each), currency, amounts=amounts, quantities=quantities) for each in found]


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, str):
            if name in _MOMENTS or name.endswith("_at"):
                values[name] = datetime.fromisoformat(value)
            elif name in _DAYS or name.endswith("_date"):
                values[name] = date.fromisoformat(value)
    return values


def figures(found: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The figures that a step or a rule kept, as people write them; known by their names, the rest as it is."""
    spent_in = str(found.get("currency") or currency)
    return {name: _figure(name, value, spent_in) for name, value in found.items()}


def _figure(name: str, value: Any, currency: str) -> Any:
    if not isinstance(value, str) or name not in _AMOUNTS | _QUANTITIES:
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    return f"{money(number, currency) if name in _AMOUNTS else quantity(number):f}"
