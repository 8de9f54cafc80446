"""a statement says which problems it solves, and has a vector of each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("problems", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.add_column(sa.Column("problem_data", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.drop_column("problem_data")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_column("problems")
