"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def amount_of(text: str) -> str:
    """1,234.50 and 1 234.50 are 1234.50; whatever is no number is left as it is, for the check to refuse."""
    plain = text.replace(",", "").replace(" ", "").replace("\u00a0", "")
    try:
        return f"{Decimal(plain):f}"
    except InvalidOperation:
        return text
