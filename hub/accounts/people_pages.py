"""The pages on which people bring people: who belongs to what, inviting, and the page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from hub.accounts import accepting, invitations, people
from hub.accounts.accepting import Newcomer, Situation
from hub.accounts.cookie import enter, guesser_here, leave
from hub.accounts.gate import account, requires
from hub.accounts.invitations import Offer, Outcome
from hub.accounts.once import anew, sent_once
from hub.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_of, named
from hub.accounts.policy import (
    Forbidden,
    anyone,
    can_end_membership,
    can_end_memberships,
    can_end_post,
    can_invite_staff,
    can_invite_to,
    can_run_hub,
    can_see_people,
    can_see_staff,
    can_see_unit_people,
    can_withdraw_invitation,
)
from hub.accounts.registration import LONGEST_NAME, called, check_consent
from hub.accounts.tables import Account, Invitation
from hub.database import Database
from hub.language import _
from hub.numbers import whole_number
from hub.problems import Problem
from hub.profiles import read
from hub.regions.atlas import place
from hub.web.request import part, read_session

pages = Blueprint("people", __name__)
LEAVE = "leave"  # the button with which somebody signs out to accept as somebody else


@pages.route("/profiles/<int:profile_id>/people", methods=["GET", "POST"])
@requires(can_see_people)
def profile_people(who: Account, profile_id: int) -> ResponseReturnValue:
    """An organisation's members, and inviting colleagues to all of it or to one of its units."""
    session = read_session()
    return _inviting(
        who,
        "people/profile.html",
        Offer(profile_id=profile_id, unit_id=_chosen_unit()),
        url_for("people.profile_people", profile_id=profile_id),
        may_invite=can_invite_to(who, session, profile_id),
        may_end=can_end_memberships(who, session, profile_id),
        profile=read.profile(session, profile_id),
        units=read.units_of(session, profile_id),
        people=lambda: people.members(read_session(), profile_id),
        waiting=lambda: people.waiting(read_session(), profile_id=profile_id),
        is_needed=lambda: who.profile_id == profile_id and people.is_needed(read_session(), who),
    )


@pages.route("/units/<int:unit_id>/people", methods=["GET", "POST"])
@requires(can_see_unit_people)
def unit_people(who: Account, unit_id: int) -> ResponseReturnValue:
    """A unit's members, and inviting colleagues to it."""
    session = read_session()
    unit = read.unit(session, unit_id)
    return _inviting(
        who,
        "people/unit.html",
        Offer(profile_id=unit.profile_id, unit_id=unit_id),
        url_for("people.unit_people", unit_id=unit_id),
        may_invite=can_invite_to(who, session, unit.profile_id, unit_id),
        may_end=can_end_memberships(who, session, unit.profile_id),
        profile=read.profile(session, unit.profile_id),
        unit=unit,
        people=lambda: people.members(read_session(), unit.profile_id, unit_id),
        waiting=lambda: people.waiting(read_session(), profile_id=unit.profile_id, unit_id=unit_id),
        is_needed=lambda: who.unit_id == unit_id and people.is_needed(read_session(), who),
    )


@pages.route("/regions/<code>/staff", methods=["GET", "POST"])
@requires(can_see_staff)
def region_staff(who: Account, code: str) -> ResponseReturnValue:
    """A region's staff, which of its districts have none, and inviting some."""
    session = read_session()
    return _inviting(
        who,
        "people/region.html",
        Offer(region_code=code),
        url_for("people.region_staff", code=code),
        may_invite=can_invite_staff(who, session, code),
        region=place(code),
        people=lambda: people.staff(read_session(), code),
        waiting=lambda: people.waiting(read_session(), region=code),
        offices=lambda: people.offices(read_session(), code),
    )


@pages.get("/staff")
@requires(can_run_hub)
def all_staff(who: Account) -> ResponseReturnValue:
    """Which provinces have staff, and how many of their districts have none."""
    return render_template("people/provinces.html", offices=people.offices(read_session()))


def _inviting(
    who: Account, template: str, offer: Offer, here: str, *, may_invite: bool, **shown: Any
) -> ResponseReturnValue:
    """A page that lists people; what its form sends is done first, and what could not be is said on it."""
    problem: Problem | None = None
    outcomes: list[Outcome] = []
    if request.method == "POST":
        if not may_invite:
            raise Forbidden(_("여기에 사람을 초대할 수 있는 계정이 아닙니다."))
        try:
            outcomes = _invited(who, offer)
        except Problem as error:
            problem = error
            outcomes = getattr(error, "outcomes", [])
        if problem is None and all(one.sent for one in outcomes):
            return redirect(here)
    failed = [one for one in outcomes if not one.sent]
    page = render_template(
        template,
        who=who,
        here=here,
        may_invite=may_invite,
        problem=problem,
        outcomes=outcomes,
        emails="\n".join(one.typed for one in failed) if outcomes else request.form.get("emails", ""),
        chosen=offer.unit_id,
        most=invitations.AT_ONCE,
        days=invitations.VALID.days,
        # Asked only now: those who were invited a moment ago are among them.
        **{name: value() if callable(value) else value for name, value in shown.items()},
    )
    return page, problem.status if problem else 200


