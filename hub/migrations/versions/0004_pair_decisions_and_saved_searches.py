"""pair decisions and saved searches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_decision",
        sa.Column("region_code", sa.String(5), nullable=False),
        sa.Column("firm_statement_id", sa.Integer(), nullable=False),
        sa.Column("lab_statement_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(11), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('shortlisted', 'dismissed')", name=op.f("ck_pair_decision_decision")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pair_decision_account_id")),
        sa.ForeignKeyConstraint(
            ["firm_statement_id"], ["statement.id"], name=op.f("fk_pair_decision_firm_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["lab_statement_id"], ["statement.id"], name=op.f("fk_pair_decision_lab_statement_id")
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_pair_decision_region_code")),
        sa.PrimaryKeyConstraint(
            "region_code", "firm_statement_id", "lab_statement_id", name=op.f("pk_pair_decision")
        ),
    )
    with op.batch_alter_table("pair_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pair_decision_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_pair_decision_lab_statement_id"), ["lab_statement_id"], unique=False
        )

    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("query_key", sa.String(64), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_search_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("account_id", "query_key", name=op.f("uq_saved_search_account_id_query_key")),
    )
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_search_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_search")
    op.drop_table("pair_decision")
