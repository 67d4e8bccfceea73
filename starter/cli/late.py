"""Commands that are imported when they are called, so that `orderkeep why` does not wait for the whole program."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from starter.cli.contents import CONTENTS, Entry
from starter.cli.groups import examples_text, single
from starter.cli.translated import translate


def late(target: str) -> Any:
    """What `module:attribute` names, imported now: heavy modules are named this way by the command that needs them."""
    module, _separator, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


class LateGroup(TyperGroup):
    """The root of the commands: its help is drawn from the table of contents, a command is imported when called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {entry.name: _listed(entry) for entry in CONTENTS}
        self._entries = {entry.name: entry for entry in CONTENTS}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is about to run replaces its line in the table of contents."""
        if args and args[0] in self._entries:
            self.commands[args[0]] = build(self._entries[args[0]])
        return super().resolve_command(ctx, args)


def build(entry: Entry) -> Any:
    """The command behind an entry, in the language of this run."""
    found = late(entry.target)
    command = get_command(found if isinstance(found, typer.Typer) else _alone(entry, found))
    command.name = entry.name
    return translate(command)


def _alone(entry: Entry, function: Callable[..., Any]) -> typer.Typer:
    app = single()
    app.command(entry.name, epilog=examples_text(*entry.examples))(function)
    return app


def _listed(entry: Entry) -> Any:
    return translate(TyperCommand(entry.name, help=entry.sentence, rich_help_panel=entry.panel))
