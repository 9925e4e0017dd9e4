"""Keep the class of a change, when a form of the text was checked, and what a section was split from"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("section") as section:
        section.add_column(sa.Column("split_from_id", sa.Integer(), nullable=True))
        section.create_foreign_key(op.f("fk_section_split_from_id"), "section", ["split_from_id"], ["id"])
    with op.batch_alter_table("draft_variant") as variant:
        variant.add_column(sa.Column("checked_with", sa.String(length=64), nullable=True))
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("change_class", sa.String(length=12), nullable=True))
        table.create_check_constraint(
            op.f("ck_revision_change_class"), "change_class IN ('correction', 'minor', 'material')"
        )


def downgrade() -> None:
    """Take back; lineage, checks and classes go with it."""
    with op.batch_alter_table("revision") as table:
        table.drop_constraint(op.f("ck_revision_change_class"), type_="check")
        table.drop_column("change_class")
    with op.batch_alter_table("draft_variant") as variant:
        variant.drop_column("checked_with")
    with op.batch_alter_table("section") as section:
        section.drop_constraint(op.f("fk_section_split_from_id"), type_="foreignkey")
        section.drop_column("split_from_id")
