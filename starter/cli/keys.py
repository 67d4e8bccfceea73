"""Keys for the API at the terminal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from db import engine
from domain.actor import SYSTEM, Role
from intake import keys as keys_of
from starter.cli import options
from starter.cli.endpoints import data_directory, written_endpoints
from starter.cli.groups import examples_text, group
from starter.cli.screen import Block, Column, Document, Facts, Sentence, print_blocks, print_json, say
from starter.cli.session import Session, talks
from starter.cli.speech import _, choose_language
from starter.keyring import new_key

keys = group("Make, list and revoke keys for the API.")


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


@talks(keys, "list", "orderkeep key list")
def list_keys(session: Session) -> None:
    """List all keys: whose they are, what they may do, and which were revoked."""
    answer = session.server.get("keys")
    session.show_list(
        answer,
        [
            Column(_("Prefix"), "prefix"),
            Column(_("Name"), "name"),
            Column(_("Role"), "role"),
            Column(_("Made"), "created_at"),
            Column(_("Revoked"), "revoked_at"),
        ],
    )


@talks(keys, "revoke", "orderkeep key revoke scanner-3", changes=True)
def revoke_key(
    session: Session, which: Annotated[str, typer.Argument(help="The key's name, or its prefix from the list.")]
) -> None:
    """Revoke a key: within half a minute it opens nothing any more."""
    answer = session.server.post("keys", which, "revoke", body={})
    session.done(
        answer, _("The key {prefix} of {name} is revoked.").format(prefix=answer["prefix"], name=answer["name"])
    )


@keys.command("first", epilog=examples_text("orderkeep key first --name operations"))
def first_key(
    *,
    name: Annotated[str, typer.Option(help="Whose key it is; the name stands in every timeline.")] = "administrator",
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Make an administrator's key in the database itself, where no key exists yet that the API would accept."""
    choose_language(lang)
    written = written_endpoints(data_directory(data)) or {}
    dsn = (None if data else os.environ.get("ORDERKEEP_DATABASE_URL")) or written.get("database")
    if not dsn:
        raise typer.BadParameter(_("Set ORDERKEEP_DATABASE_URL to the database of the servers."))
    key = {"name": name, "role": Role.ADMIN.value, "key": asyncio.run(_written(dsn, name))}
    if as_json:
        print_json(key)
    else:
        print_blocks(_picture(key))


@keys.command("payload", epilog=examples_text("orderkeep key payload"))
def payload_key(*, as_json: options.Json = False, data: options.Data = None, lang: options.Lang = None) -> None:
    """Make a key that seals what Temporal keeps, for ORDERKEEP_PAYLOAD_KEYS. It is kept nowhere."""
    choose_language(lang)
    name, setting = new_key()
    if as_json:
        print_json({"id": name, "setting": setting})
        return
    print(setting)
    say(_("Put it first in ORDERKEEP_PAYLOAD_KEYS, on the API and on every worker, and keep a copy in a safe place."))
    say(_("Leave the older keys in the list behind it: they open what they have sealed."))


async def _written(dsn: str, name: str) -> str:
    engine.configure(dsn, 1)
    try:
        async with engine.transaction() as tx:
            return await keys_of.create_key(tx, SYSTEM, name, Role.ADMIN, datetime.now(UTC))
    finally:
        await engine.close()


def _picture(key: Document) -> Iterable[Block]:
    yield Facts(str(key.get("key")), ((_("Name"), key.get("name")), (_("Role"), key.get("role"))))
    yield Sentence(_("Keep it now: it is not shown again."), "bold")
