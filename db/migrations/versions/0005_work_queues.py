"""Indexes of what waits for a person, in the order in which it is shown, and the disputes about invoices."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
# Every payment looks at the disputes about its invoices.
NEEDED_BY_CODE = True

_SQL = Path(__file__).parent.parent / "sql" / "0005_work_queues.sql"


def upgrade() -> None:
    """Add the indexes and the table; nothing that was there before changes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
