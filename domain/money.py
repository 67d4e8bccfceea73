"""Money as Decimal: rounding to the currency's minor unit, half up, once per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.core import get_global

from domain.errors import Told, told

_DIGITS: Mapping[str, tuple[int, ...]] = get_global("currency_fractions")
_KNOWN = frozenset(get_global("all_currencies"))
_NO_MONEY = frozenset({"XXX", "XTS"})


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 currency; XXX (none) and XTS (test) are not."""
    return code in _KNOWN and code not in _NO_MONEY


def not_currency(code: str) -> Told | None:
    """Why nothing can be priced or paid in it; None when `code` is a currency."""
    return None if is_currency(code) else told("{code} is not an ISO 4217 currency such as CNY or EUR.", code=code)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for CNY, 1 for JPY, 0.001 for KWD. Source: ISO 4217 through CLDR."""
    digits = _DIGITS.get(currency, _DIGITS["DEFAULT"])[0]
    return Decimal(1).scaleb(-digits)


def other_digits() -> dict[str, int]:
    """Decimal places of the currencies whose minor unit is not a hundredth: JPY 0, KWD 3."""
    places = {code: -int(str(minor_unit(code).as_tuple().exponent)) for code in sorted(_KNOWN)}
    return {code: digits for code, digits in places.items() if digits != 2}


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the minor unit: 0.125 EUR becomes 0.13, -0.125 becomes -0.13."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)


def not_payable(amount: Decimal, currency: str) -> Told | None:
    """Why nobody can pay or owe so much, such as 0.005 EUR or 0.5 JPY; None when one can."""
    if amount == rounded(amount, currency):
        return None
    return told("{currency} has no such fraction: {amount}.", currency=currency, amount=amount)


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, currency: str) -> Decimal:
    """Net of a line: quantity x price less discount, rounded once."""
    return rounded(quantity * unit_price * (100 - discount_percent) / 100, currency)


def share(total: Decimal, part: Decimal, whole: Decimal, before: Decimal, currency: str) -> Decimal:
    """What the next `part` of `whole` costs when `before` was billed already, so that all shares add up to `total`.

    The cumulative amount is rounded, not the share: 10.00 over 3 pieces one by one is 3.33, 3.34, 3.33.
    """
    if not whole:
        return Decimal(0)
    after = rounded(total * (before + part) / whole, currency)
    return after - rounded(total * before / whole, currency)


def split(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split by weights; the last part absorbs the rounding, so that the parts add up to `total`.

    No part takes more than is left: 2 JPY in quarters is 1, 1, 0, 0.
    """
    if not weights:
        return []
    whole = sum(weights, Decimal(0))
    left = total
    parts: list[Decimal] = []
    for weight in weights[:-1]:
        part = rounded(total * weight / whole, currency)
        parts.append(min(part, left, key=abs))
        left -= parts[-1]
    return [*parts, left]
