"""A new organisation: its first member writes at once, and readers see it once the staff of its region have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts.tables import Account
from hub.database import Database
from hub.posting.organisations import particulars, save_profile
from hub.profiles.tables import Profile, Statement, Unit
from tests.membership.asking import (
    FAR_STAFF,
    FIRM,
    UNIVERSITY,
    account_of,
    claims_of,
    mails_to,
    number_of,
    person,
    profile_of,
    staff_of,
    statements_of,
)

OWNER = "owner@haedam.co.kr"
NEW = {
    "name_ko": "해담도금",
    "name_en": "Haedam Plating",
    "kind": "company",
    "size": "small",
    "region_code": "26110",
    "homepage": "haedam.co.kr",
}
NEED = {
    "kind": "need",
    "text": "아연 도금 두께가 고르지 않아 불량이 납니다. 재는 방법을 찾습니다.",
    "visibility": "hidden-name",
}
BUSINESS = {
    "kind": "business",
    "text": "자동차 볼트에 아연 도금을 하는 작은 회사입니다.",
    "visibility": "public",
}


def entered(app: Flask, email: str = OWNER, **changed: str) -> tuple[FlaskClient, int]:
    """Somebody who has entered a new organisation, and its number."""
    client = person(app, email)
    answer = client.post("/organisation/new", data={**NEW, **changed})
    assert answer.status_code == 302, answer.text
    number = account_of(app, email).profile_id
    assert number is not None
    return client, number


def post(client: FlaskClient, profile: int, said: dict[str, str]) -> None:
    answer = client.post(f"/profiles/{profile}/statements/new", data=said)
    assert answer.status_code == 302, answer.text


def seen(staff: FlaskClient, profile: int) -> dict[str, str]:
    """The form by which the staff say that they have seen it, as it stands."""
    page = BeautifulSoup(staff.get(f"/memberships/profiles/{profile}").text, "html.parser")
    version = page.select_one("input[name=version]")
    assert version is not None
    return {"action": "seen", "version": str(version["value"])}


def test_what_is_posted_before_it_is_seen_is_published_when_it_is(app: Flask) -> None:
    client, number = entered(app)
    post(client, number, NEED)
    post(client, number, BUSINESS)
    post(client, number, {**BUSINESS, "text": "이것은 아직 쓰다 만 글입니다.", "action": "draft"})
    waiting = statements_of(app, number)
    assert [one.awaited for one in waiting] == ["hidden-name", "public", None]
    assert {one.visibility for one in waiting} == {"draft"}
    assert {one.revision for one in waiting} == {0}
    for path in ("/dashboard", f"/profiles/{number}"):
        assert client.get(path).text.count("담당자 확인을 기다림") == 2, path
    visitor = app.test_client()
    assert visitor.get(f"/profiles/{number}").status_code == 404
    assert visitor.get(f"/statements/{waiting[1].id}").status_code == 404
    before = BeautifulSoup(visitor.get("/search?q=아연 도금 두께 불량&kind=need").text, "html.parser")
    assert NEED["text"].split(".")[0] not in before.get_text()
    assert "/organisation/claim/" not in person(app, "x@naver.com").get("/organisation?name=해담도금").text
    staff = staff_of(app, "26")
    assert "해담도금" in staff.get("/memberships").text
    answer = staff.post(f"/memberships/profiles/{number}", data=seen(staff, number), follow_redirects=True)
    assert "2건을 게시했습니다" in answer.text
    shown = {one.id: one for one in statements_of(app, number)}
    assert [one.visibility for one in shown.values()] == ["hidden-name", "public", "draft"]
    assert all(one.awaited is None for one in shown.values())
    assert shown[waiting[0].id].revision == shown[waiting[1].id].revision > 0
    assert BUSINESS["text"] in visitor.get(f"/profiles/{number}").text
    found = visitor.get("/search?q=아연 도금 두께 불량&kind=need").text
    assert NEED["text"].split(".")[0] in BeautifulSoup(found, "html.parser").get_text()
    assert "해담도금" not in found
    assert len(mails_to(app, OWNER)) == 1
    post(client, number, {**BUSINESS, "text": "은 도금도 합니다. 확인된 뒤에 올린 글입니다."})
    assert statements_of(app, number)[-1].is_published


def test_an_edit_while_it_waits_keeps_waiting(sqlite_app: Flask) -> None:
    client, number = entered(sqlite_app)
    post(client, number, NEED)
    (waits,) = statements_of(sqlite_app, number)
    form = client.get(f"/statements/{waits.id}/edit").text
    chosen = BeautifulSoup(form, "html.parser").select_one("input[name=visibility][checked]")
    assert chosen is not None
    assert (
        chosen["value"] == "hidden-name"
    )  # its name is not shown by opening the form and pressing the button
    edited = {**NEED, "text": NEED["text"] + " 작은 부품입니다.", "version": str(waits.version)}
    assert client.post(f"/statements/{waits.id}/edit", data=edited).status_code == 302
    (waits,) = statements_of(sqlite_app, number)
    assert (waits.visibility, waits.awaited) == ("draft", "hidden-name")
    assert client.post(f"/statements/{waits.id}/publish").status_code == 302
    (waits,) = statements_of(sqlite_app, number)
    assert (waits.visibility, waits.awaited) == ("draft", "hidden-name")
    draft = {**edited, "version": str(waits.version), "action": "draft"}
    assert client.post(f"/statements/{waits.id}/edit", data=draft).status_code == 302
    (waits,) = statements_of(sqlite_app, number)
    assert waits.awaited is None
    assert client.post(f"/statements/{waits.id}/remove").status_code == 302
    assert statements_of(sqlite_app, number) == []


def test_what_is_to_be_mended_is_mended_and_asked_for_again(sqlite_app: Flask) -> None:
    client, number = entered(sqlite_app)
    staff = staff_of(sqlite_app, "26110")
    path = f"/memberships/profiles/{number}"
    looked = seen(staff, number)
    assert staff.post(path, data={"action": "send-back", "reason": ""}).status_code == 400
    back = {"action": "send-back", "reason": "대학이 아니라 기업인지 보아 주십시오."}
    assert staff.post(path, data=back).status_code == 302
    assert "고쳐 달라고 함" in staff.get("/memberships").text
    assert back["reason"] in mails_to(sqlite_app, OWNER)[0].body
    assert back["reason"] in client.get("/organisation/review").text
    assert "고칠 것 보기" in client.get("/dashboard").text
    # Its member chooses its kind until it is seen, and not after.
    assert 'name="kind"' in client.get(f"/profiles/{number}/edit").text
    mended = {**NEW, "kind": "institute", "size": ""}
    assert client.post(f"/profiles/{number}/edit", data=mended).status_code == 302
    assert client.post("/organisation/review/again").status_code == 302
    assert "고쳐 달라고 함" not in staff.get("/memberships").text
    assert staff.post(path, data=looked).status_code == 409  # of what stood there before
    assert staff.post(path, data=seen(staff, number)).status_code == 302
    found = profile_of(sqlite_app, number)
    assert found is not None
    assert (found.kind, found.review_asked_at, found.review_answer) == ("institute", None, None)
    assert client.post(f"/profiles/{number}/edit", data={**mended, "kind": "company"}).status_code == 403
    assert client.get("/organisation/review").location == "/dashboard"
    assert staff.post(path, data=back).status_code == 409


def test_staff_elsewhere_and_strangers_do_not_see_it(sqlite_app: Flask) -> None:
    _client, number = entered(sqlite_app)
    path = f"/memberships/profiles/{number}"
    far = staff_of(sqlite_app, "27", FAR_STAFF)
    beside = staff_of(sqlite_app, "26350", "beside@hub.example")
    for stranger in (far, beside, person(sqlite_app, "x@naver.com"), sqlite_app.test_client()):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, data={"action": "seen"}).status_code == 404
        assert stranger.get(f"/profiles/{number}").status_code == 404
    assert "해담도금" not in far.get("/memberships").text
    assert "해담도금" not in beside.get("/dashboard").text
    assert profile_of(sqlite_app, number).review_asked_at is not None  # type: ignore[union-attr]


def test_a_name_that_readers_know_leads_to_the_claim(sqlite_app: Flask) -> None:
    client = person(sqlite_app, OWNER)
    firm = number_of(sqlite_app, FIRM)
    region = profile_of(sqlite_app, firm).region_code  # type: ignore[union-attr]
    answer = client.post("/organisation/new", data={**NEW, "name_ko": FIRM, "region_code": region})
    assert answer.status_code == 409
    assert f"/organisation/claim/{firm}" in answer.text
    check = client.post("/organisation/new/check", data={"name_ko": FIRM, "region_code": region}).text
    assert f"/organisation/claim/{firm}" in check
    assert account_of(sqlite_app, OWNER).profile_id is None


def test_a_name_that_readers_do_not_know_is_not_told_and_the_desk_settles_it(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].writing() as session:
        hidden = save_profile(session, particulars(NEW)).id
    client, number = entered(sqlite_app)  # as if nobody were called so
    other = {**NEW, "name_ko": "다른이름"}
    assert client.post(f"/profiles/{number}/edit", data=other).status_code == 302
    assert client.post(f"/profiles/{number}/edit", data=NEW).status_code == 302
    staff = staff_of(sqlite_app, "26")
    review = staff.get(f"/memberships/profiles/{number}").text
    assert f'value="{hidden}"' in review
    taken = staff.post(f"/memberships/profiles/{number}", data=seen(staff, number))
    assert taken.status_code == 409
    assert f"/profiles/{hidden}" in taken.text
    post(client, number, BUSINESS)
    known = {"action": "known", "profile": str(hidden)}
    # What stands there already is called otherwise now; whoever entered it is told nothing that they did not write.
    with sqlite_app.extensions["hub"][Database].writing() as session:
        secret = session.get_one(Profile, hidden)
        secret.name_ko = "해담도금 비밀본사"
        session.add(secret)
    answer = staff.post(f"/memberships/profiles/{number}", data=known)
    (claim,) = claims_of(sqlite_app, OWNER)
    told = [client.get(path).text for path in ("/organisation/review", "/organisation", "/dashboard")]
    told += [mail.subject + mail.body for mail in mails_to(sqlite_app, OWNER)]
    assert len(told) == 4
    assert "이미 있는 기관" in told[0]
    assert "소속 신청으로 바꾸었습니다" in told[3]
    assert not any("비밀본사" in said for said in told)
    assert answer.location == f"/memberships/{claim.id}"
    assert account_of(sqlite_app, OWNER).profile_id == number  # until it is granted nothing moves
    grant = {"action": "grant", "address": OWNER}
    assert staff.post(f"/memberships/{claim.id}", data=grant).status_code == 302
    assert account_of(sqlite_app, OWNER).profile_id == hidden
    assert profile_of(sqlite_app, number) is None
    (moved,) = statements_of(sqlite_app, hidden)
    assert moved.is_published
    assert moved.revision > 0


def test_a_laboratory_entered_as_an_organisation_becomes_a_unit(app: Flask) -> None:
    client, number = entered(app, name_ko="김바다 해양구조연구실", kind="university", size="")
    capability = {"kind": "capability", "text": "해양 구조물의 피로 수명을 잽니다.", "visibility": "public"}
    post(client, number, capability)
    added = {"name_ko": "수조팀", "kind": "division"}
    assert client.post(f"/profiles/{number}/units/new", data=added).status_code == 302
    with app.extensions["hub"][Database].reading() as session:
        team = session.exec(select(Unit).where(Unit.name_ko == "수조팀")).one().id
    post(client, number, {**capability, "text": "수조에서 모형선의 저항을 잽니다.", "unit": str(team)})
    university, staff = number_of(app, UNIVERSITY), staff_of(app, "26")
    before = len(statements_of(app, university))
    known = {"action": "known", "profile": str(university), "as_unit": "yes", "once": "k" * 20}
    path = f"/memberships/profiles/{number}"
    assert staff.post(path, data=known).status_code == 302
    assert staff.post(path, data=known).status_code == 302  # a second click
    assert staff.post(path, data={**known, "once": "j" * 20}).status_code == 409
    (claim,) = claims_of(app, OWNER)
    assert "소속 신청으로 바꾸었습니다" in client.get("/organisation/review").text
    grant = {"action": "grant", "address": OWNER}
    assert staff.post(f"/memberships/{claim.id}", data=grant).status_code == 302
    own = account_of(app, OWNER)
    with app.extensions["hub"][Database].reading() as session:
        unit = session.exec(select(Unit).where(Unit.name_ko == "김바다 해양구조연구실")).one()
        assert session.exec(select(Unit).where(Unit.name_ko == "수조팀")).first() is None
    assert (own.profile_id, own.unit_id) == (university, unit.id)
    moved = statements_of(app, university)[before:]
    assert [(one.unit_id, one.is_published) for one in moved] == [(unit.id, True)] * 2
    assert profile_of(app, number) is None
    assert capability["text"] in app.test_client().get(f"/units/{unit.id}").text


def test_a_no_about_one_that_readers_do_not_know_does_not_name_it_either(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].writing() as session:
        hidden = save_profile(session, particulars({**NEW, "name_ko": "해담비밀본사"})).id
    client, number = entered(sqlite_app)
    staff = staff_of(sqlite_app, "26")
    known = {"action": "known", "profile": str(hidden), "as_unit": "yes"}
    staff.post(f"/memberships/profiles/{number}", data=known)
    (claim,) = claims_of(sqlite_app, OWNER)
    staff.post(f"/memberships/{claim.id}", data={"action": "refuse", "reason": "다른 회사입니다."})
    told = [mail.subject + mail.body for mail in mails_to(sqlite_app, OWNER)]
    assert "다른 회사입니다." in told[-1]
    assert client.post("/organisation/review/remove").status_code == 302
    told += [client.get(path).text for path in ("/organisation", "/dashboard")]
    assert "다른 회사입니다." in told[-1]
    assert not any("비밀본사" in said for said in told)


@pytest.mark.parametrize("how", ["refused", "withdrawn", "seen"])
def test_where_it_is_another_one_after_all_nothing_is_lost(sqlite_app: Flask, how: str) -> None:
    client, number = entered(sqlite_app)
    post(client, number, BUSINESS)
    staff, firm = staff_of(sqlite_app, "26"), number_of(sqlite_app, FIRM)
    path = f"/memberships/profiles/{number}"
    staff.post(path, data={"action": "known", "profile": str(firm)})
    (claim,) = claims_of(sqlite_app, OWNER)
    if how == "refused":
        refused = {"action": "refuse", "reason": "다른 회사입니다."}
        assert staff.post(f"/memberships/{claim.id}", data=refused).status_code == 302
    elif how == "withdrawn":
        assert client.post(f"/organisation/claims/{claim.id}/withdraw").location == "/organisation/review"
    assert staff.post(path, data=seen(staff, number)).status_code == 302
    (claim,) = claims_of(sqlite_app, OWNER)
    assert (claim.granted, claim.instead_of_id, claim.is_open) == (False, None, False)
    assert account_of(sqlite_app, OWNER).profile_id == number
    assert [one.is_published for one in statements_of(sqlite_app, number)] == [True]


def test_its_only_member_takes_it_out_before_it_is_seen(sqlite_app: Flask) -> None:
    client, number = entered(sqlite_app)
    post(client, number, NEED)
    client.post(f"/profiles/{number}/units/new", data={"name_ko": "도금반", "kind": "division"})
    assert client.post("/organisation/review/remove").location == "/organisation"
    assert client.post("/organisation/review/remove").location == "/dashboard"  # a second click
    assert profile_of(sqlite_app, number) is None
    assert account_of(sqlite_app, OWNER).profile_id is None
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Statement).where(Statement.profile_id == number)).first() is None
    assert client.post("/organisation/new", data=NEW).status_code == 302  # and enters it anew


def test_once_it_is_seen_or_others_belong_to_it_it_stays(sqlite_app: Flask) -> None:
    client, number = entered(sqlite_app)
    person(sqlite_app, "colleague@haedam.co.kr", profile_id=number)
    assert client.post("/organisation/review/remove").status_code == 409
    staff = staff_of(sqlite_app, "26")
    staff.post(f"/memberships/profiles/{number}", data=seen(staff, number))
    client.post("/organisation/review/remove")
    assert profile_of(sqlite_app, number) is not None
    assert len(mails_to(sqlite_app, "colleague@haedam.co.kr")) == 1


def test_a_second_click_enters_one_and_a_second_window_is_told(sqlite_app: Flask) -> None:
    client = person(sqlite_app, OWNER)
    form = {**NEW, "once": "k" * 20}
    assert client.post("/organisation/new", data=form).status_code == 302
    assert client.post("/organisation/new", data=form).status_code == 302
    assert client.post("/organisation/new", data={**NEW, "name_ko": "해담도금2"}).status_code == 409
    assert (
        client.post(f"/organisation/claim/{number_of(sqlite_app, FIRM)}", data={"part": "whole"}).status_code
        == 409
    )
    assert client.get("/organisation/new").location == "/dashboard"
    with sqlite_app.extensions["hub"][Database].reading() as session:
        named = select(Profile).where(Profile.name_ko == "해담도금")
        assert len(session.exec(named).all()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_ko": ""},
        {"name_ko": "ㆍㆍ"},
        {"name_ko": "가" * 121},
        {"kind": "bakery"},
        {"region_code": "99"},
        {"homepage": "javascript:alert(1)"},
        {"size": "small", "kind": "university"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(sqlite_app: Flask, wrong: dict[str, str]) -> None:
    client = person(sqlite_app, OWNER)
    answer = client.post("/organisation/new", data={**NEW, **wrong})
    assert answer.status_code in (400, 404)
    assert 'role="alert"' in answer.text
    assert account_of(sqlite_app, OWNER).profile_id is None


def test_posting_while_the_staff_say_seen_leaves_no_text_behind(app: Flask) -> None:
    client, number = entered(app)
    staff = staff_of(app, "26")
    form = seen(staff, number)
    with ThreadPoolExecutor(3) as pool:
        texts = [
            pool.submit(post, client, number, {**BUSINESS, "text": f"{n}번째 도금 공정을 합니다."})
            for n in range(2)
        ]
        said = pool.submit(lambda: staff.post(f"/memberships/profiles/{number}", data=form).status_code)
        for one in texts:
            one.result()
    assert said.result() == 302
    assert [(one.is_published, one.awaited) for one in statements_of(app, number)] == [(True, None)] * 2


def test_what_one_was_doing_is_offered_once_one_belongs(sqlite_app: Flask) -> None:
    client, _number = entered(sqlite_app)
    for address, offered in (("/search?q=도금", True), ("//evil.example/", False)):
        with sqlite_app.extensions["hub"][Database].writing() as session:
            held = session.exec(select(Account).where(Account.email == OWNER)).one()
            held.resume = address
            session.add(held)
        page = client.get("/dashboard").text
        assert ("하던 일 이어서 하기" in page) is offered
        assert "evil.example" not in page
    assert client.post("/organisation/resume/forget").status_code == 302
    assert account_of(sqlite_app, OWNER).resume is None
