"""Saved searches: kept once, for one account, and removed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hub.accounts.passwords import add_account
from hub.index.engine import Engine
from hub.problems import Problem
from hub.search.query import Query
from hub.search.saved import MOST_SAVED, find, remove, save, saved_by
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.search.test_query import FULL


def test_searches_are_saved_and_removed_without_javascript(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "member", profile="풀무원")
    client = signed_in(sqlite_app, MEMBER)
    kept = client.post("/searches", data={"q": "김치 포장", "kind": "capability"}, follow_redirects=True)
    assert "저장 지우기" in kept.text
    listed = client.get("/searches").text
    number = re.search(r"/searches/(\d+)/remove", listed)
    assert number is not None
    assert client.post(f"/searches/{number.group(1)}/remove").status_code == 302
    assert "저장한 검색이 없습니다" in client.get("/searches").text
    for headers in ({}, {"HX-Request": "true"}):  # a second click, or another tab
        again = client.post(f"/searches/{number.group(1)}/remove", data={"list": "1"}, headers=headers)
        assert again.status_code == 404
        assert 'role="alert"' in again.text
    assert client.post("/searches", data={"q": ""}).status_code == 400
    assert client.post("/searches", data={"q": "김치", "list": "1"}).location == "/searches"
    assert sqlite_app.test_client().get("/searches").location == "/sign-in?next=/searches"


KIMCHI = "김치가 과발효로 포장이 부풀어요"


def test_saving_twice_keeps_one_and_nobody_else_sees_it(hub_engine: Engine) -> None:
    with hub_engine.database.writing() as session:
        one, other = (
            add_account(session, f"{name}@hub.example", PASSWORD, "staff", region="26").id for name in "ab"
        )
    with hub_engine.database.writing() as session:
        first = save(session, one, Query.of({"q": KIMCHI, "kind": "capability", "show": "40", "lang": "en"}))
        again = save(session, one, Query.of({"q": f" {KIMCHI} ", "kind": "capability", "region": ""}))
        assert first.id == again.id
        assert first.query.given == {"q": KIMCHI, "kind": "capability"}
        with pytest.raises(Problem):
            save(session, one, Query.of({"q": "  "}))
    with hub_engine.database.writing() as session:
        assert remove(session, other, first.id) is None
        assert saved_by(session, other) == []
        assert [search.query.text for search in saved_by(session, one)] == [KIMCHI]
        for number in range(MOST_SAVED - 1):
            save(session, one, Query.of({"q": f"찾을 것 {number}"}))
        with pytest.raises(Problem, match=str(MOST_SAVED)):
            save(session, one, Query.of({"q": "하나 더"}))
        assert remove(session, one, first.id) is not None
        save(session, one, Query.of({"q": "하나 더"}))


def test_what_was_saved_is_found_again_under_the_same_digest(hub_engine: Engine) -> None:
    """The digest is kept in the database: another order of the parameters would lose every search that is there."""
    with hub_engine.database.writing() as session:
        one = add_account(session, "a@hub.example", PASSWORD, "staff", region="26").id
    with hub_engine.database.writing() as session:
        kept = save(session, one, Query.of(FULL))
        assert kept.query_key == "38eeda83af31ec69298eb8ff68ee1b6db16e2996d6e87258ae32c9e27948197c"
        assert kept.query.checked() == Query.of(FULL)
        assert find(session, one, Query.of(dict(reversed(FULL.items())))) is kept
