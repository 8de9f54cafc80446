"""A form that is sent twice makes one thing: one after the other, at the same moment, on each database."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from hub.accounts.once import KEPT, Once, UsedUp, once
from hub.accounts.passwords import add_account
from hub.accounts.tables import Account
from hub.database import Database, now
from hub.desk.decisions import PairDecision
from hub.fields.tables import RegionField
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Profile, Statement
from hub.search.feedback import Feedback
from hub.search.saved import SavedSearch
from hub.settings import Settings
from tests.conftest import PASSWORD, account_for, signed_in
from tests.serving import Client, serving

OWNER = "세계김치연구소"
TEXT = "갓김치의 매운맛 성분을 실시간으로 재는 비파괴 분광 측정 기술입니다."
MEMBER, STAFF = "m@hub.example", "s@hub.example"


def key_of(page: str) -> str:
    """The key of the form on a page."""
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    return unescape(found.group(1))


def statements(app: Flask, text: str = TEXT) -> list[Statement]:
    """What stands under this text."""
    with app.extensions["hub"][Database].reading() as session:
        return list(session.exec(select(Statement).where(Statement.text == text)))


@pytest.fixture
def member(sqlite_app: Flask) -> tuple[FlaskClient, str]:
    number = account_for(sqlite_app, MEMBER, "member", profile=OWNER)
    return signed_in(sqlite_app, MEMBER), f"/profiles/{number}/statements/new"


def written(key: str = "", **changes: str) -> dict[str, str]:
    form = {"kind": "capability", "text": TEXT, "visibility": "public", "action": "publish", **changes}
    return {**form, "once": key} if key else form


def test_the_second_time_leads_to_what_the_first_made(
    sqlite_app: Flask, member: tuple[FlaskClient, str]
) -> None:
    client, address = member
    key = key_of(client.get(address).text)
    first = client.post(address, data=written(key))
    again = client.post(address, data=written(key))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.location == again.location
    assert len(statements(sqlite_app)) == 1
    other = client.post(address, data=written(key_of(client.get(address).text)))
    assert other.location != first.location  # another form may say the same
    assert len(statements(sqlite_app)) == 2


def test_what_failed_uses_nothing_up(sqlite_app: Flask, member: tuple[FlaskClient, str]) -> None:
    client, address = member
    key = key_of(client.get(address).text)
    refused = client.post(address, data=written(key, text="짧다"))
    assert refused.status_code == 400
    assert key_of(refused.text) == key  # the same form, to be mended
    assert client.post(address, data=written(key)).status_code == 302
    assert len(statements(sqlite_app)) == 1


def test_another_text_with_a_used_key_is_neither_lost_nor_made_by_accident(
    sqlite_app: Flask, member: tuple[FlaskClient, str]
) -> None:
    client, address = member
    key = key_of(client.get(address).text)
    made = client.post(address, data=written(key))
    other = "갓김치의 색을 사진으로 판정하는 다른 기술입니다."
    told = client.post(address, data=written(key, text=other))
    assert told.status_code == 409
    assert other in told.text
    assert f'href="{made.location}"' in told.text
    assert statements(sqlite_app, other) == []
    new_key = key_of(told.text)
    assert new_key != key
    assert client.post(address, data=written(new_key, text=other)).status_code == 302
    assert len(statements(sqlite_app, other)) == 1


def test_a_form_without_a_key_is_refused_nothing_and_a_second_click_makes_no_second(
    sqlite_app: Flask, member: tuple[FlaskClient, str]
) -> None:
    client, address = member
    first = client.post(address, data=written())
    again = client.post(address, data=written())
    assert first.location == again.location
    assert len(statements(sqlite_app)) == 1
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.execute(sa.update(Once).values(made_at=now() - timedelta(minutes=2)))
    assert client.post(address, data=written()).location != first.location
    assert len(statements(sqlite_app)) == 2


def test_saving_an_edit_twice_is_no_conflict(sqlite_app: Flask, member: tuple[FlaskClient, str]) -> None:
    client, address = member
    client.post(address, data=written())
    edit = f"/statements/{statements(sqlite_app)[0].id}/edit"
    form = written(key_of(client.get(edit).text), text=TEXT + " 고침", version="1")
    first = client.post(edit, data=form)
    again = client.post(edit, data=form)
    assert (first.status_code, again.status_code) == (302, 302)
    assert statements(sqlite_app, TEXT + " 고침")[0].version == 2
    stale = client.post(edit, data={**form, "once": "k" * 20})
    assert stale.status_code == 409  # another form that was opened on the old version
    # Back in the browser and changed again: a conflict with what was saved, which is shown beside it.
    changed = client.post(edit, data={**form, "text": TEXT + " 또 고침"})
    assert changed.status_code == 409
    assert TEXT + " 고침" in changed.text
    assert TEXT + " 또 고침" in changed.text


def test_an_organisation_is_changed_as_often_as_it_is_saved(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile=OWNER)
    client = signed_in(sqlite_app, MEMBER)
    path = f"/profiles/{number}/edit"
    form = {"name_ko": OWNER, "kind": "institute", "region_code": "29170"}
    key = key_of(client.get(path).text)
    for keyed in ({}, {"once": key}):  # to and fro within a minute, by a script and from one page
        for english in ("One", "Two", "One"):
            assert client.post(path, data={**form, **keyed, "name_en": english}).status_code == 302
            with sqlite_app.extensions["hub"][Database].reading() as session:
                assert find_profile(session, OWNER).name_en == english


def test_each_form_that_makes_something_carries_a_key(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="풀무원")
    account_for(sqlite_app, STAFF, "staff", region="26")
    member, staff = signed_in(sqlite_app, MEMBER), signed_in(sqlite_app, STAFF)
    pages = [
        member.get(f"/profiles/{number}/statements/new").text,
        member.get(f"/profiles/{number}/edit").text,
        staff.get("/profiles/new").text,
    ]
    keys = [key_of(page) for page in pages]
    assert len(set(keys)) == len(keys)


@pytest.fixture
def someone(loaded: Settings) -> tuple[Database, int]:
    """A database and an account of it."""
    database = Database(loaded.database)
    with database.writing() as session:
        account = add_account(session, MEMBER, PASSWORD, "admin")
    return database, account.id


def test_a_key_is_one_account_s_and_one_form_s_and_is_forgotten_in_time(
    someone: tuple[Database, int],
) -> None:
    database, number = someone
    key = [("once", "a-key-of-one-form"), ("text", "하나")]
    with database.writing() as session:
        other = add_account(session, STAFF, PASSWORD, "admin").id
        assert once(session, number, "/here", key, lambda: 1) == 1
        assert once(session, number, "/here", key, lambda: 2) == 1
        assert once(session, other, "/here", key, lambda: 3) == 3
        assert once(session, number, "/there", key, lambda: 4) == 4
        with pytest.raises(UsedUp):
            once(session, number, "/here", [*key, ("more", "1")], lambda: 5)
    with database.writing() as session:
        session.execute(sa.update(Once).values(made_at=now() - KEPT - timedelta(days=1)))
        once(session, number, "/here", [("once", "another-key-of-a-form")], lambda: 6)
        kept = session.exec(select(Once.made_id).where(Once.account_id == number))
        assert list(kept) == [6]
    with database.writing() as session:  # nothing stays behind of an account that goes
        session.delete(session.get(Account, other))
        session.flush()
        assert session.exec(select(Once).where(Once.account_id == other)).first() is None


def count(database: Database, table: type, *where: object) -> int:
    """How many rows there are."""
    with database.reading() as session:
        return len(session.exec(select(table).where(*where)).all())  # type: ignore[call-overload]


def signed_in_client(settings: Settings, port: int, email: str) -> Client:
    client = Client(port)
    client.enter(settings, email)
    return client


def test_at_the_same_moment_too(loaded: Settings) -> None:
    """Every form that keeps something, sent from two connections at once to two workers."""
    database = Database(loaded.database)
    with database.writing() as session:
        owner = find_profile(session, OWNER).id
        add_account(session, MEMBER, PASSWORD, "member", profile_id=owner)
        add_account(session, STAFF, PASSWORD, "staff", region="26")
        answered = session.exec(select(Statement.id).where(Statement.source == "sample")).first()
    with serving(loaded, workers=2) as server:
        member, twin = (signed_in_client(loaded, server.port, MEMBER) for _ in range(2))
        staff, colleague = (signed_in_client(loaded, server.port, STAFF) for _ in range(2))

        def both(one: Client, other: Client, path: str, form: str, **fields: str) -> list[tuple[int, str]]:
            """Two answers; each connection sends its own token, and both the key of one form."""
            page = one.get(form)[1]
            if 'name="once"' in page:
                fields["once"] = key_of(page)
            tokens = [one.token(form), other.token(form)]
            start = Barrier(2)

            def send(client: Client, token: str) -> tuple[int, str]:
                start.wait()
                return client.post(path, csrf_token=token, **fields)

            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(send, (one, other), tokens))

        new = f"/profiles/{owner}/statements/new"
        for n in range(4):
            text = f"{TEXT} 시료 {n}종을 씁니다."
            answers = both(member, twin, new, new, **written(text=text))
            assert [status for status, _text in answers] == [302, 302]
            assert answers[0][1] == answers[1][1]  # both are led to the same
            assert count(database, Statement, Statement.text == text) == 1
        for n in range(4):
            name = f"동시에 넣은 기관 {n}"
            answers = both(
                staff, colleague, "/profiles/new", "/profiles/new",
                name_ko=name, kind="company", region_code="26110",
            )  # fmt: skip
            assert [status for status, _text in answers] == [302, 302]
            assert count(database, Profile, Profile.name_ko == name) == 1
        for n in range(4):
            match = {"statement_id": str(answered), "asked": f"김치 {n}", "word": "high", "verdict": "right"}
            statuses = {status for status, _text in both(member, twin, "/feedback", new, **match)}
            assert statuses == {302}
            assert count(database, Feedback, Feedback.asked == f"김치 {n}") == 1
            statuses = {status for status, _text in both(member, twin, "/searches", new, q=f"김치 {n}")}
            assert statuses == {302}
            assert count(database, SavedSearch, col(SavedSearch.address).endswith(f"+{n}")) == 1
        pairs = re.findall(r'id="pair-(\d+-\d+)"', staff.get("/regions/26")[1])[:4]
        for n, pair in enumerate(pairs, start=1):
            path = f"/regions/26/pairs/{pair}"
            statuses = {s for s, _t in both(staff, colleague, path, "/regions/26", decision="shortlisted")}
            assert statuses == {302}
            assert count(database, PairDecision) == n
        statuses = {
            s for s, _t in both(staff, colleague, "/regions/26/fields", "/regions/26/supply", fields="EA")
        }
        assert statuses == {302}
        assert count(database, RegionField) == 1
        with database.reading() as session:
            saved = list(session.exec(select(SavedSearch.id)))
        for number in saved:
            path = f"/searches/{number}/remove"
            assert {s for s, _t in both(member, twin, path, new)} == {302}
        assert count(database, SavedSearch) == 0


def test_of_two_who_enter_one_organisation_the_second_is_told_and_keeps_what_was_typed(
    loaded: Settings,
) -> None:
    """The two are different people: no key makes it the same form."""
    database = Database(loaded.database)
    with database.writing() as session:
        add_account(session, STAFF, PASSWORD, "staff", region="26")
        add_account(session, "s2@hub.example", PASSWORD, "staff", region="26")
    with serving(loaded, workers=2) as server:
        clients = [signed_in_client(loaded, server.port, email) for email in (STAFF, "s2@hub.example")]
        tokens = [client.token("/profiles/new") for client in clients]
        start = Barrier(2)

        def send(client: Client, token: str) -> tuple[int, str]:
            form = {
                "name_ko": "둘이 넣은 기관",
                "kind": "company",
                "region_code": "26110",
                "name_en": "By Two",
            }
            start.wait()
            return client.post("/profiles/new", csrf_token=token, **form)

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(send, clients, tokens))
    assert [status for status, _text in answers] == [302, 409]
    assert 'value="By Two"' in answers[1][1]
    assert "이미 있습니다" in answers[1][1]


def test_two_editors_at_one_moment_do_not_overwrite_each_other(loaded: Settings) -> None:
    database = Database(loaded.database)
    with database.writing() as session:
        owner = find_profile(session, OWNER).id
        add_account(session, MEMBER, PASSWORD, "member", profile_id=owner)
        edited = session.exec(select(Statement).where(Statement.profile_id == owner)).one()
    path = f"/statements/{edited.id}/edit"
    with serving(loaded, workers=2) as server:
        clients = [signed_in_client(loaded, server.port, MEMBER) for _ in range(2)]
        tokens = [client.token(path) for client in clients]
        start = Barrier(2)

        def send(client: Client, token: str, text: str) -> int:
            start.wait()
            return client.post(path, csrf_token=token, **written(text=text, version=str(edited.version)))[0]

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(send, clients, tokens, [TEXT + " 하나", TEXT + " 둘"]))
    assert statuses == [302, 409]
