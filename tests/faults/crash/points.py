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
from sqlalchemy import event
from sqlalchemy.engine import Connection

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

    def watch(self) -> None:
        """Lay points around every transaction of the open pool, and every way out of the house."""
        self._watch_pool()
        self.around(httpx2.AsyncHTTPTransport, "handle_async_request")
        self.around(aiosmtplib, "send")
        self.around(mailbox.MailboxPost, "deliver")

    def _watch_pool(self) -> None:
        pool = engine.pool().sync_engine
        commit = pool.dialect.do_commit

        @event.listens_for(pool, "begin")
        def begins(connection: Connection) -> None:
            if not _each_alone(connection):
                self.passed(BEGINS)

        @event.listens_for(pool, "before_cursor_execute")
        def begins_alone(connection: Connection, *rest: Any) -> None:
            if _each_alone(connection):
                self.passed(BEGINS)

        @event.listens_for(pool, "after_cursor_execute")
        def committed_alone(connection: Connection, *rest: Any) -> None:
            if _each_alone(connection):
                self.passed(COMMITTED)

        def commits(connection: Any) -> None:
            if connection.autocommit:
                commit(connection)
                return
            self.passed(COMMITS)
            commit(connection)
            self.passed(COMMITTED)

        vars(pool.dialect)["do_commit"] = commits


def _each_alone(connection: Connection) -> bool:
    """Whether each statement of the connection is a transaction of its own."""
    return bool(connection.connection.dbapi_connection.autocommit)  # type: ignore[union-attr]
