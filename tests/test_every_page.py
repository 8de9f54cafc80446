"""Every page in both languages, as a reader gets it: whole, escaped, in its place."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.index.engine import Engine
from tests.posting.test_statements import post

PATHS = [
    "/",
    "/about",
    "/search",
    "/search?q=김치 포장",
    "/search?q=김치&region=29&kind=capability&near=26",
    "/search?q=quantum astrology",
    "/search?q=반도체&profile_kind=company&size=small&field=ED&trl_from=3&trl_to=6&language=en&visibility=public",
    "/search?q=반도체&field=XX",
    "/search?q=반도체&trl_from=7&trl_to=2",
    "/regions",
    "/regions/26",
    "/regions/26?page=2",
    "/regions/26110",
    "/regions/26/profiles",
    "/regions/26/profiles?kind=university",
    "/regions/26?view=dismissed&strength=any&within=100&firm_kind=business&field=EA",
    "/regions/26/supply",
    "/regions/26/network",
    "/regions?measure=matches",
    "/map",
    "/map?region=26",
    "/compare?q=김치&s=1&s=2",
    "/searches",
    "/profiles/{number}",
    "/profiles/{number}/edit",
    "/profiles/{number}/statements/new",
    "/sign-in",
]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_opens(member: tuple[FlaskClient, int], language: str) -> None:
    client, number = member
    for path in PATHS:
        separator = "&" if "?" in path else "?"
        answer = client.get(f"{path.format(number=number)}{separator}lang={language}")
        assert answer.status_code == (400 if "XX" in path or "trl_to=2" in path else 200), path
        assert f'<html lang="{language}" ' in answer.text
        assert answer.text.count("<h1") == 1, path
        assert not re.search(
            r'(src|href)="(https?:)?//(?!localhost)', re.sub(r"<a [^>]*>", "", answer.text)
        ), path
        assert " style=" not in answer.text
        assert "onclick" not in answer.text


def test_the_language_stays_and_the_place_too(member: tuple[FlaskClient, int]) -> None:
    client, _number = member
    page = client.get("/search?q=김치&kind=capability")
    assert '<html lang="ko" ' in page.text
    found = re.search(r'id="language" href="([^"]+)" lang="en"', page.text)
    assert found is not None
    english = client.get(unescape(found.group(1)))
    assert '<html lang="en" ' in english.text
    assert 'value="김치"' in english.text
    assert '<option value="capability" selected' in english.text
    assert '<html lang="en" ' in client.get("/regions").text


def test_htmx_gets_the_part_and_history_the_whole(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    part = client.get("/search?q=김치", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "세계김치연구소" in part.text
    assert {"HX-Request", "Cookie"} <= {value.strip() for value in part.headers["Vary"].split(",")}
    whole = client.get("/search?q=김치", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole.text
    # Page and part are one template; the part brings the language link along.
    results = part.text[part.text.index("<p class=") :].strip()
    assert results in whole.text


def test_nothing_typed_comes_back_as_markup(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, _number = member
    nasty = "<script>alert(1)</script> 김치 발효 <b>굵게</b>"
    engine = sqlite_app.extensions["hub"][Engine]
    post(engine, "세계김치연구소", nasty)
    for path in (f"/search?q={nasty}", "/search?q=김치 발효 굵게"):
        page = client.get(path).text
        assert "alert(1)" in page  # it is there, and as text
        assert "굵게" in page
        assert "<script>alert" not in page
        assert "<b>굵게" not in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "20"])
def test_a_page_beyond_the_last_is_no_error(sqlite_app: Flask, page: str) -> None:
    for path in ("/search?q=김치&page=", "/regions/26?page=", "/regions/26/profiles?page="):
        assert sqlite_app.test_client().get(path + page).status_code == 200
