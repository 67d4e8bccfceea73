"""`orderkeep doctor`: what is wrong with the servers, and what to do about it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import typer

from starter.cli import options
from starter.cli.endpoints import data_directory, written_endpoints
from starter.cli.groups import examples_text, single
from starter.cli.late import late
from starter.cli.screen import Block, Column, Document, Rows, Sentence, print_blocks, print_json
from starter.cli.speech import _, choose_language

doctor_alone = single()
SHOWN = 20


@doctor_alone.command("doctor", epilog=examples_text("orderkeep doctor", "orderkeep doctor --repair --json"))
def doctor(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Start again every workflow that must run and that the engine lost.")
    ] = False,
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Examine database, Temporal, workers, messages and carrier; exit code 1 while something is wrong.

    Speaks to the servers themselves, so it works when the API does not.
    """
    choose_language(lang)
    verdict = asyncio.run(late("starter.doctor:examine")(_patient(data), repair=repair))
    if as_json:
        print_json(verdict)
    else:
        print_blocks(_picture(verdict))
    if verdict["problems"]:
        raise typer.Exit(1)


def _patient(data: Path | None) -> Any:
    """Where the servers are: what the environment names, as for the servers themselves; else what `up` wrote down."""
    named = {} if data else dict(os.environ)
    written = {} if named.get("ORDERKEEP_DATABASE_URL") else written_endpoints(data_directory(data)) or {}
    return late("starter.doctor:Patient")(
        database=named.get("ORDERKEEP_DATABASE_URL") or written.get("database"),
        temporal=named.get("TEMPORAL_ADDRESS") or written.get("temporal"),
        namespace=named.get("TEMPORAL_NAMESPACE") or written.get("temporal_namespace"),
        task_queue=os.environ.get("ORDERKEEP_TASK_QUEUE") or "orderkeep",
        api=named.get("ORDERKEEP_API") or written.get("api"),
        carrier=named.get("ORDERKEEP_CARRIER_URL") or written.get("simulator"),
        data_dir=data_directory(data) if written else None,
    )


def _picture(verdict: Document) -> Iterable[Block]:
    fine = [f"✓ {one['name']}: {one['says']}" for one in verdict["examined"] if one["state"] == "fine"]
    skipped = [
        f"· {one['name']}: {_('not examined')} ({one['says']})"
        for one in verdict["examined"]
        if one["state"] == "not examined"
    ]
    for lines, style in ((fine, "green"), (skipped, "dim")):
        if lines:
            yield Sentence("\n".join(lines), style)
    for warning in verdict["warnings"]:
        yield Sentence(f"! {warning['problem']}: {warning['detail']}\n  → {warning['what_to_do']}", "yellow")
    yield from _problems(verdict["problems"])
    yield Rows(
        _("Started again"),
        (Column(_("Workflow"), "workflow"),),
        [{"workflow": workflow} for workflow in verdict["repaired"]],
    )
    if not verdict["problems"] and not verdict["warnings"]:
        yield Sentence(_("Everything is well."), "green")


def _problems(problems: Sequence[Document]) -> Iterable[Block]:
    """Each kind with its first few: an engine that lost everything would fill many screens."""
    for name, each in groupby(problems, key=itemgetter("problem")):
        found = list(each)
        for problem in found[:SHOWN]:
            yield Sentence(f"✗ {name}: {problem['detail']}\n  → {problem['what_to_do']}", "red")
        if more := len(found[SHOWN:]):
            left = _("{count} more of the same kind: --json lists all of them.").format(count=more)
            yield Sentence(f"✗ {name}: {left}", "red")
