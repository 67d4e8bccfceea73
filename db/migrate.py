"""Bring a database to the schema of this release: `python -m db.migrate`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from db.engine import address
from db.schema import newest

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_210_311


def _config(dsn: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["dsn"] = address(dsn)
    return config


def upgrade(dsn: str, revision: str = "head") -> None:
    """Run the migrations that are missing; two at once wait for one another.

    A database that a later release has migrated already is left alone: whoever goes back to this release begins here.
    """
    if (current(dsn) or "") > head():
        return
    engine = create_engine(address(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            command.upgrade(_config(dsn), revision)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
    engine.dispose()


def current(dsn: str) -> str | None:
    """The revision that the database is at; None for an empty database."""
    engine = create_engine(address(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return revision


def head() -> str:
    """The revision of this release."""
    return newest()


if __name__ == "__main__":
    target = os.environ.get("ORDERKEEP_DATABASE_URL")
    if not target:
        sys.exit("Set ORDERKEEP_DATABASE_URL to the database to migrate, for example postgresql://user:secret@host/db.")
    try:
        upgrade(target)
    except OperationalError as silence:
        sys.exit(f"The database does not answer, so nothing was migrated: {str(silence.orig).splitlines()[0]}")
    sys.stdout.write(f"the database is at revision {current(target)}\n")
