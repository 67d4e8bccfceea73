"""An order that no human touches: taken, confirmed, shipped, billed, paid."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.endings import completed, paid, reminders
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"LARKSPUR": company("Larkspur Books", "LARKSPUR", "Dublin", "IE")},
    products={
        "TEA-100": product("Breakfast tea, 100 bags", "12.50", "7.00"),
        "CUP-250": product("Stoneware cup, 250 ml", "8.00", "3.90"),
    },
    stock=(("TEA-100", MAIN, "500"), ("CUP-250", MAIN, "300")),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Straight through")


async def play(scene: Scene) -> None:
    """Nobody holds it, nobody reminds."""
    number = (await scene.submit("LARKSPUR", {"TEA-100": "24", "CUP-250": "12"}))["number"]
    await paid(scene, number)
    order = await completed(scene, number)
    scene.expect(_("holds"), 0, len(order["holds"]))
    scene.expect(_("reminders"), [], await reminders(scene, order))
