"""People who sign in, their sessions, delegations and drafts, and the bell of the timeline."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
# Without these tables nobody signs in to the pages; orders, commands and keys go on.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0003_users.sql"


def upgrade() -> None:
    """Add the tables and the trigger; nothing that was there before changes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
