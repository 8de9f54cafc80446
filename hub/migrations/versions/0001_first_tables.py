"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field",
        sa.Column("code", sa.String(4), nullable=False),
        sa.Column("scheme", sa.String(10), nullable=False),
        sa.Column("name_ko", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_field")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("parent_code", sa.String(5), nullable=True),
        sa.Column("name_ko", sa.String(40), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.CheckConstraint("level IN ('province', 'district')", name=op.f("ck_region_level")),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("database", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("size", sa.String(6), nullable=True),
        sa.Column("name_ko", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(160), nullable=True),
        sa.Column("name_key", sa.String(120), nullable=False),
        sa.Column("region_code", sa.String(5), nullable=False),
        sa.Column("homepage", sa.String(300), nullable=True),
        sa.Column("industry", sa.String(120), nullable=True),
        sa.Column("market", sa.String(20), nullable=True),
        sa.Column("listed_on", sa.String(10), nullable=True),
        sa.Column("source_key", sa.String(160), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('university', 'institute', 'company')",
            name=op.f("ck_profile_kind"),
        ),
        sa.CheckConstraint("size IN ('small', 'medium', 'large')", name=op.f("ck_profile_size")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_profile_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("name_key", "region_code", name=op.f("uq_profile_name_key_region_code")),
        sa.UniqueConstraint("source_key", name=op.f("uq_profile_source_key")),
    )
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_region_code"), ["region_code"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(6), nullable=False),
        sa.Column("region_code", sa.String(5), nullable=True),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'staff' AND region_code IS NOT NULL AND profile_id IS NULL) OR (role = 'member' AND profile_id IS NOT NULL AND region_code IS NULL) OR (role = 'admin' AND profile_id IS NULL AND region_code IS NULL)",
            name=op.f("ck_account_role"),
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_account_profile_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_account_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_profile_id"), ["profile_id"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("trl", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(11), nullable=False),
        sa.Column("source", sa.String(6), nullable=False),
        sa.Column("source_key", sa.String(160), nullable=True),
        sa.Column("label", sa.String(40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('capability', 'need', 'business', 'asset')",
            name=op.f("ck_statement_kind"),
        ),
        sa.CheckConstraint("source IN ('member', 'sample', 'listed')", name=op.f("ck_statement_source")),
        sa.CheckConstraint(
            "visibility <> 'hidden-name' OR kind = 'need'",
            name=op.f("ck_statement_hidden_need"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'hidden-name', 'draft')",
            name=op.f("ck_statement_visibility"),
        ),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name=op.f("ck_statement_trl")),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_statement_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("source_key", name=op.f("uq_statement_source_key")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_profile_id"), ["profile_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_revision"), ["revision"], unique=False)

    op.create_table(
        "statement_field",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("field_code", sa.String(4), nullable=False),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_statement_field_field_code")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_field_statement_id"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "field_code", name=op.f("pk_statement_field")),
    )
    op.create_table(
        "vector",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(16), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_vector_statement_id")),
        sa.PrimaryKeyConstraint("statement_id", "model", name=op.f("pk_vector")),
    )


def downgrade() -> None:
    op.drop_table("vector")
    op.drop_table("statement_field")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_revision"))
        batch_op.drop_index(batch_op.f("ix_statement_profile_id"))

    op.drop_table("statement")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_profile_id"))

    op.drop_table("account")
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_region_code"))
        batch_op.drop_index(batch_op.f("ix_profile_kind"))

    op.drop_table("profile")
    op.drop_table("revision")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_parent_code"))

    op.drop_table("region")
    op.drop_table("field")
