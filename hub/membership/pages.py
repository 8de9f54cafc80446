"""The pages on which a person comes to belong to an organisation: finds it, claims it, or enters a new one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts.claimed import members_of, newest_claim, open_claim, read_claim
from hub.accounts.gate import requires
from hub.accounts.once import UsedUp, sent_once
from hub.accounts.policy import (
    awaits_review,
    can_choose_organisation,
    can_claim,
    can_withdraw_claim,
    has_staff,
    signed_in,
)
from hub.accounts.tables import Account, Claim
from hub.database import Database, lock
from hub.language import _
from hub.membership import claims, reviews
from hub.membership.lists import Found, asked, found_for, written_for
from hub.numbers import whole_number
from hub.posting.organisations import NameTaken, particulars
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.limits import LIMITS, UNIT_LIMITS
from hub.profiles.published import is_known
from hub.profiles.tables import Profile, ProfileKind
from hub.web.addresses import reads
from hub.web.request import part, read_session, wants_fragment

pages = Blueprint("membership", __name__)


@pages.get("/organisation")
@reads("name")
@requires(can_choose_organisation)
def choose(who: Account) -> ResponseReturnValue:
    """Where a member without an organisation finds it, by its name or that of a unit; or how the claim stands."""
    if who.profile_id is not None:
        return redirect(url_for("dashboard.dashboard"))
    session = read_session()
    name = request.args.get("name", "")
    last = newest_claim(session, who.id)
    found = found_for(session, name)
    if wants_fragment():
        return render_template("membership/_found.html", found=found, name=name, place="")
    return render_template(
        "membership/choose.html",
        last=asked(session, last.id) if last else None,
        may_name=last is not None and is_known(session, last.profile_id),
        found=found,
        name=name,
        place="",
    )


@pages.route("/organisation/claim/<int:profile_id>", methods=["GET", "POST"])
@reads("unit")
@requires(can_claim)
def claim(who: Account, profile_id: int) -> ResponseReturnValue:
    """Says that one belongs to an organisation, to all of it or to a unit."""
    if who.profile_id is not None and request.method == "GET":
        return redirect(url_for("dashboard.dashboard"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            wanted = claims.wanted(request.form, profile_id)
            with part(Database).writing() as session:
                number = sent_once(session, who, lambda: claims.claim(session, who.id, wanted).id, of=Claim)
                made = read_claim(session, number)
            return _after_claim(made)
        except Problem as error:
            problem = error
    session = read_session()
    profile = read.profile(session, profile_id)
    unit = whole_number(request.args.get("unit"))
    page = render_template(
        "membership/claim.html",
        profile=profile,
        units=read.units_of(session, profile_id),
        values=request.form if request.method == "POST" else _standing(profile, unit),
        problem=problem,
        limits=UNIT_LIMITS,
        longest_note=claims.LONGEST_NOTE,
        staffed=has_staff(session, profile.region_code),
    )
    return page, problem.status if problem else 200


def _standing(profile: Profile, unit: int | None) -> dict[str, str]:
    if unit is not None:
        return {"part": claims.ONE_UNIT, "unit": str(unit)}
    return {"part": claims.WHOLE} if profile.kind == ProfileKind.COMPANY else {}


def _after_claim(made: Claim) -> ResponseReturnValue:
    if made.granted:
        flash(_("소속이 확인되었습니다. 전자우편 주소로 바로 확인했습니다."))
        return redirect(url_for("dashboard.dashboard"))
    flash(_("신청했습니다. 담당자가 답하면 전자우편으로 알려 드립니다."))
    return redirect(url_for("membership.choose"))


@pages.post("/organisation/claims/<int:claim_id>/withdraw")
@requires(can_withdraw_claim)
def withdraw_claim(who: Account, claim_id: int) -> ResponseReturnValue:
    """Takes one's own claim back before it is answered."""
    with part(Database).writing() as session:
        withdrawn = claims.withdraw(session, claim_id)
    if withdrawn.is_withdrawn:
        flash(_("신청을 거두었습니다."))
    else:
        flash(_("담당자가 이미 답한 신청입니다."), "warning")
    return redirect(url_for("membership.review" if who.profile_id is not None else "membership.choose"))


