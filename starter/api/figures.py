"""The business's figures as the metrics show them: asked when somebody looks, and never at more than a small cost.

A figure is five seconds old, or older when its question is dear: a hundred times as old as the answer took. So a
scrape costs the database one hundredth of its time at most, whatever is stored; on a small database all is fresh.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db import engine
from db.queries.metrics import QUESTIONS, Figures, Question, ask, together
from starter.api.answers import ANSWER_SECONDS

log = structlog.get_logger("api")

FRESH_SECONDS = 5.0
PATIENCE = 100
LONGEST_SECONDS = 10
_LIMIT = text(f"SET LOCAL statement_timeout = '{LONGEST_SECONDS}s'")


@dataclass(slots=True)
class _Kept:
    answer: Figures = field(default_factory=dict)
    until: float = 0.0
    seconds: float = 0.0


class Business:
    """The figures of one process."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._fresh = fresh_seconds
        self._kept = {question.name: _Kept() for question in QUESTIONS}
        self._asking = asyncio.Lock()

    async def figures(self) -> Figures | None:
        """All figures; None when the database does not answer. Two who look at once share one answer."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._asking:
                if not await self._asked_what_is_due():
                    return None
        except TimeoutError:
            return None
        seconds = {"figures_seconds": {name: kept.seconds for name, kept in self._kept.items()}}
        return together(*(kept.answer for kept in self._kept.values()), seconds)

    async def _asked_what_is_due(self) -> bool:
        if not await engine.reachable():
            return False
        for question in QUESTIONS:
            if time.monotonic() >= self._kept[question.name].until:
                self._kept[question.name] = await self._asked(question)
        return True

    async def _asked(self, question: Question) -> _Kept:
        """Ask anew; a question that fails leaves its figures out, and is asked again when it may."""
        began = time.monotonic()
        try:
            async with engine.transaction() as tx:
                await tx.execute(_LIMIT)
                answer = await ask(tx, question)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("figures_not_counted", question=question.name, error=str(error).splitlines()[0])
            answer = {}
        now = time.monotonic()
        return _Kept(answer, now + max(self._fresh, PATIENCE * (now - began)), now - began)
