"""units of organisations, to which statements and members may belong"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.database import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_ko", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("head", sa.String(length=60), nullable=True),
        sa.Column("homepage", sa.String(length=300), nullable=True),
        sa.Column("region_code", sa.String(length=5), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('laboratory', 'center', 'department', 'division')", name=op.f("ck_unit_kind")
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_unit_profile_id_profile")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_unit_region_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("profile_id", "name_key", name=op.f("uq_unit_profile_id_name_key")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_profile_id"), ["profile_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_name_key"), ["name_key"], unique=False)
    # In words that SQLite and PostgreSQL share: SQLite would build the whole table anew for a foreign key that is added
    # later, and other tables point at it meanwhile.
    column = "ALTER TABLE {0} ADD COLUMN unit_id INTEGER CONSTRAINT fk_{0}_unit_id_unit REFERENCES unit (id)"
    op.execute(column.format("statement"))
    op.execute(
        column.format("account")
        + " CONSTRAINT ck_account_unit CHECK (unit_id IS NULL OR profile_id IS NOT NULL)"
    )
    for table in ("statement", "account"):
        op.create_index(op.f(f"ix_{table}_unit_id"), table, ["unit_id"], unique=False)


def downgrade() -> None:
    for table in ("account", "statement"):
        # SQLite keeps no name of a foreign key that was written with its column.
        names = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}
        with op.batch_alter_table(table, schema=None, naming_convention=names) as batch_op:
            if table == "account":
                batch_op.drop_constraint(batch_op.f("ck_account_unit"), type_="check")
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_unit_id_unit"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_{table}_unit_id"))
            batch_op.drop_column("unit_id")
    op.drop_table("unit")
