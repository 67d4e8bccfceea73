"""The sentences that stand beside codes and figures: what happened to an order, and why it is held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.queries import shown
from domain.errors import Translate
from domain.recognised import effect_said, held_said
from domain.review import Reason
from domain.wording import EVENTS, HOLD_MESSAGES, WORDS, fill

_CODES = ("status", "role", "owner_role", "move", "channel")
_HOLDS = frozenset(map(str, Reason))
"""In English a hold's code is its name, other languages have a word for it. Other reasons are people's own words."""


def as_written(sentence: str) -> str:
    """The language of the source: English."""
    return sentence


def _words(figures: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    said = dict(figures)
    for name in _CODES:
        word = WORDS.get(said[name]) if isinstance(said.get(name), str) else None
        if word is not None:
            said[name] = translate(word)
    if said.get("reason") in _HOLDS:
        said["reason"] = translate(said["reason"])
    return said


def hold_message(reason: str, figures: Mapping[str, Any], currency: str, translate: Translate) -> str:
    """Why an order is held, with the figures that the rule saw; "" for a reason that has no sentence."""
    sentence = HOLD_MESSAGES.get(reason)
    told = {"currency": currency, **shown.figures(figures, currency)}
    return "" if sentence is None else fill(translate(sentence), _words(told, translate))


def summary(event: str, figures: Mapping[str, Any], currency: str, translate: Translate) -> str:
    """What happened, in a sentence; the event's own name when it has none."""
    sentence = EVENTS.get(event)
    if sentence is None:
        return event.replace("_", " ")
    told = _words({"currency": currency, **shown.figures(figures, currency)}, translate)
    if event == "order_held":
        told["message"] = hold_message(str(figures.get("reason")), figures, currency, translate) or told.get("message")
    if event == "effect_undone":
        told["effect"] = effect_said(str(figures.get("effect")), translate)
    if event == "document_held":
        told["reason"] = held_said(str(figures.get("reason")), translate)
    return fill(translate(sentence), told)


def steps_said(steps: Iterable[dict[str, Any]], translate: Translate) -> list[dict[str, Any]]:
    """The steps of a cancellation, each with its effect and what is done about it."""
    return [
        {**step, "effect": effect_said(step["effect"], translate), "action": translate(step["action"])}
        for step in steps
    ]
