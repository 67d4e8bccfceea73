"""What many stories have in common: goods are delivered and billed, money comes, the order is complete."""

from __future__ import annotations

from decimal import Decimal

from starter.cli.speech import _
from starter.demo.desks import Document
from starter.demo.scene import Scene

ENDED = ("COMPLETED", "REJECTED", "EXPIRED", "CANCELLED")


def _words() -> dict[str, str]:
    return {
        "CREATED": _("to be picked"),
        "PICKING": _("being picked"),
        "PACKED": _("packed, being booked"),
        "BOOKED": _("booked with the carrier"),
        "IN_TRANSIT": _("in transit"),
        "OUT_FOR_DELIVERY": _("out for delivery"),
        "DELIVERED": _("delivered"),
    }


async def billed(scene: Scene, number: str) -> Document:
    """The whole order once all of it is delivered and billed."""

    def met(row: Document) -> bool:
        _follow(scene, number)
        return bool(row["billing"] == "full")

    await scene.until(number, _("delivered and billed in full"), met)
    return await scene.order(number)


def _follow(scene: Scene, number: str) -> None:
    """Say where the parcels are; of a story with many orders, how many have arrived."""
    watch = scene.company.watch
    if len(scene.orders) > 1:
        arrived = sum(watch.orders[each]["delivery"] == "full" for each in scene.orders if each in watch.orders)
        scene.says(_("{count} of {all} orders are delivered").format(count=arrived, all=len(scene.orders)))
        return
    words = _words()
    parcels = [f"{row['number']} {words.get(row['state'], row['state'])}" for row in watch.shipments.get(number, ())]
    if parcels:
        scene.says("; ".join(parcels))


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
