"""Requests as only a broken or hostile client sends them, made for every route and method of the app.

Routes come from the app's own map, so a new one is tried as soon as it is there. A trial is one request; what is
asked of every answer stands in :func:`faults`.
"""

from __future__ import annotations

import gzip
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urljoin, urlsplit

import brotli
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import Session, select
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from hub.accounts.tables import Account, Claim
from hub.database import Database
from hub.index.engine import Engine
from hub.posting.contacts import ContactDetails, note_contact
from hub.posting.organisations import particulars, save_profile
from hub.posting.referrals import refer, referred
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.tables import Profile, Statement
from hub.web.addresses import EVERYWHERE, read_by
from tests.conftest import account_for, signed_in
from tests.inquiries.asking import ask_about
from tests.inviting import TOKEN, put_invitation
from tests.newcomers import begin

BASE = "http://localhost"
READERS = {
    "visitor": None,
    "member": {"role": "member", "profile": "토탈소프트"},
    "newcomer": {"role": "member"},
    "staff": {"role": "staff", "region": "26"},
    "admin": {"role": "admin"},
}
# The names of what builds addresses, here and in the libraries: none of them may be reached from outside.
ODD_NAMES = """endpoint values _anchor _method _scheme _external self app method subdomain url_scheme force_external
append_unknown query_args url_adapter error lang mode text next utm_source filename code pair number profile_id
statement_id changes kwargs args request session g __class__ csrf_token _method[] q[] 한국 %5B""".split()
FORM_NAMES = """kind text translation trl fields visibility action version statement_id asked word verdict next list
decision view q region near name_ko name_en size region_code homepage email password csrf_token contact_name contact_reach contact_note referral
answer profile_id once name consent withdraw username otp spare_otp language new_email new_password identity part unit unit_name note reason address profile as_unit reply proposed need partner named_anyway unit_id emails""".split()
GOOD_VALUES = """1 2 7 26 26110 29 capability need business asset company small EA S11 LB public hidden-name high any
grant refuse undo seen send-back known whole unit new suggested shortlisted dismissed right wrong none publish draft ko en dark large distance newest 30 1-2 /search?q=김치
김치가&과발효로&포장이&부풀어요 컨테이너&터미널의&크레인을&예측하는&기술을&찾습니다 www.example.kr
한국식품연구원""".split()
ODD_VALUES = [
    *("", " ", "0", "-1", "+1", "007", "1_0", "1e9", "0x1f", "NaN", "inf", "1.5", "²", "٣", "१२", "１７"),
    *(str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63), "9" * 20, "9" * 5000, "1-" + "9" * 30, "²-³"),
    *(
        "\x00",
        "김치\x00포장",
        "a\r\nX-Injected: 1",
        "\x1b[31m",
        "\x7f",
        "\ufeff",
        "\u202e",
        "\ud7ff",
        "\ufffe",
    ),
    *(
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\t/[x",
        "https://evil.example",
        "/search?q=a\r\nX",
    ),
    *(
        "https://[bad",
        "http://[::1",
        "https：//www.example.kr",
        "javascript:alert(1)",
        "[",
        "]",
        "a]b[c",
        "\\",
    ),
    *(
        "<script>alert(1)</script>",
        "\"'><b>",
        "{{ 7*7 }}",
        "%",
        "%s",
        "%(n)d",
        "{0}",
        "' OR 1=1 --",
        "../../x",
        ".",
    ),
    *(
        unicodedata.normalize("NFD", "한국"),
        "e\u0301",
        "👩‍🔬",
        "가" * 1200,
        "a" * 3000,
        "\u0300" * 500,
        "김" * 2100,
    ),
]
RAW_QUERIES = [
    "%ff%fe",
    "q=%ed%a0%80",
    "q=%zz",
    "%",
    "q=%00",
    "&&&&",
    "=",
    "q=%e3%28%a1&q",
    "?",
    "q=a;b",
    "q=\xff\xfe",
]
HEADERS: dict[str, list[str]] = {
    "HX-Request": ["true", "false", "1", "\xff"],
    "HX-History-Restore-Request": ["true", "junk"],
    "HX-Target": ["map", "pairs", "", "x" * 500, "'"],
    "HX-Current-URL": ["https://[bad", "\xff", "http://evil.example/"],
    "HX-Boosted": ["true", "junk"],
    "HX-Trigger-Name": ["q", "\xff"],
    "Accept-Language": ["en;q=x", "٣", "-" * 50, "\xff", "xx-" + "y" * 200],
    "Accept-Encoding": ["br;q=x", "gzip;q=-1", "*", "\xff"],
    "Accept": ["application/json", ";;;", "\xff"],
    "Referer": ["https://[bad", "\xff", "http://evil.example/"],
    "Origin": ["null", "http://[", "http://evil.example"],
    "Range": ["bytes=-", "bytes=9-1", "bytes=0-" + "9" * 30, "x"],
    "If-None-Match": ['"', "W/", "*"],
    "If-Modified-Since": ["yesterday", "9" * 40],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Host": ["a..b", "x" * 300],
    "Content-Type": ["multipart/form-data", "application/json", "text/plain; charset=\xff", "x"],
}
ODD_COOKIES = [
    "session=junk",
    "session=" + "x" * 3000,
    "display-mode=zz; display-text=²",
    "remember_token=1|x",
    "=;;",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
NOWHERE = [
    "/nothing",
    "/%00",
    "/search/",
    "//evil.example/",
    "/%2e%2e/%2e%2e/x",
    "/healthz/x",
    "/.env",
    "/%ff",
    "/a%0d%0ab",
]
LONG_BODY = b"text=" + b"a" * 1_100_000
ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


@dataclass(frozen=True)
class Trial:
    """One request and who sends it."""

    reader: str
    method: str
    path: str  # as it stands in the request line
    query: str
    headers: dict[str, str]
    body: bytes
    content_type: str
    csrf: bool

    def __str__(self) -> str:
        head = f"{self.reader}: {self.method} {self.path[:300]}?{self.query[:600]} {self.headers}"
        return f"{head} [{self.content_type}] {self.body[:600]!r}"[:2500]


@dataclass
class Outcome:
    """What came of many trials."""

    statuses: Counter[int] = field(default_factory=Counter)
    endpoints: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def parameters(app: Flask) -> dict[str, tuple[str, ...]]:
    """What each page reads from its address."""
    with app.app_context():
        return {rule.endpoint: read_by(rule.endpoint).all for rule in app.url_map.iter_rules()}


class Trials:
    """Makes requests for an app that holds the sample data, the same ones for the same seed."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.app, self.random = app, random.Random(seed)
        self.rules: list[Rule] = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        self.cookies = {reader: _cookie(app, reader, given) for reader, given in READERS.items()}
        with app.extensions["hub"][Database].reading() as session:
            profiles = [str(number) for number in session.exec(select(Profile.id).limit(20))]
            statements = [str(number) for number in session.exec(select(Statement.id).limit(20))]
            owner = int(profiles[0])
        with app.extensions["hub"][Database].writing() as session:
            unit = save_unit(
                session, owner, unit_particulars({"name_ko": "구조연구실", "kind": "laboratory"})
            ).id
            staff = session.exec(select(Account).where(Account.email == "staff@odd.example")).one()
            contact = note_contact(session, owner, ContactDetails("박부산", "051-000-0000", ""), staff.id).id
            given = {"name_ko": "영도정밀", "kind": "company", "region_code": "11"}
            referral = refer(session, staff, referred(given)).id
            tokens = begin(session, str(app.secret_key))
            newcomer = session.exec(select(Account).where(Account.email == "newcomer@odd.example")).one()
            claim = Claim(account_id=newcomer.id, profile_id=owner)
            session.add(claim)
            session.flush()
            profiles.append(str(_unseen(session)))
            member = session.exec(select(Account).where(Account.email == "member@odd.example")).one()
            encoder = app.extensions["hub"][Engine].encoder
            inquiry = ask_about(session, encoder, member, "컨테이너 크레인의 고장을 미리 알고 싶습니다.").id
            invitation = put_invitation(session, owner)
        self.known = {
            "profile_id": profiles,
            "statement_id": statements,
            "unit_id": [str(unit)],
            "contact_id": [str(contact)],
            "referral_id": [str(referral)],
            "mail_id": ["1"],
            "token": [*tokens.values(), TOKEN],
            "claim_id": [str(claim.id)],
            "inquiry_id": [str(inquiry)],
            "invitation_id": [str(invitation)],
            "account_id": ["1", "2", "3"],
            "number": ["1", "2"],
            "code": ["26", "26110", "29", "11"],
            "pair": ["1-2", f"{statements[0]}-{statements[1]}"],
            "filename": ["css/hub.css", "img/icon.svg", "js/hub.js"],
        }
        self.parameters = parameters(app)
        self.read = {name for names in self.parameters.values() for name in names}
        self.names = sorted({*ODD_NAMES, *EVERYWHERE, *self.read})

    def value(self) -> str:
        """A value of any kind."""
        return self.random.choice(
            [value.replace("&", " ") for value in GOOD_VALUES] if self.random.random() < 0.4 else ODD_VALUES
        )

    def _path(self, rule: Rule) -> str:
        def filled(found: re.Match[str]) -> str:
            good = self.known.get(found.group(1), ["1"])
            return quote(self.random.choice(good) if self.random.random() < 0.7 else self.value(), safe="/")

        return ARGUMENT.sub(filled, rule.rule)

    def _query(self, endpoint: str) -> str:
        if self.random.random() < 0.08:
            return self.random.choice(RAW_QUERIES)
        pairs = []
        for _n in range(self.random.choice([0, 0, 1, 1, 2, 3, 6])):
            own = self.parameters.get(endpoint, ())
            name = self.random.choice(own if own and self.random.random() < 0.5 else self.names)
            pairs += [(name, self.value())] * self.random.choice([1, 1, 1, 2, 5])
        return "&".join(f"{quote(name, safe='%')}={quote(value, safe='')}" for name, value in pairs)

    def _body(self) -> tuple[bytes, str]:
        form = "application/x-www-form-urlencoded"
        kind = self.random.random()
        if kind < 0.04:
            return b"\xff\x00{[" * 20, self.random.choice(
                [form, "application/json", "multipart/form-data; boundary=x"]
            )
        if kind < 0.05:
            return LONG_BODY, form
        if kind < 0.06:
            return b"fields=a&" * 50_000, form
        names = self.random.sample(FORM_NAMES, self.random.randint(0, len(FORM_NAMES)))
        pairs = [(name, self.value()) for name in names for _n in range(self.random.choice([1, 1, 1, 2]))]
        if kind < 0.15:
            builder = EnvironBuilder(method="POST", data=dict(pairs) | {"f": "x"})
            builder.content_type = "multipart/form-data"
            environ = builder.get_environ()
            return environ["wsgi.input"].read(), environ["CONTENT_TYPE"]
        return "&".join(f"{quote(n)}={quote(v, safe='')}" for n, v in pairs).encode(), form

    def one(self) -> tuple[Trial, str]:
        """The next request, and the endpoint that it is for."""
        rule = self.random.choice(self.rules)
        path, endpoint = self._path(rule), rule.endpoint
        if self.random.random() < 0.04:
            path, endpoint = self.random.choice(NOWHERE), ""
        usual = [method for method in METHODS if method in (rule.methods or ())]
        method = self.random.choice(usual if self.random.random() < 0.8 else METHODS)
        chosen = self.random.sample(sorted(HEADERS), self.random.choice([0, 0, 1, 1, 2, 4]))
        headers = {name: self.random.choice(HEADERS[name]) for name in chosen}
        if self.random.random() < 0.25:
            headers["HX-Request"] = "true"
        body, content_type = self._body() if method not in ("GET", "HEAD", "OPTIONS") else (b"", "")
        content_type = headers.pop("Content-Type", content_type)
        reader = self.random.choice(list(READERS))
        cookie = self.cookies[reader]
        if self.random.random() < 0.1:
            cookie = self.random.choice(ODD_COOKIES)
        headers["Cookie"] = cookie
        csrf = self.random.random() < 0.1
        return Trial(reader, method, path, self._query(endpoint), headers, body, content_type, csrf), endpoint

    def run(self, count: int) -> Outcome:
        """Sends this many requests; a failure is a request and what is wrong with its answer."""
        outcome, begun = Outcome(), time.perf_counter()
        for _n in range(count):
            trial, endpoint = self.one()
            outcome.endpoints[endpoint] += 1
            try:
                answer = send(self.app, trial)
            except Exception as error:  # the app let it through to the server
                outcome.failures.append(f"{error!r} – {trial}")
                continue
            outcome.statuses[answer.status_code] += 1
            outcome.failures += [f"{fault} – {trial}" for fault in faults(trial, answer, self.read)]
            answer.close()
        outcome.seconds = time.perf_counter() - begun
        return outcome


def _unseen(session: Session) -> int:
    """A new organisation that the staff have not seen."""
    given = {"name_ko": "해담도금", "kind": "company", "region_code": "26200"}
    return save_profile(session, particulars(given), by_its_member=True).id


def _cookie(app: Flask, reader: str, given: dict[str, str] | None) -> str:
    """What a browser of this reader sends; kept here, so that signing out in one trial ends no other."""
    if given is None:
        return ""
    email = f"{reader}@odd.example"
    account_for(app, email, **given)
    kept = signed_in(app, email).get_cookie("session")
    assert kept is not None
    return f"session={kept.value}"


def send(app: Flask, trial: Trial) -> TestResponse:
    """The app's answer."""
    app.config["WTF_CSRF_ENABLED"] = trial.csrf
    environ: dict[str, Any] = EnvironBuilder(
        method=trial.method, base_url=BASE, headers=trial.headers, data=trial.body or None
    ).get_environ()
    path, _mark, _rest = trial.path.partition("?")
    environ["HTTP_HOST"] = trial.headers.get("Host", urlsplit(BASE).netloc)
    environ["PATH_INFO"] = _decoded(path)
    environ["QUERY_STRING"] = trial.query
    environ["REQUEST_URI"] = f"{path}?{trial.query}"
    if trial.body:
        environ["CONTENT_TYPE"] = trial.content_type
    # Not through Flask's client, which would tidy the address first.
    return TestResponse(*run_wsgi_app(app, environ), request=Request(environ))


def _decoded(path: str) -> str:
    """A path as servers hand it on: percents resolved, each byte a character."""
    return unquote_to_bytes(path).decode("latin-1")


def faults(trial: Trial, answer: TestResponse, read: set[str]) -> Iterator[str]:
    """What is wrong with an answer; ``read`` are the parameters that some page reads."""
    if answer.status_code >= 500:
        yield f"{answer.status_code}"
    if "Content-Security-Policy" not in answer.headers:
        yield "no security headers"
    if "X-Injected" in answer.headers:
        yield "a header of somebody else's"
    if 300 <= answer.status_code < 400 and "Location" in answer.headers:
        yield from _leads_away(answer.headers["Location"])
    if trial.method == "HEAD" or answer.mimetype != "text/html":
        if answer.status_code >= 400 and answer.mimetype not in ("text/html", "application/json"):
            yield f"an error as {answer.mimetype}"
        return
    text = _text(answer)
    if "Traceback (most recent" in text or "<script>alert(1)" in text:
        yield "a trace, or markup of somebody else's"
    if answer.status_code >= 400:
        yield from _no_error_page(trial, text)
    yield from _odd_canonical(text, read | {"lang"})


def _text(answer: TestResponse) -> str:
    """A page's text, whatever it was packed with."""
    packed = answer.headers.get("Content-Encoding")
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(packed or "", bytes)
    return unpack(answer.data).decode()


def _leads_away(location: str) -> Iterator[str]:
    if any(ord(character) < 32 for character in location):
        yield f"control characters in {location!r}"
    target = urljoin(BASE, re.sub(r"[\t\r\n]", "", location).replace("\\", "/"))
    if urlsplit(target).netloc != urlsplit(BASE).netloc:
        yield f"leads away to {location!r}"


def _no_error_page(trial: Trial, text: str) -> Iterator[str]:
    part = trial.headers.get("HX-Request") == "true"
    if part and trial.headers.get("HX-History-Restore-Request") != "true":
        if 'role="alert"' not in text:
            yield "an error without the part that says it"
    elif 'class="site-header"' not in text or 'href="/"' not in text:
        yield "an error without the site's header and a way home"


def _odd_canonical(text: str, known: set[str]) -> Iterator[str]:
    if '<link rel="canonical"' not in text:
        return
    links = BeautifulSoup(text[: text.index("</head>")], "html.parser").select(
        'link[rel="canonical"], link[hreflang]'
    )
    for link in links:
        parts = urlsplit(str(link["href"]))
        if f"{parts.scheme}://{parts.netloc}" != BASE or str(link["href"]).count(BASE) > 1:
            yield f"an address of this page at {link['href']}"
        odd = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} - known
        if odd:
            yield f"an address of this page with {odd}"
