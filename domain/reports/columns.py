"""A column of a report: its name, what people call it, what kind of figure it is, and the rule that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.reports.figures import hours, in_currency


class Kind(StrEnum):
    """What a figure is, and so how it is written."""

    TEXT = "text"
    CURRENCY = "currency"
    COUNT = "count"
    QUANTITY = "quantity"
    MONEY = "money"
    SHARE = "share"
    """A part of one: 0.9750 is 97.5 %."""
    HOURS = "hours"
    DAYS = "days"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; without a rule it shows what the query found under its name."""

    name: str
    heading: str
    kind: Kind
    rule: Callable[[Mapping[str, Any]], Any] | None = None
    optional: bool = False
    """Whether a quantity may be unknown; else none is zero."""
    of_many: bool = False
    """Whether it says nothing of a single order."""

    @property
    def adds(self) -> bool:
        """Whether the figures of single orders add up to that of all."""
        return not self.of_many and self.kind in (Kind.MONEY, Kind.QUANTITY, Kind.COUNT)

    @property
    def of_one(self) -> bool:
        """Whether it says something of a single order."""
        return self.adds or (self.kind is Kind.HOURS and not self.of_many)

    def figure(self, found: Mapping[str, Any]) -> Any:
        """The figure of a row that the query found, in the form of its kind."""
        value = found[self.name] if self.rule is None else self.rule(found)
        match self.kind:
            case Kind.MONEY:
                return in_currency(value, found["currency"])
            case Kind.COUNT:
                return int(value or 0)
            case Kind.QUANTITY if value is None and self.optional:
                return None
            case Kind.QUANTITY:
                return _plain(value or Decimal(0))
            case Kind.HOURS if value is None or isinstance(value, timedelta):
                return hours(value)
            case _:
                return value


def _plain(value: Decimal) -> Decimal:
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value.normalize()


GROUP = Column("group", "Grouped by", Kind.TEXT)
CURRENCY = Column("currency", "Currency", Kind.CURRENCY)
ORDERS = Column("orders", "Orders", Kind.COUNT, of_many=True)
