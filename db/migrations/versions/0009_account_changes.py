"""Accounts have an e-mail address and a history: who changed what about them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
# People sign in without it; accounts are listed and changed from then on.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0009_account_changes.sql"


def upgrade() -> None:
    """Add a column and a table; nothing that was there before changes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
