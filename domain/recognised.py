"""Sentences that are kept in English and known again by their form, so that they can be said in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce

from domain.errors import Translate
from domain.wording import fill

STATES: Mapping[str, str] = {
    "PROPOSED": "proposed", "APPROVED": "approved", "ORDERED": "ordered", "ACKNOWLEDGED": "acknowledged",
    "PARTIALLY_RECEIVED": "partially received", "RECEIVED": "received",
    "CREATED": "to be picked", "PICKING": "being picked", "PACKED": "packed", "BOOKED": "booked",
}  # fmt: skip
"""What people call the states of supply orders and of shipments that can still be cancelled."""

EFFECTS = (
    "hold {reason}",
    "credit of {amount} reserved",
    "{quantity} of {sku} allocated in {warehouse}",
    "shipment {document} {state}",
    "supply order {document} {state}",
    "{amount} paid in advance",
)
"""The effects of an order as `intake.cancellation` names them."""

HELD = (
    "the file was cut off in or right after this document, so it may be incomplete",
    "the number comes back further down with some of the same rows: more, or a copy?",
    "the number is that of a credit note, but not all quantities are negative",
    "the document names no customer",
    "no row of the document is goods that can be ordered",
    "the rows of one document name several ({told}); which one is right?",
    "{count} rows repeat rows from line {line} on word for word; they are taken once",
    "{sku} is a service, fee or adjustment, not goods from stock",
    "a quantity of zero or less cannot be ordered; is it a return?",
    "a negative price is an adjustment, not goods",
    "credit note",
    "credit note without goods; there is nothing that an order could be found by",
    "credit note that names no customer",
    "credit note; no earlier order of customer {code} has these goods in these quantities",
    "credit note for {orders}",
)
"""Why rows of a file are held for a person, as `starter.files` says it."""
_ORDER = "{order} ({count} of {all} rows of goods)"
_PLACE = "{reason} ({file}, line {line})"
_BETWEEN = "{first}; {second}"


def _pattern(form: str, figure: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", rf"(?P<\1>{figure})", re.escape(form)))


_EFFECTS = [(form, _pattern(form, ".+")) for form in EFFECTS]
_HELD = [(form, _pattern(form, "[^;]+")) for form in HELD]
_ORDERS = _pattern(_ORDER, "[^ ,;]+")
_LINE = re.compile(r", line (\d+)\)$")


def effect_said(effect: str, translate: Translate) -> str:
    """An effect of an order; what has none of the forms stays as it is."""
    for form, pattern in _EFFECTS:
        if (found := pattern.fullmatch(effect)) is not None:
            figures = found.groupdict()
            if "reason" in figures:
                figures["reason"] = translate(figures["reason"])
            if "state" in figures:
                figures["state"] = translate(STATES.get(figures["state"].upper(), figures["state"]))
            return fill(translate(form), figures)
    return effect


def held_said(reason: str, translate: Translate) -> str:
    """Why rows are held and where they stand; the place is behind the last that makes sense without it.

    What is not known stays as it is.
    """
    line = _LINE.search(reason)
    ends = [found.start() for found in re.finditer(r" \(", reason)] if line is not None else []
    for end in reversed(ends):
        told = _reasons_said(reason[:end].split("; "), translate)
        if told is not None and line is not None:
            return translate(_PLACE).format(reason=told, file=reason[end + 2 : line.start()], line=line[1])
    return reason


def _reasons_said(parts: list[str], translate: Translate) -> str | None:
    """One reason or several; a reason may have a semicolon itself, so the longest that is known counts."""
    said: list[str] = []
    while parts:
        for length in range(len(parts), 0, -1):
            one = _reason_said("; ".join(parts[:length]), translate)
            if one is not None:
                break
        else:
            return None
        said.append(one)
        parts = parts[length:]
    return reduce(lambda first, second: translate(_BETWEEN).format(first=first, second=second), said)


def _reason_said(reason: str, translate: Translate) -> str | None:
    for form, pattern in _HELD:
        if (found := pattern.fullmatch(reason)) is not None:
            figures = found.groupdict()
            if "orders" in figures:
                orders = [_ORDERS.fullmatch(each) for each in figures["orders"].split(", ")]
                if None in orders:
                    return None
                figures["orders"] = ", ".join(translate(_ORDER).format(**each.groupdict()) for each in orders if each)
            return translate(form).format(**figures)
    return None
