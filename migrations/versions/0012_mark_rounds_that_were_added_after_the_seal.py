"""Mark rounds that were added after the seal"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; every round until now is of the plan."""
    op.add_column("round", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; the deviation that says why a round was added stays."""
    op.drop_column("round", "added_at")
