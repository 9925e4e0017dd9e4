"""Let reviews of comments be taken back, and keep what was done about those passed on"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; decisions made until now cannot be taken back in one press, only changed."""
    op.create_table(
        "comment_before",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_before_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_comment_before_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_comment_before_account_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_before")),
    )
    op.create_index(op.f("ix_comment_before_study_id"), "comment_before", ["study_id"])
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(what) > 0", name=op.f("ck_follow_up_says_what")),
        sa.CheckConstraint("length(who) > 0", name=op.f("ck_follow_up_says_who")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_follow_up_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_follow_up_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_follow_up_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_comment_id"), "follow_up", ["comment_id"])


def downgrade() -> None:
    """Take back; what was done about comments that were passed on is lost."""
    op.drop_table("follow_up")
    op.drop_table("comment_before")
