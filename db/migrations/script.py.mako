"""${message}"""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
# False when the code of this release can do without, for the length of a deploy (docs/adding.md).
NEEDED_BY_CODE = True


def upgrade() -> None:
    """Expand the schema."""
    ${upgrades if upgrades else "pass"}
