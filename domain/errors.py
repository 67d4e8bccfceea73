"""What can be wrong with a request, sorted by who can act on it; every layer above raises only these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Translate = Callable[[str], str]
"""A sentence in English to the same in the language of whoever reads it."""


class Told(str):
    """A sentence in English that knows how it was made, so that it can be said in another language.

    The text itself is English: it is what JSON, logs and held documents carry. A figure may be such a sentence itself,
    or a list of them, which is read as one text with commas.
    """

    pattern: str
    figures: Mapping[str, object]

    def __new__(cls, pattern: str, /, **figures: object) -> Told:
        sentence = super().__new__(cls, pattern.format(**{name: _figure(each) for name, each in figures.items()}))
        sentence.pattern, sentence.figures = pattern, figures
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, object]]:
        return (self.pattern,), self.figures

    def said(self, translate: Translate) -> str:
        """The sentence in another language; figures that are sentences themselves are translated, too."""
        return translate(self.pattern).format(**{name: _figure(each, translate) for name, each in self.figures.items()})


def _figure(value: object, translate: Translate | None = None) -> object:
    if isinstance(value, list):
        return ", ".join(str(_figure(each, translate)) for each in value)
    return value.said(translate) if isinstance(value, Told) and translate is not None else value


def told(pattern: str, /, **figures: object) -> Told:
    """The sentence of a pattern and its figures: `told("There is no order {number}.", number=number)`."""
    return Told(pattern, **figures)


def as_it_stands(sentence: str) -> Told:
    """A sentence that may come from elsewhere and hold braces; one of ours keeps its pattern and its figures."""
    return sentence if isinstance(sentence, Told) else told(sentence.replace("{", "{{").replace("}", "}}"))


def said(sentence: str, translate: Translate) -> str:
    """A sentence of ours in the language of `translate`, with its figures."""
    return sentence.said(translate) if isinstance(sentence, Told) else translate(sentence)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: `pointer` is a JSON pointer into the body (`/lines/0/sku`), `detail` a sentence.

    What stands in the query has no pointer: `parameter` names it.
    """

    pointer: str
    detail: str
    parameter: str | None = None


class OrderkeepError(Exception):
    """A refusal that a person can act upon: `detail` is a sentence that says what is wrong and what to do.

    `status` is the HTTP status of the answer, `kind` the last part of the problem's `type`.
    """

    status = 500
    kind = "internal"
    title = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        legal_moves: Sequence[str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.legal_moves = None if legal_moves is None else tuple(legal_moves)


class Malformed(OrderkeepError):
    """The message cannot be read at all (400)."""

    status, kind, title = 400, "malformed", "The request cannot be read"


class NotSignedIn(OrderkeepError):
    """No key, a wrong key, or a wrong signature (401)."""

    status, kind, title = 401, "unauthenticated", "Not signed in"


class Forbidden(OrderkeepError):
    """The key's role may not do this (403)."""

    status, kind, title = 403, "forbidden", "Not allowed"


class NotFound(OrderkeepError):
    """Nothing has this number (404)."""

    status, kind, title = 404, "not-found", "Not found"


class IllegalMove(OrderkeepError):
    """The document's state does not allow this (409); `legal_moves` says what it does allow."""

    status, kind, title = 409, "illegal-move", "Not possible in this state"


class Invalid(OrderkeepError):
    """The message is readable and its content is wrong (422); `errors` point at the fields."""

    status, kind, title = 422, "invalid", "Some fields are not valid"


class Unavailable(OrderkeepError):
    """A server that is needed does not answer (503); the same request may succeed later."""

    status, kind, title = 503, "unavailable", "Temporarily unavailable"
