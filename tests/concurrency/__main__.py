"""Histories and interleavings for as long as asked: `make histories SEED=1 MINUTES=10`.

Round after round under seeds of their own, which are said, so that the one that fails can be run again: the same seed
asks the same things after the same pauses, and gives hypothesis the same examples. What the machine's scheduler makes
of it no seed can repeat; a failing history is therefore told whole.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from collections import Counter

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from db import engine
from gateways.carriers import registry
from starter.exit import finish
from tests.activities.fingerprint import assert_sound
from tests.builders import CARRIER, PocketCarrier
from tests.concurrency.chaos import killing_commits, killing_connections
from tests.concurrency.runs import Run, assert_explained, company
from tests.databases import fresh_database, template_database
from tests.interleavings.ground import ground
from tests.interleavings.machine import machine_on

ROUNDS = 40
LONG = settings(
    max_examples=25, stateful_step_count=60, deadline=None, database=None, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def say(line: str) -> None:
    """Tell whoever waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def history(template: str, name: str, broken: bool) -> dict[str, int]:
    """One crowd, with connections that die when `broken`; how often what happened."""
    async with fresh_database(template) as database:
        await engine.close()
        engine.configure(database, 24)
        registry._configured[CARRIER] = PocketCarrier()
        await company()
        run = Run.direct(name, losses=0.05 if broken else 0).crowd()
        if broken:
            async with killing_connections(database, run.world.recorder, name, every=15):
                with killing_commits(database, name, share=0.02):
                    await run.act(ROUNDS)
                    await run.rest()
        else:
            await run.act(ROUNDS)
            await run.rest()
        assert_explained(run.verdicts(), name)
        await assert_sound()
        registry._configured.clear()
        return run.counted()


def interleavings(template: str, number: int) -> Counter[str]:
    """Examples of the machine from a seed; how often what was done."""
    with ground(template) as laid:
        machine, done = machine_on(laid)
        run_state_machine_as_test(seed(number)(machine), settings=LONG)
        return done


def main() -> int:
    """Go round until the time is over; 1 as soon as something cannot be explained or does not hold."""
    parser = argparse.ArgumentParser(prog="make histories", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=5.0)
    asked = parser.parse_args()
    loop = asyncio.new_event_loop()
    servers = template_database()
    template = loop.run_until_complete(servers.__aenter__())
    until, number = time.monotonic() + 60 * asked.minutes, asked.seed
    try:
        while time.monotonic() < until:
            for broken in (False, True):
                told = loop.run_until_complete(history(template, f"{number}", broken))
                say(f"seed {number}: {sum(told.values())} operations explained{' (broken)' * broken}")
            done = interleavings(template, number)
            say(f"seed {number}: {sum(done.values())} steps and requests, everything holds")
            number += 1
    except BaseException:
        traceback.print_exc()
        say(f"failed; again with: make histories SEED={number} MINUTES=1")
        return 1
    finally:
        loop.run_until_complete(servers.__aexit__(None, None, None))
        loop.close()
    say(f"{number - asked.seed} rounds, seeds {asked.seed} to {number - 1}: all explained, everything holds")
    return 0


if __name__ == "__main__":
    finish(main())
