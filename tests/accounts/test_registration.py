"""People open accounts themselves: an address, a mail to it, a password; and a new password by mail."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts import registration
from hub.accounts.passwords import hash_of
from hub.accounts.tables import Account, OpenSession
from hub.database import Database, now
from hub.mail.tables import Mail
from tests.conftest import PASSWORD, account_for, signed_in

NEW = "김사장@new.example"
OWNER = "owner@new.example"


def mails(app: Flask, to: str) -> list[Mail]:
    """What the hub has written to an address, the oldest first."""
    with app.extensions["hub"][Database].reading() as session:
        return list(session.exec(select(Mail).where(Mail.recipient == to).order_by(Mail.id)))  # type: ignore[arg-type]


def link_in(mail: Mail) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"http://[^/\s]+(/\S+)", mail.body)
    assert found, mail.body
    return found[1]


def account(app: Flask, email: str) -> Account | None:
    with app.extensions["hub"][Database].reading() as session:
        return session.exec(select(Account).where(Account.email == email)).first()


def wait_a_while(app: Flask, moves: timedelta = timedelta(hours=2)) -> None:
    """As if the mails so far had been written a while ago."""
    with app.extensions["hub"][Database].writing() as session:
        for mail in session.exec(select(Mail)):
            mail.created_at -= moves


def register(client: FlaskClient, email: str = OWNER, password: str = PASSWORD, next_: str = "") -> None:
    form = {"email": email, "password": password, "name": "김해솔", "consent": "yes"}
    answer = client.post("/register" + (f"?next={quote(next_)}" if next_ else ""), data=form)
    assert answer.status_code == 302, answer.text
    assert answer.location.startswith("/register/sent"), answer.location


def test_an_account_is_opened_confirmed_and_used_in_one_browser(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client)
    made = account(sqlite_app, OWNER)
    assert made is not None
    assert made.confirmed_at is None
    assert made.password_hash.startswith("$argon2id$")
    link = link_in(mails(sqlite_app, OWNER)[0])
    shown = client.get(link)
    assert "김해솔" not in shown.text  # the page says no more than the mail's reader knows
    assert 'name="password"' not in shown.text  # begun in this browser
    assert account(sqlite_app, OWNER).confirmed_at is None  # type: ignore[union-attr] - looking changes nothing
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    assert client.get("/dashboard").status_code == 200
    assert client.get(link).location == "/dashboard"  # a second time it says so


def test_until_the_mail_is_opened_nothing_is_theirs_to_do(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client)
    assert client.post("/sign-in", data={"email": OWNER, "password": PASSWORD}).status_code == 302
    for path in ("/dashboard", "/searches"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (
            302,
            f"/confirm?next={quote(path)}".replace("%2F", "/"),
        )
    assert OWNER in client.get("/confirm").text
    assert client.post("/searches", data={"q": "김치"}).status_code == 401
    # Sent again: not at once, for the first is on its way.
    client.post("/confirm")
    assert len(mails(sqlite_app, OWNER)) == 1
    wait_a_while(sqlite_app)
    client.post("/confirm")
    assert len(mails(sqlite_app, OWNER)) == 2


def test_the_mail_opened_elsewhere_asks_for_the_password(sqlite_app: Flask) -> None:
    register(sqlite_app.test_client())
    link = link_in(mails(sqlite_app, OWNER)[0])
    telephone = sqlite_app.test_client()
    assert 'name="password"' in telephone.get(link).text
    assert telephone.post(link, data={"password": "not that one at all"}).status_code == 401
    assert account(sqlite_app, OWNER).confirmed_at is None  # type: ignore[union-attr]
    assert telephone.post(link, data={"password": PASSWORD}).status_code == 302
    assert telephone.get("/dashboard").status_code == 200


def test_what_somebody_was_doing_is_kept_through_registration(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    wish = "/search?q=" + "김치가 부풀어요 😀 " * 60
    register(client, next_=wish)
    made = account(sqlite_app, OWNER)
    assert made is not None
    assert made.resume == wish
    client.post(link_in(mails(sqlite_app, OWNER)[0]))
    assert "하던 일 이어서 하기" in client.get("/dashboard").text
    client.post("/organisation/resume/forget", data={"address": made.resume})
    assert account(sqlite_app, OWNER).resume is None  # type: ignore[union-attr]


def test_no_address_leads_away_from_here(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client, next_="//evil.example/x")
    assert account(sqlite_app, OWNER).resume is None  # type: ignore[union-attr]


def test_the_page_does_not_tell_who_has_an_account(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "old@hub.example", "admin")
    seen: list[list[str]] = []
    kept: list[dict[str, int]] = []
    for email in ("old@hub.example", "new@hub.example"):
        client = sqlite_app.test_client()
        form = {"email": email, "password": PASSWORD, "name": "김해솔", "consent": "yes"}
        answer = client.post("/register", data=form, follow_redirects=True)
        reset = client.post("/password/reset", data={"email": email}, follow_redirects=True)
        texts = [re.sub(r"(old|new)(@|%40)", "x@", one.text) for one in (answer, reset)]
        seen.append([re.sub(r'nonce[-="]+[\w-]+|value="[\w.-]{40,}"', "", text) for text in texts])
        said = client.get_cookie("session")
        assert said is not None
        kept.append({name: len(str(value)) for name, value in _read(sqlite_app, said.value).items()})
    assert seen[0] == seen[1]
    assert kept[0] == kept[1]  # nor does the cookie, which its owner can read
    told = mails(sqlite_app, "old@hub.example")
    assert "이미 계정이 있습니다" in told[0].subject
    before = account(sqlite_app, "old@hub.example")
    assert before is not None
    assert signed_in(sqlite_app, "old@hub.example")  # and its password is what it was


def _read(app: Flask, cookie: str) -> dict[str, object]:
    """What a cookie's owner can read in it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    found: dict[str, object] = serializer.loads_unsafe(cookie)[1]
    return found


