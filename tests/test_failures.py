"""What fails is said with what to do, and leads on."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from hub.index.engine import Engine


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing/here", 404, "아무것도 없습니다"),
        ("/regions/99", 404, "지역 코드 «99»"),
        ("/regions/open", 404, "지역 코드"),
        ("/profiles/999999", 404, "999999"),
        ("/search?q=😀", 400, "적어 주십시오"),
        ("/search?q=" + "가" * 10_000, 400, "10000자"),
        ("/search?q=a&region=zz", 404, "zz"),
        ("/search?q=a&kind=zz", 400, "zz"),
        ("/search?q=a&near=zz", 404, "zz"),
    ],
)
def test_what_cannot_be_is_said_and_leads_on(sqlite_app: Flask, path: str, status: int, says: str) -> None:
    answer = sqlite_app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == status
    assert says in answer.text
    assert 'href="/"' in answer.text


def test_a_busy_database_is_said(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(sqlite_app.extensions["hub"][Engine], "sync", busy)
    answer = sqlite_app.test_client().get("/search?q=김치")
    assert answer.status_code == 503
    assert "바쁩니다" in answer.text
    health = sqlite_app.test_client().get("/healthz")
    assert health.status_code == 503
    assert health.json == {"status": "error", "message": health.json["message"]}


def test_a_defect_of_ours_shows_no_trace(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(sqlite_app.extensions["hub"][Engine], "sync", broken)
    answer = sqlite_app.test_client().get("/search?q=김치")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "저희 쪽 오류" in answer.text
