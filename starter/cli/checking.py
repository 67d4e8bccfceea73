"""The reconciler's verdict at the terminal."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from starter.cli.groups import single
from starter.cli.progress import bar
from starter.cli.screen import Block, Column, Document, Rows, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

CHECK_SECONDS = 900.0
"""For one invariant, which reads every row that it speaks of: some seconds per million orders."""

check_alone = single()


@talks(check_alone, "check", "orderkeep check", "orderkeep check --json")
def check(session: Session) -> None:
    """Verify every invariant of the books and the stock; exit code 1 when one is broken."""
    answer = _verdict(session)
    session.show(answer, _picture)
    if not answer["clean"]:
        raise typer.Exit(1)


def _verdict(session: Session) -> Document:
    """Ask one invariant after the other, so that nothing is held up for long and progress can be seen."""
    checks: list[Document] = []
    clean, after = True, None
    with bar(_("Verifying the invariants")) as told:
        while True:
            part = session.server.get("checks", query={"limit": 1, "after": after}, patience=CHECK_SECONDS)
            checks += part.get("checks") or []
            clean, after = clean and bool(part.get("clean")), part.get("next")
            told(len(checks), part.get("total") or len(checks))
            if after is None:
                return {"clean": clean, "checks": checks}


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
