"""Who may do what: every route names its rule, and each role gets what the rule says."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlmodel import select

from hub.accounts import gate, policy
from hub.accounts.tables import Account
from hub.database import Database
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Statement
from hub.settings import ROOT
from tests.conftest import account_for, signed_in

RULES = {
    policy.anyone,
    gate.awaits_confirmation,
    policy.can_add_profile,
    policy.can_do_without,
    gate.can_enrol,
    policy.can_answer_claim,
    policy.can_answer_inquiry,
    policy.can_answer_referral,
    policy.can_choose_organisation,
    policy.can_claim,
    policy.can_edit_profile,
    policy.can_edit_statement,
    policy.can_edit_unit,
    policy.can_inquire,
    policy.can_end_membership,
    policy.can_end_post,
    policy.can_keep_contacts,
    policy.can_post,
    policy.can_remove_contact,
    policy.can_remove_profile,
    policy.can_remove_unit,
    policy.can_review_profile,
    policy.can_take_back_referral,
    policy.can_withdraw_claim,
    policy.can_see_inquiry,
    policy.can_take_back_referral,
    policy.can_withdraw_inquiry,
    policy.can_keep_desk,
    policy.can_run_hub,
    policy.can_see_people,
    policy.can_see_staff,
    policy.can_see_unit_people,
    policy.can_withdraw_invitation,
    policy.signed_in,
}


def test_every_route_names_its_rule(sqlite_app: Flask) -> None:
    unruled = [
        rule.rule
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint not in policy.OPEN_ENDPOINTS
        and getattr(sqlite_app.view_functions[rule.endpoint], "rule", None) not in RULES
    ]
    assert unruled == []


def test_whatever_writes_is_not_for_anyone(sqlite_app: Flask) -> None:
    open_to_all = {
        rule.endpoint
        for rule in sqlite_app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and getattr(sqlite_app.view_functions[rule.endpoint], "rule", None) is policy.anyone
    }
    # Whoever holds an invitation's link may accept it: the link is the proof.
    assert open_to_all - {"people.invitation"} == {
        f"accounts.{name}"
        for name in (
            "sign_in",
            "sign_out",
            "register",
            "confirm_address",
            "reset",
            "new_password",
            "oidc_open",
        )
    }


MEMBER, OTHER, STAFF, FAR_STAFF, ADMIN = (f"{name}@hub.example" for name in ("m", "o", "s", "f", "a"))


@pytest.fixture
def numbers(sqlite_app: Flask) -> dict[str, int]:
    """Accounts of every sort, and the numbers that the routes are about."""
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    account_for(sqlite_app, OTHER, "member", profile="한국식품연구원")
    account_for(sqlite_app, STAFF, "staff", region="29")
    account_for(sqlite_app, FAR_STAFF, "staff", region="26")
    account_for(sqlite_app, ADMIN, "admin")
    with sqlite_app.extensions["hub"][Database].reading() as session:
        owner = find_profile(session, "세계김치연구소").id
        statement = session.exec(select(Statement.id).where(Statement.profile_id == owner)).one()
    return {"profile_id": owner, "statement_id": statement}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/profiles/{profile_id}/edit", {MEMBER, STAFF, ADMIN}),
        ("/profiles/{profile_id}/statements/new", {MEMBER, STAFF, ADMIN}),
        ("/statements/{statement_id}/edit", {MEMBER, STAFF, ADMIN}),
        ("/profiles/new", {STAFF, FAR_STAFF, ADMIN}),
    ],
)
def test_forms_open_for_those_who_may(
    sqlite_app: Flask, numbers: dict[str, int], path: str, allowed: set[str]
) -> None:
    address = path.format(**numbers)
    for email in (MEMBER, OTHER, STAFF, FAR_STAFF, ADMIN):
        status = signed_in(sqlite_app, email).get(address).status_code
        assert status == (200 if email in allowed else 403), email
    answer = sqlite_app.test_client().get(address)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={address}"


@pytest.mark.parametrize("action", ["withdraw", "publish"])
def test_another_member_cannot_change_what_is_published(
    sqlite_app: Flask, numbers: dict[str, int], action: str
) -> None:
    address = f"/statements/{numbers['statement_id']}/{action}"
    assert signed_in(sqlite_app, OTHER).post(address).status_code == 403
    assert sqlite_app.test_client().post(address).status_code == 401
    assert sqlite_app.test_client().get(address).status_code == 405
    with sqlite_app.extensions["hub"][Database].reading() as session:
        statement = session.get(Statement, numbers["statement_id"])
        assert statement is not None
        assert statement.is_published


@pytest.mark.parametrize("path", ["/profiles/999999/edit", "/statements/999999/edit"])
def test_what_is_not_there_is_not_found(sqlite_app: Flask, numbers: dict[str, int], path: str) -> None:
    assert signed_in(sqlite_app, ADMIN).get(path).status_code == 404


def test_no_other_file_asks_what_an_account_is_for() -> None:
    """A role decides what somebody may; so whoever reads one decides."""
    readers = {
        str(file.relative_to(ROOT))
        for folder in ("hub", "templates")
        for file in (ROOT / folder).rglob("*.*")
        if file.suffix in (".py", ".html")
        and "terms" not in file.parts  # there a role is what somebody does in a research project
        and re.search(r"\bRole\b|\.role\b|\bcovers\(|account_id !=", file.read_text(encoding="utf-8"))
    }
    # The table, the policy, and what makes sure that an account is one.
    assert readers == {f"hub/accounts/{name}.py" for name in ("tables", "policy", "passwords")}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (None, set()),
        (Account(role="staff", region_code="26"), {"26", "26350"}),
        (Account(role="staff", region_code="26350"), {"26350"}),
        (Account(role="staff", region_code="11"), set()),
        (Account(role="admin"), {"26", "26350", "29"}),
    ],
)
def test_where_an_organisation_may_be_placed(
    sqlite_app: Flask, who: Account | None, allowed: set[str]
) -> None:
    with sqlite_app.extensions["hub"][Database].reading() as session:
        for region in ("26", "26350", "29"):
            assert policy.can_place_profile(who, session, region) is (region in allowed)


def test_staff_neither_enter_nor_move_an_organisation_elsewhere(
    sqlite_app: Flask, numbers: dict[str, int]
) -> None:
    form = {"name_ko": "해담 주식회사", "kind": "company", "size": "small"}
    edit = f"/profiles/{numbers['profile_id']}/edit"
    moved = {"name_ko": "세계김치연구소", "kind": "institute"}
    for email, region, status in (
        (FAR_STAFF, "29155", 403),
        (FAR_STAFF, "26350", 302),
        (STAFF, "26350", 403),
        (ADMIN, "29155", 302),
    ):
        answer = signed_in(sqlite_app, email).post("/profiles/new", data={**form, "region_code": region})
        assert (email, region, answer.status_code) == (email, region, status)
    staff = signed_in(sqlite_app, STAFF)
    assert staff.post(edit, data={**moved, "region_code": "26350"}).status_code == 403
    assert staff.post(edit, data={**moved, "region_code": "29155"}).status_code == 302


def test_members_change_all_of_their_organisation_but_its_kind(
    sqlite_app: Flask, numbers: dict[str, int]
) -> None:
    edit = f"/profiles/{numbers['profile_id']}/edit"
    page = f"/profiles/{numbers['profile_id']}"
    member, staff = signed_in(sqlite_app, MEMBER), signed_in(sqlite_app, STAFF)
    assert 'name="kind"' not in member.get(edit).text
    assert 'name="kind"' in staff.get(edit).text
    # A laboratory moves and is called otherwise; what its form does not ask stays as it is.
    written = {"name_ko": "국립김치연구소", "region_code": "26350", "homepage": "kimchi.example"}
    assert member.post(edit, data=written).status_code == 302
    shown = member.get(page).text
    assert "국립김치연구소" in shown
    assert "연구기관" in shown
    assert "kimchi.example" in shown
    refused = member.post(edit, data={**written, "kind": "company"})
    assert refused.status_code == 403
    assert "담당 지자체" in refused.text
    assert member.post(edit, data={**written, "kind": "institute"}).status_code == 302
    far_staff = signed_in(sqlite_app, FAR_STAFF)  # of the region where it is now
    assert far_staff.post(edit, data={**written, "kind": "university"}).status_code == 302
    assert "대학" in member.get(page).text
