"""contacts that the staff of a region note for themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id_account")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_contact_profile_id_profile")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_contact_region_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_account_id"), "contact", ["account_id"], unique=False)
    op.create_index(op.f("ix_contact_profile_id"), "contact", ["profile_id"], unique=False)
    op.create_index(op.f("ix_contact_region_code"), "contact", ["region_code"], unique=False)


def downgrade() -> None:
    op.drop_table("contact")
