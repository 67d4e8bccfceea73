"""Numbers as people type them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?:\.\d+)?")
"""Thousands set apart as the pages set them apart."""


def amount_of(text: str) -> str:
    """1,234.50, 1 234.50 and １２３４．５ are numbers; whatever is none is left as it is, for the check to refuse.

    A comma is no decimal sign here: 12,50 is refused, for it would be a thousand times as much to one reader as to
    another. A Chinese keyboard's wide signs are those that they stand for.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    try:
        return f"{Decimal(plain):f}"
    except InvalidOperation:
        return text
