"""A search shows who can help, by one rule on page, part and command; who does the like stands beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from hub.accounts.tables import Role
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.tables import Kind
from hub.search.query import ALIKE, HELP, Query
from hub.search.search import ALIKE_COUNTED, ALIKE_FROM, MOST_ALIKE, search
from hub.settings import Settings
from tests.conftest import account_for, signed_in
from tests.posting.test_statements import post

ASKED = [
    "프레스 금형",
    "김치가 과발효로 포장이 부풀어요",
    "프레스 금형이 자꾸 깨지는데 소재를 바꿔야 하나요",
    "반도체 장비",
    "press die",
]
HTMX = {"HX-Request": "true"}


def read(app: Flask, address: str, headers: dict[str, str] | None = None) -> BeautifulSoup:
    answer = app.test_client().get(address, headers=headers)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def badges(part: Tag | BeautifulSoup, css: str) -> set[str]:
    return {badge.get_text() for badge in part.select(f"{css} .said .krds-badge.outline-gray")}


def test_helpers_come_and_those_alike_stand_beside_them(sqlite_engine: Engine) -> None:
    beside = 0
    with sqlite_engine.database.reading() as session:
        for asked in ASKED:
            found = search(sqlite_engine, session, Query(asked))
            assert {m.statement.kind for a in found.answers for m in a.matches} <= HELP
            assert {m.statement.kind for a in found.alike for m in a.matches} <= ALIKE
            assert all(a.best.hit.strength >= ALIKE_FROM for a in found.alike)
            # The number is how many their own page shows at that strength, and these come first there.
            theirs = search(
                sqlite_engine, session, Query(asked, Filters(kinds=ALIKE), shown=2 * ALIKE_COUNTED)
            )
            fitting = [a.best.statement.id for a in theirs.answers if a.best.hit.strength >= ALIKE_FROM]
            assert found.alike_total == min(len(fitting), ALIKE_COUNTED)
            assert found.alike_more == (len(fitting) >= ALIKE_COUNTED)
            assert [a.best.statement.id for a in found.alike] == fitting[:MOST_ALIKE]
            # A single kind, or all of them, has nothing beside it; nor has what follows the first page.
            for kind in (*Kind, "alike", "any"):
                assert not search(sqlite_engine, session, Query.of({"q": asked, "kind": kind})).alike
            assert not search(sqlite_engine, session, Query(asked, shown=20 + 20, after=20)).alike
            beside += len(found.alike)
    assert beside


def test_helpers_are_those_of_both_kinds_in_the_order_of_their_fit(sqlite_engine: Engine) -> None:
    text = "수소 배관 용접부의 수소 취성을 진단하는 시험기"
    post(sqlite_engine, "국립목포대학교", text, kind=Kind.ASSET)
    need = post(
        sqlite_engine, "토탈소프트", "수소 배관 용접부의 수소 취성을 진단하고 싶습니다", kind=Kind.NEED
    )
    with sqlite_engine.database.reading() as session:
        found = search(sqlite_engine, session, Query(text))
        assert found.answers[0].best.statement.kind == Kind.ASSET
        assert found.alike[0].best.statement.id == need.id
        ranks = [a.best.hit.rank_score for a in found.answers]
        assert ranks == sorted(ranks, reverse=True)
        # Other filters hold for both lists.
        elsewhere = search(sqlite_engine, session, Query.of({"q": text, "region": "29", "weak": "1"}))
        assert need.id not in {a.best.statement.id for a in elsewhere.alike}
        assert {a.best.hit.region_code[:2] for a in [*elsewhere.weak, *elsewhere.alike]} == {"29"}


@pytest.mark.parametrize("headers", [None, HTMX])
def test_the_page_and_its_part_show_both_lists(sqlite_app: Flask, headers: dict[str, str] | None) -> None:
    page = read(sqlite_app, "/search?q=프레스 금형", headers)
    assert badges(page, "#answers") <= {"보유 역량", "공유 자산"}
    (beside,) = page.select("aside#alike")
    assert badges(beside, "li") <= {"사업 내용", "수요·애로기술"}
    heading = beside.select_one(f"#{beside['aria-labelledby']}")
    assert heading is not None
    total = len(beside.select("ol > li"))
    assert f"{total}곳" in heading.get_text()
    (there,) = page.select('.result-tools a[href="#alike"]')
    assert heading.get_text() in there.get_text()
    everything = beside.select_one("a[href*='kind=alike']")
    assert everything is not None
    assert badges(read(sqlite_app, str(everything["href"])), "#answers") <= {"사업 내용", "수요·애로기술"}


@pytest.mark.parametrize(
    ("kind", "shown", "chip"),
    [
        ("", {"보유 역량"}, None),
        ("&kind=capability", {"보유 역량"}, "보유 역량"),
        ("&kind=business", {"사업 내용"}, "사업 내용"),
        ("&kind=alike", {"사업 내용"}, "비슷한 사업·수요"),
        ("&kind=any", {"사업 내용", "보유 역량"}, "모든 종류"),
    ],
)
def test_what_is_chosen_is_shown_in_the_form_and_can_be_taken_off(
    sqlite_app: Flask, kind: str, shown: set[str], chip: str | None
) -> None:
    page = read(sqlite_app, f"/search?q=프레스 금형{kind}")
    assert badges(page, "#answers") == shown
    chosen = page.select("#kind option[selected]")
    assert [option.get_text() for option in chosen] == ([chip] if chip else [])
    first = page.select("#kind option")[0]
    assert (first["value"], first.get_text()) == ("", "도울 수 있는 곳")
    chips = page.select(".chips li")
    assert len(chips) == (1 if chip else 0)
    assert all(chip in li.get_text() and "kind" not in str(li.select("a")[0]["href"]) for li in chips if chip)


def test_the_first_page_leads_to_who_can_help(sqlite_app: Flask) -> None:
    home = read(sqlite_app, "/")
    assert not home.select("form[role=search] [name=kind]")
    examples = read(sqlite_app, "/search").select(".empty li a")
    assert len(examples) == 3
    for link in examples:
        assert badges(read(sqlite_app, str(link["href"])), "#answers") <= {"보유 역량", "공유 자산"}


def test_a_saved_search_says_what_it_is_about(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "staff@hub.example", Role.STAFF, region="26")
    client = signed_in(sqlite_app, "staff@hub.example")
    for kind, name in (
        ("", "도울 수 있는 곳"),
        ("any", "모든 종류"),
        ("alike", "비슷한 사업·수요"),
    ):
        client.post("/searches", data={"q": f"금형 {kind}", "kind": kind})
        assert name in client.get("/searches").text


def test_the_command_says_both(
    sqlite_loaded: Settings, run_hub: Callable[..., CompletedProcess[str]]
) -> None:
    said = json.loads(run_hub("search", "프레스 금형", "--json").stdout)
    assert {answer["statement"]["kind"] for answer in said["results"]} <= HELP
    assert {answer["statement"]["kind"] for answer in said["alike"]["results"]} <= ALIKE
    assert said["alike"]["total"] == len(said["alike"]["results"]) > 0
    text = run_hub("search", "프레스 금형").stdout
    assert f"비슷한 일을 하거나 같은 어려움을 겪는 곳 {said['alike']['total']}곳" in text
    every = json.loads(run_hub("search", "프레스 금형", "--kind", "any", "--json").stdout)
    assert {answer["statement"]["kind"] for answer in every["results"]} & ALIKE
    assert every["alike"] == {"total": 0, "more": False, "results": []}
