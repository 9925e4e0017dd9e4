"""Number the answers about the whole, so that a stale page is noticed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; pages that are open meanwhile are made from number 0, as those saved before are."""
    with op.batch_alter_table("submission") as submission:
        submission.add_column(sa.Column("whole_revision", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take back; the answers stay."""
    with op.batch_alter_table("submission") as submission:
        submission.drop_column("whole_revision")
