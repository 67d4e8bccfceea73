"""Which schema a database has, and whether the code of this release may work on it.

A deploy has old and new code beside one another on one schema. What a migration adds, the release before does not
mind; so code works on its own schema and on every later one, until a migration that takes something away (contract)
says from which revision on the code must be. It works on earlier ones, too: back to the last migration that says
`NEEDED_BY_CODE = True`.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import forget_with_pool

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_NOT_NEEDED = "NEEDED_BY_CODE = False"
_SERVES = "serves code from "
_THERE = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_AT = text("SELECT max(version_num), obj_description('alembic_version'::regclass) FROM alembic_version")


class Fit(Enum):
    """How a database and this release stand to one another."""

    READY = "ready"
    OLDER = "older"
    """The database lacks what this release can do without for the length of a deploy: it serves."""
    BEHIND = "behind"
    """The database lacks what this release needs: it waits for the migration."""
    PAST = "past"
    """What this release needs was taken away: it must not work on this database any more."""


_reached: dict[str, bool] = forget_with_pool({})


def newest() -> str:
    """The revision of this release: that of its last migration, by which the file begins."""
    return max(_revisions())


def least() -> str:
    """The earliest revision on which this release works: that of the last migration which its code needs.

    A migration that does not say so is needed.
    """
    return max(revision for revision, file in _revisions().items() if _NOT_NEEDED not in file.read_text("utf-8"))


def _revisions() -> dict[str, Path]:
    return {file.name.partition("_")[0]: file for file in _VERSIONS.glob("[0-9]*.py")}


async def standing(tx: AsyncConnection) -> tuple[str | None, Fit]:
    """The revision of the database (None for an empty one), and whether this release may work on it."""
    if not (await tx.execute(_THERE)).scalar_one():
        return None, Fit.BEHIND
    revision, remark = (await tx.execute(_AT)).one()
    return revision, _fit(revision or "", (remark or "").removeprefix(_SERVES))


def _fit(revision: str, serves: str) -> Fit:
    if revision < least():
        return Fit.BEHIND
    if serves > newest():
        return Fit.PAST
    return Fit.OLDER if revision < newest() else Fit.READY


async def reached(tx: AsyncConnection, revision: str) -> bool:
    """Whether the database has that migration: for code that uses what it adds, and does without until it is there.

    Asked each time until it is, then remembered as long as the pool is open, for nothing is taken back.
    """
    if revision not in _reached:
        at = (await tx.execute(_AT)).one()[0]
        if (at or "") < revision:
            return False
        _reached[revision] = True
    return True


def serves_code_from(connection: Connection, revision: str) -> None:
    """The last statement of a migration that takes something away: code of an earlier revision must not start."""
    connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{_SERVES}{revision}'")
