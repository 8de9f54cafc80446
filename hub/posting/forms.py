"""The forms in which organisations and their units are entered and changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.once import UsedUp, sent_once
from hub.accounts.policy import (
    Forbidden,
    can_add_profile,
    can_answer_referral,
    can_edit_profile,
    can_edit_unit,
    can_keep_contacts,
    can_remove_contact,
    can_remove_profile,
    can_remove_unit,
    can_see_profile,
    can_set_kind,
    check_particulars,
    check_unit_place,
)
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.numbers import whole_number
from hub.posting import organisations, units
from hub.posting.contacts import ContactDetails, contact_details, contacts_of, note_contact
from hub.posting.contacts import remove_contact as forget_contact
from hub.posting.pages import pages
from hub.posting.referrals import accept
from hub.posting.removal import remove_profile as take_out
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.known_names import other_names
from hub.profiles.limits import CONTACT_LIMITS, LIMITS, UNIT_LIMITS
from hub.profiles.tables import Contact, Profile, ProfileKind, Referral, Unit, UnitKind
from hub.regions.atlas import place
from hub.text import one_line
from hub.web.addresses import reads
from hub.web.request import part, read_session

BEGIN = "begin"  # the button of another form that brings what was written there


@pages.route("/profiles/new", methods=["GET", "POST"])
@reads("referral")
@requires(can_add_profile)
def add_profile(who: Account) -> ResponseReturnValue:
    """Enters an organisation."""
    return _profile_form(who, None)


@pages.route("/profiles/<int:profile_id>/edit", methods=["GET", "POST"])
@requires(can_edit_profile)
def edit_profile(who: Account, profile_id: int) -> ResponseReturnValue:
    """Changes an organisation's particulars."""
    return _profile_form(who, read.profile(read_session(), profile_id))


def _profile_form(who: Account, edited: Profile | None) -> ResponseReturnValue:
    problem: Problem | None = None
    handed: Referral | None = None
    try:
        handed = _handed_over(who) if edited is None else None
    except NotFound as error:  # it was taken back meanwhile: what is written stays
        problem = error
    try:
        if request.method == "POST" and problem is None:
            return redirect(url_for("posting.profile", profile_id=_saved_profile(who, edited, handed)))
    except organisations.NameTaken as error:
        problem = _as_far_as_known(who, error)
    except Problem as error:
        problem = error
    existing = problem.existing if isinstance(problem, organisations.NameTaken) else None
    page = render_template(
        "posting/profile_form.html",
        profile=edited,
        referral=handed,
        values=request.form if request.method == "POST" else _standing(who, edited, handed),
        problem=problem,
        existing=existing,
        may_note=existing is not None and _may_note(who, existing),
        made=problem.made_id if isinstance(problem, UsedUp) else None,
        limits=LIMITS,
        contact_limits=CONTACT_LIMITS,
        may_set_kind=can_set_kind(who, read_session(), edited),
        own_region=who.region_code,
    )
    return page, problem.status if problem else 200


def _standing(who: Account, edited: Profile | None, handed: Referral | None) -> dict[str, Any]:
    """What the form says before anybody has written in it."""
    if handed is not None:
        return handed.model_dump()
    if edited is not None:
        names = other_names(read_session(), edited.id)
        return {**edited.model_dump(), "other_names": "\n".join(row.name for row in names)}
    # A desk mostly enters firms, and only of its own region.
    return {"kind": ProfileKind.COMPANY, "region_code": who.region_code}


def _saved_profile(who: Account, edited: Profile | None, handed: Referral | None) -> int:
    """Saves what was written; the organisation's number.

    :raises Problem: in the reader's language, saying what to change.
    """
    written = organisations.particulars(request.form, edited)
    check_particulars(who, read_session(), edited, written.kind, written.region_code)
    noted = contact_details(request.form)
    number = edited.id if edited else None
    with part(Database).writing() as session:
        saved = sent_once(
            session,
            who,
            lambda: _save_profile(session, who, written, noted, number=number, handed=handed),
            changes=edited is not None,
            of=Profile,
        )
    flash(_("저장했습니다."))
    if edited is None:
        _tell_namesakes(who, saved)
    return saved


def _handed_over(who: Account) -> Referral | None:
    """The referral that is taken up by entering an organisation, if one is.

    :raises Forbidden: when it was handed to another desk.
    """
    number = whole_number((request.form if request.method == "POST" else request.args).get("referral"))
    if number is None:
        return None
    if not can_answer_referral(who, read_session(), number):
        raise Forbidden(_("다른 지역 담당자에게 넘긴 기관입니다."))
    found = read.referral(read_session(), number)
    if not found.is_open and request.method == "GET":  # what it said is no longer this desk's
        raise Problem(_("«%(name)s»은(는) 이미 처리했습니다.", name=found.name_ko), status=409)
    return found


def _save_profile(
    session: Session,
    who: Account,
    written: organisations.Particulars,
    noted: ContactDetails,
    *,
    number: int | None,
    handed: Referral | None,
) -> int:
    saved = organisations.save_profile(session, written, number).id
    if handed is not None:
        accept(session, handed.id, saved)
    if noted.says_something and can_keep_contacts(who, session, saved):
        note_contact(session, saved, noted, who.id)
    return saved


@pages.post("/profiles/<int:profile_id>/remove")
@requires(can_remove_profile)
def remove_profile(who: Account, profile_id: int) -> ResponseReturnValue:
    """Takes out an organisation that was entered here and about which nothing is left."""
    with part(Database).writing() as session:
        region = read.profile(session, profile_id).region_code
        take_out(session, profile_id)
    flash(_("기관을 지웠습니다."))
    return redirect(url_for("desk.region_profiles", code=region))


