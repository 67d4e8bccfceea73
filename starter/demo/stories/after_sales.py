"""After the delivery: the customer answers the follow-up, complains, and is helped."""

from __future__ import annotations

from starter.cli.speech import _
from starter.demo.cards import MAIN, Cards, company, product
from starter.demo.desks import Document
from starter.demo.endings import completed, paid
from starter.demo.scene import Scene

CARDS = Cards(
    customers={"MILLSTONE": company("Millstone Bakery", "MILLSTONE", "Leipzig", "DE")},
    products={"SCALE-5": product("Kitchen scale, 5 kg", "33.00", "17.00")},
    stock=(("SCALE-5", MAIN, "60"),),
)


def title() -> str:
    """What happens, in a few words."""
    return _("A complaint, answered and resolved")


async def play(scene: Scene) -> None:
    """The follow-up is answered with three of five; the case goes through all its states."""
    number = (await scene.submit("MILLSTONE", {"SCALE-5": "10"}))["number"]
    support = scene.company.desks.support
    await paid(scene, number)
    scene.says(_("delivered; the follow-up question goes out"))
    await scene.find(number, _("the follow-up question"), lambda: _asked(scene, number))
    answer = {"score": 3, "comment": _("one scale does not switch on")}
    await support.post(f"/v1/orders/{number}/feedback", answer)
    case = await _help(scene, number)
    order = await completed(scene, number)
    scene.expect(_("the answer to the follow-up"), 3, (order["feedback"] or {}).get("score"))
    told = await support.get(f"/v1/cases/{case}")
    seen = [told["state"], *(note["move"] for note in told["comments"] if note["move"] != "open")]
    moves = ["CLOSED", "assign", "start", "wait", "resume", "resolve", "close"]
    scene.expect(_("the case and its moves"), moves, seen)


async def _help(scene: Scene, number: str) -> str:
    support = scene.company.desks.support
    subject = _("one scale does not switch on")
    request = {"order": number, "kind": "complaint", "priority": "low", "subject": subject}
    case = str((await support.post("/v1/cases", request))["number"])
    moves: tuple[tuple[str, Document], ...] = (
        ("assign", {"assignee": support.name}),
        ("start", {"comment": _("we ask for the serial number")}),
        ("wait", {}),
        ("resume", {"comment": _("the number has come: a known fault")}),
        ("resolve", {"comment": _("a new scale is on its way")}),
        ("close", {"comment": _("the customer is content")}),
    )
    for move, body in moves:
        told = await support.post(f"/v1/cases/{case}/{move}", body)
        scene.says(_("{case} is {state}").format(case=case, state=told["state"]))
        await scene.breathe(0.3)
    return case


async def _asked(scene: Scene, number: str) -> bool | None:
    timeline = await scene.company.desks.support.get(f"/v1/orders/{number}/timeline")
    return True if any(row["event"] == "follow_up_sent" for row in timeline["items"]) else None
