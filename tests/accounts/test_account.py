"""계정 설정: what a person changes there, what it asks for, and who hears of it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import itsdangerous
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from hub.accounts.browsers import browser_name
from hub.accounts.tables import Account, OpenSession
from hub.database import Database, now
from hub.mail.tables import Mail
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.signing import BROWSER

NEW, OTHER = "new@hub.example", "other@hub.example"
BETTER = "a better password"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A member at work, on each database."""
    account_for(app, MEMBER, "member", profile="세계김치연구소")
    return signed_in(app, MEMBER)


@pytest.fixture
def sqlite_client(sqlite_app: Flask) -> FlaskClient:
    """The same on SQLite."""
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    return signed_in(sqlite_app, MEMBER)


def database(client: FlaskClient) -> Database:
    found: Database = client.application.extensions["hub"][Database]
    return found


def mails(client: FlaskClient, to: str) -> list[str]:
    """Subjects and texts of what was written to an address, in their order."""
    with database(client).reading() as session:
        found = session.exec(select(Mail).where(Mail.recipient == to).order_by(col(Mail.id)))
        return [f"{one.subject}\n{one.body}" for one in found]


def account(client: FlaskClient) -> Account:
    with database(client).reading() as session:
        return session.exec(select(Account)).first()  # type: ignore[return-value]


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/dashboard").status_code == 200)


def signs_in(app: Flask, email: str, password: str) -> bool:
    answer = app.test_client().post("/sign-in", data={"email": email, "password": password})
    return bool(answer.status_code == 302)


def ask(client: FlaskClient, address: str = NEW, password: str = PASSWORD) -> int:
    return int(client.post("/account/email", data={"new_email": address, "password": password}).status_code)


def link(client: FlaskClient, address: str = NEW) -> str:
    """The link in the newest mail to an address, as a path."""
    found = urlsplit(re.findall(r"http://\S+", mails(client, address)[-1])[0])
    return f"{found.path}?{found.query}"


def test_name_and_language(sqlite_client: FlaskClient) -> None:
    sent = sqlite_client.post("/account/details", data={"name": "  김 연구 👩‍🔬 ", "language": "en"})
    assert sent.location == "/account#details"
    assert (account(sqlite_client).name, account(sqlite_client).language) == ("김 연구 👩‍🔬", "en")
    for form, said in (
        ({"name": "가" * 61, "language": "ko"}, "60자까지"),
        ({"name": "", "language": "zz"}, "언어"),
    ):
        refused = sqlite_client.post("/account/details", data=form)
        assert refused.status_code == 400
        assert said in BeautifulSoup(refused.text, "html.parser").select_one("#details").text  # type: ignore[union-attr]
        assert form["name"] in refused.text
    assert account(sqlite_client).name == "김 연구 👩‍🔬"


def test_another_password_ends_the_other_sessions_and_is_told(client: FlaskClient, app: Flask) -> None:
    client.post("/account/details", data={"name": "", "language": "en"})
    elsewhere = signed_in(app, MEMBER)
    copy = app.test_client()
    copy.set_cookie("session", client.get_cookie("session").value)  # type: ignore[union-attr]
    for form, status in (
        ({"password": "wrong", "new_password": BETTER}, 401),
        ({"password": PASSWORD, "new_password": "short"}, 400),
        ({"new_password": BETTER}, 401),
    ):
        refused = client.post("/account/password", data=form)
        assert refused.status_code == status
        assert BETTER not in refused.text
    assert is_in(elsewhere)
    assert mails(client, MEMBER) == []
    sent = client.post("/account/password", data={"password": PASSWORD, "new_password": BETTER})
    assert sent.location == "/account#password"
    assert "다른 브라우저 1곳에서 로그아웃했습니다" in client.get("/account").text
    assert not is_in(elsewhere)
    assert not is_in(copy)  # the token is another one too
    assert (signs_in(app, MEMBER, PASSWORD), signs_in(app, MEMBER, BETTER)) == (False, True)
    assert len(mails(client, MEMBER)) == 1
    assert BETTER not in mails(client, MEMBER)[0]


