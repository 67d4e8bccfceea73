"""Whether the books balance: every voucher, and the control accounts against what is open."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import engine
from db.checks import RULES, run_checks
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding, Skipped

NAME = "books"
NEEDS = ("database", "schema")
BALANCES = ("vouchers_balance", "receivable_control", "unapplied_control")
MOST_SECONDS = 30
_CANCELLED = "57014"


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The books balance.")


async def look(at: Bedside) -> list[Finding]:
    """Ask the reconciler for the balances alone, and not for longer than a visit may take."""
    rules = [rule for rule in RULES if rule.name in BALANCES]
    try:
        async with engine.transaction() as tx:
            await tx.execute(text(f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'"))
            checks = await run_checks(tx, rules)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _CANCELLED:
            raise Skipped(_("The journal is too long to add up here: run `orderkeep check`.")) from None
        raise
    return [
        Finding(
            _("{invariant} That does not hold: {breach}").format(invariant=check.invariant, breach=check.breaches[0]),
            _("Post nothing by hand. Run `orderkeep check`, keep what it says, and report it: it is a fault."),
        )
        for check in checks
        if check.breaches
    ]
