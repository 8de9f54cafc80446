"""Signing in by a provider: whom it lets in, whom it does not, and what becomes of every way in which it goes wrong."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlmodel import col, delete, select
from werkzeug.test import TestResponse

from hub import create_app
from hub.accounts import provider as provider_module
from hub.accounts.oidc_pages import OFFER
from hub.accounts.passwords import add_account, check
from hub.accounts.provider import Provider
from hub.accounts.registration import CONSENT
from hub.accounts.tables import Account, ExternalIdentity, KnownMachine, OpenSession, WrongPassword
from hub.database import Database, now
from hub.mail.tables import Mail
from hub.settings import Settings
from hub.setup import set_up
from tests.conftest import PASSWORD
from tests.providers import CALLBACK, CLIENT, NAME, SECRET, OddProvider, member, odd_provider

OWNER = "owner@city.example"


def hub_with(settings: Settings, issuer: str) -> Flask:
    """A hub that knows a provider."""
    told = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": NAME,
    }
    app = create_app(settings.model_copy(update=told))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    with app.extensions["hub"][Database].writing() as session:
        member(session, OWNER)
    return app


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Path, background: Path
) -> Iterator[tuple[Flask, OddProvider]]:
    """An empty hub and a provider that can be told to misbehave: opened once, and cleared for each test."""
    settings = Settings(var=tmp_path_factory.mktemp("oidc"), model=str(model_folder))
    shutil.copytree(background, settings.var / "models")
    set_up(settings, print)
    with odd_provider() as provider:
        app = hub_with(settings, provider.issuer)
        yield app, provider
        app.extensions["hub"][Database].engine.dispose()


@pytest.fixture
def odd(opened: tuple[Flask, OddProvider]) -> OddProvider:
    """The provider, itself again."""
    _app, provider = opened
    provider.__init__(port=provider.port)  # type: ignore[misc]
    return provider


@pytest.fixture
def hub(opened: tuple[Flask, OddProvider]) -> Flask:
    """The hub, with one account and nothing remembered of the provider."""
    app, _provider = opened
    app.config["WTF_CSRF_ENABLED"] = False
    known = app.extensions["hub"][Provider]
    known._pause_until = 0
    known._client.server_metadata = {"issuer": known.issuer}
    with app.extensions["hub"][Database].writing() as session:
        for table in (ExternalIdentity, OpenSession, KnownMachine, WrongPassword, Mail):
            session.exec(delete(table))
        session.exec(delete(Account).where(col(Account.email) != OWNER))
    return app


def rows(app: Flask, table: type[Any]) -> list[Any]:
    """All that a table holds."""
    with app.extensions["hub"][Database].reading() as session:
        return [*session.exec(select(table))]


def there(client: FlaskClient, next_page: str = "/about") -> str:
    """Begins, and says where the provider's page would be."""
    begun = client.get(f"/sign-in/oidc?next={quote(next_page)}")
    assert begun.status_code == 302, begun.text
    return str(begun.location)


def signs_in(client: FlaskClient, provider: OddProvider, subject: str = "7") -> TestResponse:
    """There and back."""
    return client.get(provider.lets_in(there(client), subject))


def opens(client: FlaskClient, provider: OddProvider, subject: str = "7") -> TestResponse:
    """The same for somebody new, who agrees to what is asked."""
    assert signs_in(client, provider, subject).location == "/sign-in/oidc/new"
    return client.post("/sign-in/oidc/new", data={"name": "김하나", "consent": "yes"})


def with_password(client: FlaskClient) -> None:
    """Signs the owner in."""
    assert client.post("/sign-in", data={"email": OWNER, "password": PASSWORD}).status_code == 302


def is_in(client: FlaskClient) -> bool:
    """Whether somebody is signed in."""
    return bool(client.get("/session").get_json()["mark"])


def failed(client: FlaskClient, answer: TestResponse) -> tuple[str, int, str]:
    """Why it failed, with which status, and what the page says; nobody has been signed in, and there is a way on."""
    assert answer.status_code == 302, answer.text
    assert urlsplit(answer.location).path == "/sign-in/oidc/failed", answer.location
    assert not is_in(client)
    page = client.get(answer.location)
    assert 'href="/sign-in/oidc' in page.text
    assert 'href="/sign-in' in page.text
    assert "Traceback" not in page.text
    return parse_qs(urlsplit(answer.location).query)["why"][0], page.status_code, unescape(page.text)


