"""Keys for the API at the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from domain.actor import Role
from starter.cli.groups import group
from starter.cli.screen import Block, Document, Facts, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

keys = group("Make keys for the API.")


@talks(keys, "create", "orderkeep key create --role warehouse --name scanner-3", changes=True)
def create_key(
    session: Session,
    *,
    role: Annotated[Role, typer.Option(help="What the key may do.")],
    name: Annotated[
        str | None, typer.Option(help="Whose key it is; the name stands in every timeline. The role when absent.")
    ] = None,
) -> None:
    """Make a key with a role. It is shown once; only its hash is kept."""
    session.show(session.server.post("keys", body={"name": name or role.value, "role": role.value}), _picture)


def _picture(key: Document) -> Iterable[Block]:
    yield Facts(str(key.get("key")), ((_("Name"), key.get("name")), (_("Role"), key.get("role"))))
    yield Sentence(_("Keep it now: it is not shown again."), "bold")
