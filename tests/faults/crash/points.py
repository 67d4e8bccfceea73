"""The points at which a process can be killed: found while it runs, never named beforehand.

A process that acts passes points: a transaction is about to begin, about to commit, has committed; a question to
another company is about to be sent, its answer is there and nobody has read it; all is done and nobody knows yet. Each
is written down as it is passed. The process that is to die at one of them sends itself the signal that no process can
catch, so that what happens next is what happens in life: the kernel closes its connections, PostgreSQL rolls back what
was not committed, the carrier keeps what it was asked.
"""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiosmtplib
import httpx2
import psycopg
from psycopg.pq import TransactionStatus

from db import engine
from gateways.notices import mailbox

BEGINS = "before a transaction"
COMMITS = "before its commit"
COMMITTED = "after its commit"
ASKS = "before asking outside"
ANSWERED = "after the answer from outside"
DONE = "before its end is reported"
Write = Callable[[str], None]


class Points:
    """Counts the points of one process, and kills it at one of them."""

    def __init__(self, write: Write, fatal: str | None) -> None:
        self._write = write
        self._fatal = fatal
        self._passed: Counter[str] = Counter()

    def passed(self, kind: str) -> None:
        """This point is reached: the nth of its kind."""
        self._passed[kind] += 1
        name = f"{kind} {self._passed[kind]}"
        self._write(name)
        if name == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """A way out of the house: lay a point on either side of it."""
        ask = getattr(owner, name)

        @functools.wraps(ask)
        async def asked(*args: Any, **kwargs: Any) -> Any:
            self.passed(ASKS)
            answer = await ask(*args, **kwargs)
            self.passed(ANSWERED)
            return answer

        setattr(owner, name, asked)

    async def watch(self) -> None:
        """From here on: points around every transaction of this process, and around every way out of the house.

        They are laid in the driver, below everything that may be built upon it. The pool is connected before, since
        what is asked then belongs to nobody.
        """
        async with engine.transaction():
            pass
        self._watch_driver()
        self.around(httpx2.AsyncHTTPTransport, "handle_async_request")
        self.around(aiosmtplib, "send")
        self.around(mailbox.MailboxPost, "deliver")

    def _watch_driver(self) -> None:
        execute, commit = psycopg.AsyncCursor.execute, psycopg.AsyncConnection.commit

        async def executed(cursor: psycopg.AsyncCursor[Any], *args: Any, **kwargs: Any) -> Any:
            if _at_rest(cursor.connection):
                self.passed(BEGINS)
            answer = await execute(cursor, *args, **kwargs)
            if _at_rest(cursor.connection):  # the statement was a transaction of its own
                self.passed(COMMITTED)
            return answer

        async def committed(connection: psycopg.AsyncConnection[Any]) -> None:
            does = not _at_rest(connection)
            if does:
                self.passed(COMMITS)
            await commit(connection)
            if does:
                self.passed(COMMITTED)

        for owner, name, watched in (
            (psycopg.AsyncCursor, "execute", executed),
            (psycopg.AsyncConnection, "commit", committed),
        ):
            setattr(owner, name, watched)


def _at_rest(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether no transaction is open."""
    return connection.info.transaction_status == TransactionStatus.IDLE
