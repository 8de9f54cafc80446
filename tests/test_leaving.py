"""Whoever leaves takes their data along; what was theirs goes, what is others' record stays without a name."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

import hub.migrations.tables  # noqa: F401 - every table there is
from hub import leaving
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.profiles.tables import Statement
from hub.search.saved import SavedSearch
from tests.accounts.test_registration import mails
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.posting.test_statements import post


def test_nothing_that_names_an_account_is_forgotten() -> None:
    assert {table.name for table in leaving.pointing()} == leaving.OWN | leaving.RECORDS
    assert set() == leaving.OWN & leaving.RECORDS


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
    assert MEMBER not in sqlite_app.test_client().get("/").text
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
    found = sqlite_app.test_client().get(f"/profiles/{number}").text
    assert ("김치" in found) is not withdraw or withdraw


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
