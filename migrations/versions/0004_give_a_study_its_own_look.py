"""Give a study its own look: an accent colour and a logo"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("study") as study:
        study.add_column(sa.Column("look", sa.JSON(), server_default="{}", nullable=False))
    # Only for the studies that are there: PostgreSQL cannot compare two JSON defaults with each other.
    with op.batch_alter_table("study") as study:
        study.alter_column("look", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take back; the studies look like the platform again."""
    with op.batch_alter_table("study") as study:
        study.drop_column("look")
