"""`orderkeep deploy`: which build of the workers receives work, changed step by step, and taken back."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from starter.cli import options
from starter.cli.endpoints import data_directory, written_endpoints
from starter.cli.groups import examples_text, group
from starter.cli.screen import Block, Column, Document, Facts, Rows, Sentence, print_blocks, print_json, say
from starter.cli.speech import _, choose_language
from starter.deploying import AlreadyCurrent, UnknownBuild, go_back, make_current, ramp, status
from starter.engine import connect_at

PATIENCE_SECONDS = 10.0
NOBODY_NAMED = "127.0.0.1:7233"
A_RELEASE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
Work = Callable[[Client, str], Awaitable[Document]]
BuildId = Annotated[
    str, typer.Option("--build-id", metavar="BUILD", help="The build: what its workers have as ORDERKEEP_BUILD_ID.")
]
CurrentBuild = Annotated[
    str | None,
    typer.Option("--build-id", metavar="BUILD", help="The build: what its workers have as ORDERKEEP_BUILD_ID."),
]
Without = Annotated[bool, typer.Option("--without-build-id", help="Give it to the workers that have no build id.")]
EarlierBuild = Annotated[
    str | None,
    typer.Option("--build-id", metavar="BUILD", help="The earlier build; absent where workers have no build ids."),
]
Release = Annotated[
    str | None, typer.Option(metavar="X.Y.Z", help="The release of that build; the one of this program when absent.")
]

deployments = group("Decide which build of the workers receives work.")


@deployments.command("status", epilog=examples_text("orderkeep deploy status", "orderkeep deploy status --json"))
def show(*, as_json: options.Json = False, data: options.Data = None, lang: options.Lang = None) -> None:
    """Show the builds that the engine knows, and which of them receives work."""
    choose_language(lang)
    _run(data, as_json, _status)


@deployments.command(
    "current",
    epilog=examples_text("orderkeep deploy current --build-id 0.2.0", "orderkeep deploy current --without-build-id"),
)
def current(
    *,
    build_id: CurrentBuild = None,
    without: Without = False,
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Give all work to a build, or to the workers without one."""
    choose_language(lang)
    _not_empty(build_id)
    if without is (build_id is not None):
        raise typer.BadParameter(_("name a build, or say --without-build-id"), param_hint="--build-id")

    async def work(client: Client, deployment: str) -> Document:
        await make_current(client, deployment, build_id)
        return await _status(client, deployment)

    _run(data, as_json, work)


@deployments.command("ramp", epilog=examples_text("orderkeep deploy ramp --build-id 0.3.0 --percent 10"))
def share(
    *,
    build_id: BuildId,
    percent: Annotated[float, typer.Option(min=0, max=100, help="The share of the workflows.")] = 10.0,
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Give a share of the workflows to a build, the rest to the current one."""
    choose_language(lang)
    _not_empty(build_id)

    async def work(client: Client, deployment: str) -> Document:
        await ramp(client, deployment, build_id, percent)
        return await _status(client, deployment)

    _run(data, as_json, work)


@deployments.command(
    "back", epilog=examples_text("orderkeep deploy back --build-id 0.2.0 --release 0.2.0", "orderkeep deploy back")
)
def back(
    *,
    build_id: EarlierBuild = None,
    release: Release = None,
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Go back to an earlier build, and start again from the database what it could not go on with."""
    choose_language(lang)
    _not_empty(build_id)
    if release is not None and not A_RELEASE.fullmatch(release):
        raise typer.BadParameter(_("a release number such as 0.2.0 is expected"), param_hint="--release")

    async def work(client: Client, deployment: str) -> Document:
        again = await go_back(client, deployment, build_id, release or version("orderkeep"))
        return {**await _status(client, deployment), "started_again": again}

    _run(data, as_json, work)


def _not_empty(build_id: str | None) -> None:
    """An unset variable of the shell is no build: to the engine the empty name is the workers without one."""
    if build_id is not None and not build_id.strip():
        raise typer.BadParameter(_("the name of a build is expected, and it is empty"), param_hint="--build-id")


async def _status(client: Client, deployment: str) -> Document:
    return (await status(client, deployment, version("orderkeep"))).document()


def _run(data: Path | None, as_json: bool, work: Work) -> None:
    """Do the work with Temporal itself, so that it can be done while the API is away."""
    named = {} if data else dict(os.environ)
    written = {} if named.get("TEMPORAL_ADDRESS") else written_endpoints(data_directory(data)) or {}
    address = named.get("TEMPORAL_ADDRESS") or written.get("temporal")
    try:
        answer = asyncio.run(_asked(address, written.get("temporal_namespace"), work))
    except (UnknownBuild, AlreadyCurrent, RPCError, RuntimeError, OSError, TimeoutError) as failure:
        say(_trouble(failure, address or NOBODY_NAMED))
        raise typer.Exit(1) from None
    if as_json:
        print_json(answer)
    else:
        print_blocks(_picture(answer))


def _trouble(failure: Exception, address: str) -> str:
    """What went wrong, and what to do; what the driver says of a closed port helps nobody."""
    match failure:
        case UnknownBuild():
            return _(
                "Temporal knows no worker of the build {build}: start its workers with ORDERKEEP_BUILD_ID={build}, "
                "or look for the right name with `orderkeep deploy status`."
            ).format(build=failure)
        case AlreadyCurrent():
            return _(
                "The build {build} is current already and receives everything that no other build's share takes; "
                "`orderkeep deploy current --build-id {build}` ends such a share."
            ).format(build=failure)
        case RPCError():
            return _("Temporal does not answer as it should at {address}: {reason}").format(
                address=address, reason=" ".join(str(failure).split())[:300]
            )
        case _other:
            return _(
                "Temporal does not answer at {address}: start the servers with `orderkeep up`, or name those that run "
                "with --data or TEMPORAL_ADDRESS."
            ).format(address=address)


async def _asked(address: str | None, namespace: str | None, work: Work) -> Document:
    async with asyncio.timeout(PATIENCE_SECONDS):
        client = await connect_at(address, namespace)
    return await work(client, os.environ.get("ORDERKEEP_DEPLOYMENT") or "orderkeep")


def _picture(answer: Document) -> Iterable[Block]:
    facts: list[tuple[str, Any]] = [(_("Current"), answer["current"] or _("workers without a build id"))]
    if answer["ramping"]:
        facts.append((_("Ramping"), f"{answer['ramping']}, {answer['percent']:g} %"))
    yield Facts(_("Deployment {name}").format(name=answer["deployment"]), facts)
    columns = (
        Column(_("Build"), "build_id"),
        Column(_("Status"), "status"),
        Column(_("Open workflows"), "workflows", figure=True),
    )
    yield Rows("", columns, answer["builds"], empty=_("No worker with a build id has asked for work yet."))
    if answer["foreign"]:
        yield Sentence(
            _("{count} workflows have met changes that release {release} does not know.").format(
                count=answer["foreign"], release=version("orderkeep")
            )
        )
    if "started_again" in answer:
        yield Sentence(_("Started again from the database: {count}.").format(count=len(answer["started_again"])))
