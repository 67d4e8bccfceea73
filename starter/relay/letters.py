"""The notices are handed to the post: each once, and again when the post was closed.

A process that dies after a letter has left and before that is written down leaves it to be sent again, under the same
Message-ID. Where readers would see both, each letter is written down at once, so that no other one waits with it.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import autocommit
from db.queries import outbox
from db.queries.outbox import Letter
from domain.policy import Seller
from gateways.notices.port import Notice, NoticeRefused, NoticeUnavailable
from gateways.notices.registry import deliver, repeats_show
from gateways.notices.wording import compose
from starter import meters
from starter.relay.bell import Doorbell
from starter.relay.enclosing import Desk
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

NOBODY = Seller(name="")
BATCH = 50
DELIVERY_SECONDS = 30.0
"""What a letter may take in all: a mail server may answer each question just in time."""
LEASE_SECONDS = 60.0
"""Longer than the round of a batch takes; after a worker that died its letters wait so long."""
CHANNEL = "notice"


class LetterRelay:
    """Takes letters out of the outbox and hands them to the post, signed by `seller`, for as long as it runs."""

    def __init__(self, bell: Doorbell, seller: Seller = NOBODY) -> None:
        self._bell = bell
        self._company = {"seller": seller.name, "bank": seller.bank}
        self._desk = Desk()
        self._handed: set[str] = set()

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
        outcomes = await asyncio.gather(*map(self._deliver, letters))
        await self._mark([letter.key for letter, took in zip(letters, outcomes, strict=True) if took])
        return len(letters)

    async def _mark(self, keys: list[str]) -> None:
        """Write down that the letters have left; those that are written down already are passed over."""
        if left := [key for key in keys if key in self._handed]:
            async with autocommit(DATABASE_SECONDS) as tx:
                await outbox.mark_letters_sent(tx, left)
            self._handed.difference_update(left)

    async def _deliver(self, letter: Letter) -> bool:
        if letter.key in self._handed:
            return True  # it has left before, and the database was lost when that was to be written down
        try:
            subject, body = compose(letter.event, letter.language, {**letter.figures, **self._company})
            async with asyncio.timeout(DELIVERY_SECONDS):
                enclosure = await self._desk.enclosure(letter)
                await deliver(Notice(letter.key, letter.recipient, subject, body, letter.language, enclosure))
        except (NoticeRefused, NoticeUnavailable, LookupError, OSError) as error:
            # A letter that this release does not know is one of the next: during a deploy both hand letters over.
            final = isinstance(error, NoticeRefused)
            meters.posted("refused" if final else "unavailable")
            log.warning("letter_not_taken", event_key=letter.key, error=first_line(error), final=final)
            async with autocommit(DATABASE_SECONDS) as tx:
                delay = min(600.0, 2.0 ** min(letter.attempts, 9))
                await outbox.letter_failed(tx, letter.key, first_line(error), delay, final=final)
            return False
        self._handed.add(letter.key)
        meters.posted("sent")
        if repeats_show():
            await self._mark([letter.key])
        return True
