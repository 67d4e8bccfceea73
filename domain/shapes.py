"""The shapes of single fields: decimals that kept their digits, codes, names, currencies, instants.

Money and quantities are decimal strings (integers are accepted, floats are refused: they have already lost digits when
they arrive). Source: the HTTP contract.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from typing import Annotated, Any, Literal

from babel.core import get_global
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Strict, StringConstraints

from domain.errors import told

MAX_LINES = 10_000
MAX_QUANTITY = Decimal("1000000000")
MAX_AMOUNT = Decimal("100000000000")
_NO_COUNTRY = frozenset({"AC", "CP", "DG", "EA", "EU", "IC", "TA", "ZZ"})  # reserved codes that CLDR carries as well
_COUNTRIES = frozenset(get_global("territory_currencies")) - frozenset(get_global("territory_aliases")) - _NO_COUNTRY


def _decimal(value: Any) -> Decimal:
    if isinstance(value, (bool, float)):
        raise ValueError('write the number as a string, for example "9.90": a float has already lost digits')
    if isinstance(value, (int, Decimal)):
        number = Decimal(value)
    elif isinstance(value, str):
        try:
            number = Decimal(value.strip().replace("_", "?"))  # Python reads 1_000, which is a typo everywhere else
        except InvalidOperation:
            raise ValueError(told('{value} is not a decimal number such as "9.90"', value=repr(value[:40]))) from None
    else:
        raise ValueError('a decimal number as a string is expected, for example "9.90"')
    if not number.is_finite():
        raise ValueError("the number must be finite")
    if number and not -15 <= number.adjusted() <= 15:
        raise ValueError("the number is out of all proportion")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        raise ValueError("at most four decimal places are kept")
    return number


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be greater than zero")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("must not be negative")
    return value


def _quantity(value: Decimal) -> Decimal:
    if abs(value) > MAX_QUANTITY:
        raise ValueError(told("must not exceed {max_quantity}", max_quantity=MAX_QUANTITY))
    return value


def _amount(value: Decimal) -> Decimal:
    if abs(value) > MAX_AMOUNT:
        raise ValueError(told("must not exceed {max_amount}", max_amount=MAX_AMOUNT))
    return value


def _clean(value: str) -> str:
    if any(ord(character) < 32 and character not in "\n\r\t" for character in value):
        raise ValueError("control characters such as the null byte are not allowed")
    return value


def _country(value: str) -> str:
    code = value.strip().upper()
    if code not in _COUNTRIES or len(code) != 2:
        raise ValueError("an ISO 3166 alpha-2 code is expected, for example CN or GB")
    return code


def _mailable(value: str) -> str:
    try:
        Mailbox(addr_spec=value)
    except (MessageError, ValueError, IndexError):
        raise ValueError("an e-mail address is expected, for example orders@buyer.example") from None
    return value


def _written_day(value: Any) -> Any:
    if isinstance(value, (str, int)) and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value).strip()):
        raise ValueError('a date is expected, for example "2026-03-01"')
    return value


def _written_instant(value: Any) -> Any:
    if isinstance(value, (str, int, float)) and not re.match(r"\s*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", str(value)):
        raise ValueError('a time in RFC 3339 is expected, for example "2026-03-01T09:30:00Z"')
    return value


def _of_our_age(value: datetime) -> datetime:
    if not 1970 <= value.year <= 2199:
        raise ValueError(told("the year {year} cannot be meant: it must lie between 1970 and 2199", year=value.year))
    return value


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Quantity = Annotated[Number, AfterValidator(_positive), AfterValidator(_quantity)]
SignedQuantity = Annotated[Number, AfterValidator(_quantity)]
Amount = Annotated[Number, AfterValidator(_not_negative), AfterValidator(_amount)]
PositiveAmount = Annotated[Number, AfterValidator(_positive), AfterValidator(_amount)]
StockQuantity = Annotated[Number, AfterValidator(_not_negative), AfterValidator(_quantity)]
PostalCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_clean)]
Percent = Annotated[Number, AfterValidator(_not_negative)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_clean)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_clean)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_clean)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(_clean),
    AfterValidator(_mailable),
]
Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_instant), AfterValidator(_of_our_age)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, AfterValidator(_country)]
ShippingPolicy = Literal["ship_partial", "ship_complete", "cancel_remainder"]


def instant(value: datetime) -> str:
    """RFC 3339 in UTC, seconds and no more than microseconds: the one way times are written."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a whole number is expected, not true or false")
    return value


Whole = Annotated[int, BeforeValidator(_no_truth)]
"""A whole number; true and false are none, though Python counts with them."""
Truth = Annotated[bool, Strict()]
"""true or false, and nothing that only passes for it."""
