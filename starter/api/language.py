"""Which language an answer speaks: `?lang=` for once, else what the browser prefers, else English."""

from __future__ import annotations

from starlette.requests import Request

from domain.errors import Translate
from starter.languages import ENGLISH, first_language, known_language, translator

_MOST_WISHES = 20


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _wishes(header: str) -> list[str]:
    weighed = []
    for place, part in enumerate(header.split(",")[:_MOST_WISHES]):
        tag, _, parameters = part.partition(";")
        weight = _weight(parameters) if parameters else 1.0
        if weight > 0:
            weighed.append((-weight, place, ENGLISH if tag.strip() == "*" else tag))
    return [tag for _, _, tag in sorted(weighed)]


def wished_language(request: Request) -> str | None:
    """The language of `?lang=`; None when it is not there."""
    return known_language(request.query_params.get("lang"))


def language_of(request: Request) -> str:
    """The language of the answer; a language that we do not speak gives way to the next wish."""
    return first_language(request.query_params.get("lang"), *_wishes(request.headers.get("accept-language", "")))


def speech(request: Request) -> Translate:
    """Translates a sentence of ours into the language of the answer."""
    return translator(language_of(request)).gettext
