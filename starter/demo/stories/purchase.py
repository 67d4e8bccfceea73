"""A shortage met by a purchase order that arrives in two parts: each part goes to the customer at once."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product, supplier
from starter.demo.desks import Document
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

BUY = {"route": "buy", "supplier": "KETTLEWORKS", "lead_time_days": 20, "minimum_quantity": "20", "multiple_of": "10"}
CARDS = Cards(
    customers={"HARBOUR": company("Harbour Coffee House", "HARBOUR", "Rotterdam", "NL")},
    suppliers={"KETTLEWORKS": supplier("Kettle Works", "KETTLEWORKS", 20)},
    products={"KETTLE-17": product("Kettle, 1.7 litres", "49.00", "30.00", supply=BUY)},
)


def title() -> str:
    """What happens, in a few words."""
    return _("Shortage: bought, comes in two parts")


async def play(scene: Scene) -> None:
    """15 ordered, none there: 20 are bought; 8 arrive and ship, then 12, of which 5 stay in stock."""
    number = (await scene.submit("HARBOUR", {"KETTLE-17": "15"}))["number"]
    with scene.missing(_("nothing in stock: a purchase order is made")):
        supply = (await scene.find(number, _("a purchase order"), lambda: ordered_supply(scene, number)))["number"]
        scene.says((await scene.why(number))["sentence"])
        await scene.breathe(0.4)
        await _receive(scene, supply, "8")
        await scene.company.watch.shipment_of(number, lambda row: True)
        await scene.breathe(0.3)
        await _receive(scene, supply, "12")
    await paid(scene, number)
    order = await completed(scene, number, shipments=2)
    shipped = [each["lines"][0]["quantity"] for each in order["shipments"]]
    scene.expect(_("pieces of each shipment"), ["8", "7"], shipped)
    bought = await scene.company.desks.purchasing.get(f"/v1/supply-orders/{supply}")
    seen = [bought["state"], bought["quantity"], *(each["quantity"] for each in bought["receipts"])]
    scene.expect(_("the purchase order and its receipts"), ["RECEIVED", "20", "8", "12"], seen)
    stock = (await scene.company.desks.sales.get("/v1/stock", sku="KETTLE-17"))["items"]
    scene.expect(_("left in stock"), ["5"], [row["available"] for row in stock])


async def _receive(scene: Scene, supply: str, pieces: str) -> None:
    report = {"lines": [{"sku": "KETTLE-17", "quantity": pieces}], "warehouse": MAIN}
    await scene.company.desks.goods_in.post(f"/v1/supply-orders/{supply}/receipts", report)
    scene.says(_("{pieces} of {supply} have arrived").format(pieces=pieces, supply=supply))


async def ordered_supply(scene: Scene, number: str) -> Document | None:
    """The supply order that is to bring what the order lacks, once it has been ordered."""
    found = (await scene.order(number))["supply_orders"]
    return next((supply for supply in found if supply["state"] == "ORDERED"), None)
