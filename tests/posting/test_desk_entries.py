"""How staff enter organisations: duplicates shown while typing, private contacts, handing over to another desk."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts.tables import Account
from hub.database import Database
from hub.intake.unload import unload
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Contact, Profile, Referral, Statement
from tests.conftest import account_for, signed_in
from tests.test_dashboard import days_later

BUSAN, DISTRICT, GWANGJU, OWN, ADMIN = (f"{name}@hub.example" for name in ("b", "d", "g", "o", "a"))
FIRM = "토탈소프트"
NEW = {"name_ko": "㈜해담정밀", "kind": "company", "region_code": "26200", "homepage": "haedam.example"}
TOLD = {
    "contact_name": "박부산 부장",
    "contact_reach": "051-123-4567",
    "contact_note": "도금이 벗겨진다고 합니다.",
}
PRIVATE = tuple(TOLD.values())


@pytest.fixture
def hub(sqlite_app: Flask) -> Flask:
    account_for(sqlite_app, BUSAN, "staff", region="26")
    account_for(sqlite_app, DISTRICT, "staff", region="26200")
    account_for(sqlite_app, GWANGJU, "staff", region="29")
    account_for(sqlite_app, OWN, "member", profile=FIRM)
    account_for(sqlite_app, ADMIN, "admin")
    return sqlite_app


def numbered(app: Flask, name: str) -> int:
    with app.extensions["hub"][Database].reading() as session:
        return find_profile(session, name).id


def words(page: str, chosen: str = "main") -> str:
    return " ".join(BeautifulSoup(page, "html.parser").select_one(chosen).get_text().split())  # type: ignore[union-attr]


def check(client: FlaskClient, **written: str) -> str:
    answer = client.post("/profiles/new/check", data={"name_ko": "", **written})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"name_ko": "(주) 토탈소프트", "region_code": "26"}, "이 지역에 이미 있는 기관입니다"),
        ({"name_ko": "토탈소프트", "region_code": "29"}, "이미 있는 기관인지"),
        ({"name_ko": "토탈소프", "region_code": "26"}, "비슷한 이름"),
        ({"name_ko": "토탈소프트 부산공장", "region_code": "26"}, "비슷한 이름"),
        ({"name_ko": "주식회사 토탈소프트 영도지점"}, "비슷한 이름"),
    ],
)
def test_a_duplicate_is_shown_while_its_name_is_written(
    hub: Flask, written: dict[str, str], says: str
) -> None:
    found = check(signed_in(hub, BUSAN), **written)
    assert says in found
    assert FIRM in found


def test_a_duplicate_is_known_by_its_homepage_whatever_it_is_called(hub: Flask) -> None:
    client = signed_in(hub, BUSAN)
    client.post("/profiles/new", data=NEW)
    for address in ("https://www.haedam.example/", "http://haedam.example/kr/index.html", "haedam.example"):
        found = check(client, name_ko="전혀 다른 이름", homepage=address)
        assert "같은 누리집" in found, address
        assert "해담정밀" in found
    assert "해담정밀" not in check(client, name_ko="전혀 다른 이름", homepage="haedam.example.kr")


@pytest.mark.parametrize("name", ["", "가", "새로 생긴 아무도 모르는 회사", "😀", "%", "(주)", "x" * 3000])
def test_what_is_like_nothing_shows_nothing(hub: Flask, name: str) -> None:
    assert "<li>" not in check(signed_in(hub, BUSAN), name_ko=name, homepage="://", region_code="zz")


def test_whom_staff_speak_to_is_read_by_the_staff_of_its_region_alone(hub: Flask) -> None:
    assert signed_in(hub, BUSAN).post("/profiles/new", data=NEW | TOLD).status_code == 302
    number = numbered(hub, "해담정밀")
    paths = (f"/profiles/{number}", f"/profiles/{number}/contacts")
    for email, reads in ((BUSAN, True), (DISTRICT, True), (ADMIN, True), (GWANGJU, False), (OWN, False)):
        client = signed_in(hub, email)
        for path in paths:
            page = client.get(path)
            # The firm has said nothing yet: of others nobody knows that it is there.
            assert page.status_code == (200 if reads else 404)
            assert all((told in page.text) is reads for told in PRIVATE), (email, path)
        assert client.post(f"{paths[1]}", data=TOLD).status_code == (302 if reads else 404)
    visitor = hub.test_client()
    pages = [
        visitor.get(path) for path in (*paths, "/search?q=박부산", "/regions/26/profiles", "/sitemap.xml")
    ]
    assert not any(told in page.text for page in pages for told in PRIVATE)


def test_a_member_sees_no_contact_of_its_own_organisation(hub: Flask) -> None:
    number = numbered(hub, FIRM)
    assert signed_in(hub, BUSAN).post(f"/profiles/{number}/contacts", data=TOLD).status_code == 302
    page = signed_in(hub, OWN).get(f"/profiles/{number}").text
    assert not any(told in page for told in PRIVATE)


def test_a_contact_is_forgotten_for_good(hub: Flask) -> None:
    number, client = numbered(hub, FIRM), signed_in(hub, BUSAN)
    client.post(f"/profiles/{number}/contacts", data=TOLD)
    form = BeautifulSoup(client.get(f"/profiles/{number}/contacts").text, "html.parser").select_one(
        'form[action$="/remove"]'
    )
    assert form is not None
    assert signed_in(hub, GWANGJU).post(str(form["action"])).status_code == 403
    assert client.post(str(form["action"])).status_code == 302
    assert client.post(str(form["action"])).status_code == 404
    with hub.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Contact)).first() is None


@pytest.mark.parametrize(
    "written", [{}, {"contact_name": " ", "contact_note": "😀"}, {"contact_note": "가" * 1001}]
)
def test_a_contact_that_says_nothing_or_too_much_is_given_back(hub: Flask, written: dict[str, str]) -> None:
    page = signed_in(hub, BUSAN).post(f"/profiles/{numbered(hub, FIRM)}/contacts", data=written)
    assert page.status_code == 400
    assert "notice danger" in page.text
    assert written.get("contact_note", "") in page.text


def hand_over(app: Flask, **changes: str) -> int:
    """Busan's staff hand a firm over; the referral's number."""
    given = NEW | TOLD | {"region_code": "29155"} | changes
    answer = signed_in(app, BUSAN).post("/referrals/new", data=given)
    assert answer.status_code == 302, answer.text
    with app.extensions["hub"][Database].reading() as session:
        return session.exec(select(Referral.id).order_by(Referral.id.desc())).first()  # type: ignore[attr-defined, return-value]


def test_what_was_written_comes_along_to_the_other_desk(hub: Flask) -> None:
    page = signed_in(hub, BUSAN).post("/referrals/new", data=NEW | TOLD | {"action": "begin"})
    assert page.status_code == 200
    form = BeautifulSoup(page.text, "html.parser")
    assert form.select_one("#name_ko")["value"] == NEW["name_ko"]  # type: ignore[index]
    assert all(told in page.text for told in PRIVATE)
    with hub.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Referral)).first() is None  # nothing is sent yet


def test_the_other_desk_enters_what_was_handed_to_it(hub: Flask) -> None:
    number = hand_over(hub)
    here = signed_in(hub, GWANGJU)
    assert "해담정밀" in words(here.get("/dashboard").text)
    assert all(told in here.get(f"/referrals/{number}").text for told in PRIVATE)
    form = BeautifulSoup(here.get(f"/profiles/new?referral={number}").text, "html.parser")
    assert form.select_one("#name_ko")["value"] == NEW["name_ko"]  # type: ignore[index]
    sent = NEW | TOLD | {"region_code": "29155", "referral": str(number)}
    assert here.post("/profiles/new", data=sent).status_code == 302
    profile = numbered(hub, "해담정밀")
    assert TOLD["contact_reach"] in here.get(f"/profiles/{profile}").text
    with hub.extensions["hub"][Database].reading() as session:
        kept = session.get(Referral, number)
        assert kept is not None
        assert (kept.profile_id, kept.contact_name, kept.contact_reach, kept.contact_note) == (
            profile,
            "",
            "",
            "",
        )
    assert "넘겨받은 것 0" in words(here.get("/dashboard").text)
    listed = signed_in(hub, BUSAN).get("/referrals").text
    assert f"/profiles/{profile}" not in listed  # it has said nothing yet: elsewhere nobody knows it
    assert "그 지역에 등록됨" in listed
    form = {
        "kind": "business",
        "text": "정밀 금형과 도금 부품을 만듭니다.",
        "visibility": "public",
        "action": "publish",
    }
    assert here.post(f"/profiles/{profile}/statements/new", data=form).status_code == 302
    there = signed_in(hub, BUSAN)
    assert f"/profiles/{profile}" in there.get("/referrals").text
    shown = there.get(f"/profiles/{profile}")
    assert shown.status_code == 200
    assert not any(told in shown.text for told in PRIVATE)


def test_one_that_stands_here_already_takes_the_contact(hub: Flask) -> None:
    known = "세계김치연구소"
    number = hand_over(hub, name_ko="세계김치연구소", kind="institute")
    here, profile = signed_in(hub, GWANGJU), numbered(hub, known)
    assert known in words(here.get(f"/referrals/{number}").text)
    assert here.post(f"/referrals/{number}", data={"profile_id": str(profile)}).status_code == 302
    assert TOLD["contact_reach"] in here.get(f"/profiles/{profile}").text
    assert here.post(f"/referrals/{number}", data={"profile_id": str(profile)}).status_code == 409


def test_it_cannot_be_put_to_an_organisation_of_another_desk(hub: Flask) -> None:
    number = hand_over(hub)
    answer = signed_in(hub, GWANGJU).post(
        f"/referrals/{number}", data={"profile_id": str(numbered(hub, FIRM))}
    )
    assert answer.status_code == 403
    with hub.extensions["hub"][Database].reading() as session:
        assert session.get(Referral, number).is_open  # type: ignore[union-attr]


def test_it_is_sent_back_with_a_word(hub: Flask) -> None:
    number = hand_over(hub)
    here = signed_in(hub, GWANGJU)
    refused = here.post(f"/referrals/{number}", data={"answer": " "})
    assert refused.status_code == 400
    assert "왜 돌려보내는지" in refused.text
    assert "가" * 1001 in here.post(f"/referrals/{number}", data={"answer": "가" * 1001}).text
    assert here.post(f"/referrals/{number}", data={"answer": "부산 공장만 남았습니다."}).status_code == 302
    page = signed_in(hub, BUSAN).get("/referrals").text
    assert "부산 공장만 남았습니다." in page
    assert all(told in page for told in PRIVATE)  # whoever spoke to the firm calls it back
    for path in (f"/referrals/{number}", f"/profiles/new?referral={number}"):  # and nobody else any more
        assert not any(told in here.get(path).text for told in PRIVATE), path


def test_it_is_taken_back_by_whoever_handed_it_over_alone(hub: Flask) -> None:
    number = hand_over(hub)
    for email in (GWANGJU, DISTRICT, OWN, ADMIN):
        assert signed_in(hub, email).post(f"/referrals/{number}/remove").status_code == 403
    assert signed_in(hub, BUSAN).post(f"/referrals/{number}/remove").status_code == 302
    gone = signed_in(hub, GWANGJU).get(f"/referrals/{number}")
    assert gone.status_code == 404
    assert "거두었을 수" in gone.text


@pytest.mark.parametrize("email", [BUSAN, DISTRICT, OWN])
def test_nobody_else_reads_what_was_handed_over(hub: Flask, email: str) -> None:
    number = hand_over(hub)
    client = signed_in(hub, email)
    assert client.get(f"/referrals/{number}").status_code == 403
    assert client.get(f"/profiles/new?referral={number}").status_code == 403
    assert client.post("/profiles/new", data=NEW | {"referral": str(number)}).status_code == 403
    if email != BUSAN:
        assert "해담정밀" not in client.get("/referrals").text


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"region_code": "26110"}, 400, "담당 지역입니다"),
        ({"region_code": ""}, 404, ""),
        ({"name_ko": " "}, 400, "기관 이름"),
        ({"kind": "club"}, 400, "기관 종류"),
        ({"homepage": "javascript:alert(1)"}, 400, "누리집"),
        ({"contact_reach": "0" * 121}, 400, "120자"),
    ],
)
def test_what_cannot_be_handed_over_is_given_back(
    hub: Flask, changes: dict[str, str], status: int, says: str
) -> None:
    page = signed_in(hub, BUSAN).post("/referrals/new", data=NEW | TOLD | {"region_code": "29"} | changes)
    assert page.status_code == status
    assert says in page.text
    assert TOLD["contact_note"] in page.text


def test_a_region_without_staff_is_said(hub: Flask) -> None:
    client = signed_in(hub, BUSAN)
    asked = client.post("/referrals/new", data=NEW | TOLD | {"region_code": "50110"})
    assert asked.status_code == 409
    assert "아직 아무것도 보내지 않았습니다" in asked.text
    assert TOLD["contact_reach"] not in signed_in(hub, ADMIN).get("/referrals").text
    again = BeautifulSoup(asked.text, "html.parser").select_one("[name=to_admin]")
    assert again is not None
    client.post("/referrals/new", data=NEW | {"region_code": "50110", "to_admin": str(again["value"])})
    assert "허브 운영자에게 넘겼습니다" in client.get("/referrals").text
    assert "해담정밀" in signed_in(hub, ADMIN).get("/dashboard").text


def test_an_answer_is_new_on_the_next_visit(hub: Flask) -> None:
    number = hand_over(hub)
    days_later(hub, BUSAN)
    signed_in(hub, GWANGJU).post(f"/referrals/{number}", data={"answer": "부산 공장만 남았습니다."})
    assert "넘긴 기관에 답이 왔습니다" in words(signed_in(hub, BUSAN).get("/dashboard").text, ".news")


def test_an_organisation_with_a_contact_stays_when_its_collection_is_taken_out(hub: Flask) -> None:
    number = numbered(hub, FIRM)
    with hub.extensions["hub"][Database].writing() as session:
        for one in session.exec(select(Account).where(Account.email == OWN)):
            session.delete(one)
    signed_in(hub, BUSAN).post(f"/profiles/{number}/contacts", data=TOLD)
    unload(hub.extensions["hub"][Database], "listed")
    with hub.extensions["hub"][Database].reading() as session:
        assert session.get(Profile, number) is not None
        assert len(session.exec(select(Profile.id)).all()) < 1000


def test_an_organisation_that_hides_its_name_is_found_nowhere(hub: Flask) -> None:
    """It was entered for one need, and that hides its name: neither list, search, count nor address may tell of it."""
    visitor, far = hub.test_client(), signed_in(hub, GWANGJU)
    seen = (
        "/regions/26200/profiles",
        "/regions/26/profiles?page=3",
        "/search?q=해담정밀",
        "/regions/26200",
        "/",
    )
    before = [words(visitor.get(path).text) for path in seen if path.endswith("profiles")]
    staff = signed_in(hub, BUSAN)
    number = int(staff.post("/profiles/new", data=NEW).location.rsplit("/", 1)[1])
    need = {
        "kind": "need",
        "text": "도금이 염수 분무 시험 뒤에 벗겨집니다.",
        "visibility": "hidden-name",
        "action": "publish",
    }
    assert staff.post(f"/profiles/{number}/statements/new", data=need).status_code == 302
    after = [words(visitor.get(path).text) for path in seen]
    assert not any("해담" in page for page in (after[0], after[1], after[3], after[4]))
    assert after[0] == before[0]
    assert "해담" not in check(far, name_ko="해담정밀", homepage="haedam.example")
    far.post("/profiles/new", data=NEW | {"region_code": "29"})
    assert "부산" not in far.get("/dashboard").text  # no word of a namesake
    mover = signed_in(hub, OWN).post(
        f"/profiles/{numbered(hub, FIRM)}/edit", data=NEW | {"region_code": "26"}
    )
    assert mover.status_code == 409
    assert f"/profiles/{number}" not in mover.text
    assert "이 이름은 그 지역에서 쓸 수 없습니다" in mover.text
    for reader in (visitor, far):
        for form in ("edit", "contacts", "statements/new", "units/new"):
            assert reader.get(f"/profiles/{number}/{form}").status_code == 404, form
        gone, nothing = (reader.get(f"/profiles/{n}") for n in (number, 10**6))
        assert gone.status_code == nothing.status_code == 404
        assert words(gone.text).replace(str(number), "") == words(nothing.text).replace(str(10**6), "")
    assert "이름이 같은 기관" not in visitor.get("/search?q=해담정밀").text
    assert staff.get(f"/profiles/{number}").status_code == 200
    assert "해담정밀" in staff.get("/regions/26200/profiles").text
    staff.post(
        f"/profiles/{number}/statements/new",
        data=need | {"visibility": "public", "text": "염수 분무 시험을 찾습니다."},
    )
    assert visitor.get(f"/profiles/{number}").status_code == 200  # it has said something under its name
    assert "해담정밀" in visitor.get("/regions/26200/profiles").text


def test_what_was_entered_wrongly_is_taken_out_for_good(hub: Flask) -> None:
    staff = signed_in(hub, BUSAN)
    staff.post("/profiles/new", data=NEW | TOLD)
    number = numbered(hub, "해담정밀")
    form = {
        "kind": "need",
        "text": "도금이 염수 분무 시험 뒤에 벗겨집니다.",
        "visibility": "public",
        "action": "publish",
    }
    staff.post(f"/profiles/{number}/statements/new", data=form)
    with hub.extensions["hub"][Database].reading() as session:
        said = session.exec(select(Statement.id).where(Statement.profile_id == number)).one()
    assert staff.post(f"/statements/{said}/remove").status_code == 409  # it is withdrawn first
    assert staff.post(f"/profiles/{number}/remove").status_code == 409
    staff.post(f"/statements/{said}/withdraw")
    assert signed_in(hub, GWANGJU).post(f"/statements/{said}/remove").status_code == 403
    assert staff.post(f"/statements/{said}/remove").status_code == 302
    assert staff.get(f"/statements/{said}").status_code == 404
    assert "기관 지우기" in staff.get(f"/profiles/{number}").text
    for email in (GWANGJU, OWN):
        assert signed_in(hub, email).post(f"/profiles/{number}/remove").status_code == 404
    assert staff.post(f"/profiles/{number}/remove").status_code == 302
    assert staff.get(f"/profiles/{number}").status_code == 404
    with hub.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Contact)).first() is None
    assert staff.post("/profiles/new", data=NEW).status_code == 302  # its name is free again


def test_what_came_with_the_carried_data_is_withdrawn_and_not_removed(hub: Flask) -> None:
    owner = signed_in(hub, OWN)
    with hub.extensions["hub"][Database].reading() as session:
        said = session.exec(select(Statement.id).where(Statement.profile_id == numbered(hub, FIRM))).first()
    owner.post(f"/statements/{said}/withdraw")
    assert owner.post(f"/statements/{said}/remove").status_code == 409
    assert owner.post(f"/profiles/{numbered(hub, FIRM)}/remove").status_code == 403
    assert signed_in(hub, ADMIN).post(f"/profiles/{numbered(hub, FIRM)}/remove").status_code == 409


def test_the_contact_of_a_firm_that_stands_here_already_is_not_lost(hub: Flask) -> None:
    staff = signed_in(hub, BUSAN)
    refused = staff.post("/profiles/new", data=NEW | TOLD | {"name_ko": FIRM, "region_code": "26"})
    assert refused.status_code == 409
    button = BeautifulSoup(refused.text, "html.parser").select_one('button[formaction$="/contacts"]')
    assert button is not None
    page = staff.post(str(button["formaction"]), data=NEW | TOLD | {"action": "begin"})
    assert page.status_code == 200
    assert all(told in page.text for told in PRIVATE)


def test_what_was_deleted_is_made_anew_by_the_same_form(hub: Flask) -> None:
    number, client = numbered(hub, FIRM), signed_in(hub, BUSAN)
    form = TOLD | {"once": "a" * 22}
    for path, action, data in (
        (f"/profiles/{number}/contacts", "/contacts/", form),
        ("/referrals/new", "/referrals/", NEW | form | {"region_code": "29155"}),
    ):
        listed = path.removesuffix("/new")
        for _time in range(2):
            assert client.post(path, data=data).status_code == 302
            page = BeautifulSoup(client.get(listed).text, "html.parser")
            gone = page.select_one(f'form[action^="{action}"][action$="/remove"]')
            assert gone is not None, path
            assert client.post(str(gone["action"])).status_code == 302


def test_a_contact_stays_with_the_desk_that_noted_it(hub: Flask) -> None:
    number = numbered(hub, FIRM)
    assert signed_in(hub, BUSAN).post(f"/profiles/{number}/contacts", data=TOLD).status_code == 302
    moved = {"name_ko": FIRM, "kind": "company", "region_code": "29155"}
    assert signed_in(hub, OWN).post(f"/profiles/{number}/edit", data=moved).status_code == 302
    for email, reads in ((BUSAN, True), (GWANGJU, False)):
        client = signed_in(hub, email)
        pages = client.get(f"/profiles/{number}/contacts").text, client.get(f"/profiles/{number}").text
        assert all(told in page for page in pages for told in PRIVATE) is reads, email
        assert any(told in page for page in pages for told in PRIVATE) is reads, email


def test_whoever_handed_over_learns_that_it_was_deleted_there(hub: Flask) -> None:
    number, here = hand_over(hub), signed_in(hub, GWANGJU)
    here.post("/profiles/new", data=NEW | {"region_code": "29155", "referral": str(number)})
    assert here.post(f"/profiles/{numbered(hub, '해담정밀')}/remove").status_code == 302
    assert "그 지역 담당자가 이 기관을 지웠습니다" in signed_in(hub, BUSAN).get("/referrals").text


def test_what_was_taken_back_meanwhile_loses_nothing_that_was_written(hub: Flask) -> None:
    number, here = hand_over(hub), signed_in(hub, GWANGJU)
    signed_in(hub, BUSAN).post(f"/referrals/{number}/remove")
    sent = NEW | {"region_code": "29155", "referral": str(number)}
    refused = here.post("/profiles/new", data=sent)
    assert refused.status_code == 404
    form = BeautifulSoup(refused.text, "html.parser")
    assert form.select_one("#name_ko")["value"] == NEW["name_ko"]  # type: ignore[index]
    assert form.select_one("[name=referral]") is None
