"""feedback and strategic fields"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_key", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(5), nullable=False),
        sa.Column("word", sa.String(9), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('right', 'wrong')", name=op.f("ck_feedback_verdict")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_feedback_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_feedback_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint(
            "account_id",
            "statement_id",
            "asked_key",
            name=op.f("uq_feedback_account_id_statement_id_asked_key"),
        ),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "region_field",
        sa.Column("region_code", sa.String(5), nullable=False),
        sa.Column("field_code", sa.String(4), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_region_field_account_id")),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name=op.f("fk_region_field_field_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_region_field_region_code")),
        sa.PrimaryKeyConstraint("region_code", "field_code", name=op.f("pk_region_field")),
    )


def downgrade() -> None:
    op.drop_table("region_field")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_statement_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_account_id"))

    op.drop_table("feedback")
