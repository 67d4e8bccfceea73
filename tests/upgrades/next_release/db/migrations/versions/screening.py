"""Expand: export control gets its table, and the follow-up its better name; the release before minds neither.

Old code writes the old column and new code the new one; a trigger gives each what the other wrote, until the next
release takes the old column away.
"""

from __future__ import annotations

from alembic import op

revision = "THIS_REVISION"
down_revision = "REVISION_BEFORE"
branch_labels = None
depends_on = None
NEEDED_BY_CODE = False

_STATEMENTS = (
    """CREATE TABLE export_screening (
         order_number TEXT PRIMARY KEY REFERENCES sales_order (number),
         asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
         cleared_at TIMESTAMP WITH TIME ZONE)""",
    "ALTER TABLE sales_order ADD COLUMN follow_up_sent_at TIMESTAMP WITH TIME ZONE",
    """CREATE FUNCTION both_follow_ups() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.follow_up_sent_at IS DISTINCT FROM OLD.follow_up_sent_at THEN
           NEW.followed_up_at := NEW.follow_up_sent_at;
         ELSE
           NEW.follow_up_sent_at := NEW.followed_up_at;
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER both_follow_ups BEFORE UPDATE ON sales_order
       FOR EACH ROW EXECUTE FUNCTION both_follow_ups()""",
    "UPDATE sales_order SET follow_up_sent_at = followed_up_at WHERE followed_up_at IS NOT NULL",
)


def upgrade() -> None:
    """Add, and remove nothing."""
    for statement in _STATEMENTS:
        op.execute(statement)