def test_the_password_asked_for_again_cannot_be_guessed_here_either(sqlite_client: FlaskClient) -> None:
    said = [ask(sqlite_client, password="guess") for _guess in range(11)]
    assert said == [401] * 10 + [429]
    assert ask(sqlite_client) == 429
    assert mails(sqlite_client, NEW) == []


def test_another_address_is_confirmed_by_a_mail_to_it_and_told_to_the_old_one(
    client: FlaskClient, app: Flask
) -> None:
    assert ask(client, "New＠Hub.example") == 302
    assert ask(client) == 302  # a second click sends nothing more
    assert (len(mails(client, NEW)), len(mails(client, MEMBER))) == (1, 1)
    assert NEW in mails(client, MEMBER)[0]
    path = link(client)
    visitor = app.test_client()
    assert visitor.get(path).location.startswith("/sign-in?next=/account/email/confirm")
    page = client.get(path).text
    assert MEMBER in page
    assert NEW in page
    assert account(client).email == MEMBER  # opening it changes nothing yet: programs open links too
    assert client.post(path).location == "/account#email"
    assert account(client).email == NEW
    assert is_in(client)
    assert (signs_in(app, MEMBER, PASSWORD), signs_in(app, NEW, PASSWORD)) == (False, True)
    assert len(mails(client, MEMBER)) == 2
    assert client.post(path).status_code == 302  # once more, from another tab
    assert len(mails(client, MEMBER)) == 2
    assert "이미 이 계정의 주소입니다" in client.get(path).text


