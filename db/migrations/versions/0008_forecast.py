"""Forecasts of demand, and reorder points of products."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
# Nobody has a reorder point yet; until it is there, products are shown and kept without.
NEEDED_BY_CODE = False

_SQL = Path(__file__).parent.parent / "sql" / "0008_forecast.sql"


def upgrade() -> None:
    """Add columns and tables; nothing that was there before changes."""
    op.get_bind().exec_driver_sql(_SQL.read_text(encoding="utf-8").replace("%", "%%"))
