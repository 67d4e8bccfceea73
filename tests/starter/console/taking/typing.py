"""What somebody types into the form of an order, and what the page shows."""

from __future__ import annotations

import html
import re

DRAFT = "0" * 32
_FIELDS = ("sku", "quantity", "unit_price", "discount_percent")


def order(*lines: tuple[str, ...], draft: str = DRAFT, **header: str) -> dict[str, str]:
    """The fields of an order of HARBOUR; a line is (sku, quantity, unit price, discount)."""
    fields = {"draft": draft, "customer": "HARBOUR", "shipping_policy": "ship_partial", **header}
    for number, line in enumerate(lines):
        fields |= {f"line-{number}-{name}": value for name, value in zip(_FIELDS, line, strict=False)}
    return fields


def shown(page: str, name: str) -> str:
    """The text of the element with this id."""
    found = re.search(rf'<(\w+)(?: [^>]*)? id="{name}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", found[2]).split())) if found else ""


def value_of(page: str, name: str) -> str | None:
    """What stands in a field; None when the page has no such field."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    if found:
        value = re.search(r' value="([^"]*)"', found[0])
        return html.unescape(value[1]) if value else ""
    chosen = re.search(rf'<select[^>]* name="{name}"[^>]*>.*?<option value="([^"]*)" selected>', page, re.DOTALL)
    return html.unescape(chosen[1]) if chosen else None
