"""The search page and its parts, without a browser."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup
from flask import Flask

from tests.conftest import MEMBER, account_for, signed_in


def test_filters_narrow_and_stay_in_the_form(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = client.get("/search?q=반도체&kind=capability&field=S11&language=en").text
    assert '<option value="S11" selected' in page
    assert '<option value="en" selected' in page
    assert '<details class="narrow-filters" open' in page
    assert "로봇" in page
    empty = client.get("/search?q=반도체&trl_from=9").text
    assert "이 조건에 맞는 등록이 없습니다." in empty
    assert "더 좁힌 조건을 풀고 찾기" in empty
    wrong = client.get("/search?q=반도체&trl_from=7&trl_to=2")
    assert "거꾸로입니다" in wrong.text


def test_right_and_wrong_are_for_people_who_are_signed_in(sqlite_app: Flask) -> None:
    visitor = sqlite_app.test_client()
    seen = visitor.get("/search?q=김치 포장").text
    assert 'class="result"' in seen
    assert "맞음" not in seen
    said = {"asked": "김치 포장", "word": "high", "statement_id": "1", "verdict": "right"}
    assert visitor.post("/feedback", data=said).status_code == 401
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    account_for(sqlite_app, "other@hub.example", "member", profile="안전성평가연구소")
    client = signed_in(sqlite_app, MEMBER)
    page = client.get("/search?q=김치 포장").text
    number = re.search(r'name="statement_id" value="(\d+)"', page)
    assert number is not None
    said["statement_id"] = number.group(1)
    part = client.post("/feedback", data=said, headers={"HX-Request": "true"}).text
    assert "맞음" in page
    assert part.count('aria-pressed="true"') == 1
    assert 'aria-pressed="true"' in client.get("/search?q=김치 포장").text
    assert (
        'aria-pressed="true"'
        not in signed_in(sqlite_app, "other@hub.example").get("/search?q=김치 포장").text
    )
    back = client.post("/feedback", data={**said, "verdict": "none", "next": "/search?q=김치 포장"})
    assert back.status_code == 302
    assert 'aria-pressed="true"' not in client.get("/search?q=김치 포장").text
    assert client.post("/feedback", data={**said, "verdict": "perhaps"}).status_code == 400
    assert client.post("/feedback", data={**said, "statement_id": "99999999"}).status_code == 404


def test_a_match_says_why_and_what_is_not_known(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/search?q=김치가 과발효로 포장이 부풀어요&kind=capability").text
    assert "뜻이 가장 가까운 대목은 «" in page
    assert "아직 확인되지 않은 것: 장비 공유 여부, 기술성숙도(TRL)." in page
    assert "농림수산식품 분야로 등록되어 있습니다." in page


def test_more_of_a_search_is_in_the_address(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    first = client.get("/search?q=반도체 장비&kind=business").text
    assert first.count('class="result"') == 20
    more = re.search(r'<a class="krds-btn secondary" href="([^"#]+)#r21" hx-get="([^"]+)"', first)
    assert more is not None
    whole = client.get(unescape(more.group(1))).text
    assert whole.count('class="result"') == 40
    part = client.get(unescape(more.group(2)), headers={"HX-Request": "true"}).text
    assert part.count('class="result"') == 20
    assert 'id="r21"' in part
    assert 'id="r20"' not in part
    ids = [re.findall(r'name="s" value="(\d+)"', page) for page in (first, part, whole)]
    assert ids[0] + ids[1] == ids[2]


def test_filters_stand_as_chips_and_come_off_one_by_one(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/search?q=반도체&kind=capability&region=30&trl_from=2&show=40").text
    chips = re.search(r'<ul class="krds-tag-wrap chips".*?</ul>', page, re.DOTALL)
    assert chips is not None
    off = [unescape(address) for address in re.findall(r'href="([^"]+)"', chips.group(0))]
    assert len(off) == 3
    for address, name in zip(off, ("kind", "region", "trl_from"), strict=True):
        left = parse_qs(urlsplit(address).query)
        assert left == {
            key: value
            for key, value in {
                "q": ["반도체"],
                "kind": ["capability"],
                "region": ["30"],
                "trl_from": ["2"],
            }.items()
            if key != name
        }
    assert "대전광역시" in chips.group(0)


def test_what_is_looked_for_opens_the_form_as_a_need(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="풀무원")
    client = signed_in(sqlite_app, MEMBER)
    asked = "달걀 껍데기의 미세한 금을 소리로 찾아내는 기술"
    page = BeautifulSoup(client.get(f"/search?q={asked}&kind=asset").text, "html.parser")
    link = page.select_one(".as-need a")
    assert link is not None
    opened = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
    assert opened.select_one("#text").get_text() == asked  # type: ignore[union-attr]
    assert opened.select_one("#kind-need").has_attr("checked")  # type: ignore[union-attr]
    assert opened.form is not None
    nothing = sqlite_app.test_client().get(f"/profiles/{number}").text
    assert asked not in nothing  # it is published when its writer says so
    visitor = sqlite_app.test_client().get(f"/search?q={asked}&kind=asset").text
    assert "as-need" not in visitor
    assert "담당자에게 물어보기" in visitor


def test_what_was_chosen_is_marked_on_the_form_and_nothing_else(sqlite_app: Flask) -> None:
    chosen = {
        **{
            "kind": "business",
            "region": "26",
            "near": "29155",
            "sort": "newest",
            "size": "small",
            "field": "EA",
        },
        **{
            "profile_kind": "company",
            "trl_from": "3",
            "trl_to": "6",
            "language": "ko",
            "visibility": "public",
        },
    }
    page = sqlite_app.test_client().get("/search", query_string={"q": "로봇", **chosen}).text
    form = BeautifulSoup(page, "html.parser").select_one("#search")
    assert form is not None
    marked = {
        str(select["name"]): [str(one["value"]) for one in select.select("option[selected]")]
        for select in form.select("select")
    }
    assert marked == {name: [value] for name, value in chosen.items()}
    values = {str(one["value"]) for one in form.select("option")}
    assert all(value.replace("-", "").isalnum() for value in values if value)


def test_answers_are_compared_without_javascript(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = BeautifulSoup(client.get("/search?q=김치 포장&kind=capability&near=29").text, "html.parser")
    form = page.select_one("#compare")
    assert form is not None
    sent = [(str(one["name"]), str(one["value"])) for one in form.select("input[name]")]
    sent += [(str(one["name"]), str(one["value"])) for one in page.select('input[form="compare"]')[:2]]
    answer = client.get(str(form["action"]), query_string=sent)
    assert answer.status_code == 200
    back = BeautifulSoup(answer.text, "html.parser").select_one("main a")
    assert back is not None
    assert parse_qs(urlsplit(str(back["href"])).query) == {
        "q": ["김치 포장"],
        "kind": ["capability"],
        "near": ["29"],
    }
