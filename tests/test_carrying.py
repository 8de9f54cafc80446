"""What was sent and could not be accepted is given back whole, and goes on after signing in."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from hub.database import Database
from hub.profiles.tables import Profile, Statement
from tests.conftest import PASSWORD, account_for, signed_in
from tests.search.test_query import FULL
from tests.signing import code, telephone, with_telephone

OWNER = "세계김치연구소"
MEMBER, STAFF = "m@hub.example", "s@hub.example"
STATEMENT = {
    "kind": "need",
    "text": '첫 줄 <b>굵게</b> & "따옴표"\r\n둘째 줄의 고춧가루 색차를 재는 센서를 찾습니다.',
    "translation": "We look for a sensor of the colour of chilli powder.",
    "trl": "4",
    "visibility": "hidden-name",
    "fields": ["LB", "EB"],
    "action": "draft",
}
PROFILE = {
    "name_ko": "부산갈매기연구소",
    "name_en": "Busan Gull Laboratory",
    "kind": "institute",
    "region_code": "26110",
    "homepage": "https://gull.example/",
}


@pytest.fixture
def strict(sqlite_app: Flask) -> Iterator[Flask]:
    """The app as it serves: forms need their token."""
    account_for(sqlite_app, MEMBER, "member", profile=OWNER)
    account_for(sqlite_app, STAFF, "staff", region="26")
    with_telephone(sqlite_app.extensions["hub"][Database], str(sqlite_app.secret_key), STAFF)
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    return sqlite_app


def form_of(page: str, action: str = "") -> tuple[str, dict[str, Any]]:
    """The first form of the main part that posts: its address and its fields, as a browser would send them."""
    main = BeautifulSoup(page, "html.parser").find("main")
    assert isinstance(main, Tag)
    form = main.find("form", method="post")
    assert isinstance(form, Tag), page
    fields: dict[str, Any] = {}
    for field in form.find_all("input"):
        fields.setdefault(str(field["name"]), []).append(str(field.get("value", "")))
    return str(form.get("action") or action), fields


def opened(app: Flask, email: str, path: str) -> tuple[FlaskClient, dict[str, Any]]:
    """A client that has a form before it, with its token."""
    client = signed_in(app, email)
    fields = form_of(client.get(path).text)[1]
    return client, {name: fields[name] for name in ("csrf_token", "once")}


def everything_is_shown(page: str, sent: dict[str, Any]) -> None:
    shown = [
        str(tag.get("value") or tag.text)
        for tag in BeautifulSoup(page, "html.parser").select(".kept input, .kept textarea")
    ]
    for name in ("text", "translation", "name_ko", "name_en", "homepage", "trl"):
        if name in sent:
            assert any(
                sent[name].replace("\r\n", "\n") == one.strip().replace("\r\n", "\n") for one in shown
            ), name
    assert "<b>굵게" not in page


@pytest.mark.parametrize("cookies", ["none left", "another account's session", "signed out elsewhere"])
@pytest.mark.parametrize("what", ["statement", "profile"])
def test_a_session_that_ended_costs_nothing(strict: Flask, cookies: str, what: str) -> None:
    with strict.extensions["hub"][Database].reading() as session:
        owner = session.exec(select(Profile).where(Profile.name_ko == OWNER)).one().id
    email, path, content = {
        "statement": (MEMBER, f"/profiles/{owner}/statements/new", STATEMENT),
        "profile": (STAFF, "/profiles/new", PROFILE),
    }[what]
    client, hidden = opened(strict, email, path)
    if cookies == "none left":
        client = strict.test_client()
    elif cookies == "another account's session":  # the token is of another session, and nobody is signed in
        client = strict.test_client()
        client.get("/sign-in")
    else:
        with client.session_transaction() as kept:
            for name in ("_user_id", "_fresh", "_id"):
                kept.pop(name, None)
    given = client.post(path, data={**hidden, **content})
    assert given.status_code in (400, 401)
    everything_is_shown(given.text, content)
    # A wrong password keeps everything too.
    action, fields = form_of(given.text)
    wrong = client.post(action, data={**fields, "email": email, "password": "not the password"})
    assert wrong.status_code == 401
    assert "맞지 않습니다" in wrong.text
    assert "not the password" not in wrong.text
    everything_is_shown(wrong.text, content)
    action, fields = form_of(wrong.text)
    assert fields["email"] == [email]
    going_on = client.post(action, data={**fields, "email": email, "password": PASSWORD})
    if (
        email == STAFF
    ):  # the code is asked for on the same page, and neither it nor what was sent is lost on the way
        known = telephone(strict.extensions["hub"][Database], str(strict.secret_key), STAFF)
        for given_code, said in (
            (None, "비밀번호를 확인했습니다"),
            ("000 000", "맞지 않습니다"),
            ("", "넣으십시오"),
        ):
            if given_code is not None:
                going_on = client.post(action, data={**fields, "otp": given_code})
            assert going_on.status_code == 401
            assert said in going_on.text
            assert PASSWORD not in going_on.text
            everything_is_shown(going_on.text, content)
            action, fields = form_of(going_on.text)
            assert "password" not in fields
        going_on = client.post(action, data={**fields, "otp": code(known)})
        assert code(known) not in going_on.text
    assert going_on.status_code == 200
    assert PASSWORD not in going_on.text
    action, fields = form_of(going_on.text)
    assert action == path
    made = client.post(action, data=fields)
    assert made.status_code == 302, made.text
    with strict.extensions["hub"][Database].reading() as session:
        if what == "profile":
            found = session.exec(select(Profile).where(Profile.name_ko == PROFILE["name_ko"])).one()
            assert (found.name_en, found.homepage) == (PROFILE["name_en"], PROFILE["homepage"])
        else:
            text = STATEMENT["text"].replace("\r\n", "\n")  # type: ignore[attr-defined]
            kept_one = session.exec(select(Statement).where(Statement.text == text)).one()
            assert (kept_one.trl, kept_one.visibility) == (4, "draft")
            assert kept_one.translation == STATEMENT["translation"]


def test_signed_in_again_in_another_tab_once_more_is_enough(strict: Flask) -> None:
    _client, hidden = opened(strict, STAFF, "/profiles/new")
    fresh = signed_in(strict, STAFF)
    given = fresh.post("/profiles/new", data={**hidden, **PROFILE})
    assert given.status_code == 400
    everything_is_shown(given.text, PROFILE)
    action, fields = form_of(given.text)
    assert fresh.post(action, data=fields).status_code == 302


def test_nobody_is_asked_to_sign_in_for_what_another_site_posts(strict: Flask) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        answer = strict.test_client().post("/profiles/new", data=PROFILE, headers=headers)
        assert answer.status_code == 400
        assert BeautifulSoup(answer.text, "html.parser").select("main form[method=post]") == []


def test_an_address_elsewhere_is_no_destination(strict: Flask) -> None:
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        client = strict.test_client()
        fields = form_of(client.get("/sign-in").text)[1]
        form = {**fields, "email": MEMBER, "password": PASSWORD, "resume_to": elsewhere, "sent:text": "x"}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 302
        assert "elsewhere" not in answer.location


def test_secrets_and_files_never_come_back(strict: Flask) -> None:
    form = {
        **PROFILE,
        "password": "hunter22",
        "new_password": "hunter22",
        "file": (BytesIO(b"inside"), "a.csv"),
    }
    answer = strict.test_client().post("/profiles/new", data=form, content_type="multipart/form-data")
    assert "hunter22" not in answer.text
    assert "inside" not in answer.text
    assert "다시 고르십시오" in answer.text


def test_a_busy_database_gives_the_form_back_to_be_sent_again(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    client = signed_in(sqlite_app, STAFF)
    from hub.posting import organisations

    def busy(*_arguments: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(organisations, "save_profile", busy)
    given = client.post("/profiles/new", data={**PROFILE, "once": "k" * 20})
    assert given.status_code == 503
    everything_is_shown(given.text, PROFILE)
    monkeypatch.undo()
    action, fields = form_of(given.text)
    assert fields["once"] == ["k" * 20]
    assert client.post(action, data=fields).status_code == 302


def test_a_part_of_a_page_says_where_to_sign_in(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().post(
        "/feedback", data={"verdict": "right"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 401
    assert "<html" not in answer.text
    assert 'href="/sign-in"' in answer.text


@pytest.mark.parametrize("path", ["/sign-out", "/nothing", "/about"])
def test_what_cannot_be_sent_again_is_not_offered(strict: Flask, path: str) -> None:
    answer = strict.test_client().post(path, data={"text": "무엇"})
    assert answer.status_code in (400, 404, 405)
    assert BeautifulSoup(answer.text, "html.parser").select("main form[method=post]") == []


def test_too_many_wrong_passwords_keep_everything_too(strict: Flask) -> None:
    client = strict.test_client()
    given = client.post("/profiles/new", data=PROFILE)
    for _guess in range(60):
        action, fields = form_of(given.text)
        given = client.post(action, data={**fields, "email": STAFF, "password": "guess"})
        everything_is_shown(given.text, PROFILE)
        if given.status_code == 429:
            break
    assert given.status_code == 429
    assert form_of(given.text)[1]["resume_to"] == ["/profiles/new"]


def test_a_search_that_could_not_be_saved_is_shown_in_words(strict: Flask) -> None:
    given = strict.test_client().post("/searches", data=FULL)
    assert given.status_code in (400, 401)
    page = BeautifulSoup(given.text, "html.parser")
    fields = page.select(".kept textarea, .kept input")
    labels = {str(label["for"]): label.get_text(strip=True) for label in page.select(".kept label")}
    words = {labels[str(one["id"])]: str(one.get("value") or one.get_text()).strip() for one in fields}
    assert words["찾을 내용"] == FULL["q"]
    assert words["어디에서"].startswith("부산")
    assert words["기준 위치"].startswith("광주")
    assert words["종류"] == "비슷한 사업·수요"
    assert words["차례"] == "가까운 순"
    assert not {"region", "near", "sort", "field", "trl_from", "language"} & set(words)
