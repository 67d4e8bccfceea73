"""The steps of a cancellation in the reader's language: they are kept as English sentences, known by their form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from domain.wording import fill
from starter.console.words import LABELS
from starter.languages import translator

_FORMS = (
    "hold {reason}",
    "credit of {amount} reserved",
    "{quantity} of {sku} allocated in {warehouse}",
    "shipment {document} {state}",
    "supply order {document} {state}",
    "{amount} paid in advance",
)
"""The effects as `intake.cancellation` names them."""
_READ = [(form, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(form)))) for form in _FORMS]


def undone_in_words(steps: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The steps with `effect` and `action` in this language; what has another form stays as it is."""
    gettext = translator(language).gettext
    return [
        {**step, "effect": _said(str(step["effect"]), gettext), "action": gettext(str(step["action"]))}
        for step in steps
    ]


def _said(effect: str, gettext: Any) -> str:
    for form, pattern in _READ:
        if (found := pattern.fullmatch(effect)) is not None:
            figures = found.groupdict()
            for name in ("reason", "state"):
                if name in figures:
                    code = figures[name].upper()
                    figures[name] = gettext(LABELS.get(code, figures[name]))
            return fill(gettext(form), figures)
    return effect
