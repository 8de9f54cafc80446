"""addresses and ROR identifiers; units that came with a collection; what was taken out again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("address", sa.String(length=200), nullable=True))
    op.add_column("profile", sa.Column("ror", sa.String(length=9), nullable=True))
    op.add_column("unit", sa.Column("source_key", sa.String(length=160), nullable=True))
    op.create_index(op.f("ix_unit_source_key"), "unit", ["source_key"], unique=True)
    op.create_table(
        "removed_statement",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_removed_statement")),
    )
    op.create_index(op.f("ix_removed_statement_revision"), "removed_statement", ["revision"], unique=False)


def downgrade() -> None:
    op.drop_table("removed_statement")
    op.drop_index(op.f("ix_unit_source_key"), table_name="unit")
    op.drop_column("unit", "source_key")
    op.drop_column("profile", "ror")
    op.drop_column("profile", "address")
