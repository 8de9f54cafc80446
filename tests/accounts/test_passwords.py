"""Signing in: argon2, no hints, no way to another host, every form with its token."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlmodel import Session, select

from hub.accounts.passwords import add_account, check
from hub.accounts.tables import Account
from hub.database import Database
from hub.problems import Problem
from hub.settings import Settings
from hub.web.addresses import safe_next
from tests.conftest import PASSWORD, account_for, signed_in

EMAIL = "kim@hub.example"


def add(
    session: Session, email: str = EMAIL, password: str = PASSWORD, role: str = "admin", **more: object
) -> Account:
    return add_account(session, email, password, role, **more)  # type: ignore[arg-type]


def test_a_password_is_kept_as_an_argon2_hash(empty: Settings) -> None:
    with Database(empty.database).writing() as session:
        account = add(session, " Kim@Hub.Example ")
        assert account.password_hash.startswith("$argon2id$")
        assert PASSWORD not in account.password_hash
        assert check(session, "KIM@hub.example", PASSWORD) is account
        assert check(session, EMAIL, PASSWORD + "x") is None
        assert check(session, "nobody@hub.example", PASSWORD) is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"email": "kim"}, "전자우편"),
        ({"password": "short"}, "비밀번호"),
        ({"password": "x" * 201}, "비밀번호"),
        ({"role": "king"}, "역할"),
        ({"role": "staff"}, "지역"),
        ({"role": "admin", "region": "26"}, "지역"),
        ({"role": "staff", "region": "99"}, "99"),
        ({"role": "admin", "profile_id": 1}, "프로필"),
        ({"role": "member", "profile_id": 10**6}, "프로필"),
    ],
)
def test_what_cannot_be_an_account_is_said(settings: Settings, values: dict[str, object], says: str) -> None:
    from hub.setup import set_up

    set_up(settings, print)
    database = Database(settings.database)
    with pytest.raises(Problem, match=says), database.writing() as session:
        add(session, **values)  # type: ignore[arg-type]
    with database.writing() as session:
        add(session)
    with pytest.raises(Problem, match="이미"), database.writing() as session:
        add(session)


def test_in_and_out(sqlite_app: Flask) -> None:
    account_for(sqlite_app, EMAIL, "staff", region="26")
    client = sqlite_app.test_client()
    wrong = client.post("/sign-in", data={"email": EMAIL, "password": "wrong"})
    nobody = client.post("/sign-in", data={"email": "no@hub.example", "password": "wrong"})
    assert wrong.status_code == nobody.status_code == 401
    pages = [
        re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", page.text) for page in (wrong, nobody)
    ]
    assert pages[0].replace(EMAIL, "") == pages[1].replace("no@hub.example", "")
    assert client.get("/dashboard").location == "/sign-in?next=/dashboard"
    client = signed_in(sqlite_app, EMAIL)
    assert client.get("/dashboard").status_code == 200
    assert client.post("/sign-out").location == "/"
    assert client.get("/dashboard").location == "/sign-in?next=/dashboard"


def test_a_new_password_signs_every_session_out(sqlite_app: Flask) -> None:
    account_for(sqlite_app, EMAIL, "staff", region="26")
    client = signed_in(sqlite_app, EMAIL)
    with sqlite_app.extensions["hub"][Database].writing() as session:
        account = session.exec(select(Account).where(Account.email == EMAIL)).one()
        account.password_hash = "$argon2id$another"
        session.add(account)
    assert client.get("/dashboard").location == "/sign-in?next=/dashboard"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", None, "evil"]
)
def test_signing_in_leads_to_no_other_host(target: str | None) -> None:
    assert safe_next(target, "/here") == "/here"
    assert safe_next("/search?q=a&region=26", "/here") == "/search?q=a&region=26"


def test_a_form_without_its_token_is_refused_and_the_text_kept(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, EMAIL, "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, EMAIL)
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    text = "토큰 없이 보낸, 잃고 싶지 않은 긴 글입니다."
    answer = client.post(f"/profiles/{number}/statements/new", data={"text": text, "kind": "capability"})
    assert answer.status_code == 400
    assert text in answer.text
    for path in ("/sign-in", "/sign-out", "/statements/1/withdraw", "/profiles/new"):
        assert client.post(path).status_code == 400


def test_an_expired_session_keeps_the_text(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, EMAIL, "member", profile="세계김치연구소")
    text = "로그인이 풀린 줄 모르고 보낸, 잃고 싶지 않은 긴 글입니다."
    answer = sqlite_app.test_client().post(f"/profiles/{number}/statements/new", data={"text": text})
    assert answer.status_code == 401
    assert text in answer.text