def test_nobody_is_asked_without_a_provider(settings: Settings) -> None:
    set_up(settings, print)
    app = create_app(settings)
    client = app.test_client()
    assert "oidc" not in client.get("/sign-in").text
    for path in ("/sign-in/oidc", CALLBACK, "/sign-in/oidc/failed"):
        assert client.get(path).status_code == 404


def test_somebody_new_gets_an_account_and_the_same_one_the_next_time(hub: Flask, odd: OddProvider) -> None:
    odd.told = {"email": "Kim@Firm.example", "email_verified": True, "name": " 김\t하나\u200b "}
    client = hub.test_client()
    assert NAME in client.get("/sign-in?next=/about").text
    assert signs_in(client, odd).location == "/sign-in/oidc/new"
    page = client.get("/sign-in/oidc/new").text
    assert 'value="김 하나"' in page
    assert "Kim@Firm.example" in page
    for missing, said in (({"name": "김하나"}, "동의"), ({"consent": "yes"}, "이름"), ({}, "이름")):
        refused = client.post("/sign-in/oidc/new", data=missing)
        assert refused.status_code == 400
        assert said in refused.text
    assert len(rows(hub, Account)) == 1
    agreed = {"name": "김하나", "consent": "yes"}
    assert client.post("/sign-in/oidc/new", data=agreed).location == "/about"
    account = next(one for one in rows(hub, Account) if one.email == "kim@firm.example")
    assert (account.name, account.profile_id, account.password_hash) == ("김하나", None, "")
    assert account.confirmed_at is not None
    assert account.consent == CONSENT
    assert client.post("/sign-in/oidc/new", data=agreed).location == "/dashboard"  # Back, and once more
    assert client.post("/sign-out").status_code == 302
    odd.told = {
        "email": "another@firm.example",
        "email_verified": False,
    }  # who somebody is, is the subject alone
    assert signs_in(client, odd).location == "/about"
    assert is_in(client)
    assert len(rows(hub, Account)) == 2
    assert [one.account_id for one in rows(hub, OpenSession)] == [account.id]


def test_an_account_without_a_password_opens_with_none(hub: Flask, odd: OddProvider) -> None:
    assert opens(hub.test_client(), odd).location == "/about"
    with hub.extensions["hub"][Database].reading() as session:
        for guess in ("", "nobody", " "):
            assert check(session, "kim@firm.example", guess) is None


def test_nobody_opens_what_was_not_offered(hub: Flask, odd: OddProvider) -> None:
    agreed = {"name": "김하나", "consent": "yes"}
    client = hub.test_client()
    for answer in (client.get("/sign-in/oidc/new"), client.post("/sign-in/oidc/new", data=agreed)):
        assert failed(client, answer)[0] == "stale"
    signs_in(client, odd)
    offered = client.get_cookie(OFFER, path="/sign-in/oidc")
    assert offered is not None
    assert offered.http_only
    assert offered.same_site == "Lax"
    client.set_cookie(OFFER, offered.value[:-1] + "x", path="/sign-in/oidc")
    assert failed(client, client.post("/sign-in/oidc/new", data=agreed))[0] == "stale"
    with hub.extensions["hub"][
        Database
    ].writing() as session:  # meanwhile the address has got an account otherwise
        member(session, "kim@firm.example")
    signs_in(client, odd)
    client.set_cookie(OFFER, offered.value, path="/sign-in/oidc")
    assert failed(client, client.post("/sign-in/oidc/new", data=agreed))[0] == "stale"
    assert rows(hub, ExternalIdentity) == []


