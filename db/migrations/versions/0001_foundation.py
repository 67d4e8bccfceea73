"""The foundation: every table of the eight stages, and the guards that PostgreSQL keeps by itself."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
NEEDED_BY_CODE = True

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the tables, then the guards (state moves, balanced journal, immutability)."""
    for name in ("0001_tables.sql", "0001_guards.sql"):
        op.get_bind().exec_driver_sql((_SQL / name).read_text(encoding="utf-8").replace("%", "%%"))
