"""Migrations: they make exactly the tables that the program knows, and running them again is harmless."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from db import migrate
from db.engine import address
from db.tables import METADATA
from domain.order_life import LEGAL_MOVES

COLUMNS = """
SELECT table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable, column_default,
  is_identity, generation_expression
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 't' AND conrelid::regclass::text <> 'alembic_version'"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"""


@pytest.fixture
async def empty(database_server: str) -> AsyncIterator[str]:
    """The address of a database without any table."""
    base = database_server.rpartition("/")[0]
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute("CREATE DATABASE empty_one TEMPLATE template0")
        try:
            yield f"{base}/empty_one"
        finally:
            await connection.execute("DROP DATABASE empty_one WITH (FORCE)")


def catalogue(dsn: str, query: str) -> set[tuple[object, ...]]:
    """What PostgreSQL says about its tables."""
    with psycopg.connect(dsn) as connection:
        return set(connection.execute(query).fetchall())


def test_the_comparison_of_alembic_finds_no_difference(database_server: str):
    engine = create_engine(address(database_server), poolclass=NullPool)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


@pytest.mark.parametrize("query", [COLUMNS, CONSTRAINTS, INDEXES], ids=["columns", "constraints", "indexes"])
def test_migrations_make_the_tables_that_the_program_knows(database_server: str, empty: str, query: str):
    METADATA.create_all(create_engine(address(empty), poolclass=NullPool))
    known, migrated = catalogue(empty, query), catalogue(database_server, query)
    assert known
    assert migrated - known == set()
    assert known - migrated == set()


def test_the_database_knows_the_same_legal_moves(database_server: str):
    known = {
        (document, state, target)
        for document, moves in LEGAL_MOVES.items()
        for state, targets in moves.items()
        for target in targets
    }
    assert catalogue(database_server, "SELECT document, from_state, to_state FROM legal_move") == known


def test_an_empty_database_is_brought_to_the_head_and_a_second_upgrade_is_harmless(empty: str):
    assert migrate.current(empty) is None
    migrate.upgrade(empty)
    first = catalogue(empty, CONSTRAINTS) | catalogue(empty, INDEXES) | catalogue(empty, COLUMNS)
    with psycopg.connect(empty) as connection:
        connection.execute("UPDATE counter SET value = 7")
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()
    assert catalogue(empty, CONSTRAINTS) | catalogue(empty, INDEXES) | catalogue(empty, COLUMNS) == first
    assert catalogue(empty, "SELECT name, value FROM counter") == {("invoice", 7)}


def test_a_new_database_has_its_tax_codes_and_no_policy(database_server: str):
    rates = {
        code: str(rate) for code, rate in catalogue(database_server, "SELECT code, trim_scale(rate) FROM tax_code")
    }
    assert (rates["standard"], rates["reduced"], rates["zero"]) == ("0.2", "0.05", "0")
    assert catalogue(database_server, "SELECT count(*) FROM policy_version") == {(0,)}
