"""The carrier is down and then back: the booking is tried again until it works, and is made once."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.desks import Document
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"ALDER": company("Alder Outdoor", "ALDER", "Graz", "AT")},
    products={"FLASK-1": product("Vacuum flask, 1 litre", "27.00", "13.00")},
    stock=(("FLASK-1", MAIN, "80"),),
)
CALM = 4.0


def title() -> str:
    """What happens, in a few words."""
    return _("Carrier down, and back")


async def play(scene: Scene) -> None:
    """The story picks its own shipment while nothing else is being booked, so that only its booking fails."""
    company = scene.company
    company.dock.leave_alone("ALDER")
    number = (await scene.submit("ALDER", {"FLASK-1": "30"}))["number"]
    shipment = (await company.watch.shipment_of(number, lambda row: True))["number"]
    scene.says(_("{shipment} waits for a calm moment at the dock").format(shipment=shipment))
    await company.dock.quiet(CALM)
    failing = await _outage(scene, number, shipment)
    await scene.breathe(0.6)
    scene.says(_("the carrier is back"))
    await paid(scene, number)
    await completed(scene, number)
    scene.expect(_("the failing step"), ("book shipment", shipment), failing)
    scene.expect(_("bookings at the carrier"), 1, len(await company.carrier.bookings(shipment)))


async def _outage(scene: Scene, number: str, shipment: str) -> tuple[str, str]:
    """Take the carrier down until `why` has named the failing booking; that name."""
    company = scene.company
    company.dock.close()
    try:
        await company.carrier.goes_down()
        await company.desks.robot.post(f"/v1/shipments/{shipment}/pick", {"packages": 2})
        found = await scene.find(number, _("the failing booking, named"), lambda: _fails(scene, number))
        scene.says(found["sentence"])
        await scene.breathe(0.3)
    finally:
        await company.carrier.comes_back()
        company.dock.open()
    return found["failing"]["activity"], shipment if shipment in found["sentence"] else ""


async def _fails(scene: Scene, number: str) -> Document | None:
    told = await scene.why(number)
    return told if told.get("failing") else None
