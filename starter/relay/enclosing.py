"""What goes with a letter: with that of an invoice the invoice itself, for who cannot print it."""

from __future__ import annotations

import asyncio

import structlog

from db.engine import autocommit
from db.queries.outbox import Letter
from db.queries.views_invoicing import invoice_view
from gateways.documents.invoice import invoice_pdf
from gateways.documents.typesetting import CannotTypeset
from gateways.notices.port import Enclosure
from gateways.notices.registry import encloses
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

MOST_LINES = 300
"""A second of typesetting; whoever gets a longer invoice asks for it."""
INVOICED = "invoice_posted"


class Desk:
    """Where what goes with letters is printed, one after the other: letters wait, steps must not."""

    def __init__(self) -> None:
        self._free = asyncio.Lock()

    async def enclosure(self, letter: Letter) -> Enclosure | None:
        """The invoice as it stands when its letter leaves. A letter whose document cannot be set leaves without."""
        number = letter.figures.get("invoice")
        if letter.event != INVOICED or not number or not encloses():
            return None
        async with self._free:
            async with autocommit(DATABASE_SECONDS) as tx:
                view = await invoice_view(tx, number)
            if view is None or len(view["lines"]) > MOST_LINES:
                return None
            try:
                return Enclosure(f"{number}.pdf", await asyncio.to_thread(invoice_pdf, view, letter.language))
            except CannotTypeset as fault:
                log.error("invoice_not_set", invoice=number, error=first_line(fault))
                return None
