"""All stories at the same time, each for itself: one that fails says so and disturbs no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from starter.cli.speech import _
from starter.demo.bank import Bank
from starter.demo.carrier import Carrier
from starter.demo.desks import RefusedByApi, client, open_desks
from starter.demo.dock import Dock
from starter.demo.opening import put_cards
from starter.demo.progress import Progress
from starter.demo.scene import Company, Scene, WaitedInVain
from starter.demo.stories import STORIES
from starter.demo.watch import Watch
from starter.embedded.stack import Stack
from starter.ending import ended

log = structlog.get_logger()
PACE = 0.08
"""Seconds between the beginnings of two stories: orders come one after another, as in life."""


@asynccontextmanager
async def company(stack: Stack) -> AsyncIterator[Company]:
    """The example company behind these servers, with its desks, bank, carrier and warehouse."""
    endpoints = stack.endpoints
    carrier = Carrier(endpoints.simulator)
    try:
        async with client(endpoints.api) as http:
            desks = await open_desks(http, endpoints.key)
            watch = Watch(desks.administrator)
            secret = stack.servers.dir.webhook_secret("webhook_secret_payments")
            yield Company(
                desks=desks,
                bank=Bank(http, secret),
                carrier=carrier,
                dock=Dock(desks.robot, watch),
                watch=watch,
                mailbox=Path(endpoints.mailbox),
                database=endpoints.database,
            )
    finally:
        await carrier.close()


async def play_all(example: Company, seen: Progress, endpoints: Mapping[str, Any]) -> list[Scene]:
    """Open the company and play every story to its end; the scenes in the order of the list."""
    await put_cards(example.desks, (story.CARDS for story in STORIES.values()))
    scenes = [Scene(name, story, example, seen.told) for name, story in STORIES.items()]
    seen.begin(scenes, example.watch, endpoints)
    around = [asyncio.create_task(each) for each in (example.watch.run(), example.dock.run())]
    try:
        await _together(scenes)
    finally:
        await ended(*around)
    return scenes


async def _together(scenes: Sequence[Scene]) -> None:
    async with asyncio.TaskGroup() as group:
        for scene in scenes:
            group.create_task(_play(scene))
            await asyncio.sleep(PACE)


async def _play(scene: Scene) -> None:
    scene.began = time.monotonic()
    try:
        await scene.story.play(scene)
    except (WaitedInVain, RefusedByApi) as unforeseen:
        scene.failure = str(unforeseen)
    except Exception as fault:  # one story of many: the others go on, and this one counts as failed
        log.exception("story_failed", story=scene.name)
        scene.failure = f"{type(fault).__name__}: {fault}"
    scene.ended = time.monotonic()
    scene.says(_ending(scene) if scene.good else (scene.failure or _unmet(scene)))


def _ending(scene: Scene) -> str:
    states = {scene.company.watch.orders[number]["state"] for number in scene.orders}
    return _("{states}, as it should be").format(states=", ".join(sorted(states)))


def _unmet(scene: Scene) -> str:
    return "; ".join(
        _("{what}: expected {expected}, seen {seen}").format(what=each.what, expected=each.expected, seen=each.seen)
        for each in scene.expectations
        if not each.met
    )