@pages.route("/organisation/new", methods=["GET", "POST"])
@reads("name")
@requires(can_choose_organisation)
def new_organisation(who: Account) -> ResponseReturnValue:
    """Enters an organisation that is not here, as its first member; the staff of its region see it before readers do."""
    if who.profile_id is not None and request.method == "GET":
        return redirect(url_for("dashboard.dashboard"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            written = particulars(request.form)
            with part(Database).writing() as session:
                sent_once(session, who, lambda: reviews.enter(session, who.id, written).id, of=Profile)
            flash(_("기관을 넣었습니다. 이제 글을 쓸 수 있습니다. 담당자가 기관을 확인하면 공개됩니다."))
            return redirect(url_for("dashboard.dashboard"))
        except Problem as error:
            problem = error
    page = render_template(
        "membership/new.html",
        values=request.form if request.method == "POST" else {"name_ko": request.args.get("name", "")},
        problem=problem,
        existing=problem.existing if isinstance(problem, NameTaken) else None,
        used=isinstance(problem, UsedUp),
        waiting=open_claim(read_session(), who.id),
        limits=LIMITS,
    )
    return page, problem.status if problem else 200


@pages.post("/organisation/new/check")
@requires(can_choose_organisation)
def check_organisation(who: Account) -> ResponseReturnValue:
    """While a new organisation is being entered: which ones that readers know may be the same."""
    form = request.form
    found = found_for(
        read_session(), form.get("name_ko", ""), form.get("homepage", ""), form.get("region_code", "")
    )
    found = Found(found.organisations, [])
    return render_template("membership/_found.html", found=found, name="", place="new")


@pages.get("/organisation/review")
@requires(can_choose_organisation)
def review(who: Account) -> ResponseReturnValue:
    """How a new organisation stands until the staff of its region have seen it, for its member."""
    if not awaits_review(who, read_session()):
        return redirect(url_for("dashboard.dashboard"))
    session = read_session()
    profile = read.profile(session, who.profile_id or 0)
    waiting = open_claim(session, who.id)
    texts, awaited = written_for(session, profile.id)
    return render_template(
        "membership/review.html",
        profile=profile,
        instead=asked(session, waiting.id) if waiting else None,
        may_name=waiting is not None and is_known(session, waiting.profile_id),
        texts=texts,
        awaited=awaited,
        alone=len(members_of(session, profile.id)) == 1,
        staffed=has_staff(session, profile.region_code),
    )


@pages.post("/organisation/review/again")
@requires(can_choose_organisation)
def ask_again(who: Account) -> ResponseReturnValue:
    """What the staff wanted mended is mended."""
    if not awaits_review(who, read_session()):
        return redirect(url_for("dashboard.dashboard"))
    with part(Database).writing() as session:
        reviews.ask_again(session, who.profile_id or 0)
    flash(_("다시 확인을 부탁했습니다. 담당자가 보면 전자우편으로 알려 드립니다."))
    return redirect(url_for("membership.review"))


@pages.post("/organisation/review/remove")
@requires(can_choose_organisation)
def remove_organisation(who: Account) -> ResponseReturnValue:
    """Takes a new organisation out again before it is seen, with what was written for it."""
    if not awaits_review(who, read_session()):
        return redirect(url_for("dashboard.dashboard"))
    with part(Database).writing() as session:
        reviews.remove(session, who.id)
    flash(_("기관을 지웠습니다."))
    return redirect(url_for("membership.choose"))


@pages.post("/organisation/resume/forget")
@requires(signed_in)
def forget_resume(who: Account) -> ResponseReturnValue:
    """What one was doing when one registered need not be gone on with."""
    with part(Database).writing() as session:
        held = lock(session, Account, who.id)
        if held is not None:
            held.resume = None
            session.add(held)
    return redirect(url_for("dashboard.dashboard"))


def belonging(who: Account) -> dict[str, Any]:
    """What the dashboard says of a member's way to an organisation."""
    session = read_session()
    own = session.get(Profile, who.profile_id) if who.profile_id is not None else None
    chooses = own is None and can_choose_organisation(who, session)
    last = newest_claim(session, who.id) if chooses else None
    return {
        "chooses": chooses,
        "last_claim": asked(session, last.id) if last else None,
        "may_name": last is not None and is_known(session, last.profile_id),
        "unseen": own is not None and own.review_asked_at is not None,
        "may_review": awaits_review(who, session),
    }
