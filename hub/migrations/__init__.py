"""Alembic's migrations and the functions that run them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.database import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def head() -> str:
    """The newest migration."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(database: Database) -> str | None:
    """The migration that the database stands at; ``None`` for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, to: str = "head") -> None:
    """Brings the database up to a migration, whole or not at all."""
    config = _config()
    with _rebuilding(database) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        if database.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise RuntimeError(f"The migration would leave a row that points nowhere: {broken}")


@contextmanager
def _rebuilding(database: Database) -> Iterator[sa.Connection]:
    """A connection on which SQLite may build a table anew that others point to (https://sqlite.org/lang_altertable.html,
    section 7): it watches over what points where only between transactions, so it is told before the first one."""
    engine = database.engine.execution_options(writing=True)
    if not database.is_sqlite:
        with engine.connect() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def write_revision(database: Database, message: str) -> None:
    """Writes the migration from the database as it stands to the tables as they are declared."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=_next_id())


def _next_id() -> str:
    return f"{len(list((Path(__file__).parent / 'versions').glob('[0-9]*.py'))) + 1:04d}"
