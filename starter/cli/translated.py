"""The help of every command in the language of this run: the source is English, the catalogue has the rest."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import typer

from starter.cli import speech
from starter.cli.speech import _, spoken
from starter.languages import ENGLISH


def translate(command: Any) -> Any:
    """Translate, in place, a command, its options and its sub-commands; returns it."""
    for holder, attribute, text in spoken_texts(command):
        setattr(holder, attribute, speech._(text))
    if command.epilog:
        command.epilog = _examples(command.epilog)
    return command


def translate_headings() -> None:
    """The headings that the help itself brings along; the part that draws the help is not loaded for English."""
    if spoken() == ENGLISH and "typer.rich_utils" not in sys.modules:
        return
    rich_utils = import_module("typer.rich_utils")
    headings = {
        "ARGUMENTS_PANEL_TITLE": _("Arguments"),
        "OPTIONS_PANEL_TITLE": _("Options"),
        "COMMANDS_PANEL_TITLE": _("Commands"),
        "DEFAULT_STRING": _("[default: {}]"),
        "REQUIRED_LONG_STRING": _("[required]"),
    }
    for name, heading in headings.items():
        setattr(rich_utils, name, heading)
    _fold_unspaced(rich_utils)


def _fold_unspaced(rich_utils: Any) -> None:
    """Let a line break anywhere: Chinese has no spaces, and a text that cannot break would be cut off."""
    drawn = rich_utils._make_rich_text
    if drawn.__name__ == "folding":
        return

    def folding(**given: Any) -> Any:
        text = drawn(**given)
        text.overflow = "fold"
        return text

    rich_utils._make_rich_text = folding


def spoken_texts(command: Any) -> Iterator[tuple[Any, str, str]]:
    """Every text of a command that people read: who holds it, in which attribute, and the text itself."""
    speakers = [command, *command.params, command.get_help_option(typer.Context(command))]
    for speaker in speakers:
        for attribute in ("help", "short_help", "rich_help_panel"):
            text = getattr(speaker, attribute, None)
            if text:
                yield speaker, attribute, inspect.cleandoc(text)
    for below in getattr(command, "commands", {}).values():
        yield from spoken_texts(below)


def _examples(epilog: str) -> str:
    whole = speech._(epilog)
    if whole != epilog:
        return whole
    heading, newline, examples = epilog.partition("\n")
    return speech._(heading) + newline + examples
