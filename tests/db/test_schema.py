"""Which schema a database has, and which releases may work on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from alembic.script import ScriptDirectory

from db import engine, migrate, schema
from db.schema import Fit, least, newest, reached, standing

LATER = "9001"


@pytest.fixture
async def empty(database_server: str) -> AsyncIterator[str]:
    """A database without any table, and the pool open on it."""
    base = database_server.rpartition("/")[0]
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute("CREATE DATABASE no_tables TEMPLATE template0")
        engine.configure(f"{base}/no_tables")
        try:
            yield f"{base}/no_tables"
        finally:
            await engine.close()
            await connection.execute("DROP DATABASE no_tables WITH (FORCE)")


async def stands() -> tuple[str | None, Fit]:
    async with engine.transaction() as tx:
        return await standing(tx)


async def at(dsn: str, revision: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))


def test_the_schema_of_a_release_is_what_its_last_migration_makes():
    assert newest() == ScriptDirectory(str(migrate._FOLDER)).get_current_head()


def test_every_migration_says_whether_the_code_needs_it():
    scripts = ScriptDirectory(str(migrate._FOLDER)).walk_revisions()
    made = {each.revision: getattr(each.module, "NEEDED_BY_CODE", None) for each in scripts}
    assert [revision for revision, needed in made.items() if needed is None] == [], "see docs/adding.md, a column"
    assert made["0001"] is True
    assert made["0002"] is False
    assert least() == max(revision for revision, needed in made.items() if needed)


async def test_an_empty_database_is_behind(empty: str):
    assert await stands() == (None, Fit.BEHIND)


async def test_a_migrated_database_is_ready(database: str):
    assert await stands() == (newest(), Fit.READY)


async def test_an_older_database_is_behind(database: str):
    await at(database, "0000")
    assert await stands() == ("0000", Fit.BEHIND)


async def test_code_works_without_what_it_does_not_need(database: str):
    assert least() < newest()
    await at(database, least())
    assert await stands() == (least(), Fit.OLDER)


async def test_what_a_migration_adds_is_looked_for_until_it_is_there_and_then_no_more(database: str):
    found = []
    for revision in (least(), newest(), least()):
        await at(database, revision)
        async with engine.transaction() as tx:
            found.append(await reached(tx, newest()))
    assert found == [False, True, True], "a migration that was seen is not taken back"


async def test_what_a_later_release_added_is_no_hindrance(database: str):
    await at(database, LATER)
    assert await stands() == (LATER, Fit.READY)


async def test_what_a_later_release_took_away_is_one(database: str):
    await at(database, LATER)
    async with engine.transaction() as tx:
        await tx.run_sync(schema.serves_code_from, LATER)
    assert await stands() == (LATER, Fit.PAST)


async def test_what_an_earlier_release_took_away_is_none(database: str):
    async with engine.transaction() as tx:
        await tx.run_sync(schema.serves_code_from, "0001")
    assert await stands() == (newest(), Fit.READY)


async def test_the_migration_of_an_earlier_release_leaves_a_newer_database_alone(database: str):
    """Whoever goes back to a release starts it with its own migration."""
    await at(database, LATER)
    migrate.upgrade(database)
    assert migrate.current(database) == LATER
