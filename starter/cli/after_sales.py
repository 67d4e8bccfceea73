"""Cases at the terminal: open one about an order, and move it on until the customer is helped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.screen import Block, Column, Document, Facts, Rows
from starter.cli.session import Session, talks
from starter.cli.speech import _

cases = group("Answer questions, complaints and warranty cases.")
CaseNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The case's number.")]
Kind = Literal["question", "complaint", "return", "warranty", "repair"]
Priority = Literal["low", "normal", "high", "urgent"]


@talks(cases, "list", "orderkeep case list --state NEW", "orderkeep case list --order SO-000001")
def list_cases(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only cases in this state, for example NEW.")] = None,
    order: Annotated[str | None, typer.Option(help="Only cases about this order.")] = None,
    priority: Annotated[str | None, typer.Option(help="Only cases of this priority.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List cases, newest first."""
    query = {"state": state, "order": order, "priority": priority, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Number"), "number"),
        Column(_("Order"), "order"),
        Column(_("Kind"), "kind"),
        Column(_("Priority"), "priority"),
        Column(_("State"), "state"),
        Column(_("Assignee"), "assignee"),
        Column(_("Subject"), "subject"),
    )
    session.show_list(session.server.get("cases", query=query), columns)


@talks(cases, "show", "orderkeep case show CASE-000001")
def show_case(session: Session, number: CaseNumber) -> None:
    """Show a case with its clock and what was said."""
    session.show(session.server.get("cases", number), _picture)


def _picture(case: Document) -> Iterable[Block]:
    yield Facts(
        f"{case.get('number')}  {case.get('state')}",
        (
            (_("Order"), case.get("order")),
            (_("Kind"), case.get("kind")),
            (_("Priority"), case.get("priority")),
            (_("Assignee"), case.get("assignee")),
            (_("Subject"), case.get("subject")),
            (_("Description"), case.get("description")),
            (_("Respond by"), moment(case.get("respond_by"))),
        ),
    )
    said = (
        Column(_("When"), lambda entry: moment(entry.get("at"))),
        Column(_("Who"), "actor"),
        Column(_("Move"), "move"),
        Column(_("Comment"), "comment"),
    )
    yield Rows(_("What was said"), said, case.get("comments") or ())


@talks(
    cases,
    "open",
    'orderkeep case open --order SO-000001 --subject "two cups broken" --kind complaint --priority high',
    changes=True,
)
def open_case(
    session: Session,
    *,
    order: Annotated[str, typer.Option(help="The order that it is about.")],
    subject: Annotated[str, typer.Option(help="What it is about, in a line.")],
    kind: Annotated[Kind, typer.Option(help="What the customer wants.")] = "question",
    priority: Annotated[Priority, typer.Option(help="The response clock follows it.")] = "normal",
    description: Annotated[str | None, typer.Option(help="The whole story.")] = None,
) -> None:
    """Open a case about an order; its clock starts now."""
    body: Document = {"order": order, "kind": kind, "priority": priority, "subject": subject}
    answer = session.server.post("cases", body=body | ({"description": description} if description else {}))
    session.show(answer, _picture)


@talks(cases, "assign", "orderkeep case assign CASE-000001 --assignee support-2", changes=True)
def assign_case(
    session: Session,
    number: CaseNumber,
    *,
    assignee: Annotated[str, typer.Option(help="Who takes care of it.")],
    comment: options.Comment = None,
) -> None:
    """Give a case to somebody."""
    _move(session, number, "assign", {"assignee": assignee, "comment": comment})


@talks(cases, "start", "orderkeep case start CASE-000001", changes=True)
def start_case(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """Begin to work on a case."""
    _move(session, number, "start", {"comment": comment})


@talks(cases, "wait", 'orderkeep case wait CASE-000001 --comment "asked for a photo"', changes=True)
def wait_for_customer(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """Wait for the customer: the clock is paused."""
    _move(session, number, "wait", {"comment": comment})


@talks(cases, "resume", "orderkeep case resume CASE-000001", changes=True)
def resume_case(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """The customer has answered: the clock runs again."""
    _move(session, number, "resume", {"comment": comment})


@talks(cases, "resolve", 'orderkeep case resolve CASE-000001 --comment "replacement sent"', changes=True)
def resolve_case(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """The case is solved."""
    _move(session, number, "resolve", {"comment": comment})


@talks(cases, "close", "orderkeep case close CASE-000001", changes=True)
def close_case(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """Close a solved case."""
    _move(session, number, "close", {"comment": comment})


@talks(cases, "reopen", 'orderkeep case reopen CASE-000001 --comment "broken again"', changes=True)
def reopen_case(session: Session, number: CaseNumber, *, comment: options.Comment = None) -> None:
    """Take a solved case up again."""
    _move(session, number, "reopen", {"comment": comment})


def _move(session: Session, number: str, move: str, body: Document) -> None:
    given = {field: value for field, value in body.items() if value is not None}
    session.show(session.server.post("cases", number, move, body=given), _picture)
