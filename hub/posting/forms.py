"""The forms in which organisations and their units are entered and changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts.once import UsedUp, sent_once
from hub.accounts.policy import (
    can_add_profile,
    can_edit_profile,
    can_edit_unit,
    can_remove_unit,
    can_set_kind,
    check_particulars,
    check_unit_place,
    requires,
)
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.posting import organisations, units
from hub.posting.pages import pages
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.known_names import other_names
from hub.profiles.limits import LIMITS, UNIT_LIMITS
from hub.profiles.tables import Profile, ProfileKind, Unit, UnitKind
from hub.regions.atlas import place
from hub.web.request import part, read_session


@pages.route("/profiles/new", methods=["GET", "POST"])
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
    if request.method == "POST":
        try:
            written = organisations.particulars(request.form, edited)
            check_particulars(who, read_session(), edited, written.kind, written.region_code)
            number = edited.id if edited else None
            with part(Database).writing() as session:
                saved = sent_once(
                    session,
                    who,
                    lambda: organisations.save_profile(session, written, number).id,
                    changes=edited is not None,
                )
            flash(_("저장했습니다."))
            if edited is None:
                _tell_namesakes(saved)
            return redirect(url_for("posting.profile", profile_id=saved))
        except Problem as error:
            problem = error
    # A desk mostly enters firms, and only of its own region.
    standing: dict[str, Any] = {"kind": ProfileKind.COMPANY, "region_code": who.region_code}
    if edited is not None:
        names = other_names(read_session(), edited.id)
        standing = {**edited.model_dump(), "other_names": "\n".join(row.name for row in names)}
    page = render_template(
        "posting/profile_form.html",
        profile=edited,
        values=request.form if request.method == "POST" else standing,
        problem=problem,
        existing=problem.existing if isinstance(problem, organisations.NameTaken) else None,
        made=problem.made_id if isinstance(problem, UsedUp) else None,
        limits=LIMITS,
        may_set_kind=can_set_kind(who, read_session()),
        own_region=who.region_code,
    )
    return page, problem.status if problem else 200


def _tell_namesakes(saved: int) -> None:
    """An organisation of this name in another region: perhaps the same one, perhaps a branch."""
    # Another session: the one of this request saw the hub as it was before.
    with part(Database).reading() as session:
        namesakes = organisations.namesakes(session, read.profile(session, saved))
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
