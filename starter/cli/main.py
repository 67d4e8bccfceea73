"""The entry of the command `orderkeep`: its language, its table of contents, and the one way out."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from starter.cli.late import LateGroup, late
from starter.cli.screen import say
from starter.cli.speech import _, choose_language, speak, wanted_language
from starter.cli.translated import translate, translate_headings
from starter.cli.usage import usage_sentence
from starter.exit import finish

FIRST_STEPS = """Examples:
  orderkeep demo                       watch orders live their whole life
  orderkeep up                         start the servers; go on elsewhere
  orderkeep order submit order.json    take an order
  orderkeep why SO-000001              what is it waiting for?
  orderkeep timeline SO-000001         what has happened to it?
  orderkeep check                      do the books and the stock agree?"""

INTERRUPTED = 130

app = typer.Typer(
    cls=LateGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=FIRST_STEPS,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("orderkeep"))
        raise typer.Exit


@app.callback()
def orderkeep(
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
    lang: Annotated[str | None, typer.Option(help="Language of what is said: en or zh-CN.")] = None,
) -> None:
    """Orders from receipt to cash, durably: every step is kept, nothing is lost or done twice."""
    choose_language(lang)


def execute(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 (refused or not so), 2 (wrong usage), 130 (Ctrl-C)."""
    speak(wanted_language(arguments))
    translate_headings()
    try:
        code = translate(get_command(app)).main(list(arguments), prog_name="orderkeep", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as wrong:
        sentence = usage_sentence(wrong)
        if sentence:
            say(sentence)
        return wrong.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    return code if isinstance(code, int) else 0


def run() -> NoReturn:
    """The console script `orderkeep`."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = execute(sys.argv[1:])
    except Exception as fault:
        code = _told(fault)
    finish(code)


def _told(fault: Exception) -> int:
    """Say what is wrong with the settings, or with us; the exit code."""
    if getattr(fault, "title", None) == "Settings":
        for name, reason in late("starter.settings:wrong_settings")(fault):
            say(_("{parameter} is not valid: {reason}.").format(parameter=name, reason=reason))
        return 2
    first_line = next(iter(str(fault).splitlines()), "")  # the database quotes whole statements after it
    say(_("This is a fault in orderkeep itself, {kind}: {text}").format(kind=type(fault).__name__, text=first_line))
    if os.environ.get("ORDERKEEP_DEBUG"):
        traceback.print_exc()
    else:
        say(_("Set ORDERKEEP_DEBUG=1 to see where, and report it."))
    return 1
