"""when an account visited last"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("visit_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "last_visit_at")
    op.drop_column("account", "visit_at")
