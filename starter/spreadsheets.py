"""What a spreadsheet makes of our files: no text becomes a formula, and Chinese is read as Chinese."""

from __future__ import annotations

import re

MARK = "\ufeff"
"""By this at its beginning Excel knows that a CSV file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


def harmless(text: str) -> str:
    """The text as a cell that calculates nothing: names and purchase numbers come from outside."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
