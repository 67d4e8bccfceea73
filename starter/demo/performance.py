"""The demonstration from the first server to the last line: start, play, show, and stop or go on serving."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

from starter import logs
from starter.cli.screen import print_blocks, print_json, say
from starter.cli.speech import _
from starter.demo.directory import fresh_directory
from starter.demo.picture import going_on_picture, report_picture
from starter.demo.programme import company, play_all
from starter.demo.progress import output, progress
from starter.demo.report import Report, gather
from starter.embedded.stack import Stack
from starter.settings import Settings

DAY_SECONDS = 0.4
STEP_SECONDS = 0.3
SERVERS = ("ORDERKEEP_DATABASE_URL", "TEMPORAL_ADDRESS", "ORDERKEEP_CARRIER_URL", "ORDERKEEP_SMTP_URL")
HARMLESS = ("ORDERKEEP_LANG", "ORDERKEEP_LOG_LEVEL", "ORDERKEEP_DEBUG")


async def perform(data: Path | None, *, keep: bool, as_json: bool) -> bool:
    """Whether every story ended as it should, the invariants hold and the books balance.

    With `keep` it goes on serving until Ctrl-C. Errors: NotFresh, what `Stack` raises.
    """
    began = time.monotonic()
    stand_alone()
    logs.configure("demo", Settings(log_level="error"))
    with fresh_directory(data, keep=keep) as directory, ExitStack() as screen:
        seen = screen.enter_context(progress(output(as_json=as_json), lines=as_json))
        async with Stack(directory, progress=seen.server, day_seconds=DAY_SECONDS, step_seconds=STEP_SECONDS) as stack:
            ready = time.monotonic()
            async with company(stack) as example:
                scenes = await play_all(example, seen, stack.endpoints.document())
                played = time.monotonic()
                report = await gather(example, scenes)
            screen.close()
            seconds = {"servers": ready - began, "stories": played - ready, "all": time.monotonic() - began}
            _show(report, stack, seconds, as_json=as_json, keep=keep)
            if keep:
                await stack.wait()
    return report.good


def _show(report: Report, stack: Stack, seconds: dict[str, float], *, as_json: bool, keep: bool) -> None:
    endpoints = stack.endpoints.document()
    if as_json:
        print_json(report.document(endpoints, seconds))
    else:
        print_blocks(report_picture(report))
    blocks = going_on_picture(endpoints, stack.servers.dir.path, seconds, keep=keep)
    if not as_json:
        print_blocks(blocks)
    elif keep:
        say(_("Still serving at {api}; Ctrl-C stops everything.").format(api=endpoints["api"]))


def stand_alone() -> None:
    """Forget what the environment says about other servers: example data must never get into them."""
    for name in SERVERS:
        if os.environ.get(name):
            say(_("{name} is left aside: the demonstration brings servers of its own.").format(name=name))
    for name in [name for name in os.environ if name.startswith(("ORDERKEEP_", "TEMPORAL_"))]:
        if name not in HARMLESS:
            del os.environ[name]
