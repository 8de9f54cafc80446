"""organisations that the staff of one region hand over to those of another"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=5), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name_ko", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("homepage", sa.String(length=300), nullable=True),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_reach", sa.String(length=120), nullable=False),
        sa.Column("contact_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_referral_account_id_account")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_referral_profile_id_profile")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_referral_region_code_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sqlite_autoincrement=True,
    )
    for name in ("account_id", "profile_id", "region_code"):
        op.create_index(op.f(f"ix_referral_{name}"), "referral", [name], unique=False)


def downgrade() -> None:
    op.drop_table("referral")
