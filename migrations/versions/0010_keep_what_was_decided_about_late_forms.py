"""Keep what was decided about late forms"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; every late form that was admitted until now is listed as admitted by whoever entered it."""
    op.create_table(
        "late_form",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("panellist_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "admitted",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'held' OR length(reason) > 0", name=op.f("ck_late_form_decided_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_late_form_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["panellist_id"], ["panellist.id"], name=op.f("fk_late_form_panellist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_late_form_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_late_form_recorded_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_late_form_decided_by")),
        sa.PrimaryKeyConstraint("round_id", "panellist_id", name=op.f("pk_late_form")),
    )
    op.create_index(op.f("ix_late_form_panellist_id"), "late_form", ["panellist_id"])
    op.execute(
        "INSERT INTO late_form (round_id, panellist_id, study_id, state, received_on, recorded_by, recorded_at,"
        " reason, decided_by, decided_at) SELECT round_id, panellist_id, study_id, 'admitted', received_on,"
        " entered_by, saved_at, late_reason, entered_by, saved_at FROM submission"
        " WHERE is_late AND received_on IS NOT NULL"
    )


def downgrade() -> None:
    """Take back; what was held or refused is forgotten, forms that were admitted stay flagged as late."""
    op.drop_table("late_form")
