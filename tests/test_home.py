"""The first page, what search engines are told, and the health check."""

from __future__ import annotations

import json
import re

from flask import Flask

from tests.conftest import MEMBER, account_for, signed_in


def test_health(sqlite_app: Flask) -> None:
    health = sqlite_app.test_client().get("/healthz").json
    assert health["status"] == "ok"
    assert health["statements"] == health["indexed"] == 2615
    assert health["revision"] == health["database_revision"]
    assert re.fullmatch(r"[0-9a-f]{16}", health["model"])


def test_samples_are_named_as_samples_wherever_they_stand(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in ("/search?q=김치 유산균 발효 제어&kind=capability", "/regions/26"):
        text = client.get(path).text
        shown = text.count("보유 역량</span>")
        assert shown
        assert text.count("공개 정보로 작성한 예시") >= shown


def test_search_engines_are_told_what_is_public_and_no_more(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="토탈소프트")
    client = signed_in(sqlite_app, MEMBER)
    for text, visibility in (
        ("컨테이너 터미널 크레인의 흔들림을 예측하는 기술을 찾습니다.", "hidden-name"),
        ("항만 하역 순서를 최적화하는 기술을 찾습니다.", "public"),
    ):
        form = {"kind": "need", "text": text, "visibility": visibility, "action": "publish"}
        assert client.post(f"/profiles/{number}/statements/new", data=form).status_code == 302
    for reader in (client, sqlite_app.test_client()):  # the page of an editor tells search engines no more
        page = reader.get(f"/profiles/{number}").text
        block = re.search(r'<script[^>]*type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert block is not None
        data = json.loads(block.group(1))
        assert data["@type"] == "Corporation"
        assert data["name"] == "토탈소프트"
        assert [one["description"] for one in data["seeks"]] == [
            "항만 하역 순서를 최적화하는 기술을 찾습니다."
        ]
    assert 'property="og:title" content="토탈소프트"' in page
    robots = client.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml" in robots.text
    assert {"Disallow: /compare", "Disallow: /regions/*/compare"} <= set(robots.text.splitlines())
    sitemap = client.get("/sitemap.xml")
    assert sitemap.mimetype == "application/xml"
    assert f"<loc>http://localhost/profiles/{number}</loc>" in sitemap.text
    assert sitemap.text.count("<loc>") > 2500
