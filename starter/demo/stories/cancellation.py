"""Cancelled after stock was allocated and more was ordered: the plan is shown, then everything is as before."""

from __future__ import annotations

from typing import Any

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product, supplier
from starter.demo.desks import Document
from starter.demo.endings import ended
from starter.demo.scene import Scene

BUY = {"route": "buy", "supplier": "OAKWORKS", "lead_time_days": 20}
CARDS = Cards(
    customers={"STELLA": company("Stella Interiors", "STELLA", "Porto", "PT", credit_limit="10000.00")},
    suppliers={"OAKWORKS": supplier("Oak Works", "OAKWORKS", 20)},
    products={
        "CHAIR-02": product("Oak chair", "95.00", "52.00", weight_kg="6"),
        "TABLE-02": product("Oak table", "420.00", "260.00", weight_kg="31", supply=BUY),
    },
    stock=(("CHAIR-02", MAIN, "30"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Cancelled: all is undone")


async def play(scene: Scene) -> None:
    """4 chairs are reserved and a table is on order; everything must ship together, so nothing has left."""
    sales = scene.company.desks.sales
    before = await _belongings(scene)
    pieces = {"CHAIR-02": "4", "TABLE-02": "1"}
    number = (await scene.submit("STELLA", pieces, shipping_policy="ship_complete"))["number"]
    with scene.missing(_("chairs are reserved, a table is being ordered")):
        supply = await scene.find(number, _("chairs allocated and a table ordered"), lambda: _committed(scene, number))
        during = await _belongings(scene)
        plan = await sales.post(f"/v1/orders/{number}/cancel", preview="true")
        effects = "; ".join(undo["effect"] for undo in plan["undo"])
        scene.says(_("the plan of the cancellation undoes: {effects}").format(effects=effects))
        await scene.breathe(0.8)
    state = (await sales.get(f"/v1/orders/{number}"))["state"]
    scene.expect(_("state after the preview"), "IN_FULFILMENT", state)
    await sales.post(f"/v1/orders/{number}/cancel", {"reason": _("the customer has moved")})
    order = await ended(scene, number, "CANCELLED")
    scene.says(_("cancelled; {count} effects undone").format(count=len(order["undo"])))
    scene.expect(_("what the order had taken"), ["4 CHAIR-02", "960.00"], during[:2])
    scene.expect(_("what it has taken in the end"), before, await _belongings(scene))
    scene.expect(_("steps undone"), ["done"] * len(plan["undo"]), [undo["status"] for undo in order["undo"]])
    ordered = await scene.company.desks.purchasing.get(f"/v1/supply-orders/{supply['number']}")
    scene.expect(_("the purchase order"), "CANCELLED", ordered["state"])


async def _belongings(scene: Scene) -> list[Any]:
    """What the customer's orders have taken: reserved chairs, reserved credit."""
    desk = scene.company.desks.sales
    chairs = (await desk.get("/v1/stock", sku="CHAIR-02"))["items"][0]
    account = (await desk.get("/v1/customers/STELLA"))["account"]
    return [f"{chairs['reserved']} CHAIR-02", account["reserved"], account["exposure"]]


async def _committed(scene: Scene, number: str) -> Document | None:
    order = await scene.order(number)
    supplies = [supply for supply in order["supply_orders"] if supply["state"] == "ORDERED"]
    return supplies[0] if supplies and order["lines"][0]["allocated"] == "4" else None
