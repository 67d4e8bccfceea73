"""Files of orders as people have them, and how one is uploaded and worked off."""

from __future__ import annotations

import asyncio
import io
from datetime import date

import openpyxl

from tests.starter.console.desk import OURS, Desk
from tests.starter.console.taking.typing import shown

PLAIN = (
    b"document,customer,sku,quantity,unit_price,currency\n"
    b"A-1,HARBOUR,NB-A5,2,9.90,GBP\n"
    b"A-1,HARBOUR,PEN-01,3,1.00,GBP\n"
    b"A-2,HARBOUR,NB-A5,many,9.90,GBP\n"
    b"A-3,NOBODY,NB-A5,1,9.90,GBP\n"
    b"A-4,HARBOUR,NB-A5,-1,9.90,GBP\n"
    b"A-5,HARBOUR,NB-A5,1,9.90,EUR\n"
)
MOST_WAITED = 90


def workbook() -> bytes:
    """A workbook whose numbers are floats and whose dates are dates, below a line with the company's name."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Orders of the week"])
    sheet.append(["Order No", "Customer", "Item", "Qty", "Price", "Requested date", "Currency"])
    sheet.append([4711.0, "HARBOUR", "NB-A5", 2.0, 9.9, date(2026, 12, 24), "GBP"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


async def upload(desk: Desk, name: str, content: bytes) -> str:
    """Upload a file; the address of its page."""
    answer = await desk.client.post("/orders/upload", files={"file": (name, content)}, headers=OURS)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def worked_off(desk: Desk, address: str) -> str:
    """The page of an upload when nobody works on it any more."""
    async with asyncio.timeout(MOST_WAITED):
        while "every 1s" in (page := (await desk.get(address)).text):
            await asyncio.sleep(0.2)
    return page


def counts(page: str) -> dict[str, tuple[str, str]]:
    """Rows and amounts of the report by what became of them."""
    fates = ("taken", "held", "refused", "file")
    return {fate: (shown(page, f"rows-{fate}"), shown(page, f"amount-{fate}")) for fate in fates}
