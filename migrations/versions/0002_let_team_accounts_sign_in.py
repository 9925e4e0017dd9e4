"""Let team accounts sign in: passwords, one-time links, sessions that can be ended"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("password_hash", sa.String(length=200), nullable=True))
        account.add_column(sa.Column("generation", sa.Integer(), server_default="1", nullable=False))
        account.add_column(sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False))
        account.add_column(sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_link_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_link_account_id"), "sign_in_link", ["account_id"])


def downgrade() -> None:
    """Take back; passwords and links that were not used go with it."""
    op.drop_table("sign_in_link")
    with op.batch_alter_table("account") as account:
        account.drop_column("failed_at")
        account.drop_column("failed_sign_ins")
        account.drop_column("generation")
        account.drop_column("password_hash")
