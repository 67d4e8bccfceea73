"""Payments are found by what their payer wrote."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
# Payments are found without it as well, more slowly.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0010_payment_reference.sql"


def upgrade() -> None:
    """Add an index."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
