"""Every page in both languages, as a reader gets it: whole, escaped, and with an error that helps."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from hub.profiles.lookup import find_profile
from tests.conftest import account_for, signed_in
from tests.profiles.test_posting import post

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
        assert not re.search(r'(src|href)="(https?:)?//(?!localhost)', re.sub(r"<a [^>]*>", "", answer.text)), path
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
    engine = sqlite_app.extensions["hub"].engine
    post(engine, "세계김치연구소", nasty)
    for path in (f"/search?q={nasty}", "/search?q=김치 발효"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "<b>굵게" not in text


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

    monkeypatch.setattr(sqlite_app.extensions["hub"].engine, "sync", busy)
    answer = sqlite_app.test_client().get("/search?q=김치")
    assert answer.status_code == 503
    assert "바쁩니다" in answer.text
    health = sqlite_app.test_client().get("/healthz")
    assert health.status_code == 503
    assert health.json == {"status": "error", "message": health.json["message"]}


def test_a_defect_of_ours_shows_no_trace(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(sqlite_app.extensions["hub"].engine, "sync", broken)
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
    assert "맞음" not in visitor.get("/search?q=김치 포장").text
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
    with sqlite_app.extensions["hub"].database.reading() as session:
        number = find_profile(session, "시디즈").id
    page = sqlite_app.test_client().get(f"/profiles/{number}").text
    assert "비슷한 일을 하는 곳" in page
    assert "듀오백" in page
