"""Let a short code open what a personal link opens, and count wrong ones"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; links sent before have no short code."""
    with op.batch_alter_table("access_token") as token:
        token.add_column(sa.Column("code_hash", sa.String(length=64), nullable=True))
        token.create_unique_constraint(op.f("uq_access_token_code_hash"), ["code_hash"])
    op.create_table(
        "wrong_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    op.create_index(op.f("ix_wrong_code_tried_at"), "wrong_code", ["tried_at"])


def downgrade() -> None:
    """Take back; short codes stop working, the links beside them go on."""
    op.drop_table("wrong_code")
    with op.batch_alter_table("access_token") as token:
        token.drop_constraint(op.f("uq_access_token_code_hash"), type_="unique")
        token.drop_column("code_hash")
