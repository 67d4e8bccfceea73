"""An index for the movements of one product, the latest first."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
# An index: without it the list is slow.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0004_movements.sql"


def upgrade() -> None:
    """Add the index."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