def test_a_link_that_is_good_no_more(sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    app = sqlite_client.application
    account_for(app, OTHER, "member", profile="한국식품연구원")
    ask(sqlite_client)
    path = link(sqlite_client)
    assert signed_in(app, OTHER).post(path).status_code == 403
    for odd in (
        path[:-3],
        "/account/email/confirm",
        "/account/email/confirm?token=%00",
        "/account/email/confirm?token=가",
    ):
        assert (sqlite_client.get(odd).status_code, sqlite_client.post(odd).status_code) == (400, 400)
    original = itsdangerous.TimestampSigner.get_timestamp
    monkeypatch.setattr(
        itsdangerous.TimestampSigner, "get_timestamp", lambda signer: original(signer) + 25 * 3600
    )
    assert sqlite_client.post(path).status_code == 400
    monkeypatch.undo()
    account_for(app, NEW, "admin")  # somebody has opened an account with it since
    assert sqlite_client.post(path).status_code == 409
    ask(sqlite_client, "third@hub.example")
    third = link(sqlite_client, "third@hub.example")
    sqlite_client.post("/account/password", data={"password": PASSWORD, "new_password": BETTER})
    assert sqlite_client.post(third).status_code == 400  # whoever had asked may have been somebody else
    assert account(sqlite_client).email == MEMBER


def test_whether_an_address_has_an_account_is_told_to_that_address_alone(sqlite_client: FlaskClient) -> None:
    account_for(sqlite_client.application, OTHER, "member", profile="한국식품연구원")
    pages = []
    for address in (NEW, OTHER):
        assert ask(sqlite_client, address) == 302
        pages.append(sqlite_client.get("/account").text)
    assert NEW in pages[0]
    said = [BeautifulSoup(page, "html.parser").select_one("main .notice").text for page in pages]  # type: ignore[union-attr]
    assert said[0].replace(NEW, "") == said[1].replace(OTHER, "")
    assert "/account/email/confirm" not in mails(sqlite_client, OTHER)[0]
    assert [
        ask(sqlite_client, address) for address in (MEMBER, "no address", "a" * 300 + "@hub.example", "")
    ] == [400] * 4


def test_nobody_s_mailbox_is_filled(sqlite_client: FlaskClient) -> None:
    for _time in range(7):
        ask(sqlite_client)
        with database(sqlite_client).writing() as session:
            for mail in session.exec(select(Mail)):
                mail.created_at -= timedelta(minutes=2)
    assert len(mails(sqlite_client, NEW)) == 5
    assert ask(sqlite_client) == 429


def test_where_one_is_signed_in(client: FlaskClient, app: Flask) -> None:
    account_for(app, OTHER, "member", profile="한국식품연구원")
    stranger = signed_in(app, OTHER)
    second, third = signed_in(app, MEMBER), signed_in(app, MEMBER)
    ended = signed_in(app, MEMBER)
    with database(client).writing() as session:
        newest = session.exec(select(OpenSession).order_by(col(OpenSession.id).desc())).first()
        assert newest is not None
        newest.seen_at = now() - timedelta(hours=13)
        numbers = {one.token_key: one.id for one in session.exec(select(OpenSession))}
    assert not is_in(ended)
    rows = BeautifulSoup(client.get("/account").text, "html.parser").select("#sessions li")
    assert len(rows) == 3  # neither the stranger's nor what has ended of itself
    assert sum("지금 이 브라우저" in row.text for row in rows) == 1
    assert all("Linux의 Chrome" in row.text for row in rows)
    own = next(row for row in rows if "지금 이 브라우저" in row.text)
    assert own.select("form") == []
    addresses = [str(row.select_one("form")["action"]) for row in rows if row is not own]  # type: ignore[index]
    assert client.post(addresses[0]).location == "/account#sessions"
    assert sorted([is_in(second), is_in(third)]) == [False, True]
    assert client.post(addresses[0]).status_code == 302  # once more, from an old page
    for number in numbers.values():  # nobody ends another's
        client.post(f"/account/sessions/{number}/end")
    assert is_in(stranger)
    assert is_in(client)
    fourth = signed_in(app, MEMBER)
    assert client.post("/account/sessions/end-others").status_code == 302
    assert [is_in(one) for one in (client, second, third, fourth, stranger)] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_who_has_no_password_has_signed_in_lately(sqlite_client: FlaskClient) -> None:
    with database(sqlite_client).writing() as session:
        who = session.exec(select(Account)).one()
        who.password_hash = ""
    assert not signs_in(sqlite_client.application, MEMBER, "nobody")
    fresh = signed_in(sqlite_client.application, MEMBER)
    assert 'name="password"' not in fresh.get("/account").text
    with database(sqlite_client).writing() as session:
        opened = session.exec(select(OpenSession).order_by(col(OpenSession.id).desc())).first()
        assert opened is not None
        opened.opened_at = now() - timedelta(minutes=20)
    assert fresh.post("/account/password", data={"new_password": BETTER}).status_code == 401
    later = signed_in(sqlite_client.application, MEMBER)
    assert later.post("/account/password", data={"new_password": BETTER}).status_code == 302
    assert signs_in(sqlite_client.application, MEMBER, BETTER)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (BROWSER, "Linux의 Chrome"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Whale/4.30 Safari/537.36", "Windows의 네이버 웨일"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Windows의 Edge"),
        ("Mozilla/5.0 (Linux; Android 15; SM-S928N) AppleWebKit/537.36 SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36", "Android의 삼성 인터넷"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "iPhone의 Safari"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:130.0) Gecko/20100101 Firefox/130.0", "macOS의 Firefox"),
        ("curl/8.0", "알 수 없는 브라우저"),
        ("", "알 수 없는 브라우저"),
        ("<script>alert(1)</script>", "알 수 없는 브라우저"),
    ],
)  # fmt: skip
def test_a_browser_in_words(sqlite_app: Flask, agent: str, said: str) -> None:
    with sqlite_app.test_request_context():
        assert browser_name(agent) == said
