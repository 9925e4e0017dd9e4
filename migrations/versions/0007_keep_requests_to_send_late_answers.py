"""Keep requests to send late answers"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "late_request",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("panellist_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_late_request_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["panellist_id"], ["panellist.id"], name=op.f("fk_late_request_panellist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_late_request_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "panellist_id", name=op.f("pk_late_request")),
    )
    op.create_index(op.f("ix_late_request_panellist_id"), "late_request", ["panellist_id"])


def downgrade() -> None:
    """Take back; the requests are forgotten, answers that were admitted stay."""
    op.drop_table("late_request")
