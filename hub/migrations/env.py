"""Alembic's environment: the hub hands it a connection (see hub/setup.py)."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

import hub.migrations.tables  # noqa: F401 - what the database is compared with
from hub.database import Moment


def plain_types(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Migrations name SQLAlchemy's own types, so that they outlive the tables' helpers."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.types.TypeDecorator) and isinstance(item.impl, sa.String):
        return f"sa.String({item.impl.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
    render_item=plain_types,
)
with context.begin_transaction():
    context.run_migrations()
