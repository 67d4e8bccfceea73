"""The notices are handed to the post: each once, and again when the post was closed."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import autocommit
from db.queries import outbox
from db.queries.outbox import Letter
from gateways.notices.port import Notice, NoticeRefused, NoticeUnavailable
from gateways.notices.registry import deliver
from gateways.notices.wording import compose
from starter import meters
from starter.relay.bell import Doorbell
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

BATCH = 50
DELIVERY_SECONDS = 30.0
"""What a letter may take in all: a mail server may answer each question just in time."""
LEASE_SECONDS = 60.0
"""Longer than the round of a batch takes; after a worker that died its letters wait so long."""
CHANNEL = "notice"


class LetterRelay:
    """Takes letters out of the outbox and hands them to the post, for as long as it runs."""

    def __init__(self, bell: Doorbell) -> None:
        self._bell = bell

    async def run(self) -> None:
        """Hand over until cancelled; a database that does not answer is asked again."""
        while True:
            try:
                sent = await self._round()
            except (SQLAlchemyError, OSError) as error:
                log.warning("letters_database_lost", error=first_line(error))
                await asyncio.sleep(1)
                continue
            if sent < BATCH:
                # Letters are in no hurry: waiting a little gathers them into one round.
                await self._bell.wait(CHANNEL, 5.0)
                await asyncio.sleep(0.2)

    async def _round(self) -> int:
        async with autocommit(DATABASE_SECONDS) as tx:
            letters = await outbox.claim_letters(tx, BATCH, LEASE_SECONDS)
        if letters:
            outcomes = await asyncio.gather(*map(self._deliver, letters))
            async with autocommit(DATABASE_SECONDS) as tx:
                sent = [letter.key for letter, took in zip(letters, outcomes, strict=True) if took]
                await outbox.mark_letters_sent(tx, sent)
        return len(letters)

    async def _deliver(self, letter: Letter) -> bool:
        try:
            subject, body = compose(letter.event, letter.language, letter.figures)
            async with asyncio.timeout(DELIVERY_SECONDS):
                await deliver(Notice(letter.key, letter.recipient, subject, body, letter.language))
            meters.posted("sent")
            return True
        except (NoticeRefused, NoticeUnavailable, LookupError, OSError) as error:
            # A letter that this release does not know is one of the next: during a deploy both hand letters over.
            final = isinstance(error, NoticeRefused)
            meters.posted("refused" if final else "unavailable")
            log.warning("letter_not_taken", event_key=letter.key, error=first_line(error), final=final)
            async with autocommit(DATABASE_SECONDS) as tx:
                delay = min(600.0, 2.0 ** min(letter.attempts, 9))
                await outbox.letter_failed(tx, letter.key, first_line(error), delay, final=final)
            return False
