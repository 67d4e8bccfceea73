"""People who sign in to the console, at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from domain.actor import Role
from starter.cli.groups import group
from starter.cli.screen import Block, Column, Document, Facts, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

users = group("Open, close and reset the accounts of people who sign in to the console.")
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made.")
]
Who = Annotated[str, typer.Argument(help="The user name.")]


def _given(from_stdin: bool) -> dict[str, str]:
    return {"password": sys.stdin.readline().rstrip("\r\n")} if from_stdin else {}


@talks(users, "create", "orderkeep user create ann --role credit", changes=True)
def create_user(
    session: Session,
    username: Who,
    *,
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    name: Annotated[str | None, typer.Option(help="What the person is called; the user name when absent.")] = None,
    provider: Annotated[
        bool, typer.Option("--provider", help="No password: the person signs in at the company's identity provider.")
    ] = False,
    subject: Annotated[str | None, typer.Option(help="What the identity provider calls the person (`sub`).")] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Open an account. The password is shown once; the person changes nothing and signs in."""
    body: dict[str, str | bool] = {
        "username": username,
        "role": role.value,
        **({"name": name} if name else {}),
        **_given(password_stdin),
    }
    body |= {"provider": True} if provider else {}
    body |= {"subject": subject} if subject else {}
    session.show(session.server.post("users", body=body), _picture)


@talks(users, "disable", "orderkeep user disable ann", changes=True)
def disable_user(session: Session, username: Who) -> None:
    """Close an account and sign the person out everywhere; what they did stays under their name."""
    answer = session.server.post("users", username, "disable", body={})
    session.done(answer, _("The account {username} is closed.").format(username=answer["username"]))


@talks(users, "reset", "orderkeep user reset ann", changes=True)
def reset_user(session: Session, username: Who, *, password_stdin: FromStdin = False) -> None:
    """Give a person another password; this also unlocks and opens the account."""
    session.show(session.server.post("users", username, "reset", body=_given(password_stdin)), _picture)


@talks(users, "list", "orderkeep user list")
def list_users(session: Session) -> None:
    """List the accounts: who they are, what they may do, and which are closed or locked."""
    session.show_list(
        session.server.get("users"),
        [
            Column(_("User name"), "username"),
            Column(_("Name"), "name"),
            Column(_("Role"), "role"),
            Column(_("Open"), "active"),
            Column(_("Locked until"), "locked_until"),
            Column(_("Made"), "created_at"),
        ],
    )


def _picture(user: Document) -> Iterable[Block]:
    facts = [(_("Name"), user.get("name")), (_("Role"), user.get("role"))]
    if user.get("password"):
        facts.append((_("Password"), user.get("password")))
    yield Facts(str(user.get("username")), tuple(facts))
    if user.get("password"):
        yield Sentence(_("Keep the password now: it is not shown again."), "bold")
