"""People bring people: who may invite whom to what, what becomes of a link, and how a belonging ends."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from hub.accounts import accepting, invitations
from hub.accounts.accepting import Newcomer
from hub.accounts.invitations import Offer, Unknown, Used
from hub.accounts.passwords import add_account, hash_of
from hub.accounts.tables import Account, Claim, Invitation
from hub.database import Database, lock, now
from hub.mail.tables import Mail
from hub.posting.removal import remove_profile
from hub.posting.units import remove_unit, save_unit, unit_particulars
from hub.problems import Problem
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Profile
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.inviting import invite, token_for

OWNER = "세계김치연구소"
OTHER = "한국식품연구원"
NEW = "kim@wikim.example"
STAFF, ADMIN = "s@hub.example", "a@hub.example"
ACCEPTED = {"name": "김하나", "password": PASSWORD, "consent": "yes"}


def database(app: Flask) -> Database:
    found: Database = app.extensions["hub"][Database]
    return found


def account_of(app: Flask, email: str) -> Account:
    with database(app).reading() as session:
        return session.exec(select(Account).where(Account.email == email)).one()


def mails_to(app: Flask, email: str) -> list[Mail]:
    with database(app).reading() as session:
        return list(session.exec(select(Mail).where(Mail.recipient == email).order_by(col(Mail.id))))


def token_of(app: Flask, email: str = NEW) -> str:
    with database(app).reading() as session:
        return token_for(session, email)


def unit_of(app: Flask, profile_id: int, name: str = "발효제어연구실") -> int:
    with database(app).writing() as session:
        return save_unit(session, profile_id, unit_particulars({"name_ko": name, "kind": "laboratory"})).id


def unit_member(app: Flask, email: str, profile_id: int, unit_id: int) -> FlaskClient:
    with database(app).writing() as session:
        add_account(session, email, PASSWORD, "member", profile_id=profile_id, unit_id=unit_id)
    return signed_in(app, email)


def operator_invites(app: Flask, offer: Offer, email: str = NEW) -> str:
    with database(app).writing() as session:
        return invite(app, session, offer, email)[0]


def test_a_colleague_comes_in_by_a_link(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    people = f"/profiles/{number}/people"
    asked = client.post(people, data={"emails": "Kim Hana <KIM＠wikim.example>"}, follow_redirects=True)
    assert "초대 메일을 보냈습니다" in asked.text
    assert NEW in asked.text
    [mail] = mails_to(sqlite_app, NEW)
    assert OWNER in mail.body
    assert MEMBER in mail.body
    assert mail.body.count("/invitations/") == 2  # Korean first, English below
    token = token_of(sqlite_app)
    with database(sqlite_app).reading() as session:
        assert token not in {one.token_key for one in session.exec(select(Invitation))}
    visitor = sqlite_app.test_client()
    page = visitor.get(f"/invitations/{token}")
    assert OWNER in page.text
    assert MEMBER in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for wrong in (
        {**ACCEPTED, "password": "short"},
        {**ACCEPTED, "name": " "},
        {**ACCEPTED, "name": "가" * 61},
    ):
        refused = visitor.post(f"/invitations/{token}", data=wrong)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    answer = visitor.post(f"/invitations/{token}", data=ACCEPTED)
    assert answer.location == "/dashboard"
    made = account_of(sqlite_app, NEW)
    assert (made.role, made.profile_id, made.unit_id, made.name) == ("member", number, None, "김하나")
    assert made.confirmed_at is not None
    assert OWNER in visitor.get("/dashboard").text
    # The way back leads on; to anybody else the link is used.
    assert visitor.get(f"/invitations/{token}").location == "/dashboard"
    used = sqlite_app.test_client().get(f"/invitations/{token}")
    assert used.status_code == 410
    assert "로그인" in used.text
    assert "김하나" in client.get(people).text


def test_what_the_form_says_beside_changes_nothing(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    client, number = member
    unit = unit_of(sqlite_app, number)
    client.post(f"/profiles/{number}/people", data={"emails": NEW, "unit_id": str(unit), "role": "admin"})
    smuggled = {
        **ACCEPTED,
        "role": "admin",
        "region_code": "26",
        "profile_id": "1",
        "unit_id": "",
        "email": "evil@hub.example",
    }
    assert (
        sqlite_app.test_client().post(f"/invitations/{token_of(sqlite_app)}", data=smuggled).status_code
        == 302
    )
    made = account_of(sqlite_app, NEW)
    assert (made.role, made.region_code, made.profile_id, made.unit_id) == ("member", None, number, unit)


def test_a_unit_that_cannot_be_read_is_not_all_of_it(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    client, number = member
    other = find_other(sqlite_app)
    foreign = unit_of(sqlite_app, other)
    for odd in ("x", "0", "-1", "999999", str(foreign)):
        answer = client.post(f"/profiles/{number}/people", data={"emails": NEW, "unit_id": odd})
        assert answer.status_code in (400, 404), odd
    assert mails_to(sqlite_app, NEW) == []


def find_other(app: Flask) -> int:
    with database(app).reading() as session:
        return find_profile(session, OTHER).id


def test_who_may_invite_where(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    other = find_other(sqlite_app)
    mine, next_door = unit_of(sqlite_app, number), unit_of(sqlite_app, number, "포장연구실")
    of_unit = unit_member(sqlite_app, "u@hub.example", number, mine)
    account_for(sqlite_app, STAFF, "staff", region="29")
    account_for(sqlite_app, "far@hub.example", "staff", region="26")
    account_for(sqlite_app, ADMIN, "admin")
    staff, far, admin = (signed_in(sqlite_app, one) for one in (STAFF, "far@hub.example", ADMIN))
    whole, unit, beside = f"/profiles/{number}/people", f"/units/{mine}/people", f"/units/{next_door}/people"
    seen = {
        client: {whole, unit, beside},
        of_unit: {unit},
        staff: {whole, unit, beside},
        far: set(),
        admin: {whole, unit, beside},
    }
    sends = {client: {whole, unit, beside}, of_unit: {unit}, staff: set(), far: set(), admin: set()}
    for n, asks in enumerate(seen):
        for path in (whole, unit, beside):
            assert (asks.get(path).status_code == 200) is (path in seen[asks]), (n, path)
            form = {"emails": f"x{n}.{path.count('units')}{path[-10:-7].strip('/')}@hub.example"}
            assert (asks.post(path, data=form).status_code == 302) is (path in sends[asks]), (n, path)
    assert client.get(f"/profiles/{other}/people").status_code == 403
    visitor = sqlite_app.test_client()
    assert visitor.get(whole).location == f"/sign-in?next={whole}"
    assert visitor.post(whole, data={"emails": NEW}).status_code == 401
    assert "password" not in staff.get(whole).text.split("<main")[1]


def test_staff_are_invited_from_above_alone(sqlite_app: Flask) -> None:
    accounts = {
        ADMIN: ("admin", None),
        "province@hub.example": ("staff", "26"),
        "district@hub.example": ("staff", "26110"),
        "elsewhere@hub.example": ("staff", "11"),
    }
    for email, (kind, region) in accounts.items():
        account_for(sqlite_app, email, kind, **({"region": region} if region else {}))
    may = {  # who sees it, who invites there
        "/regions/26/staff": ({ADMIN, "province@hub.example"}, {ADMIN}),
        "/regions/26110/staff": (
            {ADMIN, "province@hub.example", "district@hub.example"},
            {ADMIN, "province@hub.example"},
        ),
        "/regions/11/staff": ({ADMIN, "elsewhere@hub.example"}, {ADMIN}),
    }
    for path, (see, send) in may.items():
        for n, email in enumerate(accounts):
            client = signed_in(sqlite_app, email)
            assert (client.get(path).status_code == 200) is (email in see), (path, email)
            answer = client.post(path, data={"emails": f"n{n}.{path.split('/')[2]}@hub.example"})
            assert answer.status_code == (302 if email in send else 403), (path, email)
            victim = account_of(sqlite_app, "district@hub.example").id
            if "26110" in path and email not in send:
                assert client.post(f"{path}/{victim}/end").status_code == 403
    province = signed_in(sqlite_app, "province@hub.example")
    page = province.get("/regions/26/staff").text
    assert "담당자가 없는 시군구" in page
    assert '/regions/26200/staff"' in page
    assert province.get("/staff").status_code == 403
    assert '/regions/26/staff"' in signed_in(sqlite_app, ADMIN).get("/staff").text
    assert signed_in(sqlite_app, ADMIN).get("/regions/99/staff").status_code == 404


def test_a_post_ends_and_the_same_person_comes_back_elsewhere(sqlite_app: Flask) -> None:
    account_for(sqlite_app, ADMIN, "admin")
    account_for(sqlite_app, STAFF, "staff", region="26")
    admin, staff = signed_in(sqlite_app, ADMIN), signed_in(sqlite_app, STAFF)
    staff.post("/regions/26110/staff", data={"emails": NEW})
    abandoned = token_of(sqlite_app)
    number = account_of(sqlite_app, STAFF).id
    assert (
        admin.post(f"/regions/11/staff/{number}/end", follow_redirects=True).text.count(
            "이미 이 지역 담당자가"
        )
        == 1
    )
    assert admin.post(f"/regions/26/staff/{number}/end").location == "/regions/26/staff"
    assert staff.get("/dashboard").status_code == 302  # signed out
    assert "담당이 끝났습니다" in mails_to(sqlite_app, STAFF)[-1].subject
    assert sqlite_app.test_client().get(f"/invitations/{abandoned}").status_code == 404
    assert "아직 담당자가 없습니다" in admin.get("/regions/26/staff").text
    # Theirs still, and no more than anybody's: the old desk is shut.
    left = signed_in(sqlite_app, STAFF)
    assert left.get("/dashboard").status_code == 200
    assert left.get("/regions/26/staff").status_code == 403
    # Another office asks the same address.
    admin.post("/regions/48/staff", data={"emails": STAFF})
    assert left.post(f"/invitations/{token_of(sqlite_app, STAFF)}").status_code == 302
    moved = account_of(sqlite_app, STAFF)
    assert (moved.id, moved.region_code) == (number, "48")


def test_whoever_invites_learns_nothing_of_accounts_elsewhere(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    client, number = member
    account_for(sqlite_app, "o@hub.example", "member", profile=OTHER)
    account_for(sqlite_app, "here@hub.example", "member", profile=OWNER)
    people = f"/profiles/{number}/people"
    said = [
        client.post(people, data={"emails": one}, follow_redirects=True)
        .text.replace(one, "ADDRESS")
        .split("notice")[1][:120]
        for one in ("o@hub.example", "nobody@hub.example")
    ]
    assert said[0] == said[1]
    for one, why in (
        (MEMBER, "자신의 주소"),
        ("here@hub.example", "이미 여기 사람"),
        ("o@hub.example", "이미 초대"),
        ("kim", "주소가 아닙니다"),
    ):
        answer = client.post(people, data={"emails": one, "once": "another-form-this-time"})
        assert answer.status_code == 400
        assert why in answer.text, one
    mixed = client.post(people, data={"emails": f"{MEMBER}\n{NEW}; {NEW.upper()}"})
    assert mixed.status_code == 200
    assert len(mails_to(sqlite_app, NEW)) == 1
    assert mixed.text.count(f"{NEW}</strong>") == 2  # among the outcomes, and among those that wait


def test_many_addresses_at_once_and_a_day(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    people = f"/profiles/{number}/people"
    many = ", ".join(f"p{n}@hub.example" for n in range(200))
    refused = client.post(people, data={"emails": many})
    assert refused.status_code == 400
    assert "200개" in refused.text
    assert "p199@hub.example" in refused.text  # what was typed is still there
    for day in range(3):
        twenty = " ".join(f"d{day}n{n}@hub.example" for n in range(20))
        assert client.post(people, data={"emails": twenty}).status_code == 302
    assert "하루에 60명" in client.post(people, data={"emails": NEW}).text
    account_for(sqlite_app, "c@hub.example", "member", profile=OWNER)
    colleague = signed_in(sqlite_app, "c@hub.example")
    for time in range(3):
        form = {"emails": NEW, "once": f"the-form-of-time-{time}"}
        assert colleague.post(people, data=form).status_code == 302
        with database(sqlite_app).reading() as session:
            last = session.exec(
                select(Invitation.id).where(Invitation.email == NEW).order_by(col(Invitation.id).desc())
            ).first()
        colleague.post(f"/invitations/{last}/withdraw")
    form = {"emails": NEW, "once": "one-more-form-of-it"}
    assert "오늘 더 보내지" in colleague.post(people, data=form).text


def test_a_second_click_sends_nothing_twice(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    form = {"emails": NEW, "once": "a-key-of-this-very-form"}
    for _click in range(2):
        assert client.post(f"/profiles/{number}/people", data=form).status_code == 302
    assert len(mails_to(sqlite_app, NEW)) == 1


def test_sent_again_withdrawn_and_too_late(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    client.post(f"/profiles/{number}/people", data={"emails": NEW})
    first = token_of(sqlite_app)
    with database(sqlite_app).reading() as session:
        sent = session.exec(select(Invitation.id)).one()
    client.post(f"/invitations/{sent}/send-again")
    second = token_of(sqlite_app)
    assert first != second
    visitor = sqlite_app.test_client()
    unknown = visitor.get("/invitations/" + "x" * 43)
    gone = visitor.get(f"/invitations/{first}")
    assert unknown.status_code == gone.status_code == 404

    def said(text: str) -> str:
        return text[text.index("<main") : text.index("</main")]

    assert said(unknown.text) == said(gone.text)
    assert visitor.get(f"/invitations/{second}").status_code == 200
    with database(sqlite_app).writing() as session:
        waits = session.exec(select(Invitation).where(col(Invitation.ended_at).is_(None))).one()
        waits.expires_at = now() - timedelta(seconds=1)
        number_of = waits.id
    late = visitor.post(f"/invitations/{second}", data=ACCEPTED)
    assert late.status_code == 410
    assert "14일" in late.text
    assert "기한 지남" in client.get(f"/profiles/{number}/people").text
    assert (
        client.post(f"/invitations/{number_of}/withdraw", follow_redirects=True).text.count("거두었습니다")
        == 1
    )
    assert "이미 거둔" in client.post(f"/invitations/{number_of}/withdraw", follow_redirects=True).text
    account_for(sqlite_app, "o@hub.example", "member", profile=OTHER)
    other = signed_in(sqlite_app, "o@hub.example")
    for action in ("withdraw", "send-again"):
        assert other.post(f"/invitations/{number_of}/{action}").status_code == 403
        assert other.post(f"/invitations/999999/{action}").status_code == 403


def test_an_address_that_somebody_else_has_registered_is_taken_over(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    """Whoever typed it knows the password of then, may have a session, and gets nothing by it."""
    client, number = member
    account_for(sqlite_app, NEW, "member")
    squatter = signed_in(sqlite_app, NEW)
    with database(sqlite_app).writing() as session:
        squatted = session.exec(select(Account).where(Account.email == NEW)).one()
        squatted.confirmed_at, squatted.resume = None, "/searches"
        session.add(Claim(account_id=squatted.id, profile_id=find_other(sqlite_app)))
    client.post(f"/profiles/{number}/people", data={"emails": NEW})
    owner = sqlite_app.test_client()
    form = {**ACCEPTED, "password": "only I know this one"}
    assert owner.post(f"/invitations/{token_of(sqlite_app)}", data=form).status_code == 302
    assert owner.get("/dashboard").status_code == 200
    assert squatter.get("/dashboard").status_code == 302
    again = sqlite_app.test_client().post("/sign-in", data={"email": NEW, "password": PASSWORD})
    assert again.status_code == 401
    taken = account_of(sqlite_app, NEW)
    assert (taken.id, taken.profile_id, taken.resume) == (squatted.id, number, None)
    with database(sqlite_app).reading() as session:
        assert session.exec(select(Claim)).all() == []


def test_somebody_with_an_account_joins_with_one_button(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    client, number = member
    account_for(sqlite_app, NEW, "member")
    client.post(f"/profiles/{number}/people", data={"emails": NEW})
    link = f"/invitations/{token_of(sqlite_app)}"
    visitor = sqlite_app.test_client()
    assert f'href="/sign-in?next={link}"' in visitor.get(link).text.replace("%2F", "/")
    # A stranger with the link sets no new password for an account that has an owner.
    assert visitor.post(link, data=ACCEPTED).status_code == 409
    assert account_of(sqlite_app, NEW).profile_id is None
    # Signed in with another address: it says so, and signing out leads back here.
    page = client.get(link).text
    assert MEMBER in page
    assert "로그아웃하고" in page
    assert client.post(link, data=ACCEPTED).status_code == 409
    assert client.post(link, data={"action": "leave"}).location == link
    assert client.get("/dashboard").status_code == 302
    joining = signed_in(sqlite_app, NEW)
    assert 'name="password"' not in joining.get(link).text
    assert joining.post(link).location == "/dashboard"
    assert account_of(sqlite_app, NEW).profile_id == number
    assert joining.get(f"/profiles/{number}/people").status_code == 200


@pytest.mark.parametrize(
    ("kind", "belonging"), [("member", {"profile": OTHER}), ("staff", {"region": "26"}), ("admin", {})]
)
def test_an_account_that_belongs_elsewhere_stays_there(
    member: tuple[FlaskClient, int], sqlite_app: Flask, kind: str, belonging: dict[str, str]
) -> None:
    client, number = member
    account_for(sqlite_app, NEW, kind, **belonging)
    before = account_of(sqlite_app, NEW)
    client.post(f"/profiles/{number}/people", data={"emails": NEW})
    link = f"/invitations/{token_of(sqlite_app)}"
    elsewhere = signed_in(sqlite_app, NEW)
    assert "한 곳에만 속합니다" in elsewhere.get(link).text
    assert elsewhere.post(link, data=ACCEPTED).status_code == 409
    after = account_of(sqlite_app, NEW)
    assert (after.role, after.profile_id, after.region_code) == (
        before.role,
        before.profile_id,
        before.region_code,
    )


def test_a_membership_ends_and_not_the_last_one(member: tuple[FlaskClient, int], sqlite_app: Flask) -> None:
    client, number = member
    people = f"/profiles/{number}/people"
    me = account_of(sqlite_app, MEMBER).id
    alone = client.post(f"{people}/{me}/end", follow_redirects=True)
    assert "먼저 이어받을 동료" in alone.text
    assert account_of(sqlite_app, MEMBER).profile_id == number
    account_for(sqlite_app, "c@hub.example", "member", profile=OWNER)
    colleague = signed_in(sqlite_app, "c@hub.example")
    colleague.post("/searches", data={"q": "김치 포장"})
    colleague.post(people, data={"emails": NEW})
    link = f"/invitations/{token_of(sqlite_app)}"
    of_unit = unit_member(sqlite_app, "u@hub.example", number, unit_of(sqlite_app, number))
    account_for(sqlite_app, "far@hub.example", "staff", region="26")
    theirs = account_of(sqlite_app, "c@hub.example").id
    for nobody in (of_unit, signed_in(sqlite_app, "far@hub.example"), sqlite_app.test_client()):
        assert nobody.post(f"{people}/{theirs}/end").status_code in (401, 403)
    other = find_other(sqlite_app)
    assert client.post(f"/profiles/{other}/people/{theirs}/end").status_code == 403
    assert "그분이 올린 글은" in client.post(f"{people}/{theirs}/end", follow_redirects=True).text
    assert "이미 이 기관 사람이 아닙니다" in client.post(f"{people}/{theirs}/end", follow_redirects=True).text
    assert colleague.get("/searches").status_code == 302  # signed out at once
    assert sqlite_app.test_client().get(link).status_code == 404  # and what they had sent opens nothing
    assert "소속이 끝났습니다" in mails_to(sqlite_app, "c@hub.example")[-1].subject
    back = signed_in(sqlite_app, "c@hub.example")
    assert "김치 포장" in back.get("/searches").text
    assert back.get(people).status_code == 403
    # One's own, once somebody else is there.
    client.post(people, data={"emails": "c@hub.example"})
    assert back.post(f"/invitations/{token_of(sqlite_app, 'c@hub.example')}").status_code == 302
    assert client.post(f"{people}/{me}/end").location == "/sign-in"
    assert client.get("/dashboard").status_code == 302


@pytest.mark.parametrize("who", [STAFF, ADMIN])
def test_the_staff_end_a_membership_the_last_one_too(
    member: tuple[FlaskClient, int], sqlite_app: Flask, who: str
) -> None:
    """Somebody who came by an invitation has no claim to take back."""
    client, number = member
    people = f"/profiles/{number}/people"
    account_for(sqlite_app, STAFF, "staff", region="29")
    account_for(sqlite_app, ADMIN, "admin")
    client.post(people, data={"emails": NEW})
    invited = sqlite_app.test_client()
    assert invited.post(f"/invitations/{token_of(sqlite_app)}", data=ACCEPTED).status_code == 302
    staff, theirs = signed_in(sqlite_app, who), account_of(sqlite_app, NEW).id
    page = staff.get(people).text
    assert f"{people}/{theirs}/end" in page
    assert "담당자로서" in page
    assert "담당자로서" not in client.get(people).text
    assert staff.post(f"{people}/{theirs}/end").location == people
    assert account_of(sqlite_app, NEW).profile_id is None
    assert invited.get("/dashboard").status_code == 302  # signed out at once
    mail = mails_to(sqlite_app, NEW)[-1]
    assert "소속이 끝났습니다" in mail.subject
    assert "지역 담당자가" in mail.body
    assert who not in mail.body
    me = account_of(sqlite_app, MEMBER).id  # nobody is left; the staff are asked who speaks for it
    assert staff.post(f"{people}/{me}/end").location == people
    assert account_of(sqlite_app, MEMBER).profile_id is None
    assert "아직 계정이 있는 사람이 없습니다" in staff.get(people).text


def test_whoever_was_taken_out_does_not_come_back_by_an_address(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    _client, number = member
    account_for(sqlite_app, STAFF, "staff", region="29")
    with database(sqlite_app).writing() as session:
        held = session.get(Profile, number)
        assert held is not None
        held.homepage, held.kind = "https://www.wikim.re.kr", "company"
        session.add(held)
        add_account(session, "kim@wikim.re.kr", PASSWORD, "member", profile_id=number)
    theirs, me = account_of(sqlite_app, "kim@wikim.re.kr").id, account_of(sqlite_app, MEMBER).id
    staff, people = signed_in(sqlite_app, STAFF), f"/profiles/{number}/people"
    for one in (theirs, me):
        assert staff.post(f"{people}/{one}/end").status_code == 302
    back = signed_in(sqlite_app, "kim@wikim.re.kr")
    assert back.post(f"/organisation/claim/{number}", data={"part": "whole"}).location == "/organisation"
    assert account_of(sqlite_app, "kim@wikim.re.kr").profile_id is None
    assert staff.get("/memberships").text.count("kim@wikim.re.kr") == 2  # waits, and what was answered


def test_whoever_may_not_invite_any_more_has_invited_nobody(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    """Also where a membership ended by another way than ours."""
    client, number = member
    client.post(f"/profiles/{number}/people", data={"emails": NEW})
    link = f"/invitations/{token_of(sqlite_app)}"
    with database(sqlite_app).writing() as session:
        session.exec(select(Account).where(Account.email == MEMBER)).one().profile_id = None
    assert sqlite_app.test_client().get(link).status_code == 404
    assert sqlite_app.test_client().post(link, data=ACCEPTED).status_code == 404


def test_an_organisation_that_nobody_has_seen_invites_nobody(
    member: tuple[FlaskClient, int], sqlite_app: Flask
) -> None:
    client, number = member
    with database(sqlite_app).writing() as session:
        session.get_one(Profile, number).review_asked_at = now()
    refused = client.post(f"/profiles/{number}/people", data={"emails": NEW})
    assert refused.status_code == 409
    assert mails_to(sqlite_app, NEW) == []


def test_what_is_taken_out_takes_its_invitations_with_it(app: Flask) -> None:
    with database(app).writing() as session:
        firm = Profile(name_ko="지울 기관", name_key="지울기관", kind="institute", region_code="26110")
        session.add(firm)
        session.flush()
        unit = save_unit(session, firm.id, unit_particulars({"name_ko": "지울 방", "kind": "laboratory"})).id
        for offer, email in (
            (Offer(profile_id=firm.id), "x@h.example"),
            (Offer(profile_id=firm.id, unit_id=unit), "y@h.example"),
        ):
            invite(app, session, offer, email)
        number = firm.id
    with database(app).writing() as session:
        remove_unit(session, unit)
    with database(app).writing() as session:
        remove_profile(session, number)
        assert session.exec(select(Invitation)).all() == []


def at_once(app: Flask, *tasks: Callable[[Session], object]) -> list[object]:
    """What came of each, all in transactions that begin at the same moment; an error is what came of it."""
    start = Barrier(len(tasks))

    def run(task: Callable[[Session], object]) -> object:
        with app.test_request_context():
            start.wait()
            try:
                with database(app).writing() as session:
                    return task(session)
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_of_two_who_accept_at_the_same_moment_one_does(app: Flask) -> None:
    with database(app).reading() as session:
        number = find_profile(session, OWNER).id
    passwords = [hash_of(f"password of number {n}", "") for n in range(2)]
    for time in range(4):
        email = f"n{time}@hub.example"
        token = operator_invites(app, Offer(profile_id=number), email)

        def task(n: int, token: str = token) -> Callable[[Session], object]:
            return lambda session: accepting.accept(session, token, None, Newcomer(f"사람 {n}", passwords[n]))

        came = at_once(app, task(0), task(1))
        assert sorted(type(one).__name__ for one in came) == ["Account", "Used"], came
        made = account_of(app, email)
        winner = next(n for n, one in enumerate(came) if isinstance(one, Account))
        assert made.password_hash == passwords[winner]


def test_withdrawn_while_it_is_accepted(app: Flask) -> None:
    """Either it was accepted, and withdrawing says so, or it was withdrawn, and nobody is in."""
    with database(app).reading() as session:
        number = find_profile(session, OWNER).id
    password = hash_of(PASSWORD, "")
    for time in range(6):
        email = f"w{time}@hub.example"
        with database(app).writing() as session:
            token, sent = invite(app, session, Offer(profile_id=number), email)
        accepted, withdrawn = at_once(
            app,
            lambda session, token=token: accepting.accept(session, token, None, Newcomer("사람", password)),
            lambda session, sent=sent: invitations.withdraw(session, sent),
        )
        with database(app).reading() as session:
            is_in = session.exec(select(Account).where(Account.email == email)).first() is not None
        assert isinstance(accepted, Account) is is_in
        assert isinstance(withdrawn, Invitation) is not is_in
        assert isinstance(accepted, Account | Unknown), accepted


def test_two_colleagues_invite_one_address_at_the_same_moment(app: Flask) -> None:
    number = account_for(app, "a1@hub.example", "member", profile=OWNER)
    account_for(app, "a2@hub.example", "member", profile=OWNER)
    both = [account_of(app, f"a{n}@hub.example") for n in (1, 2)]

    def task(who: Account) -> Callable[[Session], object]:
        return lambda session: invitations.invite(session, who, Offer(profile_id=number), [NEW])

    came = at_once(app, *(task(one) for one in both))
    assert sorted(type(one).__name__ for one in came) == ["NoneSent", "list"], came
    assert len(mails_to(app, NEW)) == 1


def test_two_who_end_each_other_s_membership_leave_one(app: Flask) -> None:
    from hub.accounts import people

    number = account_for(app, "a1@hub.example", "member", profile=OWNER)
    account_for(app, "a2@hub.example", "member", profile=OWNER)
    one, two = (account_of(app, f"a{n}@hub.example") for n in (1, 2))
    assert number is not None
    came = at_once(
        app,
        lambda session: people.end_membership(session, one, number, two.id),
        lambda session: people.end_membership(session, two, number, one.id),
    )
    assert sorted(type(each).__name__ for each in came) == ["Account", "Forbidden"], came
    left = [account_of(app, f"a{n}@hub.example").profile_id for n in (1, 2)]
    assert left.count(number) == 1


def while_held(app: Flask, number: int, task: Callable[[Session], object]) -> object:
    """What comes of something that begins while an account is held by whoever then ends all that it has sent."""
    begun = Event()

    def run() -> object:
        with app.test_request_context():
            begun.set()
            try:
                with database(app).writing() as session:
                    return task(session)
            except Exception as error:
                return error

    with ThreadPoolExecutor(1) as pool:
        with database(app).writing() as session:
            lock(session, Account, number)
            came = pool.submit(run)
            begun.wait()
            sleep(
                0.7
            )  # until it waits for the account; with the invitation held, both would wait for each other
            invitations.withdraw_all_of(session, number)
        return came.result()


def test_sending_again_while_whoever_sent_it_leaves(app: Flask) -> None:
    number = account_for(app, "a1@hub.example", "member", profile=OWNER)
    assert number is not None
    who = account_of(app, "a1@hub.example")
    with database(app).writing() as session:
        _token, sent = invite(app, session, Offer(profile_id=number), NEW, who)
    came = while_held(app, who.id, lambda session: invitations.send_again(session, who, sent))
    assert isinstance(came, Problem), came
    assert "이미 거둔 초대" in came.message


def test_accepting_while_the_same_person_leaves(app: Flask) -> None:
    """Whoever speaks for a unit has sent an invitation and is asked to all of it."""
    number = account_for(app, "a1@hub.example", "member", profile=OWNER)
    assert number is not None
    unit = unit_of(app, number)
    unit_member(app, "u@hub.example", number, unit)
    who = account_of(app, "u@hub.example")
    with database(app).writing() as session:
        token, _sent = invite(app, session, Offer(profile_id=number), "u@hub.example")
        invite(app, session, Offer(profile_id=number, unit_id=unit), NEW, who)
        own = session.exec(select(Invitation).where(Invitation.email == "u@hub.example")).one()
        own.invited_by = who.id  # as an account whose own rows the leaving touches
        session.add(own)
        account = session.get(Account, who.id)
        assert account is not None
        account.unit_id = None
        session.add(account)
    came = while_held(app, who.id, lambda session: accepting.accept(session, token, who, None))
    assert isinstance(came, Problem), came


def test_two_invitations_to_one_new_person_accepted_at_the_same_moment(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second finds the address taken when it writes; it is answered as if it had come later."""
    first = account_for(app, "a1@hub.example", "member", profile=OWNER)
    second = account_for(app, "a2@hub.example", "member", profile=OTHER)
    tokens = [operator_invites(app, Offer(profile_id=number)) for number in (first, second)]
    start, made = Barrier(2), accepting.add_newcomer

    def together(*given: Any) -> Account:
        with suppress(BrokenBarrierError):  # SQLite lets one in at a time
            start.wait(2)
        return made(*given)

    monkeypatch.setattr(accepting, "add_newcomer", together)
    clients = [app.test_client() for _token in tokens]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(f"/invitations/{pair[1]}", data=ACCEPTED),
                zip(clients, tokens, strict=True),
            )
        )
    assert sorted(one.status_code for one in answers) == [302, 409]
    assert "이 화면을 연 뒤에 달라진 것이 있습니다" in next(
        one.text for one in answers if one.status_code == 409
    )
    joined = account_of(app, NEW).profile_id
    assert joined == (first, second)[[one.status_code for one in answers].index(302)]


def test_a_used_link_names_nobody(sqlite_app: Flask) -> None:
    token = operator_invites(sqlite_app, Offer(region_code="26"))
    sqlite_app.test_client().post(f"/invitations/{token}", data=ACCEPTED)
    made = account_of(sqlite_app, NEW)
    assert (made.role, made.region_code) == ("staff", "26")
    with pytest.raises(Used), database(sqlite_app).reading() as session, sqlite_app.test_request_context():
        invitations.find(session, token)
    assert "김하나" not in sqlite_app.test_client().get(f"/invitations/{token}").text
