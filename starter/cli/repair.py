"""Repairs at the terminal: orders are paused, resumed, tried again or begun again, by number or many by a filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from domain.order_life import ENDED, OrderState
from domain.waiting import WAITING_FOR
from starter.cli.client import Refused
from starter.cli.late import late
from starter.cli.receipt import orders
from starter.cli.screen import Block, Column, Document, Rows, Sentence
from starter.cli.session import Session, refusal_lines, talks
from starter.cli.speech import _

__all__ = ["orders"]

PAGE = 500
OPEN_STATES = [state.value for state in OrderState if state not in ENDED and state is not OrderState.DRAFT]

Numbers = Annotated[list[str] | None, typer.Argument(metavar="[ORDER]...", help="Numbers of orders; or give a filter.")]
State = Annotated[str | None, typer.Option(help="Every open order in this state, for example IN_FULFILMENT.")]
Customer = Annotated[str | None, typer.Option(help="Every open order of this customer.")]
WaitingFor = Annotated[
    str | None,
    typer.Option(help="Only orders that wait for this: hold, supply, pick, carrier, payment, customer, time, retry."),
]
Step = Annotated[str | None, typer.Option(help="Only orders whose step of this name fails, for example book_shipment.")]
Most = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many orders, oldest first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show which orders it would be, and do nothing.")]
Comment = Annotated[str | None, typer.Option(help="Why; it is kept with your name.")]


def _repair(action: str, sentence: str, *examples: str) -> None:
    """Register a repair: all of them take the same orders."""

    def command(
        session: Session,
        numbers: Numbers = None,
        *,
        state: State = None,
        customer: Customer = None,
        waiting_for: WaitingFor = None,
        step: Step = None,
        limit: Most = None,
        dry_run: DryRun = False,
        comment: Comment = None,
    ) -> None:
        if action == "pause" and not comment and not dry_run:
            raise typer.BadParameter(_("say why they are paused"), param_hint="--comment")
        _known("--waiting-for", waiting_for, WAITING_FOR)
        _known("--step", step and step.replace(" ", "_"), _steps() if step else ())
        if bool(numbers) == any((state, customer, waiting_for, step)):
            raise typer.BadParameter(_("name orders, or give a filter such as --state or --waiting-for; not both"))
        meant = _Filter(state, customer, waiting_for, step and step.replace("_", " "), paused=action == "resume")
        chosen = (_looked_at(session, number) for number in dict.fromkeys(numbers or ()))
        wanted = chosen if numbers else (order for order in _open(session, meant) if meant.fits(order))
        _each(session, action, list(islice(wanted, limit)), comment, dry_run)

    command.__doc__ = sentence
    talks(orders, action, *examples)(command)


_repair(
    "retry",
    "Try at once what fails, instead of at its next retry; orders that wait look again.",
    "orderkeep order retry SO-000001",
    "orderkeep order retry --step book_shipment --dry-run",
    'orderkeep order retry --waiting-for retry --comment "the carrier is back"',
)
_repair(
    "reset",
    "Let the workflows of orders begin again: they walk to where the orders stand and do nothing twice.",
    "orderkeep order reset SO-000001",
    "orderkeep order reset --state IN_FULFILMENT --waiting-for retry --dry-run",
)
_repair(
    "pause",
    "Let orders rest where they stand: what is reported is recorded, nothing is done until they are resumed.",
    'orderkeep order pause SO-000001 --comment "the address is being clarified"',
    'orderkeep order pause --customer ACME --comment "fraud suspected" --dry-run',
)
_repair(
    "resume",
    "Let paused orders go on where they stood.",
    "orderkeep order resume SO-000001",
    'orderkeep order resume --customer ACME --comment "clarified"',
)


def _steps() -> tuple[str, ...]:
    """The steps that can fail: those of the worker, and the workflow's own task."""
    return (*sorted(step.__name__ for step in late("starter.plugin:ACTIVITIES")), "workflow_task")


