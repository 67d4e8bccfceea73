"""`orderkeep demo`: orders live their whole life on real servers, while one watches."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.late import late
from starter.cli.screen import say
from starter.cli.speech import _, choose_language, reason_of
from starter.demo.directory import NotFresh
from starter.embedded.signals import Interrupted

Keep = Annotated[bool, typer.Option("--keep", help="Go on serving afterwards, until Ctrl-C, and keep the data.")]
DataDirectory = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="A fresh directory for its data; else a temporary one, removed again."),
]


def demo(
    *,
    keep: Keep = False,
    data: DataDirectory = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """Watch orders of example companies live their whole life on real servers of their own; a policy's day is short.

    Exit code 0 only if every order ended where its story says it should, every invariant holds and the books balance.
    """
    choose_language(lang)
    late("starter.settings:Settings")()  # wrong ones are told now, and not by the programs that are started
    try:
        good = asyncio.run(late("starter.demo.performance:perform")(data, keep=keep, as_json=as_json))
    except Interrupted as interrupted:
        raise typer.Exit(interrupted.code) from None
    except NotFresh as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--data") from None
    except BrokenPipeError:
        raise
    except (RuntimeError, OSError) as failure:
        say(_("The demonstration could not go on: {reason}").format(reason=reason_of(failure)))
        raise typer.Exit(1) from None
    if not good:
        raise typer.Exit(1)
