"""A page's own address: what it reads from it, what it ignores, where it sends on; and errors that always answer."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import EnvironBuilder, run_wsgi_app

from hub import failures
from hub.database import Database
from hub.search.query import NAMES
from hub.web.addresses import EVERYWHERE, safe_next
from hub.web.request import CleanRequest
from tests.conftest import PASSWORD, account_for, signed_in
from tests.odd_requests import ARGUMENT, ODD_NAMES, Trials

MEMBER = "m@hub.example"
PAGES = [
    "/",
    "/about",
    "/search?q=김치",
    "/regions",
    "/regions/26",
    "/regions/26/profiles",
    "/profiles/17",
    "/sign-in",
]
OWN_OF_LIBRARIES = [name for name in ODD_NAMES if name not in (*EVERYWHERE, "next", "code")]


def link(page: str, which: str) -> str:
    """The address in a page's head or in its language link."""
    found = re.search(
        {"canonical": r'rel="canonical" href="([^"]*)"', "language": r'id="language" href="([^"]*)"'}[which],
        page,
    )
    assert found is not None
    return unescape(found.group(1))


def test_an_unknown_parameter_is_ignored_and_not_carried_on(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in PAGES:
        plain = client.get(path).text
        mark = "&" if "?" in path else "?"
        one_by_one = [[name] for name in OWN_OF_LIBRARIES[:13]]
        for names in one_by_one if path == "/about" else [OWN_OF_LIBRARIES]:
            for value in ("1", "//evil.example"):
                odd = "&".join(f"{name}={value}&{name}=2" for name in names)
                answer = client.get(f"{path}{mark}{odd}")
                assert answer.status_code == 200, odd
                for which in ("canonical", "language"):
                    assert link(answer.text, which) == link(plain, which), odd


def test_what_builds_addresses_cannot_be_reached_from_one(sqlite_app: Flask) -> None:
    for path, status in (
        *((f"/?{name}=1", 200) for name in ("endpoint", "_anchor", "_method", "_external", "self", "values")),
        *(("/?_scheme=http", 200), ("/?_method=POST", 200), ("/profiles/17?profile_id=18", 200)),
        *(("/regions/26?code=11&code=12", 200), ("/regions/99?code=26", 404), ("/nothing?_external=1", 404)),
        *(("/profiles/999999?profile_id=17", 404), ("/static/none?filename=css/hub.css", 404)),
    ):
        answer = sqlite_app.test_client().get(path)
        there = urlsplit(path).path
        assert answer.status_code == status, path
        assert link(answer.text, "canonical") == f"http://localhost{there}"
        assert link(answer.text, "language") == f"{there if there != '/nothing' else '/'}?lang=en"


def test_a_pages_own_parameters_stay_all_of_them(sqlite_app: Flask) -> None:
    for path, which, stay in (
        (
            "/compare?q=김치&near=26&s=1&s=2&s=3&utm_source=x&fbclid=y",
            "language",
            {"q": ["김치"], "near": ["26"], "s": ["1", "2", "3"], "lang": ["en"]},
        ),
        ("/search?q=김치&show=40&after=20&lang=en&gclid=z", "canonical", {"q": ["김치"]}),
        (
            "/regions/26?within=100&strength=any&page=1&x=1&lang=fr",
            "language",
            {"within": ["100"], "strength": ["any"], "page": ["1"], "lang": ["en"]},
        ),
    ):
        page = sqlite_app.test_client().get(path).text
        assert parse_qs(urlsplit(link(page, which)).query) == stay, path


class Recorded(ImmutableMultiDict[str, str]):
    """Parameters that remember which of them a page has looked at."""

    read: dict[str, set[str]] = defaultdict(set)

    def _note(self, name: str) -> None:
        self.read[request.endpoint or ""].add(name)

    def get(self, key: str, *given_: object, **named: object) -> object:  # type: ignore[override]
        self._note(key)
        return super().get(key, *given_, **named)  # type: ignore[call-overload]

    def getlist(self, key: str, *given_: object, **named: object) -> list[object]:  # type: ignore[override]
        self._note(key)
        return super().getlist(key, *given_, **named)  # type: ignore[call-overload]

    def __getitem__(self, key: str) -> str:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return super().__contains__(key)

    def items(self, multi: bool = False) -> object:  # type: ignore[override]
        self._note("all of them")
        return super().items(multi)

    to_dict = lists = values = items  # type: ignore[assignment]


def test_what_a_page_reads_from_its_address_is_known(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parameter that a page reads and does not say so would be lost by every link of the page."""
    trials = Trials(sqlite_app, seed=1)
    given = CleanRequest.__dict__["args"].fget
    recorded = property(lambda asked: Recorded(list(given(asked).items(multi=True))))
    monkeypatch.setattr(CleanRequest, "args", recorded)
    Recorded.read.clear()
    sqlite_app.config["WTF_CSRF_ENABLED"] = False
    for rule in trials.rules:
        path = ARGUMENT.sub(lambda found: trials.known[found.group(1)][0], rule.rule)
        for reader in ("visitor", "staff"):
            for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "map"}):
                client = sqlite_app.test_client(use_cookies=False)
                client.get(path + "?q=김치&after=20", headers={**headers, "Cookie": trials.cookies[reader]})
    unknown = {
        endpoint: names - {*trials.parameters.get(endpoint, ()), *EVERYWHERE}
        for endpoint, names in Recorded.read.items()
    }
    assert {endpoint: names for endpoint, names in unknown.items() if names} == {}
    # And nothing is called known that no page reads.
    for endpoint, names in trials.parameters.items():
        assert set(names) <= Recorded.read.get(endpoint, set()), endpoint


def test_a_query_that_is_no_text_is_read_as_far_as_it_is_one(sqlite_app: Flask) -> None:
    for query in (b"q=\xff\xfe", b"\xed\xa0\x80", b"q=%ff", b"q=%ED%A0%80", b"%", b"=&&=", b"q=%00"):
        for path, least in (("/", 200), ("/search", 200), ("/nothing", 404), ("/searches", 302)):
            status, text = asked(sqlite_app, path, QUERY_STRING=query.decode("latin-1"))
            assert status in (least, 400), path
            assert text
    # What browsers of old sent bare is still read.
    _status, text = asked(sqlite_app, "/search", QUERY_STRING="q=김치".encode().decode("latin-1"))
    assert 'value="김치"' in text


def asked(app: Flask, path: str, **environment: str) -> tuple[int, str]:
    """Status and text as a server gets them, without a client that tidies the request."""
    environ = {**EnvironBuilder(path=path).get_environ(), **environment}
    body, status, _headers = run_wsgi_app(app, environ)
    return int(status[:3]), b"".join(body).decode()


NEXT = [
    *(
        "/search?q=a\r\nX",
        "/\t/[x",
        "/\t/evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
    ),
    *(
        "https://evil.example",
        "javascript:alert(1)",
        "/[x",
        "/\x00",
        "/\u2028x",
        "/" + "a" * 20_000,
        "",
        "x",
        " /x",
        "\t/x",
    ),
]


BACK = ["/search?q=김치 포장", "/regions/26?page=2#pairs", "/search?q=[특수]강", "/"]


def test_after_the_right_password_one_is_back_and_never_away(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    form = {"email": MEMBER, "password": PASSWORD}
    for target in NEXT:
        answer = sqlite_app.test_client().post("/sign-in", query_string={"next": target}, data=form)
        assert (answer.status_code, answer.location) == (302, "/dashboard"), target
    for target in BACK:
        assert safe_next(target, "/otherwise") == target
        client = sqlite_app.test_client()
        answer = client.post("/sign-in", query_string={"next": target}, data=form)
        assert (answer.status_code, urlsplit(answer.location).path) == (302, urlsplit(target).path)
        assert client.get(answer.location).status_code == 200


@given(st.text(alphabet=st.one_of(st.sampled_from("/\\\t\r\n[]:@.?#%x \x00"), st.characters()), max_size=30))
@example("/\t/evil.example")
@settings(max_examples=1000, deadline=None)
def test_a_next_page_is_always_of_this_site(target: str) -> None:
    for asked in (target, "/" + target, "//" + target):
        where = safe_next(asked, "/otherwise")
        assert where in (asked, "/otherwise")
        # As a browser reads it: without tabs and line ends, and with slashes for backslashes.
        read = urljoin("http://here.example/x/y", re.sub(r"[\t\r\n]", "", where).replace("\\", "/"))
        assert urlsplit(read)[:2] == ("http", "here.example")
        assert not re.search(r"[\x00-\x1f\x7f]", where)


def whole_and_part(client: FlaskClient, path: str) -> tuple[str, str]:
    """An error as a page and as the part that htmx puts in."""
    whole, part = client.get(path), client.get(path, headers={"HX-Request": "true"})
    assert whole.status_code == part.status_code >= 400
    assert 'class="site-header"' in whole.text
    assert 'href="/"' in whole.text
    assert "<html" not in part.text
    for text in (whole.text, part.text):
        assert 'role="alert"' in text
        assert "Traceback" not in text
    return whole.text, part.text


def test_an_error_whose_page_fails_is_said_on_a_plain_one(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> str:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(failures, "render_template", broken)
    for language, says, site in (
        ("ko", "아무것도 없습니다", "지역 산학 연계 허브"),
        ("en", "nothing", "Hub"),
    ):
        client = sqlite_app.test_client()
        client.get(f"/about?lang={language}")
        for text in whole_and_part(client, "/nothing/<b>"):
            assert says in text
            assert "secret detail" not in text
            assert "<b>" not in text
        whole, _part = whole_and_part(client, "/nothing")
        assert f'<html lang="{language}">' in whole
        assert site in whole
    answer = sqlite_app.test_client().get("/nothing")
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers


def test_an_error_without_even_a_language_is_said(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("hub.language.translate", broken)
    monkeypatch.setattr("hub.language.get_locale", broken)
    for path in ("/", "/nothing", "/profiles/999999", "/search?q=a"):
        whole, _part = whole_and_part(sqlite_app.test_client(), path)
        assert "저희 쪽 오류" in whole
        assert "secret detail" not in whole


def test_a_database_that_is_gone_is_said_to_people_who_are_signed_in_too(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    client = signed_in(sqlite_app, MEMBER)

    def gone() -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    with sqlite_app.app_context():
        monkeypatch.setattr(sqlite_app.extensions["hub"][Database], "reading", gone)
    for path in ("/", "/regions/26", "/nothing"):
        whole_and_part(client, path)
    assert client.get("/regions/26").status_code == 503
    assert client.get("/healthz").json["status"] == "error"


def test_a_host_that_is_none_gets_an_answer(sqlite_app: Flask) -> None:
    for host in ("a..b", "x" * 300, "[bad", "a b", ""):
        for path in ("/", "/nothing", "/healthz"):
            status, text = asked(sqlite_app, path, HTTP_HOST=host)
            assert status in (200, 400, 404), host
            assert ("status" if path == "/healthz" else 'class="site-header"') in text


def test_a_body_too_large_is_said(sqlite_app: Flask) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        body = b"text=" + b"a" * 1_100_000
        answer = sqlite_app.test_client().post("/sign-in", data=body, content_type=kind)
        assert answer.status_code == 413
        assert "너무 큽니다" in answer.text
        assert 'class="site-header"' in answer.text


def test_what_cannot_be_done_says_what_can(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().delete("/sign-in")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= {method.strip() for method in answer.headers["Allow"].split(",")}
    assert "할 수 없는 일" in answer.text


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from([*ODD_NAMES, *NAMES]), st.text()),
            st.text(max_size=20),
        ),
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_parameters_at_all(sqlite_app: Flask, pairs: list[tuple[str, str]]) -> None:
    pairs = [tuple(text.encode("utf-8", "replace").decode() for text in pair) for pair in pairs]  # type: ignore[misc]
    for path in ("/about", "/sign-in"):
        answer = sqlite_app.test_client().get(path, query_string=pairs)
        assert answer.status_code in (200, 302, 400), pairs
        if answer.status_code == 200:
            assert link(answer.text, "canonical").startswith(f"http://localhost{path}")
