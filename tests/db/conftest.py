"""A company that has lived through everything, built once for all tests that only look at it or break it in vain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db import engine
from tests.db.small_company import lived_through

COPIES = ("company", "company_unguarded")
WITHOUT_GUARDS = """
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u', 'p') ORDER BY contype = 'p'
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', c.relation, c.conname); END LOOP;
  FOR c IN SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger WHERE NOT tgisinternal
  LOOP EXECUTE format('DROP TRIGGER %I ON %s', c.tgname, c.relation); END LOOP;
  FOR c IN SELECT indexrelid::regclass AS name FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND i.indisunique
  LOOP EXECUTE format('DROP INDEX %s', c.name); END LOOP;
  FOR c IN SELECT a.attrelid::regclass AS relation, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND a.attnotnull
      AND a.attgenerated = '' AND a.attidentity = ''
  LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', c.relation, c.attname); END LOOP;
END $$"""


@dataclass(frozen=True)
class Company:
    """The same company twice: as it is, and in a database whose guards are off."""

    guarded: AsyncEngine
    unguarded: AsyncEngine
    numbers: dict[str, str]


@pytest.fixture(scope="session")
async def company(database_server: str) -> AsyncIterator[Company]:
    """Lived through once; every test rolls back what it changes."""
    base, _, template = database_server.rpartition("/")
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE company TEMPLATE {template} STRATEGY file_copy")
        engine.configure(f"{base}/company")
        numbers = await lived_through()
        await engine.close()
        await connection.execute("CREATE DATABASE company_unguarded TEMPLATE company STRATEGY file_copy")
        guarded, copy = (create_async_engine(engine.address(f"{base}/{name}")) for name in COPIES)
        async with await psycopg.AsyncConnection.connect(f"{base}/company_unguarded", autocommit=True) as unguarded:
            await unguarded.execute(WITHOUT_GUARDS)
        yield Company(guarded, copy, numbers)
        await guarded.dispose()
        await copy.dispose()
        for name in COPIES:
            await connection.execute(f"DROP DATABASE {name}")
