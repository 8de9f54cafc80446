"""Whoever leaves takes their data along; what was theirs goes, what is others' record stays without a name."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

import hub.migrations.tables  # noqa: F401 - every table there is
from hub import leaving
from hub.accounts.passwords import add_account, hold_administrators
from hub.accounts.tables import Account, Claim, Invitation
from hub.database import Database, now
from hub.index.engine import Engine
from hub.mail.tables import Mail
from hub.posting.units import UnitParticulars, save_unit
from hub.profiles.tables import Contact, Inquiry, Profile, Statement
from hub.search.saved import SavedSearch
from tests.accounts.test_registration import mails, register, wait_a_while
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.posting.test_statements import post


def test_nothing_that_names_an_account_is_forgotten() -> None:
    found = leaving.pointing()
    assert {table.name for table in found} == leaving.OWN | set(leaving.RECORDS)
    assert set() == leaving.OWN & set(leaving.RECORDS)
    named = {(table.name, column.name) for table, columns in found.items() for column in columns}
    own = {(table, column) for table, columns in leaving.RECORDS.items() for column in columns}
    assert own <= named
    # Another one: is such a row this person's own, or has this person worked on it?
    assert {one for one in named - own if one[0] not in leaving.OWN} == {
        ("claim", "answered_by"),
        ("contact", "account_id"),
        ("inquiry", "answered_by"),
        ("pair_decision", "account_id"),
        ("referral", "account_id"),
        ("region_field", "account_id"),
    }


def close(client: FlaskClient, **form: str) -> int:
    return client.post("/account/close", data={"password": PASSWORD, **form}).status_code


def test_the_file_holds_what_the_hub_holds_and_no_keys(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    client.post("/searches", data={"q": "김치 포장"})
    answer = client.get("/account/export")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=hub-account-")
    taken = json.loads(answer.text)
    assert taken["account"]["email"] == MEMBER
    assert taken["organisation"]["id"] == number
    assert taken["saved_search"][0]["query"].startswith("q=%EA%B9%80")
    assert taken["statements"]
    assert "argon2" not in answer.text
    assert not re.search(r'"(token|password|machine|query|asked)_key"', answer.text)
    assert len(taken["open_session"]) == 1


def test_closing_asks_for_the_password(sqlite_app: Flask, member: tuple[FlaskClient, int]) -> None:
    client, _number = member
    assert close(client, password="not that one") == 401
    assert client.get("/dashboard").status_code == 200
    assert sqlite_app.test_client().post("/account/close", data={"password": PASSWORD}).status_code == 401


def test_a_closed_account_is_gone_and_the_organisation_s_texts_stay(
    sqlite_app: Flask, member: tuple[FlaskClient, int]
) -> None:
    client, number = member
    client.post("/searches", data={"q": "김치 포장"})
    elsewhere = signed_in(sqlite_app, MEMBER)
    assert close(client) == 302
    for gone in (client, elsewhere):
        assert gone.get("/dashboard").status_code == 302
    again = sqlite_app.test_client().post("/sign-in", data={"email": MEMBER, "password": PASSWORD})
    assert again.status_code == 401
    with sqlite_app.extensions["hub"][Database].reading() as session:
        kept = session.exec(select(Account).where(Account.closed_at.is_not(None))).one()  # type: ignore[union-attr]
        assert (kept.name, kept.profile_id, kept.password_hash) == ("", None, "")
        assert session.exec(select(SavedSearch)).all() == []
        said = session.exec(select(Statement).where(Statement.profile_id == number)).all()
        assert all(one.is_published for one in said)
    (farewell,) = mails(sqlite_app, MEMBER)
    assert "닫았습니다" in farewell.subject
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert MEMBER not in session.exec(select(Account.email)).all()
    # The address is free again.
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    assert signed_in(sqlite_app, MEMBER).get("/dashboard").status_code == 200


@pytest.mark.parametrize("withdraw", [True, False])
def test_the_last_member_may_take_the_texts_down(
    sqlite_app: Flask, member: tuple[FlaskClient, int], withdraw: bool
) -> None:
    client, number = member
    hidden = post(
        sqlite_app.extensions["hub"][Engine],
        "세계김치연구소",
        "발효실의 이산화탄소를 재는 감지기를 찾습니다.",
        kind="need",
        visibility="hidden-name",
    )
    assert "다른 구성원이 없습니다" in client.get("/account/close").text
    close(client, **({"withdraw": "yes"} if withdraw else {}))
    with sqlite_app.extensions["hub"][Database].reading() as session:
        said = session.exec(select(Statement).where(Statement.profile_id == number)).all()
        assert hidden.id in {one.id for one in said}
        assert {one.is_published for one in said} == {not withdraw}
    shown = sqlite_app.test_client().get(f"/profiles/{number}").text
    named = [one for one in said if one.id != hidden.id]
    assert named
    assert {one.text[:20] in unescape(shown) for one in named} == {not withdraw}


def test_a_colleague_s_texts_are_not_taken_down(sqlite_app: Flask, member: tuple[FlaskClient, int]) -> None:
    client, number = member
    account_for(sqlite_app, "colleague@hub.example", "member", profile="세계김치연구소")
    assert "다른 구성원이 없습니다" not in client.get("/account/close").text
    close(client, withdraw="yes")
    with sqlite_app.extensions["hub"][Database].reading() as session:
        said = session.exec(select(Statement).where(Statement.profile_id == number)).all()
        assert all(one.is_published for one in said)


def test_the_last_administrator_stays(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "a@hub.example", "admin")
    only = signed_in(sqlite_app, "a@hub.example")
    assert only.get("/account/close").status_code == 403
    assert close(only) == 403
    account_for(sqlite_app, "b@hub.example", "admin")
    assert close(only) == 302
    assert close(signed_in(sqlite_app, "b@hub.example")) == 403  # a closed one is none


def test_what_staff_noted_stays_with_their_desk(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "s@hub.example", "staff", region="26")
    account_for(sqlite_app, "t@hub.example", "staff", region="26")
    staff = signed_in(sqlite_app, "s@hub.example")
    key = staff.get("/regions/26").text.partition('id="pair-')[2].partition('"')[0]
    staff.post(f"/regions/26/pairs/{key}", data={"decision": "shortlisted"})
    assert close(staff) == 302
    colleague = signed_in(sqlite_app, "t@hub.example")
    assert key in colleague.get("/regions/26?view=shortlisted").text


KIMCHI = "세계김치연구소"
LAB = "lab@hub.example"


def unit_with_members(app: Flask, profile_id: int, *emails: str) -> tuple[int, int]:
    """A unit with these members and what it has published."""
    with app.extensions["hub"][Database].writing() as session:
        given = UnitParticulars("laboratory", "발효 연구실", None, None, None, None)
        unit = save_unit(session, profile_id, given).id
        for email in emails:
            add_account(session, email, PASSWORD, "member", profile_id=profile_id, unit_id=unit)
    said = post(app.extensions["hub"][Engine], KIMCHI, "젖산균의 발효를 밤새 지켜봅니다.", unit_id=unit)
    return unit, said.id


def published(app: Flask, profile_id: int) -> dict[int, bool]:
    with app.extensions["hub"][Database].reading() as session:
        said = session.exec(select(Statement).where(Statement.profile_id == profile_id)).all()
        return {one.id: one.is_published for one in said}


def test_a_member_of_a_unit_takes_down_its_texts_alone(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "gone@hub.example", "member", profile=KIMCHI)
    assert number is not None
    _unit, own = unit_with_members(sqlite_app, number, LAB)
    assert close(signed_in(sqlite_app, "gone@hub.example")) == 302
    client = signed_in(sqlite_app, LAB)
    assert "연구실·부서의 글 1건도" in client.get("/account/close").text
    assert close(client, withdraw="yes") == 302
    stand = published(sqlite_app, number)
    assert [one for one, is_published in stand.items() if not is_published] == [own]
    assert len(stand) > 1


def test_a_colleague_of_the_unit_keeps_its_texts(sqlite_app: Flask, member: tuple[FlaskClient, int]) -> None:
    _client, number = member
    unit_with_members(sqlite_app, number, LAB, "lab2@hub.example")
    client = signed_in(sqlite_app, LAB)
    assert 'name="withdraw"' not in client.get("/account/close").text
    assert close(client, withdraw="yes") == 302
    assert all(published(sqlite_app, number).values())


def test_who_speaks_for_all_leaves_a_unit_that_has_members(
    sqlite_app: Flask, member: tuple[FlaskClient, int]
) -> None:
    client, number = member
    _unit, theirs = unit_with_members(sqlite_app, number, LAB)
    others = len(published(sqlite_app, number)) - 1
    assert f"기관의 글 {others}건도" in client.get("/account/close").text
    assert close(client, withdraw="yes") == 302
    assert [one for one, is_published in published(sqlite_app, number).items() if is_published] == [theirs]


def test_what_waits_to_be_seen_is_taken_down_too(sqlite_app: Flask, member: tuple[FlaskClient, int]) -> None:
    client, number = member
    before = len(published(sqlite_app, number))
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.get_one(Profile, number).review_asked_at = now()
    waiting = post(sqlite_app.extensions["hub"][Engine], KIMCHI, "절임 배추의 염도를 잽니다.")
    assert waiting.awaited == "public"
    assert f"기관의 글 {before + 1}건도" in client.get("/account/close").text
    close(client, withdraw="yes")
    with sqlite_app.extensions["hub"][Database].reading() as session:
        stands = session.get_one(Statement, waiting.id)
        assert (stands.awaited, stands.visibility) == (None, "draft")


def test_the_desk_s_records_are_counted_and_not_taken_along(
    sqlite_app: Flask, member: tuple[FlaskClient, int]
) -> None:
    _client, number = member
    account_for(sqlite_app, "s@hub.example", "staff", region="29")
    with sqlite_app.extensions["hub"][Database].writing() as session:
        staff = session.exec(select(Account).where(Account.email == "s@hub.example")).one()
        other = session.exec(select(Account).where(Account.email == MEMBER)).one()
        noted = {"name": "이담당", "reach": "010-0000-0000", "note": "오전에 전화"}
        session.add(Contact(profile_id=number, region_code="29", account_id=staff.id, **noted))
        answer = {"answered_at": now(), "answered_by": staff.id}
        session.add(
            Claim(account_id=other.id, profile_id=number, note="그곳의 연구원입니다", granted=True, **answer)
        )
        session.add(Inquiry(account_id=other.id, answer="그분께 물어보십시오", **answer))
        session.add(
            Invitation(
                token_key="k",
                email="new@hub.example",
                role="staff",
                region_code="29",
                invited_by=staff.id,
                expires_at=now(),
            )
        )
    told = signed_in(sqlite_app, "s@hub.example").get("/account/export").text
    for theirs in ("010-0000-0000", "이담당", "그곳의 연구원", "그분께"):
        assert theirs not in told
    taken = json.loads(told)
    assert {table: n for table, n in taken["worked_on"].items() if n} == {
        "claim": 1,
        "contact": 1,
        "inquiry": 1,
    }
    assert [one["email"] for one in taken["invitation"]] == ["new@hub.example"]
    own = json.loads(signed_in(sqlite_app, MEMBER).get("/account/export").text)
    assert [one["note"] for one in own["claim"]] == ["그곳의 연구원입니다"]
    assert [one["answer"] for one in own["inquiry"]] == ["그분께 물어보십시오"]


def test_no_address_and_no_words_of_theirs_stay(sqlite_app: Flask, member: tuple[FlaskClient, int]) -> None:
    _client, number = member
    account_for(sqlite_app, "new@hub.example", "member")
    with sqlite_app.extensions["hub"][Database].writing() as session:
        new = session.exec(select(Account).where(Account.email == "new@hub.example")).one().id
        inviter = session.exec(select(Account).where(Account.email == MEMBER)).one().id
        sent = {"role": "member", "profile_id": number, "invited_by": inviter, "expires_at": now()}
        session.add_all(
            [
                Invitation(token_key="a", email="old@hub.example", accepted_by=new, ended_at=now(), **sent),
                Invitation(token_key="b", email="new@hub.example", ended_at=now(), **sent),
                Invitation(token_key="c", email="other@hub.example", ended_at=now(), **sent),
                Claim(account_id=new, profile_id=number, instead_of_id=number, note="연구원입니다"),
            ]
        )
    assert close(signed_in(sqlite_app, "new@hub.example")) == 302
    with sqlite_app.extensions["hub"][Database].reading() as session:
        kept = session.exec(select(Invitation.email).order_by(col(Invitation.token_key))).all()
        assert list(kept) == ["", "", "other@hub.example"]
        claimed = session.exec(select(Claim)).one()
        assert claimed.is_withdrawn
        assert (claimed.granted, claimed.answer, claimed.instead_of_id) == (False, "", None)
        assert claimed.note == ""


@pytest.mark.parametrize("is_last", [True, False])
def test_what_an_organisation_has_asked_waits_on_while_it_has_somebody(
    sqlite_app: Flask, member: tuple[FlaskClient, int], is_last: bool
) -> None:
    client, _number = member
    if not is_last:
        account_for(sqlite_app, "colleague@hub.example", "member", profile=KIMCHI)
    text = "발효실의 이산화탄소를 재는 감지기를 찾습니다."
    need = post(sqlite_app.extensions["hub"][Engine], KIMCHI, text, kind="need")
    with sqlite_app.extensions["hub"][Database].writing() as session:
        asker = session.exec(select(Account).where(Account.email == MEMBER)).one()
        session.add(Inquiry(statement_id=need.id, account_id=asker.id))
    close(client)
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Inquiry)).one().is_open is not is_last


def test_of_two_administrators_who_close_at_once_one_stays(app: Flask) -> None:
    database = app.extensions["hub"][Database]
    for email in ("a@hub.example", "b@hub.example"):
        account_for(app, email, "admin")
    second, answers = signed_in(app, "b@hub.example"), []
    thread = threading.Thread(target=lambda: answers.append(close(second)))
    with app.test_request_context(), database.writing() as session:
        hold_administrators(session)
        first = session.exec(select(Account).where(Account.email == "a@hub.example")).one()
        leaving.close(session, first.id, withdraw=False)
        session.flush()
        thread.start()
        thread.join(timeout=3)
        assert answers == []
    thread.join(timeout=60)
    assert answers == [403]


def test_who_never_confirmed_is_forgotten_after_thirty_days(sqlite_app: Flask) -> None:
    database, long_ago = sqlite_app.extensions["hub"][Database], timedelta(days=31)
    for email in ("old@hub.example", "anew@hub.example"):
        register(sqlite_app.test_client(), email)
    account_for(sqlite_app, MEMBER, "member", profile=KIMCHI)
    with database.writing() as session:
        for one in session.exec(select(Account)):
            one.created_at -= long_ago
    wait_a_while(sqlite_app, long_ago)
    register(sqlite_app.test_client(), "anew@hub.example", "another long password")
    with database.reading() as session:
        assert set(session.exec(select(Account.email))) == {MEMBER, "anew@hub.example"}
        assert set(session.exec(select(Mail.recipient))) == {"anew@hub.example"}
