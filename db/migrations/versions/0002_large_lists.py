"""Indexes for lists and searches over a million orders, and the grams by which names are found in any language."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
# Without the indexes lists are slow, and without the grams a search is refused; orders go on.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0002_large_lists.sql"


def upgrade() -> None:
    """Add the indexes; two are replaced by ones that also give the order of the list."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