def test_who_registered_with_somebody_elses_address_gets_nothing_of_it(hub: Flask, odd: OddProvider) -> None:
    thief = hub.test_client()
    squatted = {"name": "도둑", "email": "kim@firm.example", "password": PASSWORD, "consent": "yes"}
    assert thief.post("/register", data=squatted).status_code == 302
    thief.post("/sign-in", data={"email": "kim@firm.example", "password": PASSWORD})
    assert is_in(thief)  # and sent to confirm the address
    client = hub.test_client()
    assert opens(client, odd).location == "/about"
    assert not is_in(thief)
    assert thief.post("/sign-in", data={"email": "kim@firm.example", "password": PASSWORD}).status_code == 401
    account = next(one for one in rows(hub, Account) if one.email == "kim@firm.example")
    assert (account.name, account.password_hash) == ("김하나", "")
    assert len(rows(hub, Account)) == 2


def test_what_the_browser_held_before_is_thrown_away(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    client = hub.test_client()
    back = odd.lets_in(there(client))
    with client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
        planted["csrf_token"] = "known to somebody else"
    assert client.get(back).location == "/about"
    with client.session_transaction() as held:
        assert "planted" not in held
        assert held.get("csrf_token") != "known to somebody else"
        assert "oidc" not in held


def test_the_second_factor_is_still_the_hubs_own(hub: Flask, odd: OddProvider) -> None:
    odd.claims = {"amr": ["pwd", "otp"], "acr": "3"}  # whatever it says that it has asked for
    with hub.extensions["hub"][Database].writing() as session:
        admin = add_account(session, "admin@city.example", PASSWORD, "admin")
        session.add(ExternalIdentity(issuer=odd.issuer, subject="7", account_id=admin.id))
    signs_in(hub.test_client(), odd)
    assert [one.second_factor_at for one in rows(hub, OpenSession)] == [None]


def test_an_account_of_the_same_address_is_linked_by_its_owner_alone(hub: Flask, odd: OddProvider) -> None:
    odd.told = {"email": OWNER, "email_verified": True, "name": "주인"}
    client = hub.test_client()
    answer = signs_in(client, odd)
    assert answer.location == "/sign-in/oidc/link"
    assert not is_in(client)
    assert rows(hub, ExternalIdentity) == []
    asked = client.get("/sign-in/oidc/link")
    assert asked.location == "/sign-in?next=/sign-in/oidc/link"
    assert OWNER in client.get(asked.location).text
    signed = client.post(asked.location, data={"email": OWNER, "password": PASSWORD})
    assert signed.location == "/sign-in/oidc/link"
    assert rows(hub, ExternalIdentity) == []  # signing in alone links nothing
    assert "주인" in client.get("/sign-in/oidc/link").text
    assert client.post("/sign-in/oidc/link").location == "/about"
    assert len(rows(hub, ExternalIdentity)) == 1
    assert [(mail.recipient, NAME in mail.subject) for mail in rows(hub, Mail)] == [(OWNER, True)]
    client.post("/sign-out")
    assert signs_in(client, odd).location == "/about"
    assert is_in(client)
    assert len(rows(hub, Account)) == 1


def test_an_offer_is_for_its_own_account_and_not_for_long(
    hub: Flask, odd: OddProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        member(session, "other@city.example")
    odd.told = {"email": OWNER, "email_verified": True}
    client = hub.test_client()
    signs_in(client, odd)
    client.post("/sign-in", data={"email": "other@city.example", "password": PASSWORD})
    for answer in (client.get("/sign-in/oidc/link"), client.post("/sign-in/oidc/link")):
        assert "why=another" in answer.location
    assert "other@city.example" in client.get("/account/identities").text
    client.post("/sign-out")
    with_password(client)
    assert client.get("/sign-in/oidc/link").status_code == 200
    later = time.time() + 16 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert "why=stale" in client.post("/sign-in/oidc/link").location
    assert rows(hub, ExternalIdentity) == []


@pytest.mark.parametrize(
    "told",
    [
        {"email": "kim@firm.example"},
        {"email": "kim@firm.example", "email_verified": False},
        {"email": "kim@firm.example", "email_verified": "false"},
        {"email": OWNER, "email_verified": False},
        {"email": "no address", "email_verified": True},
        {"email": "a@b.example" * 40, "email_verified": True},
        {"email": ["kim@firm.example"], "email_verified": True},
        {"email_verified": True},
        {},
    ],
)
def test_an_address_that_nobody_vouches_for_opens_nothing(
    hub: Flask, odd: OddProvider, told: dict[str, Any]
) -> None:
    odd.told = told
    client = hub.test_client()
    why, status, page = failed(client, signs_in(client, odd))
    assert (why, status) == ("unverified", 403)
    assert "확인된 전자우편" in page
    assert len(rows(hub, Account)) == 1


def test_the_address_may_stand_with_the_person_instead_of_in_the_token(hub: Flask, odd: OddProvider) -> None:
    odd.document = {"userinfo_endpoint": f"{odd.issuer}/userinfo"}
    odd.claims = {"email": None, "email_verified": None}
    client = hub.test_client()
    assert opens(client, odd).location == "/about"
    assert "/userinfo" in odd.asked
    client.post("/sign-out")
    assert failed(client, signs_in(client, odd, "8"))[0] == "unverified"  # it tells of 7


def test_a_closed_account_stays_closed(hub: Flask, odd: OddProvider) -> None:
    client = hub.test_client()
    opens(client, odd)
    with hub.extensions["hub"][Database].writing() as session:
        account = session.exec(select(Account).where(Account.email == "kim@firm.example")).one()
        account.closed_at = now()
    assert not is_in(client)  # its sessions are over too
    assert failed(client, signs_in(client, odd))[:2] == ("closed", 403)
    assert failed(client, signs_in(client, odd, "8"))[:2] == ("closed", 403)  # of the same address


HOUR = 3600
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"claims": {"iss": "https://evil.example"}}, "unbelieved"),
    "no issuer": ({"claims": {"iss": None}}, "unbelieved"),
    "for another client": ({"claims": {"aud": "other"}}, "unbelieved"),
    "for another client, through us": ({"claims": {"aud": "other", "azp": CLIENT}}, "unbelieved"),
    "for others too, and theirs": ({"claims": {"aud": [CLIENT, "other"], "azp": "other"}}, "unbelieved"),
    "for nobody": ({"claims": {"aud": None}}, "unbelieved"),
    "another nonce": ({"claims": {"nonce": "of another flow"}}, "unbelieved"),
    "no nonce": ({"claims": {"nonce": None}}, "unbelieved"),
    "nobody": ({"claims": {"sub": None}}, "unbelieved"),
    "a number as subject": ({"claims": {"sub": 7}}, "unbelieved"),
    "too long a subject": ({"claims": {"sub": "7" * 256}}, "unbelieved"),
    "over": ({"claims": {"exp": int(time.time()) - HOUR}}, "clock"),
    "never over": ({"claims": {"exp": None}}, "clock"),
    "not yet": ({"claims": {"iat": int(time.time()) + HOUR, "exp": int(time.time()) + 2 * HOUR}}, "clock"),
    "another's key": ({"signed_with": RSAKey.generate_key(2048, {"kid": "one"})}, "unbelieved"),
    "no such key": ({"header": {"kid": "nowhere"}}, "unbelieved"),
    "no token": ({"token": " "}, "unbelieved"),
    "half a token": ({"token": "e30.e30"}, "unbelieved"),
    "unsigned": ({"token": "eyJhbGciOiJub25lIn0.e30."}, "unbelieved"),
    "signed by nobody": ({"token": "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"}, "unbelieved"),
    "no JSON": ({"answers": {"/token": (200, "<html>")}}, "unbelieved"),
    "a list": ({"answers": {"/token": (200, "[]")}}, "unbelieved"),
    "no id_token": ({"answers": {"/token": (200, '{"access_token": "a", "token_type": "Bearer"}')}}, "unbelieved"),
    "used up": ({"answers": {"/token": (400, '{"error": "invalid_grant"}')}}, "stale"),
    "unknown client": ({"answers": {"/token": (401, '{"error": "invalid_client"}')}}, "misfit"),
    "broken": ({"answers": {"/token": (500, "oops")}}, "silent"),
    "no keys": ({"answers": {"/jwks": (200, '{"keys": []}')}}, "unbelieved"),
    "keys gone": ({"answers": {"/jwks": (404, "")}}, "misfit"),
    "keys elsewhere": ({"answers": {"/jwks": (302, "http://127.0.0.1:9/")}}, "silent"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_word_that_cannot_be_believed_signs_nobody_in(hub: Flask, odd: OddProvider, what: str) -> None:
    how, why = WRONG[what]
    for name, value in how.items():
        setattr(odd, name, value)
    client = hub.test_client()
    found, status, page = failed(client, signs_in(client, odd))
    assert found == why
    assert 400 <= status < 504
    assert NAME in page
    english = client.get(f"/sign-in/oidc/failed?why={found}&lang=en")
    assert english.status_code == status
    assert len(rows(hub, Account)) == 1
    # and the next one, of a provider that is itself again, is let in
    for name in how:
        setattr(odd, name, getattr(OddProvider(), name))
    hub.extensions["hub"][Provider]._pause_until = 0
    assert opens(client, odd).location == "/about"


def test_a_clock_may_be_a_little_wrong(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    for shift in (-100, 100):
        odd.claims = {"iat": int(time.time()) + shift, "exp": int(time.time()) + shift}
        client = hub.test_client()
        assert signs_in(client, odd).location == "/about"


def test_keys_that_were_changed_in_between_are_fetched_again(hub: Flask, odd: OddProvider) -> None:
    client = hub.test_client()
    assert opens(client, odd).location == "/about"
    for kid in ("two", "two", None):  # another name, the same name with another key, and no name at all
        client.post("/sign-out")
        odd.key = RSAKey.generate_key(2048, {"kid": kid} if kid else None)
        assert signs_in(client, odd).location == "/about", kid
        assert is_in(client)


def test_a_callback_counts_once_and_in_its_own_browser(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    odd.asked.clear()
    client, thief = hub.test_client(), hub.test_client()
    back = odd.lets_in(there(client))
    stolen = thief.get(back)
    assert failed(thief, stolen)[:2] == ("stale", 400)  # whoever has the address alone
    assert "/token" not in odd.asked
    assert client.get(back).location == "/about"
    assert client.get(back).location == "/dashboard"  # Back, with nothing to sign in any more
    assert odd.asked.count("/token") == 1
    assert len(rows(hub, OpenSession)) == 2
    client.post("/sign-out")
    assert failed(client, client.get(back))[0] == "stale"


@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.partition("&state")[0],
        lambda back: back + "x",
        lambda back: back.partition("&state")[0] + "&state=",
        lambda back: back.partition("?")[0],
        lambda back: back.partition("state=")[0] + "state=" + back.partition("state=")[2].swapcase(),
    ],
)
def test_a_state_that_is_not_this_browsers_signs_nobody_in(hub: Flask, odd: OddProvider, change: Any) -> None:
    client = hub.test_client()
    assert failed(client, client.get(change(odd.lets_in(there(client)))))[:2] == ("stale", 400)
    assert "/token" not in odd.asked


def test_another_issuer_that_answers_is_not_asked_for_a_token(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    odd.asked.clear()
    client = hub.test_client()
    back = odd.lets_in(there(client))
    assert failed(client, client.get(f"{back}&iss=https://evil.example"))[0] == "unbelieved"
    assert "/token" not in odd.asked
    back = odd.lets_in(there(client))
    assert client.get(f"{back}&iss={quote(odd.issuer)}").location == "/about"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E+010-1234", "denied"),
        ("error=server_error", "refused"),
        ("error=" + "x" * 5000, "refused"),
        ("code=", "unbelieved"),
    ],
)
def test_what_the_provider_refuses_is_said(hub: Flask, odd: OddProvider, said: str, why: str) -> None:
    client = hub.test_client()
    state = parse_qs(urlsplit(there(client, "/search?q=김치")).query)["state"][0]
    answer = client.get(f"{CALLBACK}?{said}&state={state}")
    found, _status, page = failed(client, answer)
    assert found == why
    assert "010-1234" not in page  # nobody speaks through our page
    assert "next=/search?q" in page  # what one was doing goes on


