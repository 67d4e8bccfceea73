"""Loads the copies: guards off, tables filled with COPY by several processes, guards on again, and so re-validated.

Foreign keys, unique keys and indexes are made anew from the catalogue's own definitions, which checks every row
against them; CHECK constraints stay in force all the while. What triggers guard is verified by the reconciler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from benchmarks.generator.phases import TABLES, Phase

PROCESSES = 2
BLOCK = 1 << 20
SETTINGS = "-c timezone=UTC -c synchronous_commit=off -c maintenance_work_mem=512MB -c work_mem=256MB"
_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')
ORDER BY array_position('{f,u,p}', contype::text), conname"""
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
ORDER BY 1, 2"""
TOTALS = (
    """UPDATE customer_account a SET reserved = coalesce(t.amount, 0) FROM (
      SELECT c.code, sum(r.amount) AS amount FROM customer c LEFT JOIN credit_reservation r ON r.customer = c.code
      GROUP BY c.code) t WHERE t.code = a.customer""",
    """UPDATE customer_account a SET receivable = t.amount FROM (
      SELECT customer, sum(outstanding) AS amount FROM invoice GROUP BY customer) t WHERE t.customer = a.customer""",
    """UPDATE customer_account a SET unapplied = t.amount FROM (SELECT p.customer, sum(p.unapplied) AS amount
      FROM payment p JOIN customer c ON c.code = p.customer AND c.currency = p.currency GROUP BY p.customer) t
      WHERE t.customer = a.customer""",
    "UPDATE stock_level SET reserved = 0",
    """UPDATE stock_level s SET on_hand = t.quantity FROM (
      SELECT sku, warehouse, sum(quantity) AS quantity FROM stock_movement GROUP BY sku, warehouse) t
      WHERE t.sku = s.sku AND t.warehouse = s.warehouse""",
    """UPDATE stock_level s SET reserved = t.quantity FROM (SELECT sku, warehouse, sum(quantity) AS quantity FROM (
      SELECT sku, warehouse, quantity FROM allocation WHERE state = 'RESERVED'
      UNION ALL SELECT sku, warehouse, quantity FROM component_allocation) u GROUP BY sku, warehouse) t
      WHERE t.sku = s.sku AND t.warehouse = s.warehouse""",
    "UPDATE counter SET value = (SELECT count(*) FROM invoice) WHERE name = 'invoice'",
)
"""What is counted over all copies."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Guards:
    """What is taken off a database while it is filled: statements to put each back, by table."""

    keys: dict[str, list[str]]
    foreign: list[tuple[str, str]]


def _connect(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(database, autocommit=True, options=SETTINGS)


def take_off(database: str) -> Guards:
    """Drop keys and indexes, switch the triggers off."""
    keys: dict[str, list[str]] = {}
    foreign = []
    with _connect(database) as connection:
        constraints = connection.execute(_CONSTRAINTS.encode()).fetchall()
        for table, _, definition in (indexes := connection.execute(_INDEXES.encode()).fetchall()):
            if table in TABLES:
                keys.setdefault(table, []).append(definition)
        for table, name, definition, kind in constraints:
            add = f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
            if kind == "f":
                foreign.append((f"{add} NOT VALID", f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))
            elif table in TABLES:
                keys.setdefault(table, []).insert(0, add)
            if table in TABLES:
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        for table, index, _ in indexes:
            if table in TABLES:
                connection.execute(f"DROP INDEX {index}".encode())
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    return Guards(keys, foreign)


def fill(database: str, table: str, phases: Sequence[Phase], now: datetime, keys: Sequence[str]) -> tuple[str, int]:
    """Fill one table with all copies and make its keys; the table and its rows."""
    columns = ", ".join(TABLES[table].names)
    with _connect(database) as connection:
        with connection.transaction():
            connection.execute(f"TRUNCATE {table}".encode())
            with connection.cursor() as cursor:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FREEZE)".encode()) as copy:
                    for block in _blocks(table, phases, now):
                        copy.write(block)
                rows = cursor.rowcount
        for statement in keys:
            connection.execute(statement.encode())
    return table, rows


def _blocks(table: str, phases: Sequence[Phase], now: datetime) -> Iterable[str]:
    held, size = [], 0
    for phase in phases:
        mould = phase.moulds.get(table)
        for copy in range(phase.copies if mould is not None else 0):
            assert mould is not None
            text = mould.cast(phase.shift(copy, now, phases[0]))
            held.append(text)
            size += len(text)
            if size > BLOCK:
                yield "".join(held)
                held, size = [], 0
    yield "".join(held)


def load(database: str, phases: Sequence[Phase], now: datetime, tell: Tell) -> dict[str, int]:
    """Fill every table, put the guards back, count what is counted; the rows by table."""
    tables = {table for phase in phases for table in phase.moulds}
    largest = sorted(tables, key=lambda table: -sum(_size(phase, table) for phase in phases))
    guards = take_off(database)
    filled: dict[str, int] = {}
    with ProcessPoolExecutor(PROCESSES) as processes:
        work = [processes.submit(fill, database, t, phases, now, guards.keys.pop(t, [])) for t in largest]
        for done in as_completed(work):
            table, rows = done.result()
            filled[table] = rows
            tell(f"{len(filled)} of {len(largest)} tables: {table}, {rows:,} rows with their keys")
        _put_back(database, guards, processes, tell)
        for table in processes.map(_tidied, [database] * len(largest), largest):
            tell(f"tidied {table}")
    return filled


def _size(phase: Phase, table: str) -> int:
    mould = phase.moulds.get(table)
    return 0 if mould is None else phase.copies * sum(map(len, mould.text))


def _put_back(database: str, guards: Guards, processes: ProcessPoolExecutor, tell: Tell) -> None:
    with _connect(database) as connection:
        for statements in guards.keys.values():
            for statement in statements:
                connection.execute(statement.encode())
        tell("counting accounts and stock")
        for statement in TOTALS:
            connection.execute(statement.encode())
        _advance(connection)
        for add, _ in guards.foreign:
            connection.execute(add.encode())
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
    tell(f"checking {len(guards.foreign)} foreign keys")
    for done in as_completed([processes.submit(_run, database, validate) for _, validate in guards.foreign]):
        done.result()


def _run(database: str, statement: str) -> None:
    with _connect(database) as connection:
        connection.execute(statement.encode())


def _tidied(database: str, table: str) -> str:
    _run(database, f"VACUUM (ANALYZE) {table}")
    return table


def _advance(connection: psycopg.Connection[Any]) -> None:
    """The next document and the next row go on after the copies."""
    documents = {"order_number": "sales_order", "shipment_number": "shipment", "payment_number": "payment"}
    documents |= {"case_number": "support_case", "supply_number": "supply_order"}
    for sequence, table in documents.items():
        highest = f"SELECT max(substring(number FROM '[0-9]+$')::bigint) FROM {table}"
        connection.execute(f"SELECT setval('{sequence}', coalesce(({highest}), 1))".encode())
    for table, columns in TABLES.items():
        for column, owner in columns.serial.items():
            if owner == table:
                name = f"pg_get_serial_sequence('{table}', '{column}')"
                value = f"(SELECT coalesce(max({column}), 1) FROM {table})"
                connection.execute(f"SELECT setval({name}, {value}) WHERE {name} IS NOT NULL".encode())
