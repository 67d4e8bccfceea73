"""A comment stands in the order's timeline with who said it, and changes nothing else."""

from __future__ import annotations

import pytest

from db.engine import settled
from domain.errors import NotFound
from domain.requests import Comment
from intake.comments import comment_on_order
from tests import builders as make
from tests.db.reading import order_of, story_of


async def test_a_comment_is_kept_whatever_the_state_of_the_order(database):
    await make.a_company()
    order = await make.completed(await make.an_order())
    before = await order_of(order)
    said = Comment(text="She calls back on Monday.")
    await settled(lambda tx: comment_on_order(tx, make.SUPPORT, order, said, make.NOW))
    entry = (await story_of(order))[-1]
    assert (entry["event"], entry["actor"], entry["summary"]) == (
        "commented",
        "support desk",
        "support desk: She calls back on Monday.",
    )
    assert (await story_of(order, "zh-CN"))[-1]["summary"] == "support desk：She calls back on Monday."
    assert await order_of(order) == before


async def test_an_order_that_does_not_exist_is_not_commented_on(database):
    with pytest.raises(NotFound, match="There is no order SO-9"):
        await settled(lambda tx: comment_on_order(tx, make.SUPPORT, "SO-9", Comment(text="?"), make.NOW))
