"""Which field is wrong, and why, in a sentence that helps: pydantic's findings turned into pointers and advice."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from domain.errors import FieldError, Told, told

_LENGTHS = frozenset({"too_short", "too_long"})
_PATTERNS = {
    "currency": "an ISO 4217 code of three capital letters is expected, for example CNY or EUR",
    "email": "an e-mail address is expected, for example orders@buyer.example",
}
_SENTENCES = {
    "missing": "this field is required",
    "string_type": "a text in quotation marks is expected",
    "string_unicode": "the text holds half of a surrogate pair, which no UTF-8 can carry; send the whole character",
    "model_type": "a JSON object is expected",
    "model_attributes_type": "a JSON object is expected",
    "tuple_type": "a JSON array is expected",
    "bool_type": "true or false is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "timezone_aware": 'the time needs a zone: write it in UTC, for example "2026-03-01T09:30:00Z"',
}


_BOUNDS = {
    "greater_than_equal": "input should be greater than or equal to {ge}",
    "less_than_equal": "input should be less than or equal to {le}",
    "string_too_short": "a text of at least {min_length} characters is expected",
    "string_too_long": "a text of at most {max_length} characters is expected",
    "string_pattern_mismatch": "the form of this is {pattern}",
    "enum": "one of these is expected: {expected}",
}


def pointer_of(location: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) to a place in the body; the body itself is the empty pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def field_errors(findings: Sequence[Mapping[str, Any]], model: Any = None) -> list[FieldError]:
    """One FieldError per finding, in the order of the body."""
    places = [tuple(finding["loc"]) for finding in findings]
    kept = [
        finding
        for finding, place in zip(findings, places, strict=True)
        if not (finding["type"] in _LENGTHS and any(_inside(other, place) for other in places))
    ]
    return [FieldError(pointer_of(finding["loc"]), sentence(finding, model)) for finding in kept]


def _inside(place: tuple[Any, ...], container: tuple[Any, ...]) -> bool:
    # A list whose items are wrong is also reported as too short: only the items are worth saying.
    return len(place) > len(container) and place[: len(container)] == container


def sentence(finding: Mapping[str, Any], model: Any = None) -> str:
    """What is wrong with one field and what to write instead."""
    kind, place, context = str(finding["type"]), tuple(finding["loc"]), finding.get("ctx") or {}
    name = str(place[-1]) if place else "body"
    if kind == "value_error":
        ours = context.get("error")
        if isinstance(ours, ValueError) and ours.args and isinstance(ours.args[0], str):
            return ours.args[0]
        return str(ours or finding["msg"]).removeprefix("Value error, ")
    if kind == "missing" and not place:
        return told("a JSON body is required")
    if kind == "extra_forbidden":
        return _unknown(name, known_fields(model, place[:-1]))
    if kind in _LENGTHS:
        return _length(kind, name, context)
    if kind == "string_pattern_mismatch" and name in _PATTERNS:
        return _PATTERNS[name]
    if "expected" in context:  # a literal or an enumeration, as pydantic lists them in English: 'a', 'b' or 'c'
        context = {**context, "expected": str(context["expected"]).replace("' or '", "', '")}
    if kind == "literal_error":
        return told("one of these is expected: {values}", values=context.get("expected", ""))
    if kind.startswith("date_") or kind == "date_type":
        return 'a date is expected, for example "2026-03-01"'
    if kind.startswith("datetime_"):
        return 'a time in RFC 3339 is expected, for example "2026-03-01T09:30:00Z"'
    if kind == "string_too_short" and context.get("min_length") == 1:
        return told("a text of at least 1 character is expected")
    if kind in _BOUNDS:
        return told(_BOUNDS[kind], **context)
    return _SENTENCES.get(kind) or _lower(finding["msg"])


def _lower(message: str) -> str:
    if isinstance(message, Told):
        return message
    return message[:1].lower() + message[1:]


def _length(kind: str, name: str, context: Mapping[str, Any]) -> str:
    items = "items" if name.isdigit() else name
    if kind == "too_short":
        return told("at least {count} of {items} is needed", count=f"{context.get('min_length', 1):,}", items=items)
    return told(
        "at most {count} {items} are taken in one document; split it into several",
        count=f"{context['max_length']:,}",
        items=items,
    )


def _unknown(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    figures = {"name": repr(name[:64]), "guess": repr(close[0]) if close else "", "known": ", ".join(known)}
    if close:
        return told("unknown field {name}; did you mean {guess}? Known fields: {known}.", **figures)
    return told("unknown field {name}. Known fields: {known}." if known else "unknown field {name}.", **figures)


def known_fields(model: Any, location: Sequence[str | int]) -> list[str]:
    """The fields that a body's model knows at a place; empty when the place is not a model."""
    for part in location:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation) if _has(model, part) else None
    return list(model.model_fields) if _is_model(model) else []


def _is_model(candidate: Any) -> bool:
    return isinstance(candidate, type) and issubclass(candidate, BaseModel)


def _has(model: Any, field: str) -> bool:
    return _is_model(model) and field in model.model_fields


def _model_in(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)
