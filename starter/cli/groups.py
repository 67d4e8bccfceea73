"""The shapes of commands: a group, one that stands alone, and the examples below its help."""

from __future__ import annotations

import typer


def examples_text(*examples: str) -> str:
    """The examples as they stand below a command's help."""
    return "\n".join(["Example:" if len(examples) == 1 else "Examples:", *(f"  {example}" for example in examples)])


def group(sentence: str) -> typer.Typer:
    """A group of commands, which stays a group when it has only one."""
    app = typer.Typer(help=sentence, no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
    app.callback()(lambda: None)
    return app


def single() -> typer.Typer:
    """A command that stands alone."""
    return typer.Typer(add_completion=False, rich_markup_mode="rich")
