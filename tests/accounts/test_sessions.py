"""Signing out ends the session on the server, and no page of it stays anywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlmodel import Session, select

from hub.accounts import sessions
from hub.accounts.cookie import MARK
from hub.accounts.passwords import add_account
from hub.accounts.tables import Account, OpenSession
from hub.database import Database, now
from hub.settings import Settings
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in

EMAIL = "kim@hub.example"


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    """Somebody who is signed in, on each database."""
    account_for(app, EMAIL, "staff", region="26")
    return signed_in(app, EMAIL)


@pytest.fixture
def sqlite_staff(sqlite_app: Flask) -> FlaskClient:
    """The same on SQLite."""
    account_for(sqlite_app, EMAIL, "staff", region="26")
    return signed_in(sqlite_app, EMAIL)


def copied(client: FlaskClient) -> FlaskClient:
    """Another browser with the cookies of this one."""
    other = client.application.test_client()
    for name in ("session", MARK):
        cookie = client.get_cookie(name)
        if cookie is not None:
            other.set_cookie(name, cookie.value)
    return other


def is_in(client: FlaskClient) -> bool:
    """Whether the server knows who this is."""
    return bool(client.get("/dashboard").status_code == 200)


def held(client: FlaskClient) -> dict[str, Any]:
    """What the browser's session cookie says to whoever reads it."""
    cookie = client.get_cookie("session")
    if cookie is None:
        return {}
    serializer = SecureCookieSessionInterface().get_signing_serializer(client.application)
    assert serializer is not None
    return dict(serializer.loads(cookie.value))


def test_a_copy_of_the_cookie_ends_with_the_session(staff: FlaskClient) -> None:
    thief = copied(staff)
    assert is_in(thief)
    staff.post("/sign-out")
    assert not is_in(thief)
    assert not is_in(staff)
    for path in ("/", "/searches", "/regions/26"):
        assert EMAIL not in thief.get(path, follow_redirects=True).text
    assert thief.post("/regions/26/fields", data={"fields": "LB"}).status_code == 401


def test_signing_out_here_leaves_the_other_browser_alone(staff: FlaskClient, app: Flask) -> None:
    elsewhere = signed_in(app, EMAIL)
    staff.post("/sign-out")
    assert is_in(elsewhere)


def test_all_sessions_end_at_once(staff: FlaskClient, app: Flask) -> None:
    account_for(app, "lee@hub.example", "staff", region="26")
    clients = [staff, signed_in(app, EMAIL), copied(staff)]
    lee = signed_in(app, "lee@hub.example")
    with app.extensions["hub"][Database].writing() as session:
        number = session.exec(select(Account.id).where(Account.email == EMAIL)).one()
        sessions.end_all(session, number)
    assert [is_in(client) for client in clients] == [False] * 3
    assert is_in(lee)


