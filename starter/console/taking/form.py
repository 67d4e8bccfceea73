"""The form of an order: what its fields are called, and how what was typed becomes a request and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from domain.errors import FieldError, Invalid
from domain.facts import OrderRequest
from starter.api.bodies import valid
from starter.console.numbers import amount_of

HEADER = ("customer", "customer_po", "requested_date", "payment_terms", "shipping_policy", "ship_by", "note")
SHIP_TO = ("name", "street", "city", "postal_code", "country")
LINE = ("sku", "quantity", "unit_price", "discount_percent")
NUMBERS = ("quantity", "unit_price", "discount_percent")
MOST_LINES = 500
MAX_FIELDS = MOST_LINES * len(LINE) + 100
BLANK_LINES = 1
LONGEST = 2500
_LINE_FIELD = re.compile(r"line-(\d{1,4})-(\w+)")
_DRAFT = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Typed:
    """A form as somebody typed it; nothing of it is understood yet. Lines have the numbers that the page gave them."""

    header: dict[str, str] = field(default_factory=dict)
    ship_to: dict[str, str] = field(default_factory=dict)
    lines: dict[int, dict[str, str]] = field(default_factory=dict)
    draft: str = field(default_factory=lambda: uuid4().hex)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        chosen = {name: value for name, value in self.header.items() if name != "shipping_policy"}
        return not (any(chosen.values()) or any(self.ship_to.values()) or self.filled())

    def kept(self) -> dict[str, Any]:
        """What a draft keeps."""
        lines = [self.lines[number] for number in self.filled()]
        return {"header": self.header, "ship_to": self.ship_to, "lines": lines}

    def body(self, currency: str, spelled: Mapping[str, str], numbers: Iterable[int]) -> dict[str, Any]:
        """The body of the API's request: fields that were filled in, and these of the lines."""
        body: dict[str, Any] = {name: value for name, value in self.header.items() if value}
        body |= {"currency": currency, "lines": [self._line(number, spelled) for number in numbers]}
        if any(self.ship_to.values()):
            body["ship_to"] = {name: value for name, value in self.ship_to.items() if value}
        return body

    def _line(self, number: int, spelled: Mapping[str, str]) -> dict[str, str]:
        typed_in = {name: value for name, value in self.lines[number].items() if value}
        line = {name: amount_of(value) if name in NUMBERS else value for name, value in typed_in.items()}
        return line | {"sku": spelled.get(line["sku"], line["sku"])} if "sku" in line else line

    def filled(self) -> list[int]:
        """The lines in which something stands."""
        return [number for number, line in sorted(self.lines.items()) if any(line.values())]

    def place(self, number: int) -> int:
        """Which row of the page a line is, counted from one, blank ones included."""
        return sorted(self.lines).index(number) + 1


def typed(form: Mapping[str, Any]) -> Typed:
    """What a form brings; what is no field of it is left aside."""
    given = {name: value.strip()[:LONGEST] for name, value in form.items() if isinstance(value, str)}
    lines: dict[int, dict[str, str]] = {}
    for name, value in given.items():
        place = _LINE_FIELD.fullmatch(name)
        if place and place[2] in LINE and int(place[1]) < MOST_LINES * 4:
            lines.setdefault(int(place[1]), {})[place[2]] = value
    draft = given.get("draft", "")
    return Typed(
        {name: given.get(name, "") for name in HEADER},
        {name: given.get(f"ship_to-{name}", "") for name in SHIP_TO},
        dict(sorted(lines.items())[:MOST_LINES]),
        draft if is_draft(draft) else uuid4().hex,
    )


def is_draft(text: str) -> bool:
    """Whether a text can be the id of a draft."""
    return _DRAFT.fullmatch(text) is not None


def restored(draft: str, body: Mapping[str, Any]) -> Typed:
    """The form as a draft kept it."""
    return Typed(body.get("header", {}), body.get("ship_to", {}), dict(enumerate(body.get("lines", ()))), draft)


def repeated(order: Mapping[str, Any], usual: Mapping[str, Any] | None) -> Typed:
    """A form with the goods of an earlier order: its quantities at today's prices, to the same address.

    The customer's usual address is not written down: it may have changed since.
    """
    header = {name: str(order[name]) for name in ("customer", "shipping_policy")}
    address = {} if order["ship_to"] == usual else order["ship_to"] or {}
    ship_to = {name: str(address.get(name) or "") for name in SHIP_TO}
    lines = [{"sku": line["sku"], "quantity": f"{line['quantity']:f}"} for line in order["lines"]]
    return Typed(header, ship_to, dict(enumerate(lines[:MOST_LINES])))


def whole(body: Mapping[str, Any]) -> OrderRequest:
    """The request, or Invalid with all that is wrong in its shape."""
    return valid(OrderRequest, body)


def sound(form: Typed, currency: str, spelled: Mapping[str, str]) -> tuple[OrderRequest | None, list[int], list[Any]]:
    """As much of the form as can be understood already: the request, its lines' places in the form, what is wrong."""
    places = form.filled()
    wrong: list[FieldError] = []
    body = form.body(currency, spelled, places)
    try:
        return whole(body), places, wrong
    except Invalid as error:
        wrong, left = at_fields(error.errors, places), _without(error.errors, places)
    places = left
    body = form.body(currency, spelled, places)
    for each in wrong:
        body.pop("ship_to" if each.pointer.startswith("ship_to-") else each.pointer, None)
    try:
        return whole(body), places, wrong
    except Invalid:
        return None, places, wrong


def _without(errors: Iterable[FieldError], places: list[int]) -> list[int]:
    """The lines in which nothing is wrong."""
    bad = {_field(each.pointer, places).rpartition("-")[0] for each in errors}
    return [place for place in places if f"line-{place}" not in bad]


def at_fields(errors: Iterable[FieldError], places: list[int]) -> list[FieldError]:
    """The same errors with the ids of the form's fields instead of pointers: `/lines/0/sku` is `line-3-sku`."""
    return [FieldError(_field(each.pointer, places), each.detail) for each in errors]


def _field(pointer: str, places: list[int]) -> str:
    parts = pointer.strip("/").split("/")
    match parts:
        case ["lines", number, *rest] if number.isdigit() and int(number) < len(places):
            return f"line-{places[int(number)]}-{rest[0] if rest else 'sku'}"
        case ["ship_to", name]:
            return f"ship_to-{name}"
        case ["ship_to"]:
            return "ship_to-name"
        case ["currency"]:
            return "customer"
        case [name] if name in HEADER:
            return name
    return "order"
