"""The desk at which the staff of a region answer who belongs to whom, and see new organisations."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts.gate import requires
from hub.accounts.once import sent_once
from hub.accounts.policy import (
    can_add_profile,
    can_answer_claim,
    can_review_profile,
    can_see_profile,
    has_staff,
    staffed_regions,
)
from hub.accounts.tables import Account, Claim
from hub.database import Database
from hub.language import _
from hub.membership import claims, lists, reviews
from hub.membership.domains import own_domain
from hub.membership.pages import pages
from hub.numbers import bounded, whole_number
from hub.posting.forms import alike_known
from hub.posting.organisations import NameTaken
from hub.problems import Problem
from hub.profiles import read
from hub.regions.atlas import province_of
from hub.web.addresses import reads
from hub.web.request import part, read_session

GRANT, REFUSE, UNDO = "grant", "refuse", "undo"
SEEN, SEND_BACK, KNOWN = "seen", "send-back", "known"


@pages.get("/memberships")
@reads("page")
@requires(can_add_profile)
def desk(who: Account) -> ResponseReturnValue:
    """What waits at a desk: who says they belong to an organisation of the region, and new organisations; below, answers."""
    session = read_session()
    staffed = staffed_regions(session)
    page = bounded(request.args.get("page"), default=1, least=1, most=10_000)
    answered, total = lists.answered_claims(session, who.region_code, page)
    return render_template(
        "membership/desk.html",
        unseen=lists.unseen(session, who.region_code),
        waiting=lists.waiting_claims(session, who.region_code),
        answered=answered,
        total=total,
        page=page,
        page_size=lists.A_PAGE,
        unstaffed=lambda code: who.region_code is None and staffed.isdisjoint({code, province_of(code).code}),
    )


@pages.route("/memberships/<int:claim_id>", methods=["GET", "POST"])
@requires(can_answer_claim)
def answer_claim(who: Account, claim_id: int) -> ResponseReturnValue:
    """A claim beside others on the same organisation and those who belong to it: granted, refused, or taken back."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            flash(_answer(who, claim_id))
            return redirect(url_for("membership.answer_claim", claim_id=claim_id))
        except Problem as error:
            problem = error
    with part(Database).reading() as session:  # it may have been answered since this request began
        found = lists.asked(session, claim_id)
        beside = [one for one in lists.claims_on(session, found.profile.id) if one.claim.id != claim_id]
        instead = found.claim.instead_of_id
        page = render_template(
            "membership/answer.html",
            one=found,
            beside=beside,
            holders=lists.names_of_holders(session, found.profile.id),
            instead=read.profile(session, instead) if instead is not None else None,
            staff=session.get(Account, found.claim.answered_by) if found.claim.answered_by else None,
            own_domain=own_domain,
            can_be_undone=found.claim.granted and found.account.profile_id == found.profile.id,
            values=request.form,
            problem=problem,
            longest_answer=claims.LONGEST_ANSWER,
        )
    return page, problem.status if problem else 200


def _answer(who: Account, claim_id: int) -> str:
    """Does what the button says; what to tell.

    :raises Problem: in the reader's language.
    """
    action, form = request.form.get("action"), request.form
    with part(Database).writing() as session:

        def once(make: Callable[[], Claim]) -> None:
            sent_once(session, who, lambda: make().id, changes=True)

        if action == GRANT:
            address = form.get("address", "")
            once(lambda: claims.grant(session, claim_id, who.id, address))
            return _("승인했습니다. 신청한 분에게 알렸습니다.")
        written = form.get("reason", "")
        if action == REFUSE:
            once(lambda: claims.refuse(session, claim_id, who.id, written))
            return _("거절했습니다. 신청한 분에게 이유를 보냈습니다.")
        if action == UNDO:
            once(lambda: claims.undo(session, claim_id, who.id, written))
            return _("승인을 되돌렸습니다. 이분은 이제 이 기관의 구성원이 아닙니다. 쓴 글은 기관에 남습니다.")
    raise Problem(_("승인할지 거절할지 고르십시오."))


@pages.route("/memberships/profiles/<int:profile_id>", methods=["GET", "POST"])
@requires(can_review_profile)
def review_profile(who: Account, profile_id: int) -> ResponseReturnValue:
    """A new organisation before readers see it: it is one, it is to be mended, or it stands here already."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _reviewed(who, profile_id)
        except Problem as error:
            problem = error
    session = read_session()
    found = read.profile(session, profile_id)
    texts, awaited = lists.written_for(session, profile_id)
    alike = alike_known(who, found.name_ko, found.homepage or "", found.region_code)
    page = render_template(
        "membership/review_profile.html",
        profile=found,
        version=reviews.version_of(found),
        members=lists.names_of_holders(session, profile_id),
        own_domain=own_domain,
        texts=texts,
        awaited=awaited,
        alike=[one for one in alike if one.profile.id != profile_id],
        existing=problem.existing if isinstance(problem, NameTaken) else None,
        instead=lists.claims_instead_of(session, profile_id),
        unstaffed=not has_staff(session, found.region_code),
        values=request.form,
        problem=problem,
        longest_answer=claims.LONGEST_ANSWER,
    )
    return page, problem.status if problem else 200


def _reviewed(who: Account, profile_id: int) -> ResponseReturnValue:
    """Does what the button says.

    :raises Problem: in the reader's language.
    """
    action, form = request.form.get("action"), request.form
    if action == SEEN:
        version = form.get("version", "")
        with part(Database).writing() as session:
            published = sent_once(
                session, who, lambda: reviews.see(session, profile_id, who.id, version), changes=True
            )
        if published:
            flash(_("확인했습니다. 기다리던 글 %(n)d건을 게시했습니다.", n=published))
        else:
            flash(_("확인했습니다. 이제 이 기관의 글이 올라오면 바로 게시됩니다."))
        return redirect(url_for("posting.profile", profile_id=profile_id))
    if action == SEND_BACK:
        with part(Database).writing() as session:
            written = form.get("reason", "")
            sent_once(session, who, lambda: reviews.send_back(session, profile_id, written).id, changes=True)
        flash(_("고쳐 달라고 했습니다. 넣은 분에게 알렸습니다."))
        return redirect(url_for("membership.desk"))
    known = whole_number(form.get("profile"))
    if action != KNOWN or known is None:
        raise Problem(_("어느 기관과 같은지 고르십시오."))
    if not can_see_profile(who, read_session(), known):
        raise read.no_profile(known)
    as_unit = form.get("as_unit") == "yes"
    with part(Database).writing() as session:
        made = sent_once(
            session,
            who,
            lambda: reviews.is_known_already(session, profile_id, known, as_unit=as_unit).id,
            changes=True,
        )
        may_answer = can_answer_claim(who, session, made)
    flash(_("소속 신청으로 바꾸었습니다. 승인하면 쓴 글이 그 기관으로 옮겨집니다."))
    if may_answer:
        return redirect(url_for("membership.answer_claim", claim_id=made))
    return redirect(url_for("membership.desk"))
