"""A letter that has left while the database was lost is written down later, and does not leave again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from db.queries import outbox
from gateways.notices import registry
from gateways.notices.port import Notice
from starter.relay.bell import Doorbell
from starter.relay.letters import LetterRelay
from tests import builders


class Counted:
    """A mail server that counts."""

    repeats_show = True
    encloses = False

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def deliver(self, notice: Notice) -> None:
        """Take a letter."""
        self.keys.append(notice.key)


@pytest.fixture
def post() -> Iterator[Counted]:
    """The only way out."""
    before, way = list(registry._posts), Counted()
    registry._posts[:] = [way]
    yield way
    registry._posts[:] = before


async def test_a_letter_that_left_while_the_database_was_lost_leaves_once(
    database: str, post: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    await builders.a_company()
    await builders.an_order()
    relay = LetterRelay(Doorbell(database, "notice"))
    mark, asked = outbox.mark_letters_sent, []

    async def lost_at_first(tx: Any, keys: list[str]) -> None:
        asked.append(keys)
        if len(asked) == 1:
            raise OperationalError("UPDATE", {}, OSError("the connection is lost"))
        await mark(tx, keys)

    monkeypatch.setattr(outbox, "mark_letters_sent", lost_at_first)
    with pytest.raises(OperationalError):
        await relay._round()
    await builders.run("UPDATE notice SET next_attempt_at = now()")
    assert await relay._round() == 1
    assert len(post.keys) == 1
    assert asked == [post.keys, post.keys]
    assert [row.attempts for row in await builders.rows("SELECT attempts FROM notice WHERE sent_at IS NOT NULL")] == [2]
