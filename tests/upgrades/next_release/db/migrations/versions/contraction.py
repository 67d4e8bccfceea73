"""Contract, in the release after the next: the old name of the follow-up goes, and with it the code that needs it."""

from __future__ import annotations

from alembic import op

from db.schema import serves_code_from

revision = "THIS_REVISION"
down_revision = "REVISION_BEFORE"
branch_labels = None
depends_on = None
NEEDED_BY_CODE = False


def upgrade() -> None:
    """Remove what the release before does not use any more."""
    op.execute("DROP TRIGGER both_follow_ups ON sales_order")
    op.execute("DROP FUNCTION both_follow_ups()")
    op.execute("ALTER TABLE sales_order DROP COLUMN followed_up_at")
    serves_code_from(op.get_bind(), "REVISION_BEFORE")
