"""Every page in both languages, as a reader gets it: whole, escaped, and with an error that helps."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from hub.database import Database
from hub.desk import techmap
from hub.desk.techmap import Maps
from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Statement
from hub.settings import ROOT
from tests.conftest import account_for, signed_in
from tests.posting.test_statements import post

MEMBER = "m@hub.example"
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


@pytest.fixture
def member(sqlite_app: Flask) -> tuple[FlaskClient, int]:
    number = account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    assert number is not None
    return signed_in(sqlite_app, MEMBER), number


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


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "20"])
def test_a_page_beyond_the_last_is_no_error(sqlite_app: Flask, page: str) -> None:
    for path in ("/search?q=김치&page=", "/regions/26?page=", "/regions/26/profiles?page="):
        assert sqlite_app.test_client().get(path + page).status_code == 200


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


def test_posting_through_the_form(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    text = "물김치의 탄산감을 오래 유지하는 저온 숙성 조건을 찾아 드립니다."
    form = {"kind": "capability", "text": text, "visibility": "public", "trl": "6", "fields": ["LB", "EC"]}
    short = client.post(f"/profiles/{number}/statements/new", data={**form, "text": "짧다"})
    assert short.status_code == 400
    assert "2자뿐" in short.text
    assert "짧다" in short.text
    posted = client.post(f"/profiles/{number}/statements/new", data={**form, "action": "publish"})
    assert posted.status_code == 302
    statement = int(posted.location.rsplit("-", 1)[1])
    page = client.get(posted.location).text
    assert text in page
    assert "TRL 6" in page
    assert "농림수산식품" in page
    assert "물김치" in client.get("/search?q=물김치 탄산감").text
    opened = client.get(f"/statements/{statement}/edit").text
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version is not None
    mine = {**form, "version": version.group(1), "action": "publish"}
    first = client.post(f"/statements/{statement}/edit", data={**mine, "text": text + " 하나"})
    assert first.status_code == 302
    second = client.post(f"/statements/{statement}/edit", data={**mine, "text": text + " 둘"})
    assert second.status_code == 409
    assert text + " 하나" in second.text  # what stands
    assert text + " 둘" in second.text  # what was written
    client.post(f"/statements/{statement}/withdraw")
    assert "저온 숙성 조건" not in client.get("/search?q=물김치 탄산감").text
    assert "저온 숙성 조건" in client.get(f"/profiles/{number}").text  # its own people still see it
    client.post(f"/statements/{statement}/publish")
    assert "저온 숙성 조건" in client.get("/search?q=물김치 탄산감").text


def test_a_hidden_need_stands_nowhere_under_its_name(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="토탈소프트")
    client = signed_in(sqlite_app, MEMBER)
    text = "컨테이너 터미널 크레인의 흔들림을 예측하는 기술을 찾습니다."
    client.post(
        f"/profiles/{number}/statements/new",
        data={"kind": "need", "text": text, "visibility": "hidden-name", "action": "publish"},
    )
    visitor = sqlite_app.test_client()
    found = visitor.get(f"/search?q={text}&kind=need").text
    assert "비공개 기업" in found
    assert "토탈소프트" not in found
    assert text not in visitor.get(f"/profiles/{number}").text
    assert text in client.get(f"/profiles/{number}").text
    region = visitor.get("/regions/26").text
    assert text in region
    assert "비공개 기업" in region


def test_entering_an_organisation(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    client = signed_in(sqlite_app, MEMBER)
    assert "기관 넣기" in client.get("/regions/26/profiles").text
    form = {"name_ko": "해담 주식회사", "kind": "company", "size": "small", "region_code": "26350"}
    entered = client.post("/profiles/new", data=form)
    assert entered.status_code == 302
    again = client.post("/profiles/new", data={**form, "name_ko": "㈜해담"})
    assert again.status_code == 409
    assert entered.location in again.text
    assert "해담" in client.get("/search?q=해담").text
    assert "소기업" in client.get(entered.location).text


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


def test_staff_choose_the_fields_of_their_region_and_see_sums(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "staff@hub.example", "staff", region="26")
    staff = signed_in(sqlite_app, "staff@hub.example")
    assert "의견 합계" in staff.get("/regions/26").text
    assert "의견 합계" not in staff.get("/regions/11").text
    assert "의견 합계" not in sqlite_app.test_client().get("/regions/26").text
    assert staff.post("/regions/11/fields", data={"fields": "LB"}).status_code == 403
    assert staff.post("/regions/26/fields", data={"fields": ["LB", "S06"]}).status_code == 302
    page = sqlite_app.test_client().get("/regions/26?lang=en").text
    assert "Strategic fields:" in " ".join(page.split())
    assert '<span class="krds-badge outline-gray">Aerospace and ocean</span>' in page
    assert staff.post("/regions/26/fields", data={"fields": "ZZ"}).status_code == 400
    assert staff.post("/regions/26/fields").status_code == 302  # none chosen: taken back
    cleared = sqlite_app.test_client().get("/regions/26?lang=en").text
    assert '<span class="krds-badge outline-gray">Aerospace and ocean</span>' not in cleared


def test_a_match_says_why_and_what_is_not_known(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/search?q=김치가 과발효로 포장이 부풀어요&kind=capability").text
    assert "뜻이 가장 가까운 대목은 «" in page
    assert "아직 확인되지 않은 것: 장비 공유 여부, 기술성숙도(TRL)." in page
    assert "농림수산식품 분야로 등록되어 있습니다." in page


def test_the_pages_of_a_firm_name_its_like(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].reading() as session:
        number = find_profile(session, "시디즈").id
    page = sqlite_app.test_client().get(f"/profiles/{number}").text
    assert "비슷한 일을 하는 곳" in page
    assert "듀오백" in page


def test_how_pages_are_shown_is_kept_and_stays_out_of_the_address(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert 'data-krds-mode="theme"' in client.get("/").text
    chosen = client.get("/search?q=김치&mode=dark&text_size=xlarge")
    assert chosen.status_code == 302
    assert "mode" not in chosen.location
    assert "q=" in chosen.location
    page = client.get(chosen.location).text
    assert 'data-krds-mode="dark"' in page
    assert 'class="text-xlarge"' in page
    assert client.get("/?mode=purple").status_code == 200
    assert 'data-krds-mode="dark"' in client.get("/").text


def test_only_scripts_of_the_answer_run(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    nonces = set()
    for path in ("/", "/search?q=김치", "/regions/26/network"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
        assert nonce is not None
        nonces.add(nonce.group(1))
        assert "unsafe" not in policy
        assert "http" not in policy
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce.group(1)}"' in script for script in scripts)
        assert not re.search(r"<[^>]+\son\w+=", answer.text)
    assert len(nonces) == 3


def test_answers_are_compressed(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in ("/search?q=김치", "/static/css/krds.css", "/regions/26/network.json"):
        for wanted in ("br", "gzip"):
            answer = client.get(path, headers={"Accept-Encoding": wanted})
            assert answer.headers["Content-Encoding"] == wanted
            assert "Accept-Encoding" in answer.headers["Vary"]


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
    sitemap = client.get("/sitemap.xml")
    assert sitemap.mimetype == "application/xml"
    assert f"<loc>http://localhost/profiles/{number}</loc>" in sitemap.text
    assert sitemap.text.count("<loc>") > 2500


def test_a_hidden_name_stands_in_no_drawing_and_no_comparison(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="토탈소프트")
    client = signed_in(sqlite_app, MEMBER)
    text = "드론으로 항공교통을 관제하는 기술을 찾습니다."
    form = {"kind": "need", "text": text, "visibility": "hidden-name", "action": "publish"}
    client.post(f"/profiles/{number}/statements/new", data=form)
    visitor = sqlite_app.test_client()
    statement = re.search(r'name="s" value="(\d+)"', visitor.get(f"/search?q={text}&kind=need").text)
    assert statement is not None
    compared = visitor.get(f"/compare?q=드론 관제&s={statement.group(1)}&s=1").text
    assert "비공개 기업" in compared
    assert f'"/profiles/{number}"' not in compared
    gaps = BeautifulSoup(visitor.get("/regions/26/supply").text, "html.parser").select(".gap-list li")
    said = [str(gap) for gap in gaps if text in gap.get_text()]
    assert len(said) == 1
    assert "비공개 기업" in said[0]
    assert "토탈소프트" not in said[0]
    with sqlite_app.extensions["hub"][Database].reading() as session:
        techmap.make(sqlite_app.extensions["hub"][Engine])
        sqlite_app.extensions["hub"][Maps].open(sqlite_app.extensions["hub"][Engine])
        public = session.exec(select(Statement.id).where(Statement.profile_id == number)).all()
    points = visitor.get("/map.json").json["points"]
    assert len(points) == 2616
    assert len(public) == 2
    assert sum(point[5:] == [number, "토탈소프트"] for point in points) == 1
    assert sum(len(point) == 5 for point in points) == 1


def test_more_of_a_search_is_in_the_address(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    first = client.get("/search?q=반도체 장비").text
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


def test_what_is_looked_for_becomes_a_need_in_one_click(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="풀무원")
    client = signed_in(sqlite_app, MEMBER)
    asked = "달걀 껍데기의 미세한 금을 소리로 찾아내는 기술"
    page = BeautifulSoup(client.get(f"/search?q={asked}&kind=asset").text, "html.parser")
    form = page.find("form", class_="as-need")
    assert form is not None
    sent = {
        field["name"]: field["value"]
        for field in form.find_all(["input", "button"])
        if field["name"] != "csrf_token"
    }
    posted = client.post(str(form["action"]), data=sent)
    assert posted.status_code == 302
    assert asked in sqlite_app.test_client().get(f"/search?q={asked}&kind=need").text
    prefilled = client.get(f"/profiles/{number}/statements/new?kind=need&text={asked}").text
    assert f">{asked}</textarea>" in prefilled
    visitor = sqlite_app.test_client().get(f"/search?q={asked}&kind=asset").text
    assert "as-need" not in visitor
    assert "로그인하면 이 글을 수요로" in visitor


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


def test_staff_decide_without_javascript_too(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    staff = signed_in(sqlite_app, MEMBER)
    before = staff.get("/regions/26").text
    pair = re.search(r'action="(/regions/26/pairs/[\d-]+)"', before)
    assert pair is not None
    decided = staff.post(
        pair.group(1), data={"decision": "shortlisted", "next": "/regions/26"}, follow_redirects=True
    )
    assert "쌍을 담았습니다" in decided.text
    key = pair.group(1).rsplit("/", 1)[1]
    box = f'name="pair" value="{key}"'  # what puts it among those compared
    assert box in before
    assert box not in decided.text
    assert f'id="pair-{key}"' not in decided.text
    assert f'id="pair-{key}"' in staff.get("/regions/26?view=shortlisted").text
    assert sqlite_app.test_client().post(pair.group(1), data={"decision": "dismissed"}).status_code == 401
    for path in ("/regions/26?view=shortlisted", "/regions/26"):  # the desk's list is the desk's
        public = sqlite_app.test_client().get(path).text
        assert f'id="pair-{key}"' in public
        assert "담은 쌍" not in public
        assert "담은 쌍" in staff.get(path).text
    far = pair.group(1).replace("/26/", "/11/")
    assert staff.post(far, data={"decision": "dismissed"}).status_code == 403
    assert staff.post("/regions/26/pairs/1-2", data={"decision": "dismissed"}).status_code == 404
    assert staff.post("/regions/26/pairs/x", data={"decision": "dismissed"}).status_code == 400
    other = re.search(r'id="pair-([\d-]+)"', decided.text)
    assert other is not None
    compared = staff.get(f"/regions/26/compare?pair={key}&pair={other.group(1)}").text
    assert compared.count('<th scope="col">') == 2


def test_the_styles_are_cut_to_what_the_pages_use(tmp_path: Path) -> None:
    """`make styles` was run after the last change of a class."""
    folder = ROOT / "static" / "vendor" / "krds-uiux-1.1.0"
    made = subprocess.run(
        [sys.executable, "-c", "import cut; print(cut.cut(), end='')"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "static" / "css" / "krds.css").read_text(encoding="utf-8") == made.stdout, (
        "run `make styles`"
    )
