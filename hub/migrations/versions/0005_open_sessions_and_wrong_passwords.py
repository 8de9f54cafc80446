"""open sessions, known machines and wrong passwords"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_key", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("password_key", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_open_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_session")),
        sa.UniqueConstraint("token_key", name=op.f("uq_open_session_token_key")),
    )
    with op.batch_alter_table("open_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_session_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "known_machine",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("machine_key", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_known_machine_account_id")),
        sa.PrimaryKeyConstraint("account_id", "machine_key", name=op.f("pk_known_machine")),
    )
    with op.batch_alter_table("known_machine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_machine_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "wrong_password",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_password")),
    )
    with op.batch_alter_table("wrong_password", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_password_key_tried_at", ["key", "tried_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_wrong_password_tried_at"), ["tried_at"], unique=False)


def downgrade() -> None:
    op.drop_table("wrong_password")
    op.drop_table("known_machine")
    op.drop_table("open_session")
