"""How names and codes begin, for what people type; and the files of orders that they upload."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
# Indexes, without which suggestions are slow, and uploads, which nobody has yet.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0006_taking.sql"


def upgrade() -> None:
    """Add indexes and a table; nothing that was there before changes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
