"""Messages that were handed over long ago are forgotten; those that wait never are."""

from __future__ import annotations

import asyncio
import contextlib

from db import engine
from db.queries import outbox
from starter.ending import ended
from starter.relay.forgetting import KEPT_DAYS, forget_sent
from tests.builders import rows, run

IDS = "SELECT id FROM engine_outbox ORDER BY id"


async def _messages() -> None:
    await run(
        "INSERT INTO engine_outbox (kind, workflow_type, workflow_id, created_at, sent_at)"
        " SELECT 'signal', 'OrderWorkflow', 'order/' || n, now() - interval '40 days',"
        "  CASE WHEN n % 2 = 0 THEN now() - make_interval(days => n) END FROM generate_series(1, 30) n"
    )


async def test_what_was_sent_long_ago_goes_and_what_waits_stays(database: str) -> None:
    await _messages()
    async with engine.autocommit() as tx:
        gone = [await outbox.forget_sent(tx, KEPT_DAYS, limit) for limit in (20, 30, 30)]
    assert gone == [4, 5, 0], "of the oldest 20 those of 14, 16, 18 and 20 days, then those of 22 to 30"
    kept = [row.id for row in await rows(IDS)]
    assert kept == sorted([*range(1, 31, 2), *range(2, KEPT_DAYS, 2)])


async def test_the_worker_forgets_batch_after_batch(database: str) -> None:
    await _messages()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            forgetting = asyncio.create_task(forget_sent(days=1, batch=1000))
            while len(await rows(IDS)) > 15:
                await asyncio.sleep(0.05)
    await ended(forgetting)
    assert [row.id for row in await rows(IDS)] == list(range(1, 31, 2))
