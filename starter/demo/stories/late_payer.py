"""Nobody pays until the second reminder; then the money comes in two parts, and the reminders stop."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, chinese_company, product
from starter.demo.endings import billed, completed, reminders
from starter.demo.mailbox import letters
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"JIANGPAN": chinese_company("江畔书屋", "JIANGPAN", "武汉", payment_terms="net5")},
    products={"NOTEBOOK-A5": product("笔记本 A5", "18.00", "7.50", currency="CNY")},
    stock=(("NOTEBOOK-A5", MAIN, "400"),),
)
CENT = Decimal("0.01")


def title() -> str:
    """What happens, in a few words."""
    return _("Paid after two reminders, in two parts")


async def play(scene: Scene) -> None:
    """A courtesy, the first and the second reminder go out; the third never does."""
    number = (await scene.submit("JIANGPAN", {"NOTEBOOK-A5": "150"}))["number"]
    order = await billed(scene, number)
    scene.says(_("{invoice} is due; nobody pays").format(invoice=order["invoices"][0]["number"]))
    await scene.find(number, _("the second reminder"), lambda: _second_reminder(scene, number))
    total, currency = Decimal(order["total"]), order["currency"]
    half = (total / 2).quantize(CENT, ROUND_HALF_UP)
    await scene.pay(half, currency, number)
    row = await scene.until(number, _("partly paid"), lambda row: bool(row["payment"] != "none"))
    scene.expect(_("payment after the first part"), "partial", row["payment"])
    await scene.pay(total - half, currency, number)
    order = await completed(scene, number)
    scene.expect(_("reminders"), [0, 1, 2], await reminders(scene, order))
    sent = letters(scene.company.mailbox, about="reminder_")
    theirs = [letter.language for letter in sent if letter.recipient == CARDS.customers["JIANGPAN"]["email"]]
    scene.expect(_("letters of reminder, by language"), ["zh-CN"] * 3, theirs)


async def _second_reminder(scene: Scene, number: str) -> int | None:
    sent = await reminders(scene, await scene.order(number))
    if sent:
        said = _("no money yet: reminder of level {level} was sent").format(level=sent[-1])
        if said != scene.saying:
            scene.says(said)
    return 2 if 2 in sent else None
