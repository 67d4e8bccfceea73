"""Which schema a database has, and whether the code of this release may work on it.

A deploy has old and new code beside one another on one schema. What a migration adds, the release before does not
mind; so code works on its own schema and on every later one, until a migration that takes something away (contract)
says from which revision on the code must be.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_SERVES = "serves code from "
_THERE = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_AT = text("SELECT max(version_num), obj_description('alembic_version'::regclass) FROM alembic_version")


class Fit(Enum):
    """How a database and this release stand to one another."""

    READY = "ready"
    BEHIND = "behind"
    """The database lacks what this release needs: it waits for the migration."""
    PAST = "past"
    """What this release needs was taken away: it must not work on this database any more."""


def needed() -> str:
    """The revision that this release needs: that of its last migration, by which the file begins."""
    return max(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*.py"))


async def standing(tx: AsyncConnection) -> tuple[str | None, Fit]:
    """The revision of the database (None for an empty one), and whether this release may work on it."""
    if not (await tx.execute(_THERE)).scalar_one():
        return None, Fit.BEHIND
    revision, remark = (await tx.execute(_AT)).one()
    if revision is None or revision < needed():
        return revision, Fit.BEHIND
    serves = (remark or "").removeprefix(_SERVES)
    return revision, Fit.PAST if serves > needed() else Fit.READY


def serves_code_from(connection: Connection, revision: str) -> None:
    """The last statement of a migration that takes something away: code of an earlier revision must not start."""
    connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{_SERVES}{revision}'")