def test_it_takes_no_longer_than_half_an_hour(
    hub: Flask, odd: OddProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = hub.test_client()
    back = odd.lets_in(there(client))
    later = time.time() + 31 * 60
    monkeypatch.setattr(provider_module.time, "time", lambda: later)
    assert failed(client, client.get(back))[0] == "stale"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
def test_a_discovery_document_of_somebody_else_leads_nowhere(
    hub: Flask, odd: OddProvider, document: dict[str, Any]
) -> None:
    odd.document = document
    client = hub.test_client()
    assert failed(client, client.get("/sign-in/oidc"))[:2] == ("misfit", 503)


@pytest.mark.parametrize("answer", [(500, ""), (200, "<html>"), (302, "http://127.0.0.1:9/"), (200, "")])
def test_no_discovery_document_is_no_error_of_ours(
    hub: Flask, odd: OddProvider, answer: tuple[int, str]
) -> None:
    odd.answers = {"/.well-known/openid-configuration": answer}
    client = hub.test_client()
    assert failed(client, client.get("/sign-in/oidc?next=/about"))[:2] == ("silent", 503)
    asked = len(odd.asked)
    assert failed(client, client.get("/sign-in/oidc"))[0] == "silent"
    assert len(odd.asked) == asked  # it is left alone for a while


def test_a_provider_that_says_nothing_holds_up_nobody_else(
    hub: Flask, odd: OddProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.extensions["hub"][Provider]._client, "client_kwargs", {"default_timeout": 3})
    odd.delay = 30
    begun = time.perf_counter()
    clients = [hub.test_client() for _n in range(8)]
    threads = [threading.Thread(target=client.get, args=("/sign-in/oidc",)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.perf_counter() - begun < 15
    assert len(odd.asked) <= provider_module.MOST_WAITING
    assert failed(clients[0], clients[0].get("/sign-in/oidc"))[0] == "silent"


def test_a_browser_keeps_a_few_ways_and_its_cookie(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    client = hub.test_client()
    ways = [odd.lets_in(there(client, f"/search?q={number}")) for number in range(6)]
    kept = client.get_cookie("session")
    assert kept is not None
    assert len(kept.value) < 4000
    assert failed(client, client.get(ways[0]))[0] == "stale"
    assert client.get(ways[4]).location == "/search?q=4"


@pytest.mark.parametrize(("letters", "kept"), [(40, True), (600, True), (4900, False)])
def test_what_one_was_doing_is_kept_as_far_as_a_cookie_goes(
    hub: Flask, odd: OddProvider, letters: int, kept: bool
) -> None:
    opens(hub.test_client(), odd)
    client = hub.test_client()
    text = "".join(chr(0xAC00 + (number * 7919) % 11172) for number in range(letters))
    asked = f"/search?q={quote(text)}"[:15_999]
    back = odd.lets_in(there(client, asked))
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 4000
    assert client.get(back).location == (asked if kept else "/dashboard")
    assert is_in(client)


def test_nobody_is_led_to_another_host(hub: Flask, odd: OddProvider) -> None:
    opens(hub.test_client(), odd)
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        client = hub.test_client()
        assert client.get(odd.lets_in(there(client, target))).location == "/dashboard"
        page = hub.test_client().get(f"/sign-in/oidc/failed?why=denied&next={quote(target)}").text
        assert 'href="/sign-in"' in page
        assert 'href="/sign-in/oidc"' in page


def test_linking_from_within_and_unlinking(hub: Flask, odd: OddProvider) -> None:
    client = hub.test_client()
    with_password(client)
    assert NAME in client.get("/account/identities").text
    back = odd.lets_in(there(client, "/account/identities"))
    assert client.get(back).location == "/sign-in/oidc/link"
    assert rows(hub, ExternalIdentity) == []  # another site can lead a browser there and back, and no further
    assert client.get("/sign-in/oidc/link").text.count("kim@firm.example") == 1
    for _click in range(2):
        assert client.post("/sign-in/oidc/link").status_code == 302
    assert len(rows(hub, ExternalIdentity)) == 1
    page = client.get("/account/identities").text
    key = page.partition('name="identity" value="')[2].partition('"')[0]
    other = hub.test_client()
    odd.told = {"email": "other@firm.example", "email_verified": True}
    opens(other, odd, "9")
    assert other.post("/account/identities/remove", data={"identity": key}).status_code == 302
    assert len(rows(hub, ExternalIdentity)) == 2  # not another's to take away
    for _click in range(2):
        assert client.post("/account/identities/remove", data={"identity": key}).status_code == 302
    assert [one.subject for one in rows(hub, ExternalIdentity)] == ["9"]
    assert len([mail for mail in rows(hub, Mail) if mail.recipient == OWNER]) == 2


def test_what_is_linked_already_is_nobody_elses(hub: Flask, odd: OddProvider) -> None:
    first = hub.test_client()
    opens(first, odd)
    client = hub.test_client()
    with_password(client)
    assert client.get(odd.lets_in(there(client))).location == "/sign-in/oidc/link"
    for answer in (client.get("/sign-in/oidc/link"), client.post("/sign-in/oidc/link")):
        assert "why=taken" in answer.location
    assert client.get(answer.location).status_code == 409
    assert len(rows(hub, ExternalIdentity)) == 1


def test_who_signs_in_or_out_on_the_way_links_nothing(hub: Flask, odd: OddProvider) -> None:
    client = hub.test_client()
    with_password(client)
    back = odd.lets_in(there(client))
    client.post("/sign-out")
    assert failed(client, client.get(back))[0] == "stale"
    back = odd.lets_in(there(client))
    with_password(client)
    assert client.get(back).location == "/dashboard"
    assert rows(hub, ExternalIdentity) == []


def test_the_last_way_in_stays(hub: Flask, odd: OddProvider) -> None:
    client = hub.test_client()
    opens(client, odd)
    page = client.get("/account/identities").text
    key = page.partition('name="identity" value="')[2].partition('"')[0]
    refused = client.post("/account/identities/remove", data={"identity": key})
    assert refused.status_code == 409
    assert "먼저 비밀번호를 정한 뒤에" in refused.text
    assert client.get(odd.lets_in(there(client), "8")).location == "/sign-in/oidc/link"
    client.post("/sign-in/oidc/link")
    assert client.post("/account/identities/remove", data={"identity": key}).status_code == 302
    assert [one.subject for one in rows(hub, ExternalIdentity)] == ["8"]
    with hub.extensions["hub"][
        Database
    ].writing() as session:  # a link to whom the hub asks no more is no way in
        session.add(
            ExternalIdentity(issuer="https://old.example", subject="1", account_id=rows(hub, Account)[-1].id)
        )
    page = client.get("/account/identities").text
    assert "old.example" in page
    keys = [part.partition('"')[0] for part in page.split('name="identity" value="')[1:]]
    answers = [client.post("/account/identities/remove", data={"identity": key}).status_code for key in keys]
    assert sorted(answers) == [302, 409]
    assert [one.subject for one in rows(hub, ExternalIdentity)] == ["8"]


@pytest.mark.parametrize("path", ["/sign-in/oidc/link", "/account/identities/remove"])
def test_no_other_site_links_or_unlinks(hub: Flask, odd: OddProvider, path: str) -> None:
    client = hub.test_client()
    with_password(client)
    client.get(odd.lets_in(there(client)))
    hub.config["WTF_CSRF_ENABLED"] = True
    assert client.post(path, data={"identity": "x"}).status_code == 400
    assert rows(hub, ExternalIdentity) == []


def test_two_tabs_at_the_same_moment_open_one_account(empty: Settings) -> None:
    with odd_provider() as odd:
        app = hub_with(empty, odd.issuer)
        clients = [app.test_client() for _n in range(6)]
        for client in clients:
            assert signs_in(client, odd).location == "/sign-in/oidc/new"
        agreed = {"name": "김하나", "consent": "yes"}
        answers: list[TestResponse] = []
        threads = [
            threading.Thread(target=lambda c=client: answers.append(c.post("/sign-in/oidc/new", data=agreed)))
            for client in clients
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.location for answer in answers] == ["/about"] * 6
        assert all(is_in(client) for client in clients)
        assert len(rows(app, Account)) == 2
        assert len(rows(app, ExternalIdentity)) == 1
        app.extensions["hub"][Database].engine.dispose()