def test_an_account_that_is_confirmed_meanwhile_gets_no_other_password(app: Flask) -> None:
    """Whoever registers an address while its owner confirms it comes too late."""
    register(app.test_client())
    link = link_in(mails(app, OWNER)[0])
    database = app.extensions["hub"][Database]
    new = registration.newcomer(OWNER, "the attacker's own", "남", consents=True)
    hashed = hash_of(new.password, OWNER)
    owner = app.test_client()
    answers: list[int] = []
    with database.writing() as session:
        made = registration.register(session, new, hashed, language="ko", resume=None)
        assert made is not None
        begun = threading.Thread(
            target=lambda: answers.append(owner.post(link, data={"password": PASSWORD}).status_code)
        )
        begun.start()
        time.sleep(0.5)  # the owner's request reads and waits
    begun.join()
    assert answers in ([410], [401])  # begun anew: the link of before opens nothing
    found = account(app, OWNER)
    assert found is not None
    assert found.confirmed_at is None


def test_who_types_another_s_address_gets_no_account_of_it(sqlite_app: Flask) -> None:
    """The owner of the address opens a mail that somebody else caused: it asks for a password that only that one knows,
    and the way on is a password of the owner's own."""
    attacker, owner = sqlite_app.test_client(), sqlite_app.test_client()
    register(owner)
    first = link_in(mails(sqlite_app, OWNER)[0])
    wait_a_while(sqlite_app)
    register(attacker, password="the attacker's own")
    second = link_in(mails(sqlite_app, OWNER)[1])
    assert owner.get(first).status_code == 410  # begun anew since
    assert 'name="password"' in owner.get(second).text
    assert owner.post(second, data={"password": PASSWORD}).status_code == 401
    wait_a_while(sqlite_app)
    owner.post("/password/reset", data={"email": OWNER})
    new = "the owner's new password"
    assert owner.post(link_in(mails(sqlite_app, OWNER)[2]), data={"password": new}).status_code == 302
    assert owner.get("/dashboard").status_code == 200
    refused = attacker.post("/sign-in", data={"email": OWNER, "password": "the attacker's own"})
    assert refused.status_code == 401


def test_a_second_click_sends_one_mail_and_keeps_its_link(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client)
    register(client)
    (mail,) = mails(sqlite_app, OWNER)
    assert client.post(link_in(mail)).status_code == 302


def test_no_letter_box_is_filled(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "old@hub.example", "admin")
    for _time in range(9):
        sqlite_app.test_client().post("/password/reset", data={"email": "old@hub.example"})
        wait_a_while(sqlite_app, timedelta(minutes=2))
    assert len(mails(sqlite_app, "old@hub.example")) == registration.MOST_MAILS


