"""The hub's own address comes from a setting: no request can have it name another host as its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hub import create_app
from hub.hosts import asked_host, parse_public_url, served_hosts
from hub.serve import with_served_hosts
from hub.settings import Settings, SettingsError, load_settings
from tests.conftest import REPOSITORY

EVIL = "evil.example"
PATHS = [
    "/",
    "/about",
    "/search?q=김치",
    "/regions/26",
    "/profiles/1",
    "/sitemap.xml",
    "/robots.txt",
    "/nothing",
]


def app_with(settings: Settings, **changes: object) -> Flask:
    app = create_app(settings.model_copy(update=changes))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture
def public(sqlite_loaded: Settings) -> Flask:
    """A hub that has its public address."""
    return app_with(
        sqlite_loaded, public_url="https://hub.example", allowed_hosts="old.hub.example,.busan.example"
    )


def whole_addresses(text: str) -> set[str]:
    """Scheme and host of whatever a page, a sitemap or robots.txt says of itself."""
    said = re.findall(r"<loc>([^<]+)</loc>|Sitemap: (\S+)", text)
    found = [one or other for one, other in said]
    page = BeautifulSoup("" if said else text, "html.parser")
    found += [str(link["href"]) for link in page.select("link[rel=canonical], link[rel=alternate]")]
    found += [
        str(meta["content"]) for meta in page.select('meta[property="og:url"], meta[property="og:image"]')
    ]
    for block in page.select('script[type="application/ld+json"]'):
        data = json.loads(block.get_text())
        found += [data["url"], *([data["potentialAction"]["target"]] if "potentialAction" in data else [])]
    return {"/".join(address.split("/")[:3]) for address in found}


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        "evil.example:8000",
        "localhost.evil.example",
        "evil.localhost",
        "a b",
        "[::1",
        "127.0.0.2",
        "<b>",
    ],
)
def test_another_host_is_refused_with_a_page(sqlite_app: Flask, host: str) -> None:
    for path in PATHS:
        answer = sqlite_app.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.text.count("<h1") == 1
        assert "HUB_ALLOWED_HOSTS" in answer.text
        assert whole_addresses(answer.text) == {"http://localhost"}
        shown = unescape(re.sub(r"«[^»]*»", "", answer.text))  # it is named once, as text
        assert EVIL not in shown
        assert "<b>" not in answer.text
        assert answer.headers.get("Location") is None


def test_the_refusal_has_its_style_and_its_health_answer(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    page = BeautifulSoup(client.get("/", headers={"Host": EVIL}).text, "html.parser")
    for link in page.select("link[rel=stylesheet], script[src]"):
        address = str(link.get("href") or link.get("src"))
        assert client.get(address, headers={"Host": EVIL}).status_code == 200
    health = client.get("/healthz", headers={"Host": EVIL})
    assert (health.status_code, health.json["status"]) == (400, "error")
    assert client.get("/", headers={"Host": EVIL, "HX-Request": "true"}).status_code == 400
    assert client.post("/sign-in", headers={"Host": EVIL}).status_code == 400
    assert client.get("/?mode=dark", headers={"Host": EVIL}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "localhost."])
def test_without_a_setting_this_machine_s_own_names_are_known(sqlite_app: Flask, host: str) -> None:
    answer = sqlite_app.test_client().get("/", headers={"Host": host})
    assert answer.status_code == 200
    name = host.lower().replace("localhost.", "localhost")
    assert whole_addresses(answer.text) == {f"http://{name}"}


@pytest.mark.parametrize(
    "host", ["hub.example", "old.hub.example", "www.busan.example", "busan.example", "localhost:8000"]
)
def test_the_public_address_is_the_address_whatever_was_asked(public: Flask, host: str) -> None:
    client = public.test_client()
    for path in PATHS:
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == (404 if path == "/nothing" else 200)
        assert whole_addresses(answer.text) == {"https://hub.example"}, path


@pytest.mark.parametrize(
    "host", [EVIL, "hub.example.evil.example", "xhub.example", "xbusan.example", "sub.hub.example"]
)
def test_a_refusal_leads_to_the_public_address(public: Flask, host: str) -> None:
    answer = public.test_client().get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "https://hub.example" in answer.text
    assert whole_addresses(answer.text) == {"https://hub.example"}


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[a-z.:\[\]0-9-]{0,40}", fullmatch=True)))
@example("localhost:0")
@example("localhost:65536")
@example("localhost:1@evil.example")
@example("localhost/evil.example")
@example("localhost, evil.example")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_the_host_header(sqlite_app: Flask, host: str) -> None:
    answer = sqlite_app.test_client().get("/about", environ_overrides={"HTTP_HOST": host})
    known = asked_host(host)
    named = known[0] if known else ""
    assert answer.status_code == (200 if named in ("localhost", "127.0.0.1", "[::1]") or not host else 400)
    expected = (
        {"http://" + "".join(known or ())} if answer.status_code == 200 and known else {"http://localhost"}
    )
    assert whole_addresses(answer.text) == expected


FORWARDED = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}


def test_forwarded_headers_are_believed_as_told(sqlite_loaded: Settings) -> None:
    untold = app_with(sqlite_loaded).test_client().get("/", headers=FORWARDED)
    assert whole_addresses(untold.text) == {"http://localhost"}
    told = app_with(sqlite_loaded, proxies=1, allowed_hosts="hub.example").test_client()
    assert told.get("/", headers=FORWARDED).status_code == 400
    ours = {**FORWARDED, "X-Forwarded-Host": "hub.example"}
    assert whole_addresses(told.get("/", headers=ours).text) == {"https://hub.example"}
    # Of what a client sends itself only what the proxy added counts: the last.
    forged = {**FORWARDED, "X-Forwarded-Host": f"{EVIL}, hub.example", "X-Forwarded-Proto": "javascript"}
    assert whole_addresses(told.get("/", headers=forged).text) == {"http://hub.example"}


def test_behind_a_proxy_every_visitor_is_a_machine(sqlite_loaded: Settings) -> None:
    wrong = {"email": "no@hub.example", "password": "wrong"}

    def from_many(app: Flask) -> list[int]:
        return [
            app.test_client()
            .post("/sign-in", data=wrong, headers={"X-Forwarded-For": f"10.9.9.9, 203.0.113.{n}"})
            .status_code
            for n in range(12)
        ]

    assert from_many(app_with(sqlite_loaded, proxies=1)) == [401] * 12
    assert from_many(app_with(sqlite_loaded)) == [401] * 10 + [429] * 2  # a client may send what it likes


@pytest.mark.parametrize("path", ["//about", "//evil.example/..", "/regions//26", "//evil.example//about"])
def test_a_redirect_names_no_host(public: Flask, path: str) -> None:
    answer = public.test_client().get(
        "/", environ_overrides={"PATH_INFO": path, "HTTP_HOST": "old.hub.example"}
    )
    location = answer.headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_whole_addresses_are_written_in_one_place() -> None:
    others = [
        file.name
        for folder, kind in (("hub", "*.py"), ("templates", "*.*"))
        for file in Path(REPOSITORY / folder).rglob(kind)
        if file.name != "public_address.py"
        and re.search(
            r"_external\b|request\.(base_url|url_root|root_url|host_url|host|url)\b",
            file.read_text(encoding="utf-8"),
        )
    ]
    assert others == []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://hub.example/", "https://hub.example"),
        (" https://HUB.example:443 ", "https://hub.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://허브.example", "https://xn--ov3b174b.example"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_public_address_is_read(given: str, read: str) -> None:
    assert parse_public_url(given) == read
    assert parse_public_url(read) == read
    assert Settings(public_url=given).public_url == read


WRONG = [
    ("PUBLIC_URL", "hub.example"),
    ("PUBLIC_URL", "https://hub.example/path"),
    ("PUBLIC_URL", "https://hub.example/?a=b"),
    ("PUBLIC_URL", "https://hub.example#"),
    ("PUBLIC_URL", "ftp://hub.example"),
    ("PUBLIC_URL", "javascript:alert(1)"),
    ("PUBLIC_URL", "https://user:word@hub.example"),
    ("PUBLIC_URL", "https://hub.example:0"),
    ("PUBLIC_URL", "https://hub.example:99999"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://a b.example"),
    ("PUBLIC_URL", "https://hub_x.example"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "*.hub.example"),
    ("ALLOWED_HOSTS", "https://hub.example"),
    ("ALLOWED_HOSTS", "hub.example:8000"),
    ("ALLOWED_HOSTS", "hub.example, ."),
    ("ALLOWED_HOSTS", "10.0.0.0/8"),
    ("PROXIES", "-1"),
    ("PROXIES", "many"),
    ("PROXIES", "11"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HUB_{name}", value)
    with pytest.raises(SettingsError, match=f"^HUB_{name}: (?!Value error)"):
        load_settings()


def test_a_command_refuses_it_with_one_line(run_hub: Callable[..., CompletedProcess[str]]) -> None:
    for name, value in (("HUB_PUBLIC_URL", "https://hub.example/path"), ("HUB_LANGUAGE", "fr")):
        refused = run_hub("serve", **{name: value})
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"hub: {name}: ")
        assert refused.stderr.count("\n") == 1
        assert run_hub("--help", **{name: value}).returncode == 0


def test_production_wants_an_address_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", "production")
    monkeypatch.setenv("HUB_PUBLIC_URL", "http://hub.example")
    with pytest.raises(SettingsError, match=r"^HUB_PUBLIC_URL: .*https"):
        load_settings()
    monkeypatch.setenv("HUB_PUBLIC_URL", "http://localhost:8000")
    assert load_settings().hosts == {"localhost", "127.0.0.1", "[::1]"}
    with pytest.raises(ValidationError):
        Settings(environment="production", public_url="http://hub.example")


def test_a_server_goes_by_the_names_that_reach_it() -> None:
    plain = Settings(allowed_hosts="more.example")
    assert "10.1.2.3" in with_served_hosts(plain, "10.1.2.3").hosts
    assert "more.example" in with_served_hosts(plain, "10.1.2.3").hosts
    every = with_served_hosts(plain, "0.0.0.0").hosts
    assert set(served_hosts("0.0.0.0")) <= every
    assert EVIL not in every
    # Where the public address is said, or in production, only what is written counts.
    for told in (Settings(public_url="https://hub.example"), Settings(environment="production")):
        assert with_served_hosts(told, "0.0.0.0").hosts == told.hosts
