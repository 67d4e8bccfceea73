"""The language of this run of `orderkeep`, and the function that says a sentence in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import typer

from domain.errors import Told
from starter.languages import ENGLISH, LANGUAGES, first_language, known_language, translator

_spoken = [ENGLISH]


def wanted_language(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language of `--lang`, else ORDERKEEP_LANG, else of the locale: read before the arguments are, for --help."""
    return first_language(
        _option(arguments),
        environment.get("ORDERKEEP_LANG"),
        environment.get("LC_ALL"),
        environment.get("LC_MESSAGES"),
        environment.get("LANG"),
    )


def _option(arguments: Sequence[str]) -> str | None:
    wish = None
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wish = argument.partition("=")[2]
        elif argument == "--lang" and position + 1 < len(arguments):
            wish = arguments[position + 1]
    return wish


def speak(language: str) -> None:
    """From here on everything is said in this language."""
    _spoken[0] = language


def spoken() -> str:
    """The language of this run, `en` or `zh-CN`."""
    return _spoken[0]


def _(sentence: str) -> str:
    """The sentence in the language of this run."""
    return translator(_spoken[0]).gettext(sentence)


def reason_of(failure: Exception) -> str:
    """Why it failed: in the language of this run where it is a sentence of ours."""
    sentence = failure.args[0] if failure.args else None
    return sentence.said(_) if isinstance(sentence, Told) else str(failure)


def choose_language(lang: str | None) -> None:
    """Speak the language of --lang; one that we do not speak is wrong usage."""
    if lang is None:
        return
    language = known_language(lang)
    if language is None:
        raise typer.BadParameter(
            _("choose one of {languages}").format(languages=", ".join(LANGUAGES)), param_hint="--lang"
        )
    speak(language)