def _known(option: str, given: str | None, values: Sequence[str]) -> None:
    if given is not None and given not in values:
        raise typer.BadParameter(
            _("one of these is expected: {values}").format(values=", ".join(values)), param_hint=option
        )


@dataclass(frozen=True, slots=True)
class _Filter:
    state: str | None
    customer: str | None
    waiting_for: str | None
    step: str | None
    paused: bool

    def fits(self, order: Document) -> bool:
        """Whether the order, with what it waits for, is meant."""
        failing = (order.get("failing") or {}).get("activity")
        return (
            self.waiting_for in (None, order.get("waiting_for"))
            and self.step in (None, failing)
            and (not self.paused or any(action.endswith("/resume") for action in order.get("next_actions") or ()))
        )


def _open(session: Session, meant: _Filter) -> Iterator[Document]:
    """The open orders of a state and customer with what they wait for, oldest first."""
    rows: list[Document] = []
    for state in [meant.state] if meant.state else OPEN_STATES:
        after = None
        while True:
            query = {"state": state, "customer": meant.customer, "limit": PAGE, "after": after}
            page = session.server.get("orders", query=query)
            rows += page["items"]
            after = page.get("next")
            if after is None:
                break
    numbers = {row["number"]: len(row["number"]) for row in rows}
    for number in sorted(numbers, key=lambda number: (numbers[number], number)):
        yield _looked_at(session, number)


def _looked_at(session: Session, number: str) -> Document:
    try:
        return {"number": number, **session.server.get("orders", number, "why")}
    except Refused as unknown:
        return {"number": number, "sentence": refusal_lines(unknown.problem)[0], "unknown": True}


def _each(session: Session, action: str, chosen: list[Document], comment: str | None, dry_run: bool) -> None:
    """Ask it of each order; one that refuses does not stop the others, and the command ends with 1."""
    body = {"comment": comment or "dry run"} if comment or dry_run else {}
    quiet = Console(stderr=True, quiet=dry_run or len(chosen) < 20)
    rows = []
    for order in track(chosen, console=quiet, transient=True, description=_("Orders")):
        row = {name: order.get(name) for name in ("number", "waiting_for", "sentence", "failing")}
        rows.append({**row, **_asked(session, action, order, body, dry_run)})
    outcomes = [row["outcome"] for row in rows]
    answer = {"action": action, "dry_run": dry_run, "asked": outcomes.count("asked")}
    answer |= {"refused": outcomes.count("refused"), "orders": rows}
    session.show(answer, _picture)
    if answer["refused"]:
        raise typer.Exit(1)


def _asked(session: Session, action: str, order: Document, body: Document, dry_run: bool) -> Document:
    """Ask the API; in a dry run it is asked to foresee, so that it refuses what it would refuse."""
    try:
        session.server.post(
            "orders", order["number"], action, body=body, query={"preview": "true"} if dry_run else None
        )
    except Refused as refusal:
        return {"outcome": "refused", "detail": refusal_lines(refusal.problem)[0]}
    return {"outcome": "would be asked" if dry_run else "asked", "detail": None}


def _picture(answer: Document) -> Iterable[Block]:
    words = {"asked": _("asked"), "refused": _("refused"), "would be asked": _("would be asked")}

    def outcome(row: Document) -> Any:
        return words[row["outcome"]]

    columns = (
        Column(_("Order"), "number"),
        Column(_("Outcome"), outcome),
        Column(_("What it waited for"), lambda row: row.get("detail") or row.get("sentence")),
    )
    yield Rows("", columns, answer["orders"], empty=_("No open order is meant."))
    if answer["dry_run"] and answer["orders"]:
        yield Sentence(_("Nothing was done. Without --dry-run these orders are asked."), "dim")
    elif answer["asked"]:
        yield Sentence(
            _("Orders asked: {count}; the worker hands it over within moments.").format(count=answer["asked"]),
            "green",
        )
