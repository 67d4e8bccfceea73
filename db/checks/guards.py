"""Checks of the guards themselves: known states, the table of legal moves, and PostgreSQL's own constraints."""

from __future__ import annotations

import json

from sqlalchemy import CheckConstraint, UniqueConstraint

from db.checks.rule import Rule
from db.schema import newest
from db.tables import METADATA
from domain.order_life import LEGAL_MOVES

_DOCUMENTS = {
    "order": ("sales_order", "number", "state"),
    "hold": ("hold", "id", "status"),
    "supply_order": ("supply_order", "number", "state"),
    "shipment": ("shipment", "number", "state"),
    "invoice": ("invoice", "number", "state"),
    "payment": ("payment", "number", "state"),
    "case": ("support_case", "number", "state"),
    "dispute": ("dispute", "id", "status"),
}

_TRIGGERS = (
    *((table, "move") for table, _, _ in _DOCUMENTS.values()),
    *((table, "fixed") for table in ("journal_entry", "journal_line", "stock_movement", "timeline", "invoice_line")),
    ("payment_application", "fixed"),
    ("invoice", "posted"),
    ("invoice", "kept"),
    ("journal_line", "balance"),
    ("journal_entry", "lines"),
)


def _states(document: str) -> list[str]:
    moves = LEGAL_MOVES[document]
    return sorted({*moves, *(target for targets in moves.values() for target in targets)})


def _guards() -> str:
    """Every constraint, unique index and trigger of the tables, as the rows (relation, guard)."""
    guards = list(_TRIGGERS)
    for table in METADATA.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                guards.append((table.name, str(constraint.name)))
            elif isinstance(constraint, UniqueConstraint):
                unnamed = "_".join((table.name, *constraint.columns.keys(), "key"))
                guards.append((table.name, str(constraint.name or unnamed)))
        guards += [(table.name, str(index.name)) for index in table.indexes if index.unique]
        guards.append((table.name, f"{table.name}_pkey"))
    return json.dumps([{"relation": table, "guard": guard} for table, guard in guards])


RULES: tuple[Rule, ...] = (
    Rule(
        "known_states",
        "Every document is in a state that its kind has.",
        "{document} {number} is in the unknown state {state}",
        " UNION ALL ".join(
            f"SELECT '{document}' AS document, CAST({number} AS text) AS number, {state} AS state FROM {table}"
            f" WHERE {state} <> ALL(:{document})"
            for document, (table, number, state) in _DOCUMENTS.items()
        ),
        {document: _states(document) for document in _DOCUMENTS},
    ),
    Rule(
        "legal_moves",
        "The database enforces exactly the moves that the program knows.",
        "{document}: {from_state} to {to_state} is {known}",
        """SELECT coalesce(m.document, k.document) AS document, coalesce(m.from_state, k.from_state) AS from_state,
          coalesce(m.to_state, k.to_state) AS to_state,
          CASE WHEN m.document IS NULL THEN 'known to the program only' ELSE 'known to the database only' END AS known
        FROM legal_move m FULL JOIN jsonb_to_recordset(CAST(:moves AS jsonb))
          AS k(document text, from_state text, to_state text)
          ON (m.document, m.from_state, m.to_state) = (k.document, k.from_state, k.to_state)
        -- For the length of a deploy the newer of the two knows more: the program, or a later release's schema.
        WHERE (m.document IS NULL AND (SELECT max(version_num) FROM alembic_version) >= :newest)
          OR (k.document IS NULL AND (SELECT max(version_num) FROM alembic_version) <= :newest)""",
        {
            "moves": json.dumps(
                [
                    {"document": document, "from_state": state, "to_state": target}
                    for document, moves in LEGAL_MOVES.items()
                    for state, targets in moves.items()
                    for target in targets
                ]
            ),
            "newest": newest(),
        },
    ),
    Rule(
        "guards_in_force",
        "Every key, constraint and trigger with which PostgreSQL itself keeps these invariants is in force.",
        "{relation}: {guard} is missing or switched off",
        """SELECT g.relation, g.guard
        FROM jsonb_to_recordset(CAST(:guards AS jsonb)) AS g(relation text, guard text)
        WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c
            WHERE c.conrelid = to_regclass(g.relation) AND c.conname = g.guard AND c.contype <> 't' AND c.convalidated)
          AND NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid
            WHERE i.indrelid = to_regclass(g.relation) AND n.relname = g.guard AND i.indisvalid)
          AND NOT EXISTS (SELECT 1 FROM pg_trigger t
            WHERE t.tgrelid = to_regclass(g.relation) AND t.tgname = g.guard AND t.tgenabled <> 'D')
          -- A table that is still to be made, while the schema is older than this release, lacks no guard.
          AND (to_regclass(g.relation) IS NOT NULL OR (SELECT max(version_num) FROM alembic_version) >= :newest)""",
        {"guards": _guards(), "newest": newest()},
    ),
)
