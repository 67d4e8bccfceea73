"""An order above the customer's credit limit: held with its figures, released by name."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, chinese_company, product
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"YUNSHAN": chinese_company("云杉茶馆", "YUNSHAN", "上海", credit_limit="5000.00")},
    products={"LONGJING-250": product("龙井茶 250 克", "168.00", "95.00", currency="CNY")},
    stock=(("LONGJING-250", MAIN, "200"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("Credit hold, released by name")


async def play(scene: Scene) -> None:
    """7,593.60 exceed the limit of 5,000; the credit desk takes the responsibility."""
    number = (await scene.submit("YUNSHAN", {"LONGJING-250": "40"}))["number"]
    await scene.until(number, _("held in review"), lambda row: bool(row["open_holds"]))
    hold = (await scene.order(number))["holds"][0]
    scene.says(_("held: {message}").format(message=hold["message"]))
    await scene.breathe(0.4)
    credit = scene.company.desks.credit
    release = {"comment": _("a customer for many years; the next payment is announced")}
    await credit.post(f"/v1/orders/{number}/holds/{hold['id']}/release", release)
    scene.says(_("released by {name}").format(name=credit.name))
    await paid(scene, number)
    order = await completed(scene, number)
    held = [(each["reason"], each["status"], each["decided_by"]) for each in order["holds"]]
    scene.expect(_("the hold, and who decided it"), [("CREDIT", "RELEASED", credit.name)], held)
