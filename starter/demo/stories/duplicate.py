"""Everything is sent twice, as it happens in life: there is one order, and one payment."""

from __future__ import annotations

from decimal import Decimal

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.endings import billed, completed
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"ORCHARD": company("Orchard Kitchen", "ORCHARD", "Ghent", "BE")},
    products={"JAR-500": product("Preserving jar, 500 ml", "3.40", "1.60")},
    stock=(("JAR-500", MAIN, "600"),),
)
KEY = "orchard-1"


def title() -> str:
    """What happens, in a few words."""
    return _("Sent twice, taken once")


async def play(scene: Scene) -> None:
    """The same key, then the same purchase order, then the same key for something else, then a webhook twice."""
    sales, bank = scene.company.desks.sales, scene.company.bank
    body = scene.request("ORCHARD", {"JAR-500": "120"})
    first = await sales.ask("POST", "/v1/orders", body, once=KEY)
    number = first.json()["number"]
    scene.orders.append(number)
    scene.says(_("{order} is sent again").format(order=number))
    again = await sales.ask("POST", "/v1/orders", body, once=KEY)
    same_po = await sales.ask("POST", "/v1/orders", body)
    other = await sales.ask("POST", "/v1/orders", scene.request("ORCHARD", {"JAR-500": "7"}), once=KEY)
    statuses = [first.status_code, again.status_code, same_po.status_code, other.status_code]
    scene.expect(_("answers: taken, repeated, same order, refused"), [201, 201, 200, 422], statuses)
    scene.expect(_("the repeated answer says so"), "true", again.headers.get("idempotent-replay"))
    numbers = sorted({answer.json()["number"] for answer in (first, again, same_po)})
    scene.expect(_("orders that the answers name"), [number], numbers)
    order = await billed(scene, number)
    fact = bank.transfer(Decimal(order["total"]), order["currency"], number)
    payments = [await bank.report(fact), await bank.report(fact)]
    scene.says(_("the bank reports the same payment twice"))
    order = await completed(scene, number)
    scene.expect(_("payments"), 1, len(set(payments)))
    scene.expect(_("payments of {order}").format(order=number), payments[:1], [p["number"] for p in order["payments"]])
    taken = (await sales.get("/v1/orders", customer="ORCHARD"))["items"]
    scene.expect(_("orders of the customer"), [number], [row["number"] for row in taken])
