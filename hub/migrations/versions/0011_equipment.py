"""what is said of equipment, and its photograph"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statement", sa.Column("equipment", sa.JSON(), nullable=True))
    op.create_table(
        "photo",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("described", sa.String(length=200), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_photo_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_photo")),
    )


def downgrade() -> None:
    op.drop_table("photo")
    op.drop_column("statement", "equipment")
