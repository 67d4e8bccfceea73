"""The customer pays too much: the rest is kept in the customer's favour."""

from __future__ import annotations

from decimal import Decimal

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.endings import billed, completed
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"TAVOLA": company("Tavola Quattro", "TAVOLA", "Verona", "IT")},
    products={"PLATE-27": product("Dinner plate, 27 cm", "11.00", "5.20")},
    stock=(("PLATE-27", MAIN, "200"),),
)
TOO_MUCH = Decimal("50.00")


def title() -> str:
    """What happens, in a few words."""
    return _("Overpaid by 50.00")


async def play(scene: Scene) -> None:
    """50.00 stay as unapplied cash."""
    number = (await scene.submit("TAVOLA", {"PLATE-27": "48"}))["number"]
    order = await billed(scene, number)
    payment = await scene.pay(Decimal(order["total"]) + TOO_MUCH, order["currency"], number)
    order = await completed(scene, number, payment="over")
    kept = next(each for each in order["payments"] if each["number"] == payment)
    scene.expect(_("the payment"), ("PARTIALLY_APPLIED", "50.00"), (kept["state"], kept["unapplied"]))
    account = (await scene.company.desks.sales.get("/v1/customers/TAVOLA"))["account"]
    seen = (account["receivable"], account["unapplied"])
    scene.expect(_("the customer's account: owed, in favour"), ("0.00", "50.00"), seen)
