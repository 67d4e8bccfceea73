"""The relays are killed between handing over and writing it down: nothing is lost, and a repetition is recognised."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests import builders
from tests.faults.crash.acts import Act
from tests.faults.crash.arranged import arranged
from tests.faults.crash.points import ANSWERED, ASKS, COMMITTED
from tests.faults.crash.processes import Nursery
from tests.faults.crash.stage import killed_everywhere, rehearsed


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


class Postmaster:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        """A letter has arrived."""
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[attr-defined]
        return "250 taken"

    def collect(self) -> Counter[str]:
        """How often each letter has come, by its Message-ID, since this was asked before."""
        found, self.letters = self.letters, []
        return Counter(str(letter["Message-ID"]) for letter in found)


@pytest.fixture
def post() -> Iterator[tuple[Postmaster, str]]:
    """The mail server and its address."""
    master = Postmaster()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(master, hostname="127.0.0.1", port=port)
    controller.start()
    yield master, f"smtp://127.0.0.1:{port}"
    controller.stop()


async def test_a_relay_that_is_killed_sends_again_only_what_had_left_and_was_not_written_down(
    database_server: str, nursery: Nursery, tmp_path: Path, post: tuple[Postmaster, str]
) -> None:
    master, url = post
    async with arranged(_billed, database_server, nursery, tmp_path) as (stage, _):
        whole = await rehearsed(stage, Act(kind="letters", argument={"smtp": url}))
        once = master.collect()
        assert set(once.values()) == {1}
        assert len(once) >= 4
        in_the_open = [point for point in whole.points if point.startswith((ANSWERED, COMMITTED))]
        for point in ["before a transaction 1", *in_the_open, "before its end is reported 1"]:
            missed, wrong = await whole.killed(point)
            came = master.collect()
            assert (missed, wrong) == ([], {}), point
            assert came.keys() == once.keys(), point
            again = [letter for letter, times in came.items() if times > 1]
            assert max(came.values()) <= 2, point
            if not point.startswith(ANSWERED):
                assert len(again) < len(once), point
