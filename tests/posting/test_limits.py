"""How long a text may be: what is too long comes back whole, with by how much."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from hub.problems import Problem
from hub.profiles.limits import LIMITS, LONGEST
from hub.search.query import LONGEST_QUERY, Query
from hub.text import one_line, too_long
from tests.conftest import account_for, signed_in

STAFF, MEMBER = "s@hub.example", "m@hub.example"
LONG = {
    "name_ko": "가나다라마바사아자차" * 13,
    "name_en": "Institute of " + "x" * 157,
    "homepage": "https://lab.example/" + "a" * 300,
}


@given(st.text(alphabet="가a 😀\n\r\té", max_size=60), st.integers(1, 40))
def test_what_is_said_is_true(text: str, most: int) -> None:
    line = one_line(text)
    said = too_long("이름", line, most)
    assert (said is None) == (len(line) <= most)
    if said:
        assert f"{len(line)}자입니다" in said
        assert f"{len(line) - most}자를 줄여" in said


@pytest.mark.parametrize("name", LONG)
def test_an_organisations_fields_come_back_whole(sqlite_app: Flask, name: str) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    client = signed_in(sqlite_app, STAFF)
    form = {"name_ko": "긴 이름의 기관", "kind": "company", "region_code": "26110", **{name: LONG[name]}}
    answer = client.post("/profiles/new", data=form)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(f"#{name}")["value"] == LONG[name]  # type: ignore[index]
    over = len(LONG[name]) - LIMITS[name]
    assert f"{over}자를 줄여" in page.select_one("[role=alert]").text  # type: ignore[union-attr]
    fitting = {**form, name: LONG[name][: LIMITS[name]]}
    assert client.post("/profiles/new", data=fitting).status_code == 302


@pytest.mark.parametrize("field", ["text", "translation"])
def test_a_statement_comes_back_whole(sqlite_app: Flask, field: str) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, MEMBER)
    long = "We ferment kimchi. 😀 " * 150
    form = {
        "kind": "capability",
        "visibility": "public",
        "text": "김치를 오래 두고 먹는 기술입니다.",
        field: long,
    }
    answer = client.post(f"/profiles/{number}/statements/new", data=form)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(f"#{field}").text.strip() == long.strip()  # type: ignore[union-attr]
    assert f"{len(long.strip()) - LONGEST}자를 줄여" in answer.text


def test_a_text_from_a_search_is_not_cut_either(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, MEMBER)
    long = "김치를 익히는 기술 " * 300
    page = client.get(f"/profiles/{number}/statements/new?text={quote(long)}")
    assert long.strip() in page.text
    said = client.post(
        f"/profiles/{number}/statements/check",
        data={"kind": "need", "text": long},
        headers={"HX-Request": "true"},
    )
    assert said.status_code == 200
    assert f"{len(long.strip()) - LONGEST}자를 줄여" in said.text


def test_a_query_stays_in_its_box(sqlite_app: Flask) -> None:
    long = "김치 " * 600
    answer = sqlite_app.test_client().get(f"/search?q={quote(long)}")
    assert answer.status_code == 400
    box = BeautifulSoup(answer.text, "html.parser").select_one("#q")
    assert box is not None
    assert box["value"] == long.strip()
    assert f"{len(long.strip()) - LONGEST_QUERY}자를 줄여" in answer.text
    with pytest.raises(Problem, match="검색어: 1001자"):
        Query.of({"q": "가" * 1001}).checked()


def test_no_field_has_a_limit_that_only_the_browser_knows(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, MEMBER)
    for path in (
        "/",
        "/search",
        "/nothing",
        f"/profiles/{number}/edit",
        f"/profiles/{number}/statements/new",
    ):
        page = BeautifulSoup(client.get(path).text, "html.parser")
        assert page.select("[maxlength]") == [], path
        for limit in page.select("[data-limit-of]"):
            field = page.find(id=limit["data-limit-of"])
            assert field is not None
            assert limit["id"] in str(field["aria-describedby"]).split()
        assert page.select("[data-limit-of]"), path
