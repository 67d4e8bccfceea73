"""The reconciler's verdict at the terminal."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from starter.cli.groups import single
from starter.cli.screen import Block, Column, Document, Rows, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

CHECK_SECONDS = 900.0
"""The reconciler reads every row: some ten seconds per 100,000 orders."""

check_alone = single()


@talks(check_alone, "check", "orderkeep check", "orderkeep check --json")
def check(session: Session) -> None:
    """Verify every invariant of the books and the stock; exit code 1 when one is broken."""
    answer = session.server.get("checks", patience=CHECK_SECONDS)
    session.show(answer, _picture)
    if not answer.get("clean"):
        raise typer.Exit(1)


def _picture(verdict: Document) -> Iterable[Block]:
    checks = verdict.get("checks") or ()
    breaches = [
        {"name": each.get("name"), "breach": breach} for each in checks for breach in each.get("breaches") or ()
    ]
    columns = (
        Column("", lambda each: "✗" if each.get("breaches") else "✓"),
        Column(_("Check"), "name"),
        Column(_("What must hold"), "invariant"),
        Column(_("Breaches"), lambda each: len(each.get("breaches") or ()), figure=True),
    )
    yield Rows("", columns, checks, empty=_("Nothing was checked."))
    yield Rows(_("Breaches"), (Column(_("Check"), "name"), Column(_("Breach"), "breach")), breaches)
    if verdict.get("clean"):
        yield Sentence(_("Everything holds."), "green")
    else:
        yield Sentence(_("Breaches: {count}. Nothing was changed.").format(count=len(breaches)), "red")
