"""`orderkeep up`: all servers on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from starter.cli import options
from starter.cli.endpoints import data_directory
from starter.cli.groups import examples_text, single
from starter.cli.late import late
from starter.cli.screen import say
from starter.cli.speech import _, choose_language, reason_of
from starter.embedded.signals import Interrupted

TOLD = ("api", "key", "temporal", "temporal_ui", "database")
up_alone = single()

Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port of the API; else that of the last start, or a free one.")
]
DataDirectory = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Where everything is kept; else your data directory.")
]
DaySeconds = Annotated[
    float | None, typer.Option(min=0.001, help="Seconds in a policy's day, to watch reminders come; else 86400.")
]
StepSeconds = Annotated[
    float | None, typer.Option(min=0.001, help="Seconds between two scans of the simulated carrier.")
]


@up_alone.command(
    "up",
    epilog=examples_text("orderkeep up", "orderkeep up --data ./trial --port 8080 --day-seconds 1"),
)
def up(
    *,
    data: DataDirectory = None,
    port: Port = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as one line of JSON.")] = False,
    day_seconds: DaySeconds = None,
    step_seconds: StepSeconds = None,
    lang: options.Lang = None,
) -> None:
    """Start PostgreSQL, Temporal, the API, the worker and a simulated carrier, and serve until Ctrl-C.

    When all of it answers, one line stands on standard output: `ready <api-url> key <key>`.
    """
    choose_language(lang)
    late("starter.settings:Settings")()  # wrong ones are told now, and not by the programs that are started
    for name, meant in late("starter.settings:misspelled")(os.environ):
        say(_("{name} is no setting and does nothing; is {meant} meant?").format(name=name, meant=meant))
    given = {"port": port, "day_seconds": day_seconds, "step_seconds": step_seconds}
    try:
        stack = late("starter.embedded.stack:Stack")(
            data_directory(data),
            progress=_tell,
            **{name: value for name, value in given.items() if value is not None},
        )
        asyncio.run(_serve(stack, as_json))
    except Interrupted as interrupted:
        raise typer.Exit(interrupted.code) from None
    except (RuntimeError, OSError) as failure:
        say(_("Not started: {reason}").format(reason=reason_of(failure)))
        raise typer.Exit(1) from None


async def _serve(stack: Any, as_json: bool) -> None:
    """Serve until the first signal; a signal before all is up raises Interrupted, with everything stopped again."""
    async with stack:
        _announce(stack.endpoints.document(), as_json)
        await stack.wait()


def _announce(endpoints: dict[str, Any], as_json: bool) -> None:
    if as_json:
        line = json.dumps({name: endpoints.get(name) for name in TOLD})
    else:
        line = f"ready {endpoints['api']} key {endpoints['key']}"
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    say(_("Console: {api}  Sign in as one of:").format(api=endpoints["api"]))
    for account in endpoints["accounts"]:
        say(f"  {account['username']:<12} {account['password']}")
    say(
        _("API docs: {api}/docs   Temporal: {temporal_ui}   Ctrl-C stops everything.").format(
            api=endpoints["api"], temporal_ui=endpoints.get("temporal_ui") or endpoints.get("temporal")
        )
    )


def _tell(part: str, state: str) -> None:
    states = {
        "preparing": _("preparing"),
        "migrating": _("migrating"),
        "starting": _("starting"),
        "ready": _("ready"),
        "restarting": _("restarting"),
        "stopping": _("stopping"),
        "stopped": _("stopped"),
    }
    say(f"  {part:<12} {states.get(state, state)}")
    sys.stderr.flush()
