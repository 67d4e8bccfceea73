"""The money comes before the invoice: it waits as unapplied cash and meets the invoice when that is posted."""

from __future__ import annotations

from decimal import Decimal

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, chinese_company, product
from starter.demo.endings import billed, completed, reminders
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"BAIYU": chinese_company("白屿咖啡", "BAIYU", "厦门")},
    products={"FILTER-02": product("咖啡滤纸 02 号", "22.00", "9.00", currency="CNY")},
    stock=(("FILTER-02", MAIN, "300"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Paid before the invoice")


async def play(scene: Scene) -> None:
    """The payment names the order; nobody has to match it."""
    order = await scene.submit("BAIYU", {"FILTER-02": "60"})
    number = order["number"]
    payment = await scene.pay(Decimal(order["total"]), order["currency"], number)
    desk = scene.company.desks.sales
    first = await desk.get(f"/v1/payments/{payment}")
    await billed(scene, number)
    order = await completed(scene, number)
    then = await desk.get(f"/v1/payments/{payment}")
    scene.expect(_("the payment, before and after"), ["UNAPPLIED", "APPLIED"], [first["state"], then["state"]])
    invoices = [invoice["number"] for invoice in order["invoices"]]
    scene.expect(_("what it settled"), invoices, [each["invoice"] for each in then["applications"]])
    scene.expect(_("reminders"), [], await reminders(scene, order))