def test_signing_in_again_ends_the_session_before(app: Flask) -> None:
    account_for(app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(app, MEMBER)
    before = copied(client)
    client.post("/sign-in", data={"email": MEMBER, "password": PASSWORD})
    assert is_in(client)
    assert not is_in(before)


def test_the_cookie_says_nothing_of_whose_it_is(sqlite_staff: FlaskClient) -> None:
    sqlite_staff.get("/?lang=en")
    during = held(sqlite_staff)
    assert EMAIL not in str(during)
    assert len(during["_user_id"]) >= 40
    mark = sqlite_staff.get_cookie(MARK)
    assert mark is not None
    assert mark.value not in str(during)
    with sqlite_staff.application.extensions["hub"][Database].reading() as session:
        kept = session.exec(select(OpenSession)).one()
        assert during["_user_id"] not in str(kept.model_dump())
    sqlite_staff.post("/sign-out")
    after = held(sqlite_staff)
    assert set(after) == {"language", "_flashes"}
    assert after["language"] == "en"
    assert EMAIL not in str(after)
    assert sqlite_staff.get_cookie(MARK) is None
    sqlite_staff.get("/")  # shows the flash
    assert set(held(sqlite_staff)) == {"language"}


def test_nothing_from_before_signing_in_is_kept(sqlite_app: Flask) -> None:
    account_for(sqlite_app, EMAIL, "staff", region="26")
    client = sqlite_app.test_client()
    with client.session_transaction() as planted:
        planted.update(csrf_token="known to another", _user_id="chosen by another", junk=1, language="en")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    kept = held(client)
    assert kept["_user_id"] != "chosen by another"
    assert kept.get("csrf_token") != "known to another"
    assert "junk" not in kept
    assert kept["language"] == "en"


@pytest.mark.parametrize(
    ("column", "age", "alive"),
    [
        ("seen_at", sessions.IDLE - timedelta(minutes=1), True),
        ("seen_at", sessions.IDLE + timedelta(minutes=1), False),
        ("opened_at", sessions.LONGEST - timedelta(minutes=1), True),
        ("opened_at", sessions.LONGEST + timedelta(minutes=1), False),
    ],
)
def test_a_session_ends_of_itself(
    staff: FlaskClient, app: Flask, column: str, age: timedelta, alive: bool
) -> None:
    with app.extensions["hub"][Database].writing() as session:
        session.execute(sa.update(OpenSession).values({column: now() - age}))
    assert is_in(staff) is alive
    # Its use has moved its end; and one that has ended goes with the next that is opened.
    with app.extensions["hub"][Database].reading() as session:
        assert (now() - session.exec(select(OpenSession)).one().seen_at < timedelta(minutes=1)) is (
            alive or column == "opened_at"
        )
    signed_in(app, EMAIL)
    with app.extensions["hub"][Database].reading() as session:
        assert len(session.exec(select(OpenSession)).all()) == (2 if alive else 1)


def test_who_it_is_costs_one_question_to_the_database(sqlite_staff: FlaskClient, sqlite_app: Flask) -> None:
    asked: list[str] = []
    engine = sqlite_app.extensions["hub"][Database].engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    sqlite_staff.get("/session")
    assert len([text for text in asked if text.startswith(("SELECT", "UPDATE", "INSERT"))]) == 1
    asked.clear()
    sqlite_app.test_client().get("/session")
    assert asked == []


def test_a_token_is_never_in_the_database(empty: Settings) -> None:
    database = Database(empty.database)
    with database.writing() as session:
        account = add_account(session, EMAIL, PASSWORD, "admin")
        tokens = [sessions.begin(session, account, "browser\0" * 100)[0] for _browser in range(3)]
        assert len(set(tokens)) == 3
        rows = session.exec(select(OpenSession)).all()
        assert not any(token in str(row.model_dump()) for token in tokens for row in rows)
        assert [found_by(session, token) for token in tokens] == [account.id] * 3
        assert [found_by(session, token) for token in ("", "x", "5:abc", tokens[0][:-1], "가")] == [None] * 5
        sessions.end(session, tokens[0])
        assert [found_by(session, token) for token in tokens] == [None, account.id, account.id]


def found_by(session: Session, token: str) -> int | None:
    found = sessions.find(session, token)
    return found[1].id if found else None


HTMX = {"HX-Request": "true"}
ANSWERS = [
    ("GET", "/", {}, 200),
    ("GET", "/search?q=김치", {}, 200),
    ("GET", "/search?q=김치", HTMX, 200),
    ("GET", "/map.json", {}, 200),
    ("GET", "/regions/26/network.json", {}, 200),
    ("GET", "/regions/26", {}, 200),
    ("GET", "/dashboard", {}, 200),
    ("GET", "/?mode=dark", {}, 302),
    ("GET", "/?lang=en", {}, 200),
    ("GET", "/nothing/here", {}, 404),
    ("GET", "/profiles/1/edit", {}, 403),
    ("GET", "/search?q=a&kind=zz", {}, 400),
    ("POST", "/regions/26", {}, 405),
    ("GET", "/robots.txt", {}, 200),
    ("GET", "/sitemap.xml", {}, 200),
    ("GET", "/healthz", {}, 200),
    ("GET", "/session", {}, 200),
    ("POST", "/searches", HTMX, 400),
    ("GET", "/sign-in", {}, 200),
    ("POST", "/sign-out", {}, 302),
]


def test_no_answer_to_somebody_signed_in_is_kept(sqlite_staff: FlaskClient) -> None:
    for method, path, headers, status in ANSWERS:
        answer = sqlite_staff.open(path, method=method, headers=headers)
        assert (path, answer.status_code) == (path, status)
        assert (path, answer.headers["Cache-Control"]) == (path, "no-store")
    again = sqlite_staff.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert again.headers["Cache-Control"] == "no-store"
    asset = re.search(r'href="(/static/css/hub\.css\?v=[^"]+)"', sqlite_staff.get("/").text)
    assert asset is not None
    assert "immutable" in sqlite_staff.get(asset.group(1)).headers["Cache-Control"]


def test_what_a_visitor_sees_may_be_kept_to_go_back_to(sqlite_app: Flask) -> None:
    visitor = sqlite_app.test_client()
    for path in ("/", "/search?q=김치", "/regions/26", "/nothing/here"):
        assert visitor.get(path).headers["Cache-Control"] == "no-cache"
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert visitor.get_cookie(MARK) is None


def test_page_and_browser_carry_one_mark(sqlite_staff: FlaskClient, sqlite_app: Flask) -> None:
    def both(client: FlaskClient) -> tuple[str, str]:
        shown = re.search(r'<body data-session="([^"]*)"', client.get("/").text)
        assert shown is not None
        cookie = client.get_cookie(MARK)
        return shown.group(1), cookie.value if cookie else ""

    shown, kept = both(sqlite_staff)
    assert shown == kept != ""
    assert sqlite_staff.get("/session").json == {"mark": kept}
    sqlite_staff.set_cookie(MARK, "of another")  # or lost: the next page puts it right
    assert both(sqlite_staff) == (shown, kept)
    other = signed_in(sqlite_app, EMAIL)
    assert both(other)[0] not in ("", shown)
    with sqlite_app.extensions["hub"][Database].writing() as session:
        sessions.end_all(session, session.exec(select(Account.id).where(Account.email == EMAIL)).one())
    assert both(sqlite_staff) == ("", "")
    assert both(sqlite_app.test_client()) == ("", "")


def test_a_database_that_fails_is_said_to_somebody_signed_in_too(
    sqlite_staff: FlaskClient, sqlite_app: Flask
) -> None:
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE open_session RENAME TO hidden")
    for path in ("/", "/nothing/here", "/dashboard", "/?mode=dark"):
        answer = sqlite_staff.get(path)
        assert answer.status_code in (302, 404, 503)
        assert answer.status_code == 302 or "<h1" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE hidden RENAME TO open_session")
    assert is_in(sqlite_staff)


def test_that_somebody_is_there_need_not_be_written(sqlite_staff: FlaskClient, sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.execute(sa.update(OpenSession).values(seen_at=now() - timedelta(hours=1)))
        session.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON open_session BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    assert is_in(sqlite_staff)
