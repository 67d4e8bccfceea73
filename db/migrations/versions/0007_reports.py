"""Indexes by which reports find the facts of a period."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
# Indexes: without them reports are slow.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0007_reports.sql"


def upgrade() -> None:
    """Add the indexes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
