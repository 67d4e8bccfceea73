"""The state of the business in numbers: few questions, each through an index of what is open.

Each question stands alone, so that whoever asks may keep its answer for as long as its cost allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.symptoms import RUNGS
from domain.order_life import ENDED, LEGAL_MOVES

Figures = dict[str, Any]
"""A number by name, or numbers by label by name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a number says; `label` is by what it is divided."""

    help: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One statement; its rows are (name, label, value)."""

    name: str
    figures: Mapping[str, Figure]
    statement: TextClause


def _states(states: object) -> str:
    return ", ".join(f"'{state}'" for state in sorted(map(str, states)))  # type: ignore[call-overload]


_OPEN = _states(set(LEGAL_MOVES["order"]) - set(ENDED))
_ENDED = _states(ENDED)
_ON_THE_WAY = _states(LEGAL_MOVES["shipment"])
_AGE = "CAST(extract(epoch FROM now() - {since}) AS float8)"
_ORDERS = Figure("Orders in each state", "state")
_OLD = "the oldest waits, in seconds"

QUESTIONS: tuple[Question, ...] = (
    Question(
        "orders",
        {
            "orders": _ORDERS,
            "order_oldest_seconds": Figure("Age of the oldest order in each state that is not an end", "state"),
        },
        text(f"""
        WITH o AS (SELECT state, count(*) AS number, min(submitted_at) AS since FROM sales_order
          WHERE state IN ({_OPEN}) GROUP BY state)
        SELECT 'orders', state, number FROM o
        UNION ALL SELECT 'order_oldest_seconds', state, {_AGE.format(since="since")} FROM o"""),
    ),
    Question(
        "ended_orders",
        {"orders": _ORDERS},
        text(f"SELECT 'orders', state, count(*) FROM sales_order WHERE state IN ({_ENDED}) GROUP BY state"),
    ),
    Question(
        "holds",
        {
            "holds_open": Figure("Open holds by reason", "reason"),
            "holds_by_age": Figure("Open holds by how long they are open", "age"),
            "holds_overdue": Figure("Open holds whose deadline has passed"),
        },
        text("""
        WITH h AS (SELECT reason, deadline, now() - opened_at AS age FROM hold WHERE status = 'OPEN')
        SELECT 'holds_open', reason, count(*) FROM h GROUP BY reason
        UNION ALL SELECT 'holds_by_age', b.age, count(h.age) FROM (VALUES
            ('under 1 hour', interval '0', interval '1 hour'), ('under 1 day', interval '1 hour', interval '1 day'),
            ('under 1 week', interval '1 day', interval '7 days'), ('older', interval '7 days', interval '1000 years'))
            AS b(age, low, high) LEFT JOIN h ON h.age >= b.low AND h.age < b.high GROUP BY b.age
        UNION ALL SELECT 'holds_overdue', NULL, count(*) FROM h WHERE deadline < now()"""),
    ),
    Question(
        "messages",
        {
            "outbox_backlog": Figure("Messages that Temporal has not been handed yet"),
            "outbox_oldest_seconds": Figure(f"Messages for Temporal: how long {_OLD}"),
            "outbox_failing": Figure("Messages that Temporal did not take at the first try"),
        },
        text(f"""
        WITH m AS (SELECT count(*) AS number, min(created_at) AS since, count(*) FILTER (WHERE attempts > 1) AS failing
          FROM engine_outbox WHERE sent_at IS NULL)
        SELECT 'outbox_backlog', NULL, number FROM m
        UNION ALL SELECT 'outbox_oldest_seconds', NULL, coalesce({_AGE.format(since="since")}, 0) FROM m
        UNION ALL SELECT 'outbox_failing', NULL, failing FROM m"""),
    ),
    Question(
        "notices",
        {
            "notices_pending": Figure("Letters that the post has not been handed yet"),
            "notices_oldest_seconds": Figure(f"Letters: how long {_OLD}; those refused for good aside"),
            "notices_failing": Figure("Letters that the post has refused, for now or for good"),
        },
        text(f"""
        WITH n AS (SELECT count(*) AS number, count(*) FILTER (WHERE error IS NOT NULL) AS failing,
            min(created_at) FILTER (WHERE next_attempt_at < 'infinity') AS since FROM notice WHERE sent_at IS NULL)
        SELECT 'notices_pending', NULL, number FROM n
        UNION ALL SELECT 'notices_oldest_seconds', NULL, coalesce({_AGE.format(since="since")}, 0) FROM n
        UNION ALL SELECT 'notices_failing', NULL, failing FROM n"""),
    ),
    Question(
        "supply",
        {
            "supply_orders": Figure("Open purchase and production orders by state", "state"),
            "supply_late": Figure("Open purchase and production orders that should have arrived"),
        },
        text("""
        WITH s AS (SELECT state, due_at FROM supply_order WHERE state NOT IN ('RECEIVED','CANCELLED'))
        SELECT 'supply_orders', state, count(*) FROM s GROUP BY state
        UNION ALL SELECT 'supply_late', NULL, count(*) FROM s WHERE due_at < now()"""),
    ),
    Question(
        "shipments",
        {
            "shipments": Figure("Shipments by state: CREATED waits for its pick, PACKED for its booking", "state"),
            "shipment_oldest_seconds": Figure("Age of the oldest shipment by state; PACKED since its pick", "state"),
        },
        text(f"""
        WITH s AS (SELECT state, count(*) AS number, min(created_at) AS since FROM shipment
          WHERE state IN ({_ON_THE_WAY}) GROUP BY state)
        SELECT 'shipments', state, number FROM s
        UNION ALL SELECT 'shipment_oldest_seconds', state, {_AGE.format(since="since")} FROM s WHERE state <> 'PACKED'
        UNION ALL SELECT 'shipment_oldest_seconds', state, {_AGE.format(since="min(picked_at)")} FROM shipment
          WHERE state = 'PACKED' GROUP BY state"""),
    ),
    Question(
        "collection",
        {
            "instalments_overdue": Figure("Instalments past their due date and not paid"),
            "payments_unapplied": Figure("Payments with money that settles nothing yet"),
            "reminders_due": Figure("Reminders whose time has come and that are not out"),
            "reminders_overdue": Figure("Reminders that should be out for a quarter of an hour"),
        },
        text(f"""
        {RUNGS}
        SELECT 'instalments_overdue', NULL, count(*) FROM instalment WHERE paid < amount AND due_at < now()
        UNION ALL SELECT 'payments_unapplied', NULL, count(*) FROM payment WHERE unapplied > 0
        UNION ALL SELECT 'reminders_due', NULL, count(*) FROM rung WHERE planned < now()
        UNION ALL SELECT 'reminders_overdue', NULL, count(*) FROM rung
          WHERE planned < now() - interval '15 minutes'"""),
    ),
    Question(
        "cases",
        {
            "cases_open": Figure("Cases that are not closed, by state", "state"),
            "cases_overdue": Figure("Cases past the time by which they were to be answered or resolved"),
        },
        text("""
        WITH c AS (SELECT * FROM support_case WHERE state <> 'CLOSED')
        SELECT 'cases_open', state, count(*) FROM c GROUP BY state
        UNION ALL SELECT 'cases_overdue', NULL, count(*) FROM c WHERE state NOT IN ('RESOLVED', 'WAITING_CUSTOMER')
          AND (resolve_by < now() OR (responded_at IS NULL AND respond_by < now()))"""),
    ),
    Question(
        "schema",
        {"schema_info": Figure("1 for the revision that the database is at", "revision")},
        text("SELECT 'schema_info', version_num, 1 FROM alembic_version"),
    ),
)

FIGURES: dict[str, Figure] = {name: figure for question in QUESTIONS for name, figure in question.figures.items()}


async def ask(tx: AsyncConnection, question: Question) -> Figures:
    """The answer to one question: a number per name, or numbers by label."""
    found: Figures = {name: {} for name, figure in question.figures.items() if figure.label}
    for name, label, value in await tx.execute(question.statement):
        if question.figures[name].label:
            found[name][label] = float(value)
        else:
            found[name] = float(value)
    return found


def together(*answers: Figures) -> Figures:
    """Answers as one; what two of them divide by the same label is joined."""
    whole: Figures = {}
    for answer in answers:
        for name, value in answer.items():
            whole[name] = {**whole.get(name, {}), **value} if isinstance(value, dict) else value
    return whole


async def business(tx: AsyncConnection) -> Figures:
    """All figures at this moment."""
    return together(*[await ask(tx, question) for question in QUESTIONS])
