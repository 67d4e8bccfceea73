"""The letter relay waits for nobody for ever, and what a letter met is kept with it."""

from __future__ import annotations

import asyncio

import pytest

from starter.ending import ended
from starter.relay import letters
from starter.relay.bell import Doorbell
from tests import builders


async def _never(notice: object) -> None:
    await asyncio.Event().wait()


async def test_a_post_that_never_answers_is_given_up_and_the_letter_comes_later(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "DELIVERY_SECONDS", 0.1)
    monkeypatch.setattr(letters, "deliver", _never)
    await builders.a_company()
    await builders.an_order()
    relay = asyncio.create_task(letters.LetterRelay(Doorbell(database, "notice")).run())
    async with asyncio.timeout(20):
        while not (kept := await builders.rows("SELECT error, sent_at FROM notice WHERE error IS NOT NULL")):
            await asyncio.sleep(0.05)
    await ended(relay)
    assert [(row.error, row.sent_at) for row in kept] == [("TimeoutError", None)]
