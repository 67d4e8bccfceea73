"""A shortage met by a production order: one component is reserved, the other bought in turn; the shop floor reports."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, chinese_company, product, supplier
from starter.demo.desks import Document
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

BUY = {"route": "buy", "supplier": "ZHIHE", "lead_time_days": 20, "minimum_quantity": "50", "multiple_of": "50"}
MAKE = {
    "route": "make",
    "lead_time_days": 20,
    "components": [{"sku": "TIN-50", "quantity": "2"}, {"sku": "CARTON-S", "quantity": "1"}],
}
CARDS = Cards(
    customers={"QINGSHI": chinese_company("青石礼品店", "QINGSHI", "苏州")},
    suppliers={"ZHIHE": supplier("纸盒厂", "ZHIHE", 20)},
    products={
        "TIN-50": product("茶罐 50 克", "26.00", "12.00", currency="CNY"),
        "CARTON-S": product("礼品纸盒 小号", "6.00", "2.50", currency="CNY", supply=BUY),
        "GIFT-BOX": product("茶礼盒", "88.00", "30.00", currency="CNY", supply=MAKE),
    },
    stock=(("TIN-50", MAIN, "120"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Shortage: made, a component bought")


async def play(scene: Scene) -> None:
    """25 boxes: 50 tins are reserved, 50 cartons bought for want of any; then the boxes are made and shipped."""
    number = (await scene.submit("QINGSHI", {"GIFT-BOX": "25"}))["number"]
    desks = scene.company.desks
    with scene.missing(_("nothing in stock: a production order is made")):
        made, bought = await scene.find(number, _("a production and a purchase order"), lambda: _both(scene, number))
        scene.says(_("{made} reserves tins and waits for cartons of {bought}").format(made=made, bought=bought))
        await scene.breathe(0.4)
        await desks.goods_in.post(f"/v1/supply-orders/{bought}/receipts", _arrived("CARTON-S", "50"))
        parts = await scene.find(number, _("all components reserved"), lambda: _reserved(scene, made))
        scene.says(_("components are complete: the shop floor makes {made}").format(made=made))
        await scene.breathe(0.4)
        await desks.production.post(f"/v1/supply-orders/{made}/receipts", _arrived("GIFT-BOX", "25"))
    scene.expect(_("components reserved"), [("CARTON-S", "25"), ("TIN-50", "50")], parts)
    await paid(scene, number)
    await completed(scene, number)
    levels = [await desks.sales.get("/v1/stock", sku=sku) for sku in ("TIN-50", "CARTON-S", "GIFT-BOX")]
    left = [row["available"] for level in levels for row in level["items"]]
    scene.expect(_("left in stock: tins, cartons, boxes"), ["70", "25", "0"], left)


def _arrived(sku: str, pieces: str) -> Document:
    return {"lines": [{"sku": sku, "quantity": pieces}], "warehouse": MAIN}


async def _both(scene: Scene, number: str) -> tuple[str, str] | None:
    supplies = (await scene.order(number))["supply_orders"]
    ordered = {supply["sku"]: supply["number"] for supply in supplies if supply["state"] == "ORDERED"}
    return (ordered["GIFT-BOX"], ordered["CARTON-S"]) if len(ordered) == 2 else None


async def _reserved(scene: Scene, supply: str) -> list[tuple[str, str]] | None:
    made = await scene.company.desks.production.get(f"/v1/supply-orders/{supply}")
    parts = made["components"]
    complete = all(part["reserved"] == part["required"] for part in parts)
    return [(part["sku"], part["reserved"]) for part in parts] if complete else None
