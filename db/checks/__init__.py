"""The reconciler: every invariant of the order's life, asked of the whole database, each by name.

A check is one query over sets; what it returns are the breaches. Nothing is ever changed. The invariants are those of
order-to-cash (chapter 2) and what follows from the tables; the files follow the stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.checks import (
    after_sales,
    collection,
    guards,
    invoicing,
    journal,
    messages,
    receipt,
    replenishment,
    review,
    shipping,
    stock,
)
from db.checks.rule import Rule
from db.engine import PLAN_FOR_VALUES

SHOWN = 100
"""How many breaches of one check are spelled out."""

RULES: tuple[Rule, ...] = (
    *receipt.RULES,
    *review.RULES,
    *stock.RULES,
    *replenishment.RULES,
    *shipping.RULES,
    *invoicing.RULES,
    *collection.RULES,
    *journal.RULES,
    *after_sales.RULES,
    *messages.RULES,
    *guards.RULES,
)

_MEMORY = text("SET LOCAL work_mem = '64MB'")
_PATIENCE = text("SET LOCAL statement_timeout = '15min'")
"""Longer than any check takes over some million orders, so that one whose asker has gone away ends by itself."""


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant and where it is broken; without breaches it holds."""

    name: str
    invariant: str
    breaches: tuple[str, ...]


async def run_checks(tx: AsyncConnection, rules: Sequence[Rule] = RULES) -> list[Check]:
    """Ask every invariant, or those of `rules`.

    Each is one statement, which sees one state of the database while orders go on moving.
    """
    await tx.execute(PLAN_FOR_VALUES)
    await tx.execute(_MEMORY)
    return [Check(rule.name, rule.invariant, await _breaches(tx, rule)) for rule in rules]


async def run_check(tx: AsyncConnection, rule: Rule) -> Check:
    """Ask one invariant; over many orders each is asked in a transaction of its own, which holds nobody up for long."""
    await tx.execute(PLAN_FOR_VALUES)
    await tx.execute(_MEMORY)
    await tx.execute(_PATIENCE)
    return Check(rule.name, rule.invariant, await _breaches(tx, rule))


async def _breaches(tx: AsyncConnection, rule: Rule) -> tuple[str, ...]:
    counted = text(f"SELECT *, count(*) OVER () AS breach_count FROM ({rule.query}) b ORDER BY 1 LIMIT {SHOWN}")
    rows = (await tx.execute(counted, rule.values)).all()
    breaches = [rule.breach(row._asdict()) for row in rows]
    if rows and rows[0].breach_count > SHOWN:
        breaches.append(f"... and {rows[0].breach_count - SHOWN} more")
    return tuple(breaches)
