"""The pages on which staff hand organisations of other regions over, and take up what was handed to them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts.gate import requires
from hub.accounts.once import sent_once
from hub.accounts.policy import (
    can_add_profile,
    can_answer_referral,
    can_place_profile,
    can_see_profile,
    can_take_back_referral,
    check_particulars,
    has_staff,
)
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.numbers import whole_number
from hub.posting import referrals
from hub.posting.forms import BEGIN, alike_known, pages
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.limits import CONTACT_LIMITS, LIMITS
from hub.profiles.tables import ProfileKind, Referral
from hub.regions.atlas import place
from hub.web.request import part, read_session


@pages.get("/referrals")
@requires(can_add_profile)
def referral_list(who: Account) -> ResponseReturnValue:
    """What other staff have handed over to this desk, and what this account has handed over."""
    session = read_session()
    return render_template(
        "posting/referrals.html",
        received=referrals.received(session, who.region_code),
        sent=referrals.sent(session, who.id),
        may_see=lambda profile: can_see_profile(who, session, profile.id),
        may_refer=who.region_code is not None,
    )


@pages.route("/referrals/new", methods=["GET", "POST"])
@requires(can_add_profile)
def add_referral(who: Account) -> ResponseReturnValue:
    """Hands an organisation over to the staff of another region."""
    problem: Problem | None = None
    if request.method == "POST" and request.form.get("action") != BEGIN:
        try:
            given = referrals.referred(request.form)
            referrals.check_other_desk(who, read_session(), given.region_code)
            _check_staff(given.region_code)
            with part(Database).writing() as session:
                sent_once(session, who, lambda: referrals.refer(session, who, given).id, of=Referral)
            _tell_handed(given.region_code)
            return redirect(url_for("posting.referral_list"))
        except Problem as error:
            problem = error
    page = render_template(
        "posting/referral_form.html",
        values=request.form if request.method == "POST" else {"kind": ProfileKind.COMPANY},
        to_admin=request.form.get("region_code") if isinstance(problem, NoStaff) else None,
        problem=problem,
        limits=LIMITS,
        contact_limits=CONTACT_LIMITS,
    )
    return page, problem.status if problem else 200


def _check_staff(region_code: str) -> None:
    """Personal data go to an administrator only after whoever hands them over has agreed to it.

    :raises NoStaff: the first time, where a region has no staff.
    """
    if request.form.get("to_admin") != region_code and not has_staff(read_session(), region_code):
        raise NoStaff(place(region_code).full_name)


class NoStaff(Problem):
    """Nobody is there yet to take it up but an administrator."""

    status = 409

    def __init__(self, region: str) -> None:
        super().__init__(
            _(
                "%(region)s에는 아직 담당자 계정이 없습니다. 한 번 더 누르면 허브 운영자에게 넘깁니다. 아직 아무것도 보내지 않았습니다.",
                region=region,
            )
        )


def _tell_handed(region_code: str) -> None:
    region = place(region_code).full_name
    if has_staff(read_session(), region_code):
        flash(_("%(region)s 담당자에게 넘겼습니다. 답이 오면 여기와 내 자리에 보입니다.", region=region))
    else:
        flash(
            _("%(region)s에는 아직 담당자 계정이 없어 허브 운영자에게 넘겼습니다.", region=region), "warning"
        )


@pages.route("/referrals/<int:referral_id>", methods=["GET", "POST"])
@requires(can_answer_referral)
def answer_referral(who: Account, referral_id: int) -> ResponseReturnValue:
    """What was handed over: it is entered, it is an organisation that stands here already, or it is sent back."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _answered(who, referral_id)
        except Problem as error:
            problem = error
    session = read_session()
    found = read.referral(session, referral_id)
    page = render_template(
        "posting/referral.html",
        referral=found,
        alike=alike_known(who, found.name_ko, found.homepage or "", found.region_code),
        may_place=lambda code: can_place_profile(who, session, code),
        values=request.form,
        problem=problem,
        longest_answer=referrals.LONGEST_ANSWER,
    )
    return page, problem.status if problem else 200


def _answered(who: Account, referral_id: int) -> ResponseReturnValue:
    number = whole_number(request.form.get("profile_id"))
    with part(Database).writing() as session:
        if number is None:
            referrals.decline(session, referral_id, request.form.get("answer", ""))
        else:
            known = read.profile(session, number)
            check_particulars(who, session, known, None, known.region_code)
            referrals.accept_as(session, referral_id, number, who.id)
    if number is None:
        flash(_("돌려보냈습니다."))
        return redirect(url_for("posting.referral_list"))
    flash(_("이 기관으로 받았습니다. 연락처를 여기에 옮겨 적었습니다."))
    return redirect(url_for("posting.profile", profile_id=number))


@pages.post("/referrals/<int:referral_id>/remove")
@requires(can_take_back_referral)
def take_back_referral(who: Account, referral_id: int) -> ResponseReturnValue:
    """Takes back what was handed over, or clears it away once it is answered."""
    with part(Database).writing() as session:
        gone = referrals.take_back(session, referral_id)
        was_open = gone.is_open
    flash(_("거두었습니다. 그쪽 담당자에게 더는 보이지 않습니다.") if was_open else _("지웠습니다."))
    return redirect(url_for("posting.referral_list"))
