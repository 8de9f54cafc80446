"""How often each page asks the database: a page of many rows asks no more than a page of few."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, select

from hub.accounts.passwords import add_account
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.leaving import pointing
from hub.posting.contacts import ContactDetails, note_contact
from hub.posting.referrals import refer, referred
from hub.posting.statements import touch
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Statement
from tests.browser.addresses import ADDRESSES
from tests.browser.conftest import ENTERER, NEWCOMER, join
from tests.conftest import PASSWORD, account_for, signed_in
from tests.inquiries.asking import ask_about
from tests.inviting import put_invitation
from tests.newcomers import begin
from tests.posting.test_statements import post

MOST = 15  # queries of one page
OWNER = "국립목포대학교"


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The queries that are run in the block."""
    queries: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        queries.append(statement)

    engine = app.extensions["hub"][Database].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(engine, "before_cursor_execute", note)


def account_for_other(session: Session) -> Account:
    """The staff of another region."""
    add_account(session, "o@hub.example", PASSWORD, "staff", region="48")
    return session.exec(select(Account).where(Account.email == "o@hub.example")).one()


@pytest.fixture
def busy(sqlite_app: Flask) -> tuple[Flask, dict[str, str]]:
    """A hub in use: a profile of many statements, saved searches, decided pairs, many judgements."""
    parts = sqlite_app.extensions["hub"]
    own = account_for(sqlite_app, "m@hub.example", "member", profile=OWNER)
    for number in range(12):
        kind = ("capability", "asset", "need")[number % 3]
        post(
            parts[Engine],
            OWNER,
            f"해조류에서 바이오 소재를 {number}번째 방법으로 얻습니다.",
            kind=kind,
            fields=("LA", "LB"),
        )
    with parts[Database].writing() as session:
        unit = save_unit(session, own, unit_particulars({"name_ko": "구조연구실", "kind": "laboratory"})).id
        for said in session.exec(select(Statement).where(Statement.profile_id == own)).all()[::2]:
            said.unit_id = unit
            session.add(said)
        touch(session, own)
    account_for(sqlite_app, "s@hub.example", "staff", region="26")
    staff = signed_in(sqlite_app, "s@hub.example")
    member = signed_in(sqlite_app, "m@hub.example")
    page = staff.get("/regions/26").text
    keys = re.findall(r'id="pair-(\d+-\d+)"', page)
    for number, key in enumerate(keys[:8]):
        decision = ("shortlisted", "dismissed")[number % 2]
        assert staff.post(f"/regions/26/pairs/{key}", data={"decision": decision}).status_code == 302
    for number in range(12):
        assert member.post("/searches", data={"q": f"김치 포장 {number}"}).status_code == 302
    with parts[Database].writing() as session:
        firm = find_profile(session, "토탈소프트").id
        asks = account_for_other(session)
        note_contact(session, firm, ContactDetails("박부산", "051-000-0000", ""), asks.id)
        given = {"name_ko": "영도정밀", "kind": "company", "region_code": "26200"}
        referral = refer(session, asks, referred(given)).id
        tokens = begin(session, str(sqlite_app.secret_key))
        claim, unseen = join(session)
        add_account(session, "f@hub.example", PASSWORD, "member", profile_id=firm)
        member_of_firm = session.exec(select(Account).where(Account.email == "f@hub.example")).one()
        inquiries = [
            ask_about(
                session, parts[Engine].encoder, member_of_firm, f"크레인의 고장을 {n}일 앞서 알고 싶습니다."
            )
            for n in range(6)
        ]
        put_invitation(session, own)
    with parts[Database].reading() as session:
        statement = session.exec(select(Statement.id).where(Statement.profile_id == own)).first()
        asset = session.exec(
            select(Statement.id).where(Statement.profile_id == own, Statement.kind == "asset")
        ).first()
    return sqlite_app, {
        "own": str(own),
        "statement": str(statement),
        "asset": str(asset),
        "unit": str(unit),
        "contacted": str(firm),
        "referral": str(referral),
        **tokens,
        "claim": str(claim),
        "unseen": str(unseen),
        "inquiry": str(inquiries[0].id),
        "pair": keys[2],
        "other": keys[4],
    }


def gettable(app: Flask) -> set[str]:
    """Every page there is, by the route map; files are no pages."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - {"static"}


def walked(app: Flask, paths: list[str]) -> set[str]:
    """The pages that these addresses lead to."""
    adapter = app.url_map.bind("localhost")
    return {
        adapter.match(urlsplit(path).path)[0] for path in paths if adapter.test(urlsplit(path).path, "GET")
    }


@pytest.mark.parametrize(
    "who", ["visitor", "m@hub.example", "s@hub.example", "f@hub.example", NEWCOMER, ENTERER]
)
def test_no_page_asks_the_database_more_than_fifteen_times(
    busy: tuple[Flask, dict[str, str]], who: str
) -> None:
    app, numbers = busy
    client = app.test_client() if who == "visitor" else signed_in(app, who)
    paths = [path.format(**numbers) for listed in ADDRESSES.values() for path in listed]
    paths += [
        "/regions?measure=matches",
        "/regions/26?measure=matches",
        "/map.json",
        "/map.json?region=26",
        "/regions/26/network.json",
        "/sitemap.xml",
        "/search?q=반도체 장비&show=400",
        "/regions/26?strength=any",
        "/search?q=반도체&sort=newest",
        "/regions/11/supply",
        "/healthz",
        "/statements/{statement}/photo".format(**numbers),
    ]
    paths += ["/regions/open?code=26", "/robots.txt", "/session", "/account/export"]
    paths += ["/sign-in/oidc", *(f"/sign-in/oidc/{name}" for name in ("callback", "failed", "link", "new"))]
    assert walked(app, paths) == gettable(app)  # a new page is counted the day it is there
    asked: dict[str, int] = {}
    for path in paths:
        client.get(path)  # what is made once and kept does not count
        with counted(app) as queries:
            client.get(path)
        asked[path] = len(queries)
        if len(queries) > MOST:
            print(path, *sorted(queries), sep="\n")
    # The file of what the hub holds of a person asks each table that names an account once, however much it holds.
    assert asked.pop("/account/export") <= MOST + len(pointing())
    assert {path: n for path, n in asked.items() if n > MOST} == {}
    assert sum(asked.values()) > len(asked)  # the queries were really counted


def test_a_page_checks_the_revision_once(busy: tuple[Flask, dict[str, str]]) -> None:
    app, numbers = busy
    client = app.test_client()
    for path in (f"/profiles/{numbers['own']}", "/regions/26/supply", "/search?q=김치"):
        client.get(path)  # what the fixture wrote is followed once
        with counted(app) as queries:
            client.get(path)
        assert sum("FROM revision" in query for query in queries) == 1, path
