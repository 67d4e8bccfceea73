"""Receipt by upload: a process of its own looks at a file or takes it, through the import that the command has.

`python -m starter.files.uploaded ID`: reading a large file takes all of a processor, which the API has better use for.
What was taken is not taken twice, so that a process that died is simply started again.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping as Fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from db import engine
from db.queries import uploads
from db.queries.uploads import Upload
from domain.actor import Actor, Role
from domain.errors import OrderkeepError, Told, as_it_stands
from domain.facts import OrderRequest
from starter.ending import ended
from starter.files.errors import UnusableFile
from starter.files.importing import import_file
from starter.files.mapping import Mapping
from starter.files.opening import look_at_head
from starter.files.report import Report
from starter.files.taker import Taken, Taker
from starter.files.taking import Clerk, DatabaseOnlooker
from starter.settings import Settings

BEAT_SECONDS = 0.5
LINKED = 1000
"""So many orders of a file are named; the list of orders has the others."""


class _Listing(Clerk):
    """A clerk who writes down which orders the documents became."""

    def __init__(self, source: str, actor: Actor) -> None:
        super().__init__(source, actor=actor)
        self.orders: dict[str, str] = {}

    async def take(self, request: OrderRequest) -> Taken:
        """The order, and its number beside the document's."""
        taken = await super().take(request)
        if len(self.orders) < LINKED:
            self.orders[taken.number] = request.customer_po or ""
        return taken


def rules_of(settings: dict[str, Any]) -> Mapping:
    """What the person said of the columns; all of it when they said anything."""
    columns, currency = settings.get("columns"), settings.get("currency")
    return Mapping(
        columns or {}, {"currency": currency} if currency else {}, decimal=settings.get("decimal") or None,
        only=columns is not None,
    )  # fmt: skip


def as_kept(value: object) -> Any:
    """A report as JSON that keeps the patterns of its sentences."""
    match value:
        case Told():
            return {"template": value.pattern, "figures": as_kept(value.figures)}
        case dict():
            return {name: as_kept(each) for name, each in value.items()}
        case list() | tuple():
            return [as_kept(each) for each in value]
        case int() | None:
            return value
    return str(value)


async def work_off(upload_id: str) -> None:
    """Look at the upload, or take it, as its state says; how far it is shows as it goes."""
    async with engine.transaction() as tx:
        upload, content = await uploads.work(tx, upload_id)
    if content is None or upload.state not in uploads.RUNNING:
        return
    place: list[Any] = [None, 0]
    beating = asyncio.create_task(_beat(upload_id, place))
    try:
        with TemporaryDirectory(prefix="orderkeep-upload-") as folder:
            path = Path(folder) / (Path(upload.file.replace("\\", "/")).name[:150] or "orders")
            path.write_bytes(content)
            state, found, problems = await _import(path, upload, place)
    finally:
        await ended(beating)
    await engine.settled(lambda tx: uploads.end(tx, upload_id, state, as_kept(found), problems, datetime.now(UTC)))


async def _import(path: Path, upload: Upload, place: list[Any]) -> tuple[str, dict[str, Any], str | None]:
    settings, taking = upload.settings, upload.state == "TAKING"
    problems: list[str] = []
    report = Report(upload.file, dry_run=not taking, sink=lambda problem: problems.append(_line(problem)))
    clerk = _Listing(upload.file, Actor(settings["actor"], Role(settings["role"])))
    taker: Taker = clerk if taking else DatabaseOnlooker()
    found: dict[str, Any] = {}

    def tell(phase: str, done: int, total: int) -> None:
        place[:] = [phase, 100 * done // max(total, 1)]

    try:
        head = look_at_head(path, rules_of(settings))
        found = {"headings": head.headings, "columns": head.columns, "sample": head.sample}
        create = bool(settings.get("create"))
        await import_file(path, rules_of(settings), taker, report, create=create, on_progress=tell)
    except UnusableFile as error:
        return "UNUSABLE", {**found, "reason": error.sentence}, None
    except OrderkeepError as error:
        return "UNUSABLE", {**found, "reason": as_it_stands(error.detail)}, None
    found |= {"report": report.as_document(), "orders": clerk.orders}
    return "DONE" if taking else "LOOKED", found, "\n".join(problems)


def _line(problem: Fields[str, Any]) -> str:
    """A problem with the patterns of its sentences: who reads it hears it in a language of their own."""
    return json.dumps(as_kept(dict(problem)), ensure_ascii=False)


async def _beat(upload_id: str, place: list[Any]) -> None:
    while True:
        phase, done = place
        await engine.settled(lambda tx, p=phase, d=done: uploads.step(tx, upload_id, p, d, datetime.now(UTC)))  # type: ignore[misc]
        await asyncio.sleep(BEAT_SECONDS)


async def _main(upload_id: str) -> None:
    dsn = Settings().database_url
    assert dsn is not None
    engine.configure(dsn, pool_size=6)
    try:
        await work_off(upload_id)
    finally:
        await engine.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
