"""A scan of every route, taken from the app's own map: what each answer carries, whoever asks, and that no form goes without
its token. A new route is scanned the day it is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.odd_requests import ARGUMENT, READERS, Trials

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
# What scripts may read, and what it is: a mark that opens nothing, and how pages are shown.
READABLE = {"session-mark", "display-mode", "display-text"}
TRACE = re.compile(r'Traceback \(most recent|File "[^"]+", line \d|werkzeug|sqlalchemy|jinja2', re.IGNORECASE)


@pytest.fixture
def scanned(sqlite_app: Flask) -> Trials:
    """The app as it runs in production, and what addresses its routes have here."""
    trials = Trials(sqlite_app, seed=1)
    sqlite_app.config.update(SESSION_COOKIE_SECURE=True, WTF_CSRF_ENABLED=True)
    return trials


def path_of(trials: Trials, rule: Rule) -> str:
    """An address of a route, with what is there in the place of its arguments."""
    return ARGUMENT.sub(lambda found: trials.known.get(found.group(1), ["1"])[0], rule.rule)


def routes(trials: Trials, method: str) -> list[Rule]:
    return [rule for rule in trials.rules if method in (rule.methods or ())]


def asks(trials: Trials, reader: str, method: str, path: str) -> TestResponse:
    """An answer to a browser of this reader, which keeps no cookie from one to the next."""
    client = trials.app.test_client(use_cookies=False)
    return client.open(path, method=method, headers={"Cookie": trials.cookies[reader]})


def faults(answer: TestResponse, reader: str, endpoint: str) -> Iterator[str]:
    """What an answer lacks."""
    if answer.status_code >= 500 and endpoint != "home.healthz":
        yield str(answer.status_code)
    for name, value in HEADERS.items():
        # The address of an invitation is a key: it is told to nobody at all.
        stricter = name == "Referrer-Policy" and answer.headers.get(name) == "no-referrer"
        if answer.headers.get(name) != value and not stricter:
            yield f"{name}: {answer.headers.get(name)}"
    policy = answer.headers.get("Content-Security-Policy", "")
    if not all(part in policy for part in POLICY) or "unsafe" in policy or "*" in policy:
        yield f"Content-Security-Policy: {policy}"
    if {"X-Powered-By", "Access-Control-Allow-Origin"} & {*answer.headers.keys()}:
        yield "says what it is made of, or lets other sites read it"
    yield from _cookies(answer)
    cached = answer.headers.get("Cache-Control", "")
    if reader != "visitor" and endpoint != "static" and "no-store" not in cached:
        yield f"may be kept by a cache: {cached!r}"
    if answer.mimetype == "text/html":
        if not {"Cookie", "HX-Request"} <= {*answer.vary.as_set(preserve_casing=True)}:
            yield f"Vary: {answer.vary}"
        yield from _page(answer.text, policy)


def _cookies(answer: TestResponse) -> Iterator[str]:
    for header in answer.headers.getlist("Set-Cookie"):
        for name, cookie in SimpleCookie(header).items():
            if not cookie["secure"] or cookie["samesite"] not in ("Lax", "Strict"):
                yield f"cookie {header[:200]}"
            if not cookie["httponly"] and name not in READABLE:
                yield f"scripts may read the cookie {name}"
            if cookie["domain"]:
                yield f"the cookie {name} goes to neighbours"


def _page(text: str, policy: str) -> Iterator[str]:
    if TRACE.search(text):
        yield "a trace"
    page = BeautifulSoup(text, "html.parser")
    for script in page.find_all("script"):
        if f"'nonce-{script.get('nonce')}'" not in policy:
            yield f"a script without its nonce: {script}"
    for tag in page.find_all(True):
        if tag.has_attr("style") or any(name.startswith("on") for name in tag.attrs):
            yield f"<{tag.name}> brings a style or a script of its own"
        if tag.get("hx-post") and "csrf" not in text.lower():
            yield f"<{tag.name}> sends without a token"
    for form in page.find_all("form"):
        where = urlsplit(str(form.get("action") or ""))
        if where.netloc or where.scheme:
            yield f"a form that sends to {where.netloc}"
        token = form.find("input", attrs={"name": "csrf_token"})
        if str(form.get("method", "")).lower() == "post":
            if token is None or len(str(token.get("value"))) < 20:
                yield f"a form without a token: {form.get('action')}"
        elif token is not None:
            yield f"a token in an address: {form.get('action')}"


@pytest.mark.parametrize("reader", READERS)
def test_every_answer_carries_what_protects_it(scanned: Trials, reader: str) -> None:
    found: dict[str, list[str]] = {}
    statuses: Counter[int] = Counter()
    forms = 0
    for rule in routes(scanned, "GET"):
        for address in (path_of(scanned, rule), path_of(scanned, rule) + "?lang=en&page=x"):
            answer = asks(scanned, reader, "GET", address)
            statuses[answer.status_code] += 1
            forms += answer.text.count('name="csrf_token"') if answer.mimetype == "text/html" else 0
            wrong = [*faults(answer, reader, rule.endpoint)]
            if wrong:
                found[address] = wrong
            answer.close()
    for method, address in (("GET", "/nothing-here"), ("DELETE", "/"), ("GET", "/%00")):
        wrong = [*faults(asks(scanned, reader, method, address), reader, "")]
        if wrong:
            found[address] = wrong
    assert found == {}
    assert statuses[200] > 20  # pages were really seen, and forms on them
    assert forms > (20 if reader != "visitor" else 0)


@pytest.mark.parametrize("reader", READERS)
def test_nothing_is_sent_without_the_forms_token(scanned: Trials, reader: str) -> None:
    found: dict[str, list[str]] = {}
    for rule in routes(scanned, "POST"):
        answer = asks(scanned, reader, "POST", path_of(scanned, rule))
        wrong = [*faults(answer, reader, rule.endpoint)]
        if answer.status_code != 400:
            wrong.append(f"answered with {answer.status_code}")
        if wrong:
            found[rule.rule] = wrong
    assert found == {}
    assert len(routes(scanned, "POST")) > 20
