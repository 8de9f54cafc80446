"""The database comes up from nothing and from every earlier state, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from hub import migrations
from hub.database import Database
from hub.settings import Settings
from hub.setup import set_up
from tests.conftest import Backend
from tests.postgres import PostgresServer


@pytest.fixture
def bare(settings: Settings, backend: Backend, request: pytest.FixtureRequest) -> Database:
    """A database without a table."""
    if backend == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return Database(server.create())
    return Database(settings.database, create=True)


def test_up_from_empty_gives_the_tables_as_declared(bare: Database) -> None:
    migrations.upgrade(bare)
    assert migrations.current(bare) == migrations.head()
    with bare.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert differences == []


def test_up_one_step_at_a_time(bare: Database) -> None:
    scripts = ScriptDirectory.from_config(migrations._config())
    steps = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    for step in steps:
        migrations.upgrade(bare, step)
        assert migrations.current(bare) == step
    assert steps[-1] == migrations.head()
    assert "statement" in sa.inspect(bare.engine).get_table_names()


def test_a_failed_migration_leaves_nothing_behind(bare: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    original = op.create_table

    def failing(name: str, *arguments: object, **options: object) -> object:
        if name == "statement":
            raise OSError("no space left on device")
        return original(name, *arguments, **options)

    monkeypatch.setattr(op, "create_table", failing)
    with pytest.raises(OSError, match="no space"):
        migrations.upgrade(bare)
    assert migrations.current(bare) is None
    assert sa.inspect(bare.engine).get_table_names() == []
    monkeypatch.undo()
    migrations.upgrade(bare)
    assert migrations.current(bare) == migrations.head()


def test_setting_up_twice_changes_nothing(settings: Settings) -> None:
    said: list[str] = []
    set_up(settings, said.append)
    assert said
    said.clear()
    set_up(settings, said.append)
    assert said == []
