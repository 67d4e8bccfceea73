"""What a step leaves behind besides its own rows: timeline, messages to the engine, notices to people.

They are collected while the step decides and written in one statement of the step's own transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.traces import marked
from domain.shapes import instant

_NOTES = """n AS (INSERT INTO timeline (order_number, at, actor, event, figures, before, after, document)
  SELECT r.order_number, r.at, r.actor, r.event, r.figures, r.before, r.after, r.document
  FROM jsonb_to_recordset(CAST(:notes AS jsonb)) AS r(order_number text, at timestamptz, actor text, event text,
    figures jsonb, before text, after text, document text))"""
_MESSAGES = """m AS (INSERT INTO engine_outbox (kind, workflow_type, workflow_id, signal, payload, created_at)
  SELECT r.kind, r.workflow_type, r.workflow_id, r.signal, r.payload, now()
  FROM jsonb_to_recordset(CAST(:messages AS jsonb)) AS r(kind text, workflow_type text, workflow_id text,
    signal text, payload jsonb))"""
_NOTICES = """p AS (INSERT INTO notice (key, event, recipient, language, figures, order_number, created_at,
    next_attempt_at)
  SELECT r.key, r.event, r.recipient, r.language, r.figures, r.order_number, r.at, now()
  FROM jsonb_to_recordset(CAST(:notices AS jsonb)) AS r(key text, event text, recipient text, language text,
    figures jsonb, order_number text, at timestamptz)
  ON CONFLICT (key) DO NOTHING)"""
_STATEMENTS = {
    (notes, messages, notices): text(
        "WITH "
        + ", ".join(part for part, wanted in ((_NOTES, notes), (_MESSAGES, messages), (_NOTICES, notices)) if wanted)
        + " SELECT 1"
    )
    for notes in (False, True)
    for messages in (False, True)
    for notices in (False, True)
    if notes or messages or notices
}


def plain(value: object) -> object:
    """A JSON value of a figure: decimals and times as their text, also within lists and objects."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return instant(value)
        case list():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
    return str(value)


@dataclass(slots=True)
class Effects:
    """The effects of one step at one instant by one actor."""

    actor: str
    now: datetime
    notes: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self,
        order: str,
        event: str,
        /,
        *,
        before: str | None = None,
        after: str | None = None,
        document: str | None = None,
        **figures: object,
    ) -> None:
        """A row of the order's timeline; figures fill the event's sentence (domain/wording.py)."""
        self.notes.append(
            {
                "order_number": order,
                "at": instant(self.now),
                "actor": self.actor,
                "event": event,
                "figures": {name: plain(value) for name, value in figures.items()},
                "before": before,
                "after": after,
                "document": document,
            }
        )

    def start(self, workflow_type: str, workflow_id: str, payload: Mapping[str, object]) -> None:
        """The engine is to run a workflow."""
        row = {"kind": "start", "workflow_type": workflow_type, "workflow_id": workflow_id, "signal": None}
        self.messages.append({**row, "payload": marked(payload)})

    def signal(self, workflow_type: str, workflow_id: str, signal: str, payload: Mapping[str, object]) -> None:
        """A workflow is to hear of a fact."""
        row = {"kind": "signal", "workflow_type": workflow_type, "workflow_id": workflow_id, "signal": signal}
        self.messages.append({**row, "payload": marked(payload)})

    def tell_order(self, order: str, signal: str, **fact: object) -> None:
        """The order's workflow is to hear of a fact."""
        self.signal("OrderWorkflow", f"order/{order}", signal, {name: plain(value) for name, value in fact.items()})

    def notice(
        self, event: str, recipient: str, language: str, *, document: str, order: str | None = None, **figures: object
    ) -> None:
        """An e-mail, one per event, document and recipient."""
        self.notices.append(
            {
                "key": f"{event}/{document}/{recipient}",
                "event": event,
                "recipient": recipient,
                "language": language,
                "figures": {name: plain(value) for name, value in {"order": order, **figures}.items()},
                "order_number": order,
                "at": instant(self.now),
            }
        )

    async def save(self, tx: AsyncConnection) -> None:
        """Write everything collected, in one statement; nothing when nothing was collected."""
        statement = _STATEMENTS.get((bool(self.notes), bool(self.messages), bool(self.notices)))
        if statement is None:
            return
        values: dict[str, str] = {}
        for name, rows in (("notes", self.notes), ("messages", self.messages), ("notices", self.notices)):
            if rows:
                values[name] = json.dumps(rows, ensure_ascii=False)
        await tx.execute(statement, values)
        self.notes, self.messages, self.notices = [], [], []