@pages.post("/profiles/new/check")
@requires(can_add_profile)
def check_profile(who: Account) -> ResponseReturnValue:
    """While an organisation is being entered: which ones that stand already may be the same."""
    name, homepage, region = (request.form.get(field, "") for field in ("name_ko", "homepage", "region_code"))
    return render_template("posting/_alike.html", alike=alike_known(who, name, homepage, region))


def alike_known(who: Account, name: str, homepage: str, region: str) -> list[organisations.Alike]:
    """Organisations that may be the one that is entered, as far as the reader may know them."""
    found = organisations.alike(read_session(), one_line(name), homepage, region)
    return [one for one in found if can_see_profile(who, read_session(), one.profile.id)]


@pages.route("/profiles/<int:profile_id>/contacts", methods=["GET", "POST"])
@requires(can_keep_contacts)
def contacts(who: Account, profile_id: int) -> ResponseReturnValue:
    """Whom to speak to in an organisation, for the staff of its region alone."""
    problem: Problem | None = None
    if request.method == "POST" and request.form.get("action") != BEGIN:
        try:
            details = contact_details(request.form)
            with part(Database).writing() as session:
                sent_once(
                    session, who, lambda: note_contact(session, profile_id, details, who.id).id, of=Contact
                )
            flash(_("연락처를 적어 두었습니다. 이 지역 담당자에게만 보입니다."))
            return redirect(url_for("posting.contacts", profile_id=profile_id))
        except Problem as error:
            problem = error
    page = render_template(
        "posting/contacts.html",
        profile=read.profile(read_session(), profile_id),
        contacts=contacts_of(read_session(), profile_id, who),
        values=request.form,
        problem=problem,
        contact_limits=CONTACT_LIMITS,
    )
    return page, problem.status if problem else 200


@pages.post("/contacts/<int:contact_id>/remove")
@requires(can_remove_contact)
def remove_contact(who: Account, contact_id: int) -> ResponseReturnValue:
    """Forgets a contact for good."""
    with part(Database).writing() as session:
        owner = forget_contact(session, contact_id)
    flash(_("연락처를 지웠습니다."))
    return redirect(url_for("posting.contacts", profile_id=owner))


def _as_far_as_known(who: Account, taken: organisations.NameTaken) -> Problem:
    """That a name is taken, without a word of an organisation that this reader may not know."""
    # Another session: it may have been entered since this request began.
    with part(Database).reading() as session:
        if can_see_profile(who, session, taken.existing.id):
            return taken
    return Problem(_("이 이름은 그 지역에서 쓸 수 없습니다. 그 지역의 담당자에게 알려 주십시오."), status=409)


def _may_note(who: Account, existing: Profile) -> bool:
    with part(Database).reading() as session:  # likewise
        return can_keep_contacts(who, session, existing.id)


def _tell_namesakes(who: Account, saved: int) -> None:
    """An organisation of this name in another region: perhaps the same one, perhaps a branch."""
    # Another session: the one of this request saw the hub as it was before.
    with part(Database).reading() as session:
        found = organisations.namesakes(session, read.profile(session, saved))
        namesakes = [one for one in found if can_see_profile(who, session, one.id)]
    for other in namesakes:
        flash(
            _(
                "%(region)s에도 «%(name)s»이(가) 있습니다. 지점이나 다른 기관이면 그대로 두고, 같은 기관이면 그 프로필을 쓰십시오.",
                region=place(other.region_code).full_name,
                name=other.name_ko,
            ),
            "warning",
        )


@pages.route("/profiles/<int:profile_id>/units/new", methods=["GET", "POST"])
@requires(can_edit_profile)
def add_unit(who: Account, profile_id: int) -> ResponseReturnValue:
    """Enters a unit of an organisation."""
    return _unit_form(who, read.profile(read_session(), profile_id), None)


@pages.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@requires(can_edit_unit)
def edit_unit(who: Account, unit_id: int) -> ResponseReturnValue:
    """Changes what is said of a unit."""
    edited = read.unit(read_session(), unit_id)
    return _unit_form(who, read.profile(read_session(), edited.profile_id), edited)


def _unit_form(who: Account, owner: Profile, edited: Unit | None) -> ResponseReturnValue:
    problem: Problem | None = None
    if request.method == "POST":
        try:
            written = units.unit_particulars(request.form)
            check_unit_place(who, read_session(), written.region_code)
            number = edited.id if edited else None
            with part(Database).writing() as session:
                saved = sent_once(
                    session,
                    who,
                    lambda: units.save_unit(session, owner.id, written, number).id,
                    changes=edited is not None,
                    of=Unit,
                )
            flash(_("저장했습니다."))
            return redirect(url_for("posting.unit", unit_id=saved))
        except Problem as error:
            problem = error
    standing = edited.model_dump() if edited else {"kind": UnitKind.LABORATORY}
    page = render_template(
        "posting/unit_form.html",
        unit=edited,
        profile=owner,
        values=request.form if request.method == "POST" else standing,
        problem=problem,
        made=problem.made_id if isinstance(problem, UsedUp) else None,
        limits=UNIT_LIMITS,
        kinds=list(UnitKind),
    )
    return page, problem.status if problem else 200


@pages.post("/units/<int:unit_id>/remove")
@requires(can_remove_unit)
def remove_unit(who: Account, unit_id: int) -> ResponseReturnValue:
    """Takes out a unit that says nothing."""
    with part(Database).writing() as session:
        owner = units.remove_unit(session, unit_id)
    flash(_("연구실·부서를 지웠습니다."))
    return redirect(url_for("posting.profile", profile_id=owner))
