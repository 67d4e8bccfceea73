"""Receipt by file: numbers as people write them, in the style that their column shows.

"1.234" is a thousand and more in one country and a little over one in another. A value is read in both styles; what
only one of them can read is evidence for its column, and a value that both read differently is understood only when
the evidence of its column, else of the file, points one way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from domain.errors import Told, told
from starter.files.records import Cell

EXACT = Context(prec=400)
LONGEST = 64
_POINT = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?")
_COMMA = re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]*)?")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?:[ '’][0-9]{3})+(?:[.,][0-9]*)?")
_POWER = re.compile(r"[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]{1,3}")
_MONEY = re.compile(r"^(?:[A-Z]{3}|[£$€¥])\s*|\s*(?:[A-Z]{3}|[£$€¥元])$")
_NOT_A_NUMBER = frozenset(("nan", "inf", "infinity", "#n/a", "#value!", "#ref!", "#div/0!", "#name?", "null", "none"))


class Readings(NamedTuple):
    """The value with a decimal point and with a decimal comma; None where it cannot be read so."""

    point: Decimal | None
    comma: Decimal | None


class Unreadable(ValueError):
    """The text is no number; the template says why of `{value}`."""

    def __init__(self, template: str, **figures: object) -> None:
        super().__init__(template)
        self.template = template
        self.figures = figures

    def about(self, value: str) -> Told:
        """The sentence about one value."""
        return told(self.template, value=value[:40], **self.figures)


@lru_cache(maxsize=65_536)
def readings(text: str) -> Readings:
    """Both readings of a text; Unreadable when there is none."""
    cleaned = _MONEY.sub("", unicodedata.normalize("NFKC", text).strip())
    body, negative = _signed(cleaned.strip())
    if body.casefold() in _NOT_A_NUMBER:
        raise Unreadable("{value!r} is not a number")
    if not any(character.isdigit() for character in body) or len(body) > LONGEST:
        raise Unreadable("{value!r} cannot be read as a number")
    if _SPACED.fullmatch(body):
        body = re.sub("[ '’]", "", body).replace(",", ".") + ("" if "." in body or "," in body else ".")
        return _alike(Decimal(body), negative)
    if _POWER.fullmatch(body):
        return _alike(Decimal(body), negative)
    point = Decimal(body.replace(",", "")) if _POINT.fullmatch(body) else None
    comma = Decimal(body.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(body) else None
    if point is None and comma is None:
        raise Unreadable("{value!r} cannot be read as a number")
    return Readings(_sane(point, negative), _sane(comma, negative))


def _alike(value: Decimal, negative: bool) -> Readings:
    number = _sane(value, negative)
    return Readings(number, number)


def _signed(text: str) -> tuple[str, bool]:
    """The number without its sign: -5, 5-, (5) and −5 are negative."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith(("-", "−", "–")):
        return text[1:].strip(), True
    if text.endswith(("-", "−")):
        return text[:-1].strip(), True
    return text.removeprefix("+").strip(), False


def _sane(value: Decimal | None, negative: bool) -> Decimal | None:
    if value is None:
        return None
    if value and not -15 <= value.adjusted() <= 15:
        raise Unreadable("{value!r} is out of all proportion")
    return value.copy_negate() if negative and value else value


@dataclass(slots=True)
class Evidence:
    """How many values of a column only one style can read."""

    point: int = 0
    comma: int = 0

    def look(self, cell: Cell) -> None:
        """Learn from one cell; what cannot be read teaches nothing."""
        if not isinstance(cell, str) or ("." not in cell and "," not in cell and cell.isascii()):
            return
        try:
            point, comma = readings(cell)
        except Unreadable:
            return
        self.point += comma is None
        self.comma += point is None

    @property
    def style(self) -> str | None:
        """`point` or `comma`; None without evidence or with evidence for both."""
        if bool(self.point) == bool(self.comma):
            return None
        return "point" if self.point else "comma"


@dataclass(slots=True)
class Styles:
    """The style of each column, else of the file: one program wrote all of its columns."""

    columns: dict[str, Evidence] = field(default_factory=dict)
    given: str | None = None

    def look(self, column: str, cell: Cell) -> None:
        """Learn from one cell of a column."""
        self.columns.setdefault(column, Evidence()).look(cell)

    def of(self, column: str) -> str | None:
        """What the mapping says, else what the column shows, else what all columns together show."""
        if self.given:
            return self.given
        own = self.columns.get(column, Evidence())
        if own.point or own.comma:
            return own.style
        every = self.columns.values()
        return Evidence(sum(one.point for one in every), sum(one.comma for one in every)).style


def read_number(cell: Cell, style: str | None) -> Decimal:
    """The number; Unreadable says why there is none."""
    if isinstance(cell, Decimal):
        number = _sane(cell, False)
        assert number is not None
        return number
    point, comma = readings(cell)
    chosen = point if style == "point" else comma if style == "comma" else None
    if chosen is not None:
        return chosen
    if point is None or comma is None or point == comma:
        number = comma if point is None else point
        assert number is not None
        return number
    raise Unreadable(
        "{value!r} is ambiguous ({point} or {comma}): the file does not show which sign marks its decimals",
        point=f"{point:f}",
        comma=f"{comma:f}",
    )
