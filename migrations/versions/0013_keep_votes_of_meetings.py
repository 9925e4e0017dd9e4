"""Keep who came to consensus meetings and how they voted"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what meetings agreed until now stays in the reasons of settled sections."""
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(who) > 0", name=op.f("ck_meeting_says_who")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_meeting_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_meeting_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_study_id"), "meeting", ["study_id"])
    op.create_table(
        "meeting_vote",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("n_for", sa.Integer(), nullable=False),
        sa.Column("n_against", sa.Integer(), nullable=False),
        sa.Column("n_abstained", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "n_for >= 0 AND n_against >= 0 AND n_abstained >= 0", name=op.f("ck_meeting_vote_counts")
        ),
        sa.CheckConstraint("length(question) > 0", name=op.f("ck_meeting_vote_says_what")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_vote_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_meeting_vote_section_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_meeting_vote_recorded_by")),
        sa.PrimaryKeyConstraint("meeting_id", "section_id", name=op.f("pk_meeting_vote")),
    )


def downgrade() -> None:
    """Take back; the votes of meetings are lost."""
    op.drop_table("meeting_vote")
    op.drop_table("meeting")
