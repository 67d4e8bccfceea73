"""Real orders of a real wholesaler, through the importer: dirty rows are held for a person, the rest lives its life."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import starter
from db import engine
from starter.cli.speech import _
from starter.demo.cards import Cards
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene
from starter.files.importing import import_file
from starter.files.mapping import Mapping
from starter.files.report import Report
from starter.files.taking import Clerk

CARDS = Cards()
HOME = Path(starter.__file__).parent
PLACES = [folder / "examples" / "wholesale-sample.csv" for folder in (HOME, HOME.parent)]  # installed, or a checkout
SAMPLE = next((place for place in PLACES if place.exists()), PLACES[-1])
SOURCE = "UCI Online Retail, doi:10.24432/C5BW33, CC BY 4.0"
OPENING_STOCK = 100


def title() -> str:
    """What happens, in a few words."""
    return _("A wholesaler's file (UCI Online Retail)")


async def play(scene: Scene) -> None:
    """Seven plain orders and one with postage are taken; a row without a customer and a credit note are held."""
    scene.says(_("importing {file} ({source})").format(file=SAMPLE.name, source=SOURCE))
    report = await _import(scene)
    count = report["documents"]
    seen = [count["orders"], count["credit_notes"], count["held"], count["refused"]]
    scene.expect(_("orders, credit notes, held, refused"), [8, 1, 1, 0], seen)
    scene.expect(_("rows: taken and held are all"), report["rows"]["read"], _accounted(report["rows"]))
    listed = (await scene.company.desks.sales.get("/v1/orders", limit="500"))["items"]
    scene.orders += sorted(row["number"] for row in listed if row["channel"] == "file")
    scene.expect(_("orders from the file"), 8, len(scene.orders))
    scene.says(_("{count} orders of December 2010 go on ({source})").format(count=len(scene.orders), source=SOURCE))
    orders = await asyncio.gather(*(_live(scene, number) for number in scene.orders))
    total = sum(orders, Decimal(0))
    scene.expect(_("amount of the file that was taken"), Decimal(report["amounts"]["taken"]), total)


def _accounted(rows: dict[str, int]) -> int:
    return rows["taken"] + rows["held"] + rows["refused"]


async def _import(scene: Scene) -> dict[str, Any]:
    engine.configure(scene.company.database, pool_size=4)
    report = Report(SAMPLE.name)
    try:
        await import_file(SAMPLE, Mapping(), Clerk(SAMPLE.name, OPENING_STOCK), report, create=True)
    finally:
        await engine.close()
    return report.as_document()


async def _live(scene: Scene, number: str) -> Decimal:
    """One order to its end; a price far from the list is the sales manager's to release. Its net amount."""
    row = await scene.until(number, _("reviewed"), lambda row: row["open_holds"] or row["state"] != "SUBMITTED")
    if row["open_holds"]:
        await _release(scene, number)
    await paid(scene, number)
    order = await completed(scene, number, shipments=1)
    return Decimal(order["net"])


async def _release(scene: Scene, number: str) -> None:
    manager = scene.company.desks.manager
    for hold in (await scene.order(number))["holds"]:
        if hold["status"] == "OPEN":
            release = {"comment": _("as agreed with the customer in 2010")}
            await manager.post(f"/v1/orders/{number}/holds/{hold['id']}/release", release)
            scene.says(_("{order}: {reason} released by {name}").format(
                order=number, reason=hold["reason"], name=manager.name
            ))  # fmt: skip
