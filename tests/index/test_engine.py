"""The engine reclaims what holds nothing any more, while it serves."""

from __future__ import annotations

import time

import pytest

from hub.database import Database
from hub.index import engine as engine_module
from hub.index.engine import Engine
from hub.posting import statements
from hub.profiles.tables import Statement
from hub.settings import Settings
from tests.posting.test_statements import TEXT, found, post
from tests.search.asking import ranked


def test_removed_rows_are_reclaimed_while_the_hub_runs(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LEAST_REMOVED", 8)
    monkeypatch.setattr(Engine, "_is_due", lambda self: self.store.removed > engine_module.LEAST_REMOVED)
    engine = Engine(loaded, Database(loaded.database))
    engine.use_threads(2)
    other = Engine(loaded, Database(loaded.database))
    posted = post(engine, "국립목포대학교")
    assert found(engine, posted.text)[0] == posted.id
    first, alive = engine.store, len(engine.store.rows)
    for number in range(30):
        written = statements.content(
            kind="capability", text=f"{TEXT} {number}번째로 고친 글", visibility="public"
        )
        encoded = statements.encode(engine.encoder, written)
        with engine.database.writing() as session:
            posted = statements.edit(session, posted.id, posted.version, written, encoded)
        assert found(engine, posted.text)[0] == found(other, posted.text)[0] == posted.id
    deadline = time.monotonic() + 60
    while engine._compacting.locked() and time.monotonic() < deadline:  # its last turn
        assert found(engine, posted.text)[0] == posted.id
    assert engine.store is not first
    assert len(engine.store.rows) - engine.store.removed == alive
    assert engine.store.removed < 30
    for query in ("반도체 장비", "GLP toxicity", posted.text):
        ours, theirs = (ranked(one, query).answers for one in (engine, other))
        assert [a.best.hit for a in ours] == [a.best.hit for a in theirs]
        assert len(ours) > 5


def test_what_commits_while_rows_are_reclaimed_is_not_lost(
    sqlite_loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    kept = post(engine, "국립목포대학교", "감태의 쓴맛을 줄이는 가공 조건을 찾아 드립니다.")
    gone = post(engine, "국립목포대학교", "톳의 비소를 줄이는 데침 조건을 찾아 드립니다.")
    assert {kept.id, gone.id} <= {*found(engine, kept.text), *found(engine, gone.text)}
    copy_out = engine.store.copy_out

    def with_others_at_work() -> object:
        copied = copy_out()
        with engine.database.writing() as session:
            statements.withdraw(session, gone.id)
        posted.append(post(engine, "국립목포대학교", TEXT))
        assert found(engine, TEXT)[0] == posted[0].id
        return copied

    posted: list[Statement] = []
    monkeypatch.setattr(engine.store, "copy_out", with_others_at_work)
    before = engine.store
    engine.compact()
    assert engine.store is not before
    assert found(engine, TEXT)[0] == posted[0].id
    assert found(engine, kept.text)[0] == kept.id
    assert gone.id not in found(engine, gone.text)
