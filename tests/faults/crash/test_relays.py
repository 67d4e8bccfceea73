"""The relays are killed between handing over and writing it down: nothing is lost, and a repetition is recognised."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests import builders
from tests.faults.crash.acts import Act
from tests.faults.crash.arranged import arranged
from tests.faults.crash.points import ANSWERED, ASKS, COMMITTED
from tests.faults.crash.processes import Nursery
from tests.faults.crash.stage import killed_everywhere, rehearsed
from tests.faults.mail import MailServer


async def _billed() -> str:
    """An order whose letters and messages all wait, since nobody has handed any over yet."""
    order = await builders.an_order()
    await builders.paid(order)
    return order


async def test_a_relay_that_is_killed_anywhere_hands_every_message_to_the_engine(
    database_server: str, nursery: Nursery, tmp_path: Path
) -> None:
    async with arranged(_billed, database_server, nursery, tmp_path) as (stage, order):
        act = Act(kind="messages")
        whole = await rehearsed(stage, act)
        found = await killed_everywhere(stage, act)
    [workflow] = whole.wanted["(engine)"]
    assert f'"workflow": "order/{order}"' in workflow.replace("SO#1", order)
    for signal in ("pick_confirmed", "payment_received"):
        assert signal in workflow
    assert found.wrong == {}, found.told()
    assert Counter(point.rpartition(" ")[0] for point in found.points)[ASKS] >= 4


async def test_a_relay_that_is_killed_anywhere_puts_every_letter_into_the_mailbox_once(
    database_server: str, nursery: Nursery, tmp_path: Path
) -> None:
    async with arranged(_billed, database_server, nursery, tmp_path) as (stage, _):
        found = await killed_everywhere(stage, Act(kind="letters", argument={"smtp": None}))
    assert found.wrong == {}, found.told()
    assert Counter(point.rpartition(" ")[0] for point in found.points)[ASKS] >= 4


def collect(post: MailServer) -> Counter[str]:
    """How often each letter has come, by its Message-ID, since this was asked before."""
    came = Counter(letter.message_id for letter in post.letters)
    post.letters.clear()
    return came


async def test_a_relay_that_is_killed_sends_again_only_what_had_left_and_was_not_written_down(
    database_server: str, nursery: Nursery, tmp_path: Path
) -> None:
    async with MailServer() as post, arranged(_billed, database_server, nursery, tmp_path) as (stage, _):
        whole = await rehearsed(stage, Act(kind="letters", argument={"smtp": f"smtp://127.0.0.1:{post.port}"}))
        once = collect(post)
        assert set(once.values()) == {1}
        assert len(once) >= 4
        in_the_open = [point for point in whole.points if point.startswith((ANSWERED, COMMITTED))]
        for point in ["before a transaction 1", *in_the_open, "before its end is reported 1"]:
            missed, wrong = await whole.killed(point)
            came = collect(post)
            assert (missed, wrong) == ([], {}), point
            assert came.keys() == once.keys(), point
            again = [letter for letter, times in came.items() if times > 1]
            assert max(came.values()) <= 2, point
            if not point.startswith(ANSWERED):
                assert len(again) < len(once), point
