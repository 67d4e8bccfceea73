"""Documents of imported files that wait for a person: credit notes, fees, orders that could not be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.keyset import Key, Listing, OneOf
from db.queries.spoken import as_written
from domain.errors import Translate
from domain.receipt import HELD_KINDS
from domain.recognised import held_said

HELD = Listing(
    """SELECT d.id, d.source, d.kind, d.reason, d.linked_order, d.rows, d.created_by, d.created_at
FROM held_document d""",
    (Key("d.id", "id", "bigint"),),
    {
        "kind": OneOf("d.kind", HELD_KINDS),
        "order": "d.linked_order = :order",
        "source": "d.source = :source",
    },
)


async def held_document_list(
    tx: AsyncConnection,
    *,
    limit: int,
    after: str | None,
    filters: Mapping[str, str],
    translate: Translate = as_written,
) -> tuple[list[dict[str, Any]], str | None]:
    """Held documents, newest first, each with its rows as the file had them; filters: kind, order, source."""
    found, following = await HELD.page(tx, limit, after, filters)
    return [{**row._mapping, "reason": held_said(row.reason, translate)} for row in found], following
