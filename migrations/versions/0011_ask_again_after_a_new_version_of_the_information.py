"""Ask again after a new version of the information or the consent text"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; nobody who has agreed until now is asked again."""
    op.create_table(
        "renewal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("asks_again", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replaced", sa.JSON(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("part IN ('consent', 'documents')", name=op.f("ck_renewal_part")),
        sa.CheckConstraint("length(summary) > 0", name=op.f("ck_renewal_says_what")),
        sa.CheckConstraint("asks_again OR length(reason) > 0", name=op.f("ck_renewal_why_not_asked")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_renewal_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_renewal_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
    )
    op.create_index(op.f("ix_renewal_study_id"), "renewal", ["study_id"])
    op.add_column("study", sa.Column("consent_asked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; who was asked again, and why, is forgotten, what people agreed to stays."""
    op.drop_column("study", "consent_asked_at")
    op.drop_table("renewal")