def _chosen_unit() -> int | None:
    """The unit that the form names; one that cannot be read is not taken for all of the organisation."""
    chosen = request.form.get("unit_id", "")
    if not chosen:
        return None
    number = whole_number(chosen)
    return read.unit(read_session(), number if number is not None else 0).id


def _invited(who: Account, offer: Offer) -> list[Outcome]:
    """Sends what the form asks for; nothing is told apart when it is the second click of the same.

    :raises Problem: when nobody got any.
    """
    listed = invitations.addresses(request.form.get("emails", ""))
    outcomes: list[Outcome] = []

    def make() -> int:
        outcomes.extend(invitations.invite(session, who, offer, listed))
        return sum(one.sent for one in outcomes)

    with part(Database).writing() as session:
        sent = sent_once(session, who, make)
    anew()
    if sent == 1 and len(listed) == 1:
        flash(
            _("%(email)s 님에게 초대 메일을 보냈습니다.", email=outcomes[0].typed if outcomes else listed[0])
        )
    elif not outcomes or all(one.sent for one in outcomes):
        flash(_("%(n)d명에게 초대 메일을 보냈습니다.", n=sent))
    _forget_what_was_read()
    return outcomes


def _forget_what_was_read() -> None:
    read_session().rollback()  # it saw the hub as it was before


@pages.post("/invitations/<int:invitation_id>/withdraw")
@requires(can_withdraw_invitation)
def withdraw_invitation(who: Account, invitation_id: int) -> ResponseReturnValue:
    """Withdraws an invitation: its link opens nothing any more."""
    with part(Database).writing() as session:
        return _done(
            lambda: invitations.withdraw(session, invitation_id),
            _("초대를 거두었습니다. 메일에 든 링크는 더 열리지 않습니다."),
            lambda: _page_of(who, invitation_id),
        )


@pages.post("/invitations/<int:invitation_id>/send-again")
@requires(can_withdraw_invitation)
def send_invitation_again(who: Account, invitation_id: int) -> ResponseReturnValue:
    """Sends an invitation again, with a new link that is good for as long as a new one's."""
    with part(Database).writing() as session:
        return _done(
            lambda: invitations.send_again(session, who, invitation_id),
            _("초대 메일을 다시 보냈습니다. 먼저 보낸 메일의 링크는 더 열리지 않습니다."),
            lambda: _page_of(who, invitation_id),
        )


def _done(do: Any, said: str, leads_to: Any) -> ResponseReturnValue:
    """Does it and says so; what was done by another meanwhile is said likewise, on the same page."""
    try:
        do()
        flash(said)
    except Forbidden:
        raise
    except Problem as problem:
        flash(problem.message, "warning")
    return redirect(leads_to())


def _page_of(who: Account, invitation_id: int) -> str:
    sent = read_session().get_one(Invitation, invitation_id)
    if sent.region_code is not None:
        return url_for("people.region_staff", code=sent.region_code)
    if sent.unit_id is not None and who.unit_id is not None:
        return url_for("people.unit_people", unit_id=sent.unit_id)
    return url_for("people.profile_people", profile_id=sent.profile_id)


@pages.post("/profiles/<int:profile_id>/people/<int:account_id>/end")
@requires(can_end_membership)
def end_membership(who: Account, profile_id: int, account_id: int) -> ResponseReturnValue:
    """Ends somebody's membership, one's own too; what they posted stays the organisation's."""
    own = account_id == who.id
    page = url_for("people.profile_people", profile_id=profile_id)
    if who.unit_id is not None:
        page = url_for("people.unit_people", unit_id=who.unit_id)
    try:
        with part(Database).writing() as session:
            people.end_membership(session, who, profile_id, account_id)
    except Forbidden:
        raise
    except Problem as problem:
        flash(problem.message, "warning")
        return redirect(page)
    if own:
        leave()
        flash(
            _(
                "소속을 끝냈습니다. 계정과 저장한 검색은 그대로 있습니다. 다시 로그인하면 다른 기관을 고를 수 있습니다."
            )
        )
        return redirect(url_for("accounts.sign_in"))
    flash(_("소속을 끝냈습니다. 그분이 올린 글은 기관에 남아 있습니다."))
    return redirect(page)


