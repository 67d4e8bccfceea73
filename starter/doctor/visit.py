"""The visit: every examination in its order; one that fails is a problem of its own and does not end the visit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from db import engine
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Examination, Finding, Patient, Skipped
from starter.doctor.registry import EXAMINATIONS

FINE, WARNING, WRONG, NOT_EXAMINED = "fine", "warning", "wrong", "not examined"


async def examine(patient: Patient, *, repair: bool = False) -> dict[str, Any]:
    """Examine everything: `{"problems": [{problem, detail, what_to_do}], "warnings": [the same],
    "repaired": [...], "examined": [...]}`.

    `repaired` are ids of workflows: with `repair`, one that must run and that the engine does not know is started
    again and is no problem then. `examined` says of each examination whether what it looks at is fine. A warning is
    no problem, and what needs that examination is looked at.
    """
    at = Bedside(patient, repair)
    told: dict[bool, list[dict[str, str]]] = {False: [], True: []}
    examined: list[dict[str, str]] = []
    try:
        for examination in EXAMINATIONS:
            findings, says = await _made(examination, at)
            state = _state(findings)
            at.fine |= {examination.NAME} if state in (FINE, WARNING) else set()
            examined.append({"name": examination.NAME, "state": state, "says": says})
            for found in findings or ():
                one = {"problem": examination.NAME, "detail": found.detail, "what_to_do": found.what_to_do}
                told[found.warning].append(one)
    finally:
        await engine.close()
    return {"problems": told[False], "warnings": told[True], "repaired": at.repaired, "examined": examined}


def _state(findings: list[Finding] | None) -> str:
    if findings is None:
        return NOT_EXAMINED
    if not findings:
        return FINE
    return WARNING if all(found.warning for found in findings) else WRONG


async def _made(examination: Examination, at: Bedside) -> tuple[list[Finding] | None, str]:
    """What was found (None: it could not be looked at), and what is to be said when nothing was."""
    if missing := [need for need in examination.NEEDS if need not in at.fine]:
        return None, _("needs: {names}").format(names=", ".join(missing))
    try:
        findings = await examination.look(at)
    except Skipped as skipped:
        return None, str(skipped)
    except (SQLAlchemyError, RPCError, OSError, TimeoutError) as failure:
        reason = " ".join(str(failure).split())[:300] or type(failure).__name__
        return [Finding(_("This could not be examined: {reason}.").format(reason=reason), _("Examine again."))], ""
    if findings is None:
        return None, _("nothing is named to look at")
    return findings, "" if findings else examination.fine()
