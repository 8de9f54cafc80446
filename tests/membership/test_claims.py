"""Belonging to an organisation that stands here: at once by an address of its own, else by the staff."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlmodel import select

from hub.accounts.passwords import add_account
from hub.accounts.tables import Account, Invitation
from hub.database import Database, now
from hub.membership import lists
from hub.posting.organisations import particulars, save_profile
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.labels import source_note
from hub.profiles.tables import Unit
from tests.conftest import PASSWORD, signed_in
from tests.membership.asking import (
    ADMIN,
    FAR_STAFF,
    FIRM,
    STAFF,
    UNIVERSITY,
    account_of,
    ask,
    claims_of,
    has_page,
    mails_to,
    number_of,
    person,
    staff_of,
    statements_of,
)

OWN, OTHER = "kim@haedam.co.kr", "lee@naver.com"


@pytest.fixture
def firm(sqlite_app: Flask) -> int:
    return has_page(sqlite_app, FIRM, "https://www.haedam.co.kr")


@pytest.fixture
def university(sqlite_app: Flask) -> int:
    return has_page(sqlite_app, UNIVERSITY, "https://www.pusan.ac.kr")


def unit_of(app: Flask, profile: int, name: str, homepage: str = "") -> int:
    written = unit_particulars({"name_ko": name, "kind": "laboratory", "homepage": homepage})
    with app.extensions["hub"][Database].writing() as session:
        return save_unit(session, profile, written).id


def test_an_owner_is_given_the_firm_of_the_own_domain_at_once(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OWN, language="en")
    assert "소속 기관을 고르십시오" in client.get("/dashboard").text
    assert f"/organisation/claim/{firm}" in client.get("/organisation?name=토탈").text
    part = client.get("/organisation?name=토탈", headers={"HX-Request": "true"}).text
    assert f"/organisation/claim/{firm}" in part
    assert "<html" not in part
    answer = client.post(f"/organisation/claim/{firm}", data={"part": "whole"})
    assert answer.location == "/dashboard"
    assert (account_of(sqlite_app, OWN).profile_id, account_of(sqlite_app, OWN).unit_id) == (firm, None)
    (claim,) = claims_of(sqlite_app, OWN)
    assert claim.granted
    assert claim.answered_by is None
    (mail,) = mails_to(sqlite_app, OWN)
    assert not re.search("[가-힣]{3}", mail.body)  # in the person's language, not in that of the page
    page = client.get("/dashboard").text
    assert FIRM in page
    assert "소속 기관을 고르십시오" not in page
    assert client.get("/organisation").location == "/dashboard"


def test_what_was_compiled_is_the_owners_to_edit(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OWN)
    compiled = next(said for said in statements_of(sqlite_app, firm) if said.source != "member")
    with sqlite_app.test_request_context():
        assert source_note(compiled)
    assert client.get(f"/statements/{compiled.id}/edit").status_code == 403
    assert ask(client, firm) == 302
    form = {
        "kind": compiled.kind,
        "text": f"{compiled.text} 우리가 고쳐 적었습니다.",
        "visibility": "public",
        "version": compiled.version,
    }
    assert client.post(f"/statements/{compiled.id}/edit", data=form).status_code == 302
    edited = next(said for said in statements_of(sqlite_app, firm) if said.id == compiled.id)
    with sqlite_app.test_request_context():
        assert source_note(edited) is None
    assert client.post(f"/statements/{compiled.id}/withdraw").status_code == 302
    assert not next(s for s in statements_of(sqlite_app, firm) if s.id == compiled.id).is_published


@pytest.mark.parametrize("why", ["address", "member", "claim", "shared", "unconfirmed page"])
def test_whatever_is_in_doubt_waits_for_the_staff(sqlite_app: Flask, firm: int, why: str) -> None:
    email = OTHER if why == "address" else OWN
    if why == "member":
        person(sqlite_app, "first@haedam.co.kr", profile_id=firm)
    if why == "claim":
        assert ask(person(sqlite_app, "park@gmail.com"), firm) == 302
    if why == "shared":
        has_page(sqlite_app, UNIVERSITY, "https://lab.haedam.co.kr")
    if why == "unconfirmed page":
        has_page(sqlite_app, FIRM, "https://blog.naver.com/haedam")
    client = person(sqlite_app, email)
    answer = client.post(f"/organisation/claim/{firm}", data={"part": "whole", "note": "대표입니다 <b>"})
    assert answer.location == "/organisation"
    assert account_of(sqlite_app, email).profile_id is None
    assert "담당자가 보고 있습니다" in client.get("/organisation").text
    assert "담당자가 보고 있습니다" in client.get("/dashboard").text
    assert client.get(f"/profiles/{firm}/edit").status_code == 403
    told = [mail.body for mail in mails_to(sqlite_app, "first@haedam.co.kr")]
    assert len(told) == (1 if why == "member" else 0)
    assert all(email in body and "대표입니다" not in body for body in told)


def test_of_a_university_an_address_gives_a_unit_and_not_the_whole(
    sqlite_app: Flask, university: int
) -> None:
    assert ask(person(sqlite_app, "student@pusan.ac.kr"), university) == 302
    assert account_of(sqlite_app, "student@pusan.ac.kr").profile_id is None
    professor = person(sqlite_app, "prof@ee.pusan.ac.kr")
    assert ask(professor, university, part="new", unit_name="해양구조연구실") == 302
    own = account_of(sqlite_app, "prof@ee.pusan.ac.kr")
    assert own.profile_id == university
    with sqlite_app.extensions["hub"][Database].reading() as session:
        unit = session.exec(select(Unit).where(Unit.name_ko == "해양구조연구실")).one()
    assert own.unit_id == unit.id
    assert professor.get(f"/units/{unit.id}/edit").status_code == 200
    assert professor.get(f"/profiles/{university}/edit").status_code == 403
    # A second one who says that it is theirs, by whichever of its names, waits; those who hold it are told.
    assert ask(person(sqlite_app, "late@pusan.ac.kr"), university, part="unit", unit=unit.id) == 302
    assert (
        ask(person(sqlite_app, "l2@pusan.ac.kr"), university, part="new", unit_name="해양 구조연구실") == 302
    )
    assert account_of(sqlite_app, "late@pusan.ac.kr").profile_id is None
    assert account_of(sqlite_app, "l2@pusan.ac.kr").profile_id is None
    assert len(mails_to(sqlite_app, "prof@ee.pusan.ac.kr")) == 3


def test_a_unit_is_told_by_its_own_page(sqlite_app: Flask, university: int) -> None:
    unit = unit_of(sqlite_app, university, "바다로봇연구실", "https://www.sea-robot.re.kr")
    assert ask(person(sqlite_app, "p@sea-robot.re.kr"), university, part="unit", unit=unit) == 302
    assert account_of(sqlite_app, "p@sea-robot.re.kr").unit_id == unit
    # Its page says nothing of the others.
    assert ask(person(sqlite_app, "q@sea-robot.re.kr"), university, part="new", unit_name="다른연구실") == 302
    assert account_of(sqlite_app, "q@sea-robot.re.kr").profile_id is None


def test_two_claims_meet_at_the_desk_and_one_is_granted(sqlite_app: Flask, firm: int) -> None:
    first, second = person(sqlite_app, OTHER), person(sqlite_app, "park@gmail.com", language="en")
    assert ask(first, firm, note="대표 이정밀입니다.") == ask(second, firm, note="<script>alert(1)") == 302
    staff = staff_of(sqlite_app, "26")
    assert "소속과 새 기관</h2>" not in staff.get("/memberships").text
    one, two = claims_of(sqlite_app, OTHER)[0].id, claims_of(sqlite_app, "park@gmail.com")[0].id
    page = staff.get(f"/memberships/{one}").text
    assert all(said in page for said in (OTHER, "park@gmail.com", "대표 이정밀입니다."))
    assert "<script>alert" not in page
    desk = staff.get("/memberships").text
    assert f"/memberships/{one}" in desk
    assert f"/memberships/{two}" in desk
    grant = {"action": "grant", "address": OTHER, "once": "k" * 20}
    assert staff.post(f"/memberships/{one}", data=grant).status_code == 302
    assert staff.post(f"/memberships/{one}", data=grant).status_code == 302  # a second click
    assert staff.post(f"/memberships/{one}", data={**grant, "once": "j" * 20}).status_code == 409
    assert account_of(sqlite_app, OTHER).profile_id == firm
    assert len(mails_to(sqlite_app, OTHER)) == 1
    empty = staff.post(f"/memberships/{two}", data={"action": "refuse", "reason": " "})
    assert empty.status_code == 400
    refused = {"action": "refuse", "reason": "재직을 확인하지 못했습니다."}
    assert staff.post(f"/memberships/{two}", data=refused).status_code == 302
    assert account_of(sqlite_app, "park@gmail.com").profile_id is None
    (mail,) = mails_to(sqlite_app, "park@gmail.com")
    assert "재직을 확인하지 못했습니다." in mail.body
    assert "재직을 확인하지 못했습니다." in second.get("/organisation").text
    assert ask(second, firm, note="재직증명서를 보내겠습니다.") == 302  # refused is not for ever
    assert len(claims_of(sqlite_app, "park@gmail.com")) == 2


def test_a_grant_is_taken_back_and_what_was_written_stays(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OWN)
    assert ask(client, firm) == 302
    said = {
        "kind": "need",
        "text": "도금 두께를 재는 방법을 찾습니다. 빨라야 합니다.",
        "visibility": "public",
    }
    assert client.post(f"/profiles/{firm}/statements/new", data=said).status_code == 302
    with sqlite_app.extensions["hub"][Database].writing() as session:
        own = account_of(sqlite_app, OWN).id
        session.add(
            Invitation(
                token_key="t",
                email="x@y.kr",
                role="member",
                profile_id=firm,
                invited_by=own,
                expires_at=now(),
            )
        )
    staff, claim = staff_of(sqlite_app, "26"), claims_of(sqlite_app, OWN)[0].id
    undo = {"action": "undo", "reason": "그 회사 분이 아니라고 합니다."}
    assert staff.post(f"/memberships/{claim}", data={**undo, "reason": ""}).status_code == 400
    assert staff.post(f"/memberships/{claim}", data=undo).status_code == 302
    assert staff.post(f"/memberships/{claim}", data=undo).status_code == 409
    assert account_of(sqlite_app, OWN).profile_id is None
    assert any("도금 두께" in one.text and one.is_published for one in statements_of(sqlite_app, firm))
    assert client.get(f"/profiles/{firm}/edit").status_code == 403
    assert "그 회사 분이 아니라고 합니다." in mails_to(sqlite_app, OWN)[-1].body
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Invitation)).one().ended_at is not None


@pytest.mark.parametrize("answer", ["refused", "taken back"])
def test_what_the_staff_said_no_to_is_not_granted_by_asking_again(
    sqlite_app: Flask, firm: int, answer: str
) -> None:
    client, staff = person(sqlite_app, OWN), staff_of(sqlite_app, "26")
    if answer == "refused":
        rival = person(sqlite_app, OTHER)
        assert ask(rival, firm) == 302
    assert ask(client, firm) == 302
    said = {"action": "refuse" if answer == "refused" else "undo", "reason": "그 회사 분이 아닙니다."}
    claim = claims_of(sqlite_app, OWN)[0].id
    assert staff.post(f"/memberships/{claim}", data=said).status_code == 302
    if answer == "refused":
        rival.post(f"/organisation/claims/{claims_of(sqlite_app, OTHER)[0].id}/withdraw")
    for part in ({"once": "k" * 20}, {"once": "j" * 20, "part": "new", "unit_name": "도금부"}):
        assert ask(client, firm, **part) == 302
        claim = claims_of(sqlite_app, OWN)[-1]
        assert claim.is_open
        client.post(f"/organisation/claims/{claim.id}/withdraw")
    assert account_of(sqlite_app, OWN).profile_id is None
    # What one takes back oneself is no answer, and nobody else is held up by it.
    assert ask(person(sqlite_app, "park@haedam.co.kr"), firm) == 302
    assert account_of(sqlite_app, "park@haedam.co.kr").profile_id == firm


def test_whether_a_claim_waits_tells_nothing_of_a_sister_firm_that_readers_do_not_know(
    sqlite_app: Flask, firm: int
) -> None:
    sister = {"name_ko": "해담비밀", "kind": "company", "region_code": "26110", "homepage": "s.haedam.co.kr"}
    with sqlite_app.extensions["hub"][Database].writing() as session:
        save_profile(session, particulars(sister))
    assert ask(person(sqlite_app, OWN), firm) == 302
    assert account_of(sqlite_app, OWN).profile_id == firm


def test_every_answered_claim_is_found_at_the_desk(
    sqlite_app: Flask, firm: int, university: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "A_PAGE", 2)
    for number, name in enumerate("가나다"):
        client = person(sqlite_app, f"p{number}@pusan.ac.kr")
        assert ask(client, university, part="new", unit_name=f"{name}연구실") == 302
    staff = staff_of(sqlite_app, "26")
    numbers = [claims_of(sqlite_app, f"p{number}@pusan.ac.kr")[0].id for number in range(3)]
    first, second = staff.get("/memberships").text, staff.get("/memberships?page=2").text
    assert [f'"/memberships/{number}"' in first for number in numbers] == [False, True, True]
    assert [f'"/memberships/{number}"' in second for number in numbers] == [True, False, False]
    assert "/memberships?page=2" in first


def test_one_claim_at_a_time_and_it_can_be_taken_back(sqlite_app: Flask, firm: int, university: int) -> None:
    client = person(sqlite_app, OTHER)
    form = {"part": "whole", "once": "k" * 20}
    assert client.post(f"/organisation/claim/{firm}", data=form).status_code == 302
    assert client.post(f"/organisation/claim/{firm}", data=form).status_code == 302  # a second click
    assert len(claims_of(sqlite_app, OTHER)) == 1
    assert ask(client, university) == 409
    new = {"name_ko": "해담정밀", "kind": "company", "region_code": "26110"}
    assert client.post("/organisation/new", data=new).status_code == 409
    claim = claims_of(sqlite_app, OTHER)[0].id
    for _time in range(2):
        assert client.post(f"/organisation/claims/{claim}/withdraw").status_code == 302
    assert claims_of(sqlite_app, OTHER)[0].is_withdrawn
    staff = staff_of(sqlite_app, "26")
    late = staff.post(f"/memberships/{claim}", data={"action": "grant", "address": OTHER})
    assert late.status_code == 409
    assert OTHER not in staff.get("/memberships").text
    assert ask(client, university) == 302


def test_asking_again_and_again_ends_for_the_day(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OTHER)
    statuses = []
    for time in range(6):
        statuses.append(ask(client, firm, once=f"{time}" * 20))
        client.post(f"/organisation/claims/{claims_of(sqlite_app, OTHER)[-1].id}/withdraw")
    assert statuses == [302] * 5 + [429]


def test_nobody_answers_for_another_region_or_for_themselves(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OTHER)
    ask(client, firm)
    claim = claims_of(sqlite_app, OTHER)[0].id
    grant = {"action": "grant", "address": OTHER}
    far, member = staff_of(sqlite_app, "27", FAR_STAFF), person(sqlite_app, "in@firm.kr", profile_id=firm)
    for stranger in (far, client, member, person(sqlite_app, "other@naver.com")):
        assert stranger.get(f"/memberships/{claim}").status_code == 403
        assert stranger.post(f"/memberships/{claim}", data=grant).status_code == 403
    assert OTHER not in far.get("/memberships").text
    assert far.post(f"/organisation/claims/{claim}/withdraw").status_code == 403
    visitor = sqlite_app.test_client()
    assert visitor.post(f"/memberships/{claim}", data=grant).status_code == 401
    assert visitor.get(f"/memberships/{claim}").status_code == 302
    assert client.get("/memberships").status_code == 403
    assert far.get("/organisation").status_code == 403
    assert claims_of(sqlite_app, OTHER)[0].is_open
    assert account_of(sqlite_app, OTHER).profile_id is None


def test_an_organisation_that_readers_do_not_know_looks_like_none(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].writing() as session:
        written = particulars({"name_ko": "비밀정밀", "kind": "company", "region_code": "26110"})
        hidden = save_profile(session, written).id
    client = person(sqlite_app, OTHER)
    for path in (f"/organisation/claim/{hidden}", "/organisation/claim/999999"):
        number = path.rpartition("/")[2]
        for answer in (client.get(path), client.post(path, data={"part": "whole"})):
            assert answer.status_code == 404
            assert f"프로필 {number}번은 없습니다." in answer.text
    assert "비밀정밀" not in client.get("/organisation?name=비밀정").text
    check = {"name_ko": "비밀정밀", "region_code": "26110"}
    assert "비밀정밀" not in client.post("/organisation/new/check", data=check).text
    assert claims_of(sqlite_app, OTHER) == []


def test_a_unit_of_another_organisation_is_none_of_this(
    sqlite_app: Flask, firm: int, university: int
) -> None:
    unit = unit_of(sqlite_app, university, "남의연구실")
    client = person(sqlite_app, OWN)
    assert ask(client, firm, part="unit", unit=unit) == 400
    for odd in ({"part": "unit"}, {"part": "new", "unit_name": "…"}, {"part": "all"}, {"part": ""}):
        assert ask(client, firm, **odd) == 400
    assert ask(client, firm, part="new", unit_name="가" * 200) == 400
    assert ask(client, firm, note="가" * 1001) == 400
    assert account_of(sqlite_app, OWN).profile_id is None


def test_an_address_that_changes_after_the_claim_gives_nothing(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OTHER)
    ask(client, firm)
    claim = claims_of(sqlite_app, OTHER)[0].id
    staff = staff_of(sqlite_app, "26")
    with sqlite_app.extensions["hub"][Database].writing() as session:
        held = session.exec(select(Account).where(Account.email == OTHER)).one()
        held.email = OWN
        session.add(held)
    # The claim is not given anew, and the staff who saw the other address answer for nothing.
    assert account_of(sqlite_app, OWN).profile_id is None
    assert staff.post(f"/memberships/{claim}", data={"action": "grant", "address": OTHER}).status_code == 409
    with sqlite_app.extensions["hub"][Database].writing() as session:
        held = session.exec(select(Account).where(Account.email == OWN)).one()
        held.confirmed_at = None
        session.add(held)
    page = staff.get(f"/memberships/{claim}").text
    assert "확인되지 않은 주소" in page
    assert "기관 도메인의 주소" not in page
    assert staff.post(f"/memberships/{claim}", data={"action": "grant", "address": OWN}).status_code == 409
    assert account_of(sqlite_app, OWN).profile_id is None


def test_an_account_that_is_not_confirmed_chooses_nothing(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OWN)
    with sqlite_app.extensions["hub"][Database].writing() as session:
        held = session.exec(select(Account).where(Account.email == OWN)).one()
        held.confirmed_at = None
        session.add(held)
    assert client.post(f"/organisation/claim/{firm}", data={"part": "whole"}).status_code == 401
    assert claims_of(sqlite_app, OWN) == []


def test_a_region_without_staff_is_answered_for_by_the_admin(sqlite_app: Flask, firm: int) -> None:
    client = person(sqlite_app, OTHER)
    assert "허브 운영자가 확인합니다" in client.get(f"/organisation/claim/{firm}").text
    ask(client, firm)
    with sqlite_app.extensions["hub"][Database].writing() as session:
        add_account(session, ADMIN, PASSWORD, "admin")
    admin = signed_in(sqlite_app, ADMIN)
    assert "담당자 없는 지역" in admin.get("/memberships").text
    staff = staff_of(sqlite_app, "26")
    assert "담당자 없는 지역" not in admin.get("/memberships").text
    assert "담당자 없는 지역" not in staff.get("/memberships").text
    claim = claims_of(sqlite_app, OTHER)[0].id
    granted = admin.post(f"/memberships/{claim}", data={"action": "grant", "address": OTHER})
    assert granted.status_code == 302
    assert account_of(sqlite_app, OTHER).profile_id == firm


def test_of_two_who_claim_at_the_same_moment_one_is_given(app: Flask) -> None:
    firm = has_page(app, FIRM, "https://www.haedam.co.kr")
    people = [person(app, f"p{n}@haedam.co.kr") for n in range(4)]
    with ThreadPoolExecutor(len(people)) as pool:
        statuses = list(pool.map(lambda client: ask(client, firm), people))
    assert statuses == [302] * 4
    belonging = [account_of(app, f"p{n}@haedam.co.kr").profile_id for n in range(4)]
    assert sorted(belonging, key=str) == sorted([firm, None, None, None], key=str)


def test_two_staff_who_answer_at_the_same_moment_give_one_answer(app: Flask) -> None:
    firm = number_of(app, FIRM)
    ask(person(app, OTHER), firm)
    claim = claims_of(app, OTHER)[0].id
    desks = [staff_of(app, "26"), staff_of(app, "26", FAR_STAFF)]
    answers = [{"action": "grant", "address": OTHER}, {"action": "refuse", "reason": "모르는 분입니다."}]
    with ThreadPoolExecutor(2) as pool:
        statuses = list(
            pool.map(
                lambda pair: pair[0].post(f"/memberships/{claim}", data=pair[1]).status_code,
                zip(desks, answers, strict=True),
            )
        )
    assert sorted(statuses) == [302, 409]
    (found,) = claims_of(app, OTHER)
    assert found.granted is (statuses[0] == 302)
    assert (account_of(app, OTHER).profile_id == firm) is found.granted
    assert len(mails_to(app, OTHER)) == 1


def test_a_claim_outlives_its_unit_and_holds_its_organisation(sqlite_app: Flask, university: int) -> None:
    unit = unit_of(sqlite_app, university, "사라질연구실")
    client = person(sqlite_app, OTHER)
    ask(client, university, part="unit", unit=unit)
    staff = staff_of(sqlite_app, "26")
    assert staff.post(f"/units/{unit}/remove").status_code == 302
    (claim,) = claims_of(sqlite_app, OTHER)
    assert (claim.unit_id, claim.unit_name) == (None, "사라질연구실")
    assert claim.is_open
    assert STAFF not in client.get("/organisation").text
