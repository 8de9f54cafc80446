"""Units of an organisation: entered, changed, found, and kept apart from each other."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Statement, Unit
from tests.conftest import PASSWORD, account_for, signed_in
from tests.test_cli import Run

OWNER = "부산대학교"
MOULDS, SHIPS = "정밀금형연구실", "선박진동연구실"
TEXT = "프레스 금형의 균열 원인을 찾고 열처리와 표면 처리로 수명을 늘립니다."
NEED = "프레스 금형이 자꾸 깨져서 소재와 열처리를 상담할 곳을 찾습니다."
WHOLE, OF_MOULDS, OF_SHIPS, STAFF, OTHER = (f"{name}@hub.example" for name in ("w", "m", "s", "t", "o"))


@pytest.fixture
def numbers(sqlite_app: Flask) -> dict[str, int]:
    """Two units of a university, a member of each, one who speaks for all of it, and staff."""
    with sqlite_app.extensions["hub"][Database].writing() as session:
        owner = find_profile(session, OWNER).id
        forms = (
            {"name_ko": MOULDS, "kind": "laboratory", "head": "김금형"},
            {"name_ko": SHIPS, "kind": "center", "region_code": "26200"},
        )
        moulds, ships = (save_unit(session, owner, unit_particulars(form)).id for form in forms)
        add_account(session, OF_MOULDS, PASSWORD, "member", profile_id=owner, unit_id=moulds)
        add_account(session, OF_SHIPS, PASSWORD, "member", profile_id=owner, unit_id=ships)
        add_account(session, WHOLE, PASSWORD, "member", profile_id=owner)
        add_account(session, STAFF, PASSWORD, "staff", region="26")
        own = session.exec(select(Statement.id).where(Statement.profile_id == owner)).first()
    account_for(sqlite_app, OTHER, "member", profile="세계김치연구소")
    assert own is not None
    return {"owner": owner, "moulds": moulds, "ships": ships, "of_owner": own}


def post(client: FlaskClient, owner: int, unit: int | None, text: str = TEXT) -> int:
    """Posts a capability; the status of the answer."""
    form = {"kind": "capability", "text": text, "visibility": "public", "action": "publish"}
    if unit is not None:
        form["unit"] = str(unit)
    return client.post(f"/profiles/{owner}/statements/new", data=form).status_code


def newest(app: Flask) -> Statement:
    with app.extensions["hub"][Database].reading() as session:
        found = session.exec(select(Statement).order_by(Statement.id.desc())).first()  # type: ignore[attr-defined]
        assert found is not None
        return found


def words(page: str, chosen: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").select_one(chosen).get_text().split())  # type: ignore[union-attr]


def test_what_a_unit_says_is_found_as_its_own(
    sqlite_app: Flask, numbers: dict[str, int], run_hub: Run
) -> None:
    member = signed_in(sqlite_app, OF_MOULDS)
    assert f"/units/{numbers['moulds']}" in member.get("/dashboard").text
    assert post(member, numbers["owner"], None) == 302  # without a choice it is its own unit's
    said = newest(sqlite_app)
    assert said.unit_id == numbers["moulds"]
    visitor = sqlite_app.test_client()
    page = visitor.get(f"/search?q={NEED}&weak=1").text
    heads = [
        head.get_text(" ", strip=True) for head in BeautifulSoup(page, "html.parser").select(".result h2")
    ]
    assert heads[0] == f"{OWNER} · {MOULDS}"
    assert OWNER in heads  # what the university itself says stands beside it, by itself
    unit = visitor.get(f"/units/{numbers['moulds']}").text
    assert words(unit, "h1") == MOULDS
    for shown in ("김금형", OWNER, TEXT, "부산광역시 금정구"):
        assert shown in unit
    organisation = visitor.get(f"/profiles/{numbers['owner']}").text
    assert f'href="/units/{numbers["moulds"]}"' in organisation
    assert TEXT not in BeautifulSoup(organisation, "html.parser").get_text()  # it stands on the unit's page
    assert f"/units/{numbers['moulds']}" in visitor.get("/sitemap.xml").text
    assert MOULDS in words(visitor.get(f"/search?q={MOULDS}").text, ".named:last-of-type")
    command = run_hub("search", NEED, "--json")
    assert json.loads(command.stdout)["results"][0]["unit"] == MOULDS
    assert f"{OWNER} · {MOULDS}" in run_hub("search", NEED).stdout


def test_a_unit_that_lies_elsewhere_is_found_there(sqlite_app: Flask, numbers: dict[str, int]) -> None:
    member = signed_in(sqlite_app, OF_SHIPS)
    assert post(member, numbers["owner"], numbers["ships"], "선박 엔진의 진동을 재고 줄입니다.") == 302
    visitor = sqlite_app.test_client()
    there = visitor.get("/search?q=선박 진동을 줄이고 싶습니다&region=26200&near=26200").text
    assert words(there, ".result h2") == f"{OWNER} · {SHIPS}"
    assert "부산광역시 영도구 · 같은 지역" in words(there, ".result .facts")
    staff = signed_in(sqlite_app, STAFF)
    moved = {"name_ko": SHIPS, "kind": "center", "region_code": ""}
    assert staff.post(f"/units/{numbers['ships']}/edit", data=moved).status_code == 302
    assert SHIPS not in visitor.get("/search?q=선박 진동을 줄이고 싶습니다&region=26200").text
    assert SHIPS in visitor.get("/search?q=선박 진동을 줄이고 싶습니다&region=26410").text


def test_each_touches_its_own(sqlite_app: Flask, numbers: dict[str, int]) -> None:
    """By route and object: who may open it, of those who are signed in."""
    for unit, text in (("moulds", TEXT), ("ships", "선박 엔진의 진동을 재고 줄입니다.")):
        assert post(signed_in(sqlite_app, WHOLE), numbers["owner"], numbers[unit], text) == 302
        numbers[f"of_{unit}"] = newest(sqlite_app).id
    all_of_it = {WHOLE, STAFF}
    matrix = {
        "/profiles/{owner}/edit": all_of_it,
        "/profiles/{owner}/units/new": all_of_it,
        "/profiles/{owner}/statements/new": all_of_it | {OF_MOULDS, OF_SHIPS},
        "/units/{moulds}/edit": all_of_it | {OF_MOULDS},
        "/units/{ships}/edit": all_of_it | {OF_SHIPS},
        "/statements/{of_moulds}/edit": all_of_it | {OF_MOULDS},
        "/statements/{of_ships}/edit": all_of_it | {OF_SHIPS},
        "/statements/{of_owner}/edit": all_of_it,
    }
    clients = {who: signed_in(sqlite_app, who) for who in (WHOLE, OF_MOULDS, OF_SHIPS, STAFF, OTHER)}
    for path, allowed in matrix.items():
        opened = {
            who for who, client in clients.items() if client.get(path.format(**numbers)).status_code == 200
        }
        assert opened == allowed, path
    writing = {
        "/statements/{of_ships}/withdraw": OF_MOULDS,
        "/statements/{of_owner}/withdraw": OF_MOULDS,
        "/statements/{of_moulds}/publish": OF_SHIPS,
        "/units/{moulds}/remove": OF_MOULDS,
        "/units/{ships}/remove": OF_MOULDS,
        "/profiles/{owner}/edit": OF_SHIPS,
    }
    for path, who in writing.items():
        assert clients[who].post(path.format(**numbers), data={"name_ko": "다른 이름"}).status_code == 403, (
            path
        )
    # Nor by saying in the form whose it is, to post or to take away.
    assert post(clients[OF_MOULDS], numbers["owner"], numbers["ships"]) == 403
    form = {
        "kind": "capability",
        "text": TEXT,
        "visibility": "public",
        "unit": str(numbers["ships"]),
        "version": "1",
    }
    path = f"/statements/{numbers['of_moulds']}/edit"
    assert clients[OF_MOULDS].post(path, data=form).status_code == 403
    assert clients[OF_MOULDS].post(path, data={**form, "unit": ""}).status_code == 403
    assert clients[OTHER].post(f"/profiles/{numbers['owner']}/statements/new", data=form).status_code == 403
    # A unit of another organisation is none of this one's.
    kimchi = signed_in(sqlite_app, OTHER)
    with sqlite_app.extensions["hub"][Database].reading() as session:
        other = find_profile(session, "세계김치연구소").id
    assert post(kimchi, other, numbers["moulds"]) == 400
    # Who speaks for all of it moves a text from one unit to another.
    assert clients[WHOLE].post(path, data=form).status_code == 302
    with sqlite_app.extensions["hub"][Database].reading() as session:
        moved = session.get(Statement, numbers["of_moulds"])
        assert moved is not None
        assert moved.unit_id == numbers["ships"]


def test_a_unit_is_entered_once_and_goes_only_empty(sqlite_app: Flask, numbers: dict[str, int]) -> None:
    whole = signed_in(sqlite_app, WHOLE)
    new = f"/profiles/{numbers['owner']}/units/new"
    for form, said in (
        ({"name_ko": "", "kind": "laboratory"}, "이름을 적어"),
        ({"name_ko": "가" * 121, "kind": "laboratory"}, "120자"),
        ({"name_ko": "새 연구실", "kind": "planet"}, "가운데 고르십시오"),
        ({"name_ko": "새 연구실", "kind": "laboratory", "region_code": "99"}, "99"),
        ({"name_ko": MOULDS, "kind": "laboratory"}, "이미 있습니다"),
    ):
        answer = whole.post(new, data=form)
        assert answer.status_code in (400, 404, 409), form
        assert said in answer.text
    made = whole.post(new, data={"name_ko": "새 연구실 😀", "kind": "laboratory", "homepage": "lab.example"})
    assert made.status_code == 302
    page = whole.get(made.location).text
    assert "lab.example" in page
    assert "연구실·부서 지우기" in page
    assert whole.post(f"{made.location}/remove").location == f"/profiles/{numbers['owner']}"
    assert whole.get(made.location).status_code == 404
    refused = whole.post(f"/units/{numbers['moulds']}/remove")
    assert refused.status_code == 409
    assert "구성원이 있는" in refused.text
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert {unit.name_ko for unit in session.exec(select(Unit))} == {MOULDS, SHIPS}


def test_each_statement_has_an_address_of_its_own(sqlite_app: Flask, numbers: dict[str, int]) -> None:
    assert post(signed_in(sqlite_app, OF_MOULDS), numbers["owner"], numbers["moulds"]) == 302
    path = f"/statements/{newest(sqlite_app).id}"
    visitor = sqlite_app.test_client()
    page = BeautifulSoup(visitor.get(path).text, "html.parser")
    assert page.title is not None
    assert page.title.get_text().startswith("프레스 금형의 균열 원인을 찾고")
    shared = {one["property"]: one["content"] for one in page.select('meta[property^="og:"]')}
    assert TEXT[:20] in str(shared["og:title"])
    assert OWNER in str(shared["og:description"])
    assert str(shared["og:url"]).endswith(path)
    assert [link.get_text() for link in page.select(".breadcrumb a")][-2:] == [OWNER, MOULDS]
    assert path in visitor.get(f"/units/{numbers['moulds']}").text
    assert path in visitor.get(f"/search?q={NEED}").text
    assert "Press" not in page.get_text()
    assert signed_in(sqlite_app, OF_MOULDS).post(f"{path}/withdraw").status_code == 302
    assert visitor.get(path).status_code == 404
    assert signed_in(sqlite_app, OF_SHIPS).get(path).status_code == 404
    assert "내림" in signed_in(sqlite_app, OF_MOULDS).get(path).text


def test_the_page_of_a_hidden_need_tells_nobody_whose_it_is(
    sqlite_app: Flask, numbers: dict[str, int]
) -> None:
    form = {
        "kind": "need",
        "text": NEED,
        "visibility": "hidden-name",
        "action": "publish",
        "unit": str(numbers["ships"]),
    }
    whole = signed_in(sqlite_app, WHOLE)
    assert post(whole, numbers["owner"], numbers["moulds"]) == 302  # what would help it is its owner's own
    assert whole.post(f"/profiles/{numbers['owner']}/statements/new", data=form).status_code == 302
    path = f"/statements/{newest(sqlite_app).id}"
    page = sqlite_app.test_client().get(path).text
    assert "비공개 기업" in page
    assert "부산광역시" in page
    for secret in (SHIPS, "영도구", f"/units/{numbers['ships']}"):
        assert secret not in page
    assert MOULDS in page  # were it left out here and found by a search, that would tell
    assert SHIPS in whole.get(path).text
