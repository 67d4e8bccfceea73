"""Histories of many clients at once: every value that somebody read is explained by some order of the operations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.activities.fingerprint import assert_sound
from tests.concurrency.chaos import killing_commits, killing_connections
from tests.concurrency.runs import Run, assert_explained
from tests.concurrency.serving import serving

HAPPENS = {
    "allocate", "cancel", "hand out", "issue", "move", "pay", "pick", "post", "read account", "read invoice",
    "read line", "read numbers", "read stock", "read timeline", "review", "undo",
}  # fmt: skip


def telling(run: Run) -> bool:
    """Whether enough happened: a history in which little happened proves nothing."""
    counted = run.counted()
    kinds = {name.removesuffix(" unknown").removesuffix(" refused") for name in counted}
    lost = sum(count for name, count in counted.items() if name.endswith(" unknown"))
    return kinds >= HAPPENS and counted.get("move refused", 0) > 3 and (lost > 5 or not run.world.losses)


async def act_until_telling(run: Run, rounds: int) -> None:
    """So many rounds, and a few more for as long as it was not enough: who meets whom is for the machine to decide."""
    await run.act(rounds)
    for _ in range(6):
        if telling(run):
            return await run.rest()
        await run.act(4)
    raise AssertionError(f"nothing to judge: {run.counted()}")


@pytest.mark.parametrize("seed", ["one", "two"])
async def test_what_many_clients_saw_is_explained_by_some_order_of_what_they_did(seed: str, short_of_everything: str):
    run = Run.direct(seed).crowd()
    await act_until_telling(run, 20)
    assert_explained(run.verdicts(), seed)
    assert await run.trails() == []
    await assert_sound()


@pytest.mark.parametrize("seed", ["three", "four"])
async def test_it_is_explained_too_when_connections_die_and_answers_are_lost(seed: str, short_of_everything: str):
    run = Run.direct(seed, losses=0.04).crowd()
    async with killing_connections(short_of_everything, run.world.recorder, seed, every=12) as killed:
        with killing_commits(short_of_everything, seed, share=0.02) as cut:
            await act_until_telling(run, 15)
    assert killed and cut
    assert_explained(run.verdicts(), seed)
    assert await run.trails() == []
    await assert_sound()


async def test_what_clients_of_a_serving_process_saw_over_http_is_explained(short_of_everything: str):
    async with serving(short_of_everything) as door:
        run = Run.through(door, "five", datetime.now(UTC), losses=0.02).crowd(stock=2, accounts=2)
        async with killing_connections(short_of_everything, run.world.recorder, "five", every=25) as killed:
            await run.act(12)
            await run.rest()
    assert killed
    assert_explained(run.verdicts(), "five")
    await assert_sound()
