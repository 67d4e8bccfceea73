"""Who stands in for whom, at the terminal: while somebody is away a colleague has their work and may do it."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.reading import instant
from starter.cli.screen import Column
from starter.cli.session import Session, talks
from starter.cli.speech import _

delegations = group("Let a colleague stand in for somebody who is away.")
DelegationId = Annotated[
    int, typer.Argument(metavar="ID", help="The delegation's id, as `orderkeep delegation list` shows it.")
]


@talks(delegations, "list", "orderkeep delegation list")
def list_delegations(session: Session) -> None:
    """List who stands in for whom, now or later."""
    columns = (
        Column(_("Id"), "id", figure=True),
        Column(_("Away"), "away"),
        Column(_("Stands in"), "stand_in"),
        Column(_("From"), lambda each: moment(each.get("begins_at"))),
        Column(_("Until"), lambda each: moment(each.get("ends_at"))),
        Column(_("Made by"), "created_by"),
    )
    session.show_list(session.server.get("delegations"), columns)


@talks(
    delegations,
    "create",
    "orderkeep delegation create --away bob --stand-in ann --until 2030-01-31T18:00:00Z",
    "orderkeep delegation create --away bob --stand-in ann --from 2030-01-01T08:00:00Z --until 2030-01-31T18:00:00Z",
    changes=True,
)
def create_delegation(
    session: Session,
    *,
    away: Annotated[str, typer.Option(help="The user name of who is away.")],
    stand_in: Annotated[str, typer.Option(help="The user name of the colleague.")],
    until: Annotated[str, typer.Option(metavar="TIME", help="When it ends, RFC 3339; a year from now at the latest.")],
    begins_at: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When it begins, RFC 3339; now when absent.")
    ] = None,
) -> None:
    """Let a colleague do what somebody who is away may; the timeline names both."""
    body = {"away": away, "stand_in": stand_in, "ends_at": instant(until, "--until")}
    body |= {"begins_at": instant(begins_at, "--from")} if begins_at else {}
    answer = session.server.post("delegations", body=body)
    session.done(answer, _("{stand_in} stands in for {away}.").format(stand_in=stand_in, away=away))


@talks(delegations, "end", "orderkeep delegation end 1", changes=True)
def end_delegation(session: Session, delegation: DelegationId) -> None:
    """End a delegation now; one that has not begun is called off."""
    answer = session.server.post("delegations", str(delegation), "end", body={})
    session.done(answer, _("Delegation {id} is over.").format(id=delegation))
