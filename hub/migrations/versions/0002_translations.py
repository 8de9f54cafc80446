"""translations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation", sa.Text(), nullable=True))

    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation_data", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.drop_column("translation_data")

    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_column("translation")