@pages.post("/regions/<code>/staff/<int:account_id>/end")
@requires(can_end_post)
def end_post(who: Account, code: str, account_id: int) -> ResponseReturnValue:
    """Ends the post of one of a region's staff: it is staff no more, what it did stays."""
    with part(Database).writing() as session:
        return _done(
            lambda: people.end_post(session, who, code, account_id),
            _("담당을 끝냈습니다. 그 계정은 이제 이 지역 일을 볼 수 없고, 한 일은 그대로 남아 있습니다."),
            lambda: url_for("people.region_staff", code=code),
        )


@pages.route("/invitations/<token>", methods=["GET", "POST"])
@requires(anyone)
def invitation(who: Account | None, token: str) -> ResponseReturnValue:
    """The page behind an invitation's link: who invites, to what, until when, and how to accept."""
    answer = make_response(_opened(who, token))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return answer


def _opened(who: Account | None, token: str) -> ResponseReturnValue:
    problem: Problem | None = None
    try:
        sent = invitations.find(read_session(), token)
        if request.method == "POST":
            try:
                return _answered(who, token, sent)
            except invitations.OVER:
                raise
            except Problem as error:
                problem = error
                _forget_what_was_read()
                sent = invitations.find(read_session(), token)
    except invitations.Used as used:
        if who is not None and who.id == used.accepted_by:  # a second click, or the way back
            return redirect(url_for("dashboard.dashboard"))
        return _over(used)
    except invitations.OVER as over:
        return _over(over)
    return _invitation_page(who, sent, problem)


def _answered(who: Account | None, token: str, sent: Invitation) -> ResponseReturnValue:
    if request.form.get("action") == LEAVE:
        leave()
        return redirect(url_for("people.invitation", token=token))
    return _accepted(who, token, sent)


def _invitation_page(who: Account | None, sent: Invitation, problem: Problem | None) -> ResponseReturnValue:
    session = read_session()
    stands = accepting.situation(who, sent, named(session, sent.email))
    elsewhere = stands == Situation.ELSEWHERE and who is not None
    page = render_template(
        "people/invitation.html",
        invitation=sent,
        inviter=session.get(Account, sent.invited_by) if sent.invited_by is not None else None,
        stands=stands.value,
        who=who,
        belongs_to=read.profile(session, who.profile_id) if elsewhere and who and who.profile_id else None,
        problem=problem,
        name=request.form.get("name", ""),
        most=LONGEST_NAME,
        least_password=SHORTEST_PASSWORD,
        most_password=LONGEST_PASSWORD,
        **invitations.place_of(session, sent),
    )
    return page, problem.status if problem else 200


def _over(problem: Problem) -> ResponseReturnValue:
    used = isinstance(problem, invitations.Used)
    return render_template("people/invitation_over.html", problem=problem, used=used), problem.status


def _accepted(who: Account | None, token: str, sent: Invitation) -> ResponseReturnValue:
    """Accepts, and signs a new person in.

    :raises Problem: saying what to change.
    """
    given = None
    if who is None:
        found = named(read_session(), sent.email)
        if accepting.situation(None, sent, found) == Situation.NEW:  # the slow part, before the transaction
            name = called(request.form.get("name", ""))
            check_consent("consent" in request.form)
            given = Newcomer(name, hash_of(request.form.get("password", ""), sent.email))
    try:
        joined = _joined(who, token, given)
    except (
        IntegrityError
    ):  # the address got its account this very moment: by another invitation, or by registering
        joined = _joined(who, token, given)
    if who is None:
        enter(joined, guesser_here(joined.email))
    flash(_("초대를 수락했습니다."))
    return redirect(url_for("dashboard.dashboard"))


def _joined(who: Account | None, token: str, given: Newcomer | None) -> Account:
    with part(Database).writing() as session:
        return accepting.accept(session, token, who, given)


def sees_people(profile_id: int) -> bool:
    """Whether whoever asks may see the members of an organisation."""
    return can_see_people(account(), read_session(), profile_id)


def sees_staff(code: str) -> bool:
    """Whether whoever asks may see the staff of a region."""
    return can_see_staff(account(), read_session(), code)


def sees_all_staff() -> bool:
    """Whether whoever asks may see which provinces have staff."""
    return can_run_hub(account(), read_session())


FOR_TEMPLATES = (sees_people, sees_staff, sees_all_staff)
