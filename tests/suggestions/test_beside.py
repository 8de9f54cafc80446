"""What takes longer than a request may is made beside the requests, and the page says so meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from hub import create_app
from hub.database import Database
from hub.index.engine import Engine
from hub.profiles.tables import Kind
from hub.settings import Settings
from hub.suggestions import candidates
from hub.suggestions.beside import Beside
from hub.suggestions.suggestions import Suggestions
from tests.posting.test_statements import found, post

PAGES = {
    "/regions/26": "추천을 더 계산하고 있습니다",
    "/regions/26/supply": "이 지역 기업의 글을 더 견주고 있습니다",
    "/regions/26/network": "추천 협력을 더 계산하고 있습니다",
    "/regions?measure=matches": "추천 협력을 더 세고 있습니다",
    "/?measure=matches": "추천 협력을 더 세고 있습니다",
}


@pytest.fixture
def slow_app(sqlite_loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A hub to which any suggestion that is not there yet is too much for a request, and nothing is prepared."""
    monkeypatch.setattr(candidates, "QUICK", 0)
    app = create_app(sqlite_loaded)
    yield app
    app.extensions["hub"][Database].engine.dispose()


def test_pages_say_what_is_still_being_made_and_have_it_later(slow_app: Flask) -> None:
    parts, client = slow_app.extensions["hub"], slow_app.test_client()
    with parts[Suggestions].candidates.updating:  # the thread beside the requests waits
        for path, said in PAGES.items():
            answer = client.get(path)
            assert answer.status_code == 200
            assert said in answer.text, path
            assert 'hx-trigger="load delay:2s' in answer.text
    assert parts[Beside].wait(300)
    for path, said in PAGES.items():
        assert said not in client.get(path).text, path
    assert client.get("/regions/26").text.count('id="pair-') >= 20


def test_nobody_waits_for_who_is_at_it(slow_app: Flask) -> None:
    """Pages answer while the lists are locked; where a request waited for them this test would never end."""
    parts, client = slow_app.extensions["hub"], slow_app.test_client()
    with parts[Suggestions].candidates.updating:
        for path in (*PAGES, "/regions/26110", "/search?q=김치", "/regions/26/network.json", "/map.json"):
            assert client.get(path).status_code == 200, path
    assert parts[Beside].wait(300)


def test_a_posting_and_a_search_go_in_between(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever prepares every region lets go of the index between blocks: a change is taken in meanwhile."""
    monkeypatch.setattr(candidates, "TEXTS_AT_ONCE", 1)
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def progress(made: int, _total: int) -> None:
        if made >= 3 and not begun.is_set():
            begun.set()
            go_on.wait(60)

    def prepare() -> None:
        with sqlite_engine.database.reading() as session:
            sqlite_engine.sync(session)
            Suggestions().prepare(sqlite_engine, session, "26", progress)
        done.set()

    thread = threading.Thread(target=prepare)
    thread.start()
    assert begun.wait(60)
    posted = post(sqlite_engine, "국립목포대학교")
    assert found(sqlite_engine, posted.text)[0] == posted.id
    assert not done.is_set()
    go_on.set()
    thread.join(300)
    assert done.is_set()


def test_what_one_process_has_made_another_takes_up(
    sqlite_loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.suggestions.beside.WORTH_KEEPING", 1)
    monkeypatch.setattr(candidates, "QUICK", 0)
    one, other = create_app(sqlite_loaded), create_app(sqlite_loaded)
    one.test_client().get("/regions/26")
    assert one.extensions["hub"][Beside].wait(300)
    made = len(one.extensions["hub"][Suggestions].candidates)
    assert made
    number = post(
        one.extensions["hub"][Engine],
        "오리엔탈정공",
        "선박 평형수 처리 장치의 자외선 램프 수명을 늘리고 싶습니다.",
        kind=Kind.NEED,
    ).id
    other.test_client().get("/regions/26")
    assert other.extensions["hub"][Beside].wait(300)
    assert len(other.extensions["hub"][Suggestions].candidates) >= made
    assert f'id="pair-{number}-' in other.test_client().get("/regions/26?firm_kind=need&strength=any").text
    for app in (one, other):
        app.extensions["hub"][Database].engine.dispose()
