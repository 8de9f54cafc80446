"""The database comes up from nothing and from every earlier state, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel, select

import hub.migrations.tables  # noqa: F401 - what the database is compared with
from hub import migrations
from hub.accounts.tables import Account
from hub.database import Database, now
from hub.profiles.lookup import by_name, find_profile
from hub.profiles.tables import Profile, ProfileName
from hub.search.feedback import said_of
from hub.search.query import Query
from hub.search.saved import find, saved_by
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


BEFORE_NAMES = """
INSERT INTO region VALUES ('26', 'province', NULL, '부산광역시', 'Busan', 35.1, 129.0);
INSERT INTO region VALUES ('30', 'province', NULL, '대전광역시', 'Daejeon', 36.3, 127.3);
INSERT INTO profile VALUES (1, 'company', NULL, '해담 협동조합', NULL, '해담협동조합', '26', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO profile VALUES (2, 'company', NULL, '(주)해담', 'Haedam Co., Ltd.', '해담', '26', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO profile VALUES (3, 'company', NULL, '( 주 )해담', NULL, '주해담', '26', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO profile VALUES (4, 'company', NULL, '해담㈜', NULL, '해담', '30', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO profile VALUES (5, 'institute', NULL, '한국기계연구원', 'KIMM', '한국기계연구원', '30', NULL, NULL, NULL, NULL, 'public:한국기계연구원', {now}, {now});
INSERT INTO profile VALUES (6, 'university', NULL, '부산대학교', NULL, '부산대학교', '26', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO profile VALUES (7, 'company', NULL, '㈜', NULL, '(주)', '26', NULL, NULL, NULL, NULL, NULL, {now}, {now});
INSERT INTO account VALUES (1, 'kim＠hub.example', 'x', 'admin', NULL, NULL, {now});
INSERT INTO account VALUES (2, 'kim@hub.example', 'x', 'admin', NULL, NULL, {now});
INSERT INTO account VALUES (3, 'lee＠hub.example', 'x', 'admin', NULL, NULL, {now});
INSERT INTO saved_search VALUES (1, 1, 'q=%EA%B9%80%EC%B9%98+%EB%B0%9C%ED%9A%A8&kind=need', 'a', {now});
INSERT INTO saved_search VALUES (2, 1, 'q=%EA%B9%80%EC%B9%98++%EB%B0%9C%ED%9A%A8&kind=need', 'b', {now});
INSERT INTO saved_search VALUES (3, 1, 'q=%EA%B9%80%EC%B9%98%09%EB%B0%9C%ED%9A%A8', 'c', {now});
INSERT INTO saved_search VALUES (4, 2, 'q=%EA%B9%80%EC%B9%98%09%EB%B0%9C%ED%9A%A8', 'c', {now});
INSERT INTO statement (id, profile_id, kind, text, language, visibility, source, version, revision, created_at, updated_at)
 VALUES (1, 1, 'need', '김치', 'ko', 'public', 'member', 1, 1, {now}, {now});
INSERT INTO feedback VALUES (1, 1, 1, '김치 발효', 'a', 'right', 'high', {now});
INSERT INTO feedback VALUES (2, 1, 1, '김치  발효', 'b', 'wrong', 'high', {later});
INSERT INTO feedback VALUES (3, 2, 1, '김치 발효', 'a', 'right', 'high', {now})
"""


def test_names_that_are_now_alike_are_both_kept(bare: Database) -> None:
    """From a database of organisations whose names compared in another way."""
    migrations.upgrade(bare, "0004")
    moments = {"now": "'2026-01-01 00:00:00+00:00'", "later": "'2026-01-02 00:00:00+00:00'"}
    with bare.engine.begin() as connection:
        for line in BEFORE_NAMES.strip().split(";\n"):
            connection.execute(sa.text(line.format(**moments)))
    migrations.upgrade(bare)
    with bare.reading() as session:
        keys = {p.id: p.name_key for p in session.exec(select(Profile))}
        assert keys == {
            1: "해담", 2: "해담~2", 3: "해담~3", 4: "해담", 5: "한국기계연구원", 6: "부산대학교", 7: "(주)",
        }  # fmt: skip
        assert {p.id for p in by_name(session, "해담")} == {1, 2, 3, 4}
        for text, number in {"haedam": 2, "KIMM": 5, "기계연": 5, "부산대": 6, "㈜": 7}.items():
            assert find_profile(session, text).id == number
        addresses = {one.id: one.email for one in session.exec(select(Account))}
        assert addresses == {1: "kim＠hub.example", 2: "kim@hub.example", 3: "lee@hub.example"}
        assert [search.query.given for search in saved_by(session, 1)] == [
            {"q": "김치 발효"},
            {"q": "김치 발효", "kind": "need"},
        ]
        kept = find(session, 1, Query.of({"q": "김치\u3000발효"}))
        assert kept is not None
        assert kept.id == 3
        assert said_of(session, 1, ["김치 발효"]) == {("김치 발효", 1): "wrong"}
        assert said_of(session, 2, ["김치 발효"]) == {("김치 발효", 1): "right"}


def test_many_organisations_get_their_names(bare: Database) -> None:
    migrations.upgrade(bare, "0004")
    with bare.engine.begin() as connection:
        connection.execute(sa.text(BEFORE_NAMES.strip().split(";\n")[0]))
        rows = [
            {
                "id": n,
                "kind": "company",
                "name_ko": f"기업 {n} 협동조합",
                "name_key": f"기업{n}협동조합",
                "region_code": "26",
            }
            for n in range(1, 2502)
        ]
        connection.execute(
            sa.insert(Profile), [{**row, "created_at": now(), "updated_at": now()} for row in rows]
        )
    migrations.upgrade(bare)
    with bare.reading() as session:
        keys = sorted(session.exec(select(ProfileName.name_key)))
        assert (
            keys
            == sorted(session.exec(select(Profile.name_key)))
            == sorted(f"기업{n}" for n in range(1, 2502))
        )


def test_setting_up_twice_changes_nothing(settings: Settings) -> None:
    said: list[str] = []
    set_up(settings, said.append)
    assert said
    said.clear()
    set_up(settings, said.append)
    assert said == []
