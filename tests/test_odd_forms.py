"""Odd forms and headers that once ended in an error of ours, and what must come back instead."""

from __future__ import annotations

import pytest
from flask import Flask

from hub.accounts.guesses import machine
from hub.profiles.lookup import could_be_name
from hub.profiles.names import name_key
from tests.conftest import account_for, signed_in

STAFF = "s@hub.example"


@pytest.fixture
def strict(sqlite_app: Flask) -> Flask:
    """With the check of the form's token on, as outside the tests."""
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    return sqlite_app


@pytest.mark.parametrize("origin", ["http://[", "null", "http://evil.example", "://", "http://[::1", "ａ"])
@pytest.mark.parametrize("path", ["/sign-in", "/profiles/new", "/searches", "/feedback"])
def test_an_odd_origin_is_an_error_of_its_own(strict: Flask, path: str, origin: str) -> None:
    headers = {"Origin": origin.encode().decode("latin-1")}
    answer = strict.test_client().post(path, data={"resume_to": "/profiles/new"}, headers=headers)
    assert answer.status_code == 400
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/profiles/new"])
def test_what_is_too_large_is_said_on_every_form(sqlite_app: Flask, path: str) -> None:
    answer = sqlite_app.test_client().post(path, data={"email": "a" * 1_200_000})
    assert answer.status_code in (401, 413)
    if path == "/sign-in":
        assert answer.status_code == 413


def test_an_organisation_that_is_entered_is_shown_at_once(sqlite_app: Flask) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    staff = signed_in(sqlite_app, STAFF)
    form = {"name_ko": "서울대학교", "kind": "university", "region_code": "26350"}
    entered = staff.post("/profiles/new", data=form, follow_redirects=True)
    assert entered.status_code == 200
    assert "저장했습니다." in entered.text
    assert "서울특별시" in entered.text  # there is one of this name elsewhere


def test_a_text_that_reads_like_a_choice_of_the_page_is_handed_over(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "m@hub.example", "member", profile="풀무원")
    page = signed_in(sqlite_app, "m@hub.example").get(
        f"/profiles/{number}/statements/new?kind=need&text=large"
    )
    assert page.status_code == 200
    assert ">large</textarea>" in page.text
    assert "display-" not in (page.headers.get("Set-Cookie") or "")


def test_a_name_is_read_as_far_as_names_go() -> None:
    for form in ("(주) inc ", "주식회사 ", "co., ltd. ", "㈜"):
        assert len(name_key(form * 4000)) <= 400
        assert not could_be_name(form * 4000)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1:5678", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("2001:db8::2", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        (None, ""),
    ],
)
def test_a_port_makes_no_machine_of_its_own(address: str | None, counted: str) -> None:
    assert machine(address) == counted


def test_changing_to_and_fro_changes_each_time(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "m@hub.example", "member", profile="풀무원")
    member = signed_in(sqlite_app, "m@hub.example")
    form = {"name_ko": "풀무원", "kind": "company", "region_code": "11"}
    for key, english in (("a" * 20, "One"), ("b" * 20, "Two"), ("c" * 20, "One")):
        saved = member.post(f"/profiles/{number}/edit", data={**form, "name_en": english, "once": key})
        assert saved.status_code == 302
        assert f'value="{english}"' in member.get(f"/profiles/{number}/edit").text
