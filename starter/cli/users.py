"""People who sign in to the console, at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from domain.actor import Role
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.screen import Block, Column, Document, Facts, Rows, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

users = group("Open, change, close and reset the accounts of people who sign in to the console.")
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
    email: Annotated[str | None, typer.Option(help="Where the person is reached.")] = None,
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
        **({"email": email} if email else {}),
        **_given(password_stdin),
    }
    body |= {"provider": True} if provider else {}
    body |= {"subject": subject} if subject else {}
    session.show(session.server.post("users", body=body), _picture)


@talks(
    users, "change", "orderkeep user change ann --role manager", "orderkeep user change ann --email ann@acme.example"
)
def change_user(
    session: Session,
    username: Who,
    *,
    role: Annotated[Role | None, typer.Option(help="What the person may do from now on.")] = None,
    name: Annotated[str | None, typer.Option(help="What the person is called.")] = None,
    email: Annotated[str | None, typer.Option(help='The e-mail address; "" takes it away.')] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANG", help='en or zh-CN; "" leaves it to the browser.')
    ] = None,
) -> None:
    """Change an account. Where the person is signed in, the new role holds at once; what is not named stays."""
    given = {"role": role and role.value, "name": name, "email": email, "language": language}
    body = {field: value or None for field, value in given.items() if value is not None}
    session.show(session.server.patch("users", username, body=body), _with_history)


@talks(users, "show", "orderkeep user show ann")
def show_user(session: Session, username: Who) -> None:
    """Show an account, and who opened, changed, reset or closed it."""
    session.show(session.server.get("users", username), _with_history)


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
            Column(_("E-mail"), "email", seldom=True),
            Column(_("Open"), "active"),
            Column(_("Locked until"), "locked_until"),
            Column(_("Made"), "created_at"),
        ],
    )


def _picture(user: Document) -> Iterable[Block]:
    facts = [(_("Name"), user.get("name")), (_("Role"), user.get("role")), (_("E-mail"), user.get("email"))]
    if user.get("password"):
        facts.append((_("Password"), user.get("password")))
    yield Facts(str(user.get("username")), tuple(facts))
    if user.get("password"):
        yield Sentence(_("Keep the password now: it is not shown again."), "bold")


def _with_history(user: Document) -> Iterable[Block]:
    yield from _picture(user)
    yield Sentence(_("May sign in.") if user.get("active") else _("The account is closed."))
    columns = (
        Column(_("When"), lambda change: moment(change.get("at"))),
        Column(_("Who"), "actor"),
        Column(_("What"), "event"),
        Column(_("Before"), "before", seldom=True),
        Column(_("After"), "after", seldom=True),
    )
    yield Rows("", columns, user.get("changes") or ())
