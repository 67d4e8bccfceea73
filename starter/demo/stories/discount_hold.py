"""A discount above the seller's authority: held for the sales manager, who rejects the order."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.endings import ended
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"LUMEN": company("Papeterie Lumen", "LUMEN", "Lyon", "FR")},
    products={"INK-12": product("Ink, twelve colours", "30.00", "14.00")},
    stock=(("INK-12", MAIN, "100"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Discount hold, rejected")


async def play(scene: Scene) -> None:
    """22 % where 5 % may be given: the order ends, and it has taken nothing."""
    lines = [{"sku": "INK-12", "quantity": "20", "discount_percent": "22"}]
    number = (await scene.submit("LUMEN", {}, lines=lines))["number"]
    await scene.until(number, _("held in review"), lambda row: bool(row["open_holds"]))
    hold = (await scene.order(number))["holds"][0]
    scene.says(_("held: {message}").format(message=hold["message"]))
    await scene.breathe(0.4)
    manager = scene.company.desks.manager
    rejection = {"comment": _("22 % is more than this product earns")}
    await manager.post(f"/v1/orders/{number}/holds/{hold['id']}/reject", rejection)
    order = await ended(scene, number, "REJECTED")
    scene.says(_("rejected by {name}").format(name=manager.name))
    held = [(each["reason"], each["status"], each["decided_by"]) for each in order["holds"]]
    scene.expect(_("the hold, and who decided it"), [("PRICE", "REJECTED", manager.name)], held)
    scene.expect(_("shipments of {order} delivered").format(order=number), 0, len(order["shipments"]))
    stock = (await scene.company.desks.sales.get("/v1/stock", sku="INK-12"))["items"]
    scene.expect(_("stock left as it was"), ["100 / 100"], [f"{row['on_hand']} / {row['available']}" for row in stock])
    account = (await scene.company.desks.sales.get("/v1/customers/LUMEN"))["account"]
    scene.expect(_("credit left as it was"), "0.00", account["exposure"])
