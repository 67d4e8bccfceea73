"""Files of orders that people upload: kept until they are worked off, with how far that is and what was found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SILENT = timedelta(minutes=2)
"""Who works on a file says so at least every other second; after this long nobody does any more."""
KEPT = timedelta(days=30)
RUNNING = ("LOOKING", "TAKING")


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload without its content."""

    id: str
    username: str
    file: str
    size: int
    settings: dict[str, Any]
    state: str
    phase: str | None
    done: int
    found: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    def runs(self, now: datetime) -> bool:
        """Whether somebody works on it."""
        return self.state in RUNNING and now - self.updated_at < SILENT


_COLUMNS = "id, username, file, size, settings, state, phase, done, found, created_at, updated_at"
_KEEP = text("""
WITH old AS (DELETE FROM order_upload WHERE username = :username AND created_at < :forgotten)
INSERT INTO order_upload (id, username, file, content, size, settings, state, created_at, updated_at)
VALUES (:id, :username, :file, :content, :size, CAST(:settings AS jsonb), 'LOOKING', :now, :now)""")
_UPLOAD = text(f"SELECT {_COLUMNS} FROM order_upload WHERE id = :id AND username = :username")
_UPLOADS = text(f"SELECT {_COLUMNS} FROM order_upload WHERE username = :username ORDER BY created_at DESC LIMIT 20")
_WORK = text(f"SELECT {_COLUMNS}, content FROM order_upload WHERE id = :id")
_PROBLEMS = text("SELECT problems FROM order_upload WHERE id = :id AND username = :username")
_BEGIN = text("""
UPDATE order_upload SET state = :state, settings = CAST(:settings AS jsonb), phase = NULL, done = 0, updated_at = :now
WHERE id = :id AND username = :username AND content IS NOT NULL
  AND (state NOT IN ('LOOKING', 'TAKING', 'DONE') OR updated_at < :silent) RETURNING id""")
_STEP = text("UPDATE order_upload SET phase = :phase, done = :done, updated_at = :now WHERE id = :id")
_END = text("""
UPDATE order_upload SET state = :state, found = CAST(:found AS jsonb), problems = :problems, updated_at = :now,
  content = CASE WHEN :state = 'DONE' THEN NULL ELSE content END WHERE id = :id""")
_STOP = text("""
UPDATE order_upload SET state = 'STOPPED', updated_at = :now WHERE id = :id AND state IN ('LOOKING', 'TAKING')""")


async def keep(
    tx: AsyncConnection, upload: str, username: str, file: str, content: bytes, settings: dict[str, Any], now: datetime
) -> None:
    """Keep a file that is to be looked at; the person's old ones go."""
    values = {"id": upload, "username": username, "file": file, "content": content, "size": len(content)}
    await tx.execute(_KEEP, {**values, "settings": json.dumps(settings), "now": now, "forgotten": now - KEPT})


async def upload_of(tx: AsyncConnection, upload: str, username: str) -> Upload | None:
    """One of a person's uploads."""
    row = (await tx.execute(_UPLOAD, {"id": upload, "username": username})).one_or_none()
    return None if row is None else Upload(**row._mapping)


async def uploads_of(tx: AsyncConnection, username: str) -> list[Upload]:
    """A person's uploads, the latest first."""
    return [Upload(**row._mapping) for row in await tx.execute(_UPLOADS, {"username": username})]


async def problems_of(tx: AsyncConnection, upload: str, username: str) -> str | None:
    """Every problem of an upload as CSV."""
    return (await tx.execute(_PROBLEMS, {"id": upload, "username": username})).scalar_one_or_none()


async def work(tx: AsyncConnection, upload: str) -> tuple[Upload, bytes | None]:
    """An upload with its content, for who works on it."""
    row = dict((await tx.execute(_WORK, {"id": upload})).one()._mapping)
    content = row.pop("content")
    return Upload(**row), None if content is None else bytes(content)


async def begin(
    tx: AsyncConnection, upload: str, username: str, state: str, settings: dict[str, Any], now: datetime
) -> bool:
    """Have a file looked at or taken; False when somebody works on it, or it was worked off."""
    values = {"id": upload, "username": username, "state": state, "settings": json.dumps(settings), "now": now}
    return (await tx.execute(_BEGIN, {**values, "silent": now - SILENT})).scalar_one_or_none() is not None


async def step(tx: AsyncConnection, upload: str, phase: str | None, done: int, now: datetime) -> None:
    """How far it is."""
    await tx.execute(_STEP, {"id": upload, "phase": phase, "done": done, "now": now})


async def end(
    tx: AsyncConnection, upload: str, state: str, found: dict[str, Any], problems: str | None, now: datetime
) -> None:
    """What was found in it or became of it; the content of a file that was worked off goes."""
    values = {"id": upload, "state": state, "found": json.dumps(found, ensure_ascii=False), "problems": problems}
    await tx.execute(_END, {**values, "now": now})


async def stop(tx: AsyncConnection, upload: str, now: datetime) -> None:
    """Whoever worked on it is gone before it was done."""
    await tx.execute(_STOP, {"id": upload, "now": now})
