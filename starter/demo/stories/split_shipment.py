"""No warehouse has it all: two shipments from two warehouses, an invoice for each, one payment for both."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, NORTH, Cards, company, product
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"FJORD": company("Fjord and Field", "FJORD", "Aarhus", "DK")},
    products={"LAMP-01": product("Desk lamp", "64.00", "35.00", weight_kg="2.1")},
    stock=(("LAMP-01", MAIN, "6"), ("LAMP-01", NORTH, "5")),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Split over two warehouses")


async def play(scene: Scene) -> None:
    """10 ordered: 6 leave MAIN, 4 leave NORTH."""
    number = (await scene.submit("FJORD", {"LAMP-01": "10"}))["number"]
    await paid(scene, number)
    order = await completed(scene, number, shipments=2)
    left = sorted((each["warehouse"], each["lines"][0]["quantity"]) for each in order["shipments"])
    scene.expect(_("pieces from each warehouse"), [(MAIN, "6"), (NORTH, "4")], left)
    scene.expect(_("payments"), 1, len(order["payments"]))