def test_one_machine_opens_only_so_many_accounts(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for number in range(10):
        register(client, f"n{number}@new.example")
    form = {"email": "n11@new.example", "password": PASSWORD, "name": "김해솔", "consent": "yes"}
    answer = client.post("/register", data=form)
    assert answer.status_code == 429
    assert "n11@new.example" in answer.text  # what was typed is still there
    assert account(sqlite_app, "n11@new.example") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "이름을 적어"),
        ({"name": "가" * 61}, "60자"),
        ({"email": "not an address"}, "전자우편 주소가 아닙니다"),
        ({"email": "a@b"}, "전자우편 주소가 아닙니다"),
        ({"password": "short"}, "10자에서"),
        ({"password": "aaaaaaaaaaaa"}, "너무 쉬운"),
        ({"password": OWNER}, "너무 쉬운"),
        ({"consent": None}, "동의해야"),
    ],
)
def test_what_cannot_be_an_account_is_said(
    sqlite_app: Flask, change: dict[str, str | None], said: str
) -> None:
    form = {"email": OWNER, "password": PASSWORD, "name": "김해솔", "consent": "yes", **change}
    sent = {name: value for name, value in form.items() if value is not None}
    answer = sqlite_app.test_client().post("/register", data=sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert mails(sqlite_app, OWNER) == []


def test_an_address_in_korean_and_a_name_with_a_picture(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    form = {"email": NEW.upper(), "password": PASSWORD, "name": "김해솔 🏭", "consent": "yes"}
    client.post("/register", data=form)
    (mail,) = mails(sqlite_app, NEW)
    assert account(sqlite_app, NEW).name == "김해솔 🏭"  # type: ignore[union-attr]
    assert client.post(link_in(mail)).status_code == 302


def test_the_mail_is_in_the_language_of_who_registers(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    client.get("/?lang=en")
    register(client)
    (mail,) = mails(sqlite_app, OWNER)
    assert "Please confirm your address" in mail.subject
    assert not re.search("[가-힣]", mail.body.replace("김해솔", ""))


def test_a_new_password_ends_all_sessions_and_is_told(sqlite_app: Flask) -> None:
    account_for(sqlite_app, OWNER, "member", profile="세계김치연구소")
    elsewhere, here = signed_in(sqlite_app, OWNER), sqlite_app.test_client()
    here.post("/password/reset", data={"email": OWNER})
    link = link_in(mails(sqlite_app, OWNER)[0])
    assert here.get(link).status_code == 200
    weak = here.post(link, data={"password": "short"})
    assert weak.status_code == 400
    answer = here.post(link, data={"password": "another long password"})
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    assert elsewhere.get("/dashboard").status_code == 302
    assert here.get("/dashboard").status_code == 200
    assert here.get(link).status_code == 410  # once
    assert "바뀌었습니다" in mails(sqlite_app, OWNER)[-1].subject
    old = sqlite_app.test_client().post("/sign-in", data={"email": OWNER, "password": PASSWORD})
    assert old.status_code == 401


def test_a_link_that_is_old_or_not_ours_says_so(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sqlite_app.test_client()
    register(client)
    link = link_in(mails(sqlite_app, OWNER)[0])
    for bad in ("/confirm/x", link[:-1], link + "x", link.replace("/confirm/", "/password/reset/")):
        answer = client.get(bad)
        assert answer.status_code == 410, bad
        assert "더 쓸 수 없습니다" in answer.text
    monkeypatch.setattr(registration, "CONFIRM_FOR", timedelta(seconds=-1))
    assert client.get(link).status_code == 410


def test_a_closed_account_s_links_are_void(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client)
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.exec(select(Account).where(Account.email == OWNER)).one().closed_at = now()
    assert client.get(link_in(mails(sqlite_app, OWNER)[0])).status_code == 410


def test_guessing_the_password_behind_a_link_is_slowed(sqlite_app: Flask) -> None:
    register(sqlite_app.test_client())
    link, stranger = link_in(mails(sqlite_app, OWNER)[0]), sqlite_app.test_client()
    statuses = [stranger.post(link, data={"password": f"wrong guess {n}"}).status_code for n in range(11)]
    assert statuses == [401] * 10 + [429]
    assert stranger.post(link, data={"password": PASSWORD}).status_code == 429


def test_a_person_without_an_organisation_has_a_place_of_their_own(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    register(client)
    client.post(link_in(mails(sqlite_app, OWNER)[0]))
    for path in ("/dashboard", "/searches", "/", "/search?q=김치", "/regions/26", "/map"):
        assert client.get(path).status_code == 200, path
    assert client.get("/profiles/new").status_code == 403
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert session.exec(select(OpenSession)).one().account_id == account(sqlite_app, OWNER).id  # type: ignore[union-attr]


def test_a_key_of_before_still_opens_what_it_signed(sqlite_app: Flask) -> None:
    """The operator exchanges the secret key; people stay signed in, links in their letter boxes still lead on."""
    client = sqlite_app.test_client()
    register(client)
    link = link_in(mails(sqlite_app, OWNER)[0])
    sqlite_app.config["SECRET_KEY_FALLBACKS"] = [sqlite_app.secret_key]
    sqlite_app.secret_key = "another key of forty characters, all mixed"
    assert client.post(link).status_code == 302
    assert client.get("/dashboard").status_code == 200
    sqlite_app.config["SECRET_KEY_FALLBACKS"] = []
    assert sqlite_app.test_client().get(link).status_code == 410
