"""What many stories have in common: goods are delivered and billed, money comes, the order is complete."""

from __future__ import annotations

from decimal import Decimal

from starter.cli.speech import _
from starter.demo.desks import Document
from starter.demo.scene import Scene

ENDED = ("COMPLETED", "REJECTED", "EXPIRED", "CANCELLED")


async def billed(scene: Scene, number: str) -> Document:
    """The whole order once all of it is delivered and billed."""
    scene.says(_("on its way to the customer"))
    await scene.until(number, _("delivered and billed in full"), lambda row: bool(row["billing"] == "full"))
    return await scene.order(number)


async def paid(scene: Scene, number: str) -> None:
    """The customer pays the order's total as soon as it is billed."""
    order = await billed(scene, number)
    await scene.pay(Decimal(order["total"]), order["currency"], number)


async def completed(scene: Scene, number: str, *, payment: str = "paid", shipments: int = 1) -> Document:
    """The order when it has ended: complete, delivered and billed once per shipment, paid without a reminder."""
    order = await ended(scene, number, "COMPLETED")
    scene.expect(_("payment of {order}").format(order=number), payment, order["payment"])
    delivered = [each["number"] for each in order["shipments"] if each["state"] == "DELIVERED"]
    scene.expect(_("shipments of {order} delivered").format(order=number), shipments, len(delivered))
    billed_for = [each["shipment"] for each in await invoices(scene, order)]
    scene.expect(_("one invoice for each of them"), sorted(delivered), sorted(billed_for))
    return order


async def ended(scene: Scene, number: str, state: str) -> Document:
    """The order when it has ended, in the state in which it should."""
    if state == "COMPLETED":
        await scene.until(number, _("fulfilled and paid"), _is_paid)
        scene.says(_("paid; the after-sales window is open"))
    row = await scene.until(number, state, lambda row: bool(row["state"] in ENDED))
    scene.expect(_("state of {order}").format(order=number), state, row["state"])
    return await scene.order(number)


def _is_paid(row: Document) -> bool:
    return row["state"] in ENDED or (row["state"] == "FULFILLED" and row["payment"] in ("paid", "over"))


async def invoices(scene: Scene, order: Document) -> list[Document]:
    """The order's invoices as they are shown one by one, with their reminders and applications."""
    desk = scene.company.desks.sales
    return [await desk.get(f"/v1/invoices/{invoice['number']}") for invoice in order["invoices"]]


async def reminders(scene: Scene, order: Document) -> list[int]:
    """The levels of all reminders that were sent for the order, in the order in which they were sent."""
    return [reminder["level"] for invoice in await invoices(scene, order) for reminder in invoice["reminders"]]
