"""Note when an e-mail address bounced"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; every address is taken to work."""
    with op.batch_alter_table("identity") as identity:
        identity.add_column(sa.Column("email_bounced_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take back; which addresses bounced is forgotten, bounced invitations stay as they are."""
    with op.batch_alter_table("identity") as identity:
        identity.drop_column("email_bounced_at")
