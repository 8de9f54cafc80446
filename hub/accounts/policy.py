"""Who may do what: the one place that says it.

A rule is a plain function of the account (``None`` for a visitor), a session and the numbers in
the address. A view names its rule: ``@requires(can_edit_profile)``. A test walks every route.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_login import current_user
from sqlmodel import Session, col, select

from hub.accounts.tables import Account, OpenSession, Role
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.published import is_known, region_of
from hub.profiles.tables import Contact, Inquiry, Profile
from hub.regions.atlas import inside, province_of
from hub.web.addresses import same_page
from hub.web.request import read_session

Rule = Callable[..., bool]
View = TypeVar("View", bound=Callable[..., Any])

# Endpoints that Flask itself adds: files that anyone may have.
OPEN_ENDPOINTS = frozenset({"static"})


class Forbidden(Problem):
    """The reader is known and may not."""

    status = 403


class SignInNeeded(Problem):
    """The reader was to send something and is not signed in (any more); what was sent is shown back."""

    status = 401


def signed_out() -> str:
    """What is said to whoever sends something after the session has ended."""
    return _("로그인이 풀렸습니다. 보내려던 것은 그대로 있습니다. 다시 로그인하면 이어서 보냅니다.")


def anyone(who: Account | None, session: Session, **where: Any) -> bool:
    """Visitors too: what is published may be read by all."""
    return True


def can_add_profile(who: Account | None, session: Session) -> bool:
    """Staff enter the organisations of their region, administrators any."""
    return who is not None and who.role in (Role.STAFF, Role.ADMIN)


def can_place_profile(who: Account | None, session: Session, region_code: str) -> bool:
    """Where an organisation may be entered or moved to: staff within their region, others anywhere.

    It is asked beside :func:`can_add_profile` or :func:`can_edit_profile`, which say who may at all.
    """
    return who is not None and (who.role != Role.STAFF or covers(who, region_code))


def can_set_kind(who: Account | None, session: Session) -> bool:
    """What sort of organisation one is: staff and administrators.

    Laboratories are put before firms and firms before laboratories: which of them one is, its own members do not say.
    """
    return who is not None and who.role in (Role.STAFF, Role.ADMIN)


def check_particulars(
    who: Account, session: Session, before: Profile | None, kind: str | None, region_code: str
) -> None:
    """What those who may enter an organisation or edit it may say of it.

    Its members change its names, its size, its page, and where it is, for a firm moves; staff and administrators its
    kind too, and staff nothing that leads out of their region.

    :param before: the organisation as it stands; ``None`` when it is entered.
    :raises Forbidden: in the reader's language, saying who may.
    """
    if not can_place_profile(who, session, region_code):
        raise Forbidden(_("담당 지역 안의 기관만 넣을 수 있습니다."))
    if before is not None and kind not in (None, before.kind) and not can_set_kind(who, session):
        raise Forbidden(_("기관 종류는 담당 지자체가 바꿉니다. 바뀌었다면 담당자에게 알려 주십시오."))


def check_unit_place(who: Account, session: Session, region_code: str | None) -> None:
    """Where those who may edit a unit may say that it is: staff within their region, others anywhere.

    :raises Forbidden: in the reader's language, saying who may.
    """
    if region_code is not None and not can_place_profile(who, session, region_code):
        raise Forbidden(_("담당 지역 안의 곳만 고를 수 있습니다."))


def can_edit_profile(who: Account | None, session: Session, profile_id: int) -> bool:
    """Those of its members who speak for all of it, the staff of its region, administrators."""
    owned = read.profile(session, profile_id)
    return who is not None and (
        who.role == Role.ADMIN
        or (who.role == Role.MEMBER and who.profile_id == owned.id and who.unit_id is None)
        or (who.role == Role.STAFF and covers(who, owned.region_code))
    )


def can_remove_profile(who: Account | None, session: Session, profile_id: int) -> bool:
    """The staff of its region and administrators, who enter organisations."""
    return can_add_profile(who, session) and can_edit_profile(who, session, profile_id)


def can_see_profile(who: Account | None, session: Session, profile_id: int) -> bool:
    """What readers know; the rest its own people and the staff of its region."""
    return is_known(session, profile_id) or can_post(who, session, profile_id)


def can_edit_unit(who: Account | None, session: Session, unit_id: int) -> bool:
    """Its own members, and whoever may edit its organisation."""
    owned = read.unit(session, unit_id)
    return (who is not None and who.unit_id == owned.id) or can_edit_profile(who, session, owned.profile_id)


def can_remove_unit(who: Account | None, session: Session, unit_id: int) -> bool:
    """Whoever may edit its organisation; its own members may not."""
    return can_edit_profile(who, session, read.unit(session, unit_id).profile_id)


def can_post(who: Account | None, session: Session, profile_id: int) -> bool:
    """Whoever may edit the organisation, and the members of its units: for their own, see :func:`check_unit`."""
    of_unit = who is not None and who.unit_id is not None and who.profile_id == profile_id
    return can_edit_profile(who, session, profile_id) or of_unit


def check_unit(who: Account, session: Session, profile_id: int, unit_id: int | None) -> None:
    """For which unit those who may post do.

    :param unit_id: ``None`` for the organisation itself.
    :raises Forbidden: in the reader's language, when it is not their own.
    """
    if unit_id != who.unit_id and not can_edit_profile(who, session, profile_id):
        raise Forbidden(_("자기 연구실·부서의 글만 올리고 고칠 수 있습니다."))


def can_edit_statement(who: Account | None, session: Session, statement_id: int) -> bool:
    """Whoever may edit the unit that says it, or the organisation where none does."""
    edited = read.statement(session, statement_id)
    if edited.unit_id is not None:
        return can_edit_unit(who, session, edited.unit_id)
    return can_edit_profile(who, session, edited.profile_id)


def can_see_contact(who: Account | None, session: Session, statement_id: int) -> bool:
    """Who arranges the use of what is shared: local government staff, who bring both sides together, and its own people."""
    return who is not None and (
        who.role in (Role.STAFF, Role.ADMIN) or can_edit_statement(who, session, statement_id)
    )


def can_keep_contacts(who: Account | None, session: Session, profile_id: int) -> bool:
    """Whom to speak to in an organisation: the staff of its region note it for themselves, and read what they have noted
    when it has moved too; its own members do not see it."""
    if not can_add_profile(who, session):
        return False
    if can_keep_desk(who, session, read.profile(session, profile_id).region_code):
        return True
    noted = session.exec(select(Contact.region_code).where(Contact.profile_id == profile_id))
    return any(can_keep_desk(who, session, code) for code in noted)


def can_remove_contact(who: Account | None, session: Session, contact_id: int) -> bool:
    """Whoever may read it: the staff of the region in which it was noted."""
    return can_keep_desk(who, session, read.contact(session, contact_id).region_code)


def can_answer_referral(who: Account | None, session: Session, referral_id: int) -> bool:
    """The staff of the region that it was handed over to, administrators."""
    return can_keep_desk(who, session, read.referral(session, referral_id).region_code)


def can_take_back_referral(who: Account | None, session: Session, referral_id: int) -> bool:
    """Whoever handed it over."""
    return who is not None and who.id == read.referral(session, referral_id).account_id


def can_inquire(who: Account | None, session: Session, **where: Any) -> bool:
    """Members, those too who have not said of which organisation yet; staff have their desk."""
    return who is not None and who.role == Role.MEMBER


def can_see_inquiry(who: Account | None, session: Session, inquiry_id: int) -> bool:
    """Those who speak for the need, and the staff who answer.

    :raises NotFound: to all others who have signed in, as where there is none: that it is there is not theirs to know.
    """
    return _inquiry_seen(who, session, inquiry_id) is not None


def can_answer_inquiry(who: Account | None, session: Session, inquiry_id: int) -> bool:
    """The staff of the region in which the need is, those of the region that it lies in, administrators."""
    asked = _inquiry_seen(who, session, inquiry_id)
    return who is not None and asked is not None and _is_before(who, session, asked)


def can_withdraw_inquiry(who: Account | None, session: Session, inquiry_id: int) -> bool:
    """Those who speak for the need."""
    asked = _inquiry_seen(who, session, inquiry_id)
    return who is not None and asked is not None and _is_of(who, session, asked)


def _inquiry_seen(who: Account | None, session: Session, inquiry_id: int) -> Inquiry | None:
    if who is None:
        return None
    asked = read.inquiry(session, inquiry_id)
    if _is_of(who, session, asked) or _is_before(who, session, asked):
        return asked
    raise read.no_inquiry(inquiry_id)


def _is_of(who: Account, session: Session, asked: Inquiry) -> bool:
    """Whether it is this member's; where the need is gone, whoever asked."""
    if who.role != Role.MEMBER:
        return False
    if asked.statement_id is None:
        return asked.account_id == who.id
    return can_edit_statement(who, session, asked.statement_id)


def _is_before(who: Account, session: Session, asked: Inquiry) -> bool:
    """Whether it lies on this account's desk; where the need is gone, whoever answered still finds it."""
    if asked.statement_id is None:
        return who.role == Role.ADMIN or (who.role == Role.STAFF and asked.answered_by == who.id)
    need = read.statement(session, asked.statement_id)
    return can_keep_desk(who, session, region_of(need.unit, read.profile(session, need.profile_id)))


def answering_desk(session: Session, region_code: str) -> str | None:
    """The region whose staff answer what is asked in this one: its own, or those of its province; ``None`` where neither
    has any and the operator does."""
    nearest = (region_code, province_of(region_code).code)
    query = select(Account.region_code).where(
        col(Account.region_code).in_(nearest), col(Account.closed_at).is_(None)
    )
    held = set(session.exec(query.distinct()))
    return next((code for code in nearest if code in held), None)


def has_staff(session: Session, region_code: str) -> bool:
    """Whether a region has staff, of its own or of its province."""
    of_it = col(Account.region_code).in_({region_code, province_of(region_code).code})
    return session.exec(select(Account.id).where(of_it).limit(1)).first() is not None


def signed_in(who: Account | None, session: Session, **where: Any) -> bool:
    """Anybody with an account."""
    return who is not None


def can_keep_desk(who: Account | None, session: Session, code: str, **where: Any) -> bool:
    """The staff of a region, those of the region that it lies in, administrators."""
    return who is not None and (who.role == Role.ADMIN or (who.role == Role.STAFF and covers(who, code)))


def covers(who: Account, region_code: str) -> bool:
    """Whether a region is the staff account's own or lies inside it."""
    return who.region_code is not None and region_code in inside(who.region_code)


class Step(StrEnum):
    """What a person who has signed in must still do before anything is theirs to do."""

    CONFIRM = "confirm"  # open the mail that was sent to the address


# The page of each.
STEP_PAGES = {Step.CONFIRM: "accounts.confirm"}


def step_of(who: Account, opened: OpenSession) -> Step | None:
    """What this person must still do in this session; ``None`` when all is done."""
    return Step.CONFIRM if who.confirmed_at is None else None


def halted() -> tuple[Account, Step] | None:
    """Who has signed in but must still do something first, and what. To every rule such a person is a visitor."""
    if not current_user.is_authenticated:
        return None
    step = step_of(current_user.account, current_user.opened)
    return (current_user.account, step) if step else None


def awaits_confirmation(who: Account | None, session: Session, **where: Any) -> bool:
    """Who has registered and not opened the mail yet."""
    found = halted()
    return found is not None and found[1] == Step.CONFIRM


def account() -> Account | None:
    """Who is asking; ``None`` for a visitor, and for whoever must still do something first (:func:`halted`)."""
    return current_user.account if current_user.is_authenticated and halted() is None else None


def requires(rule: Rule) -> Callable[[View], View]:
    """Lets a request through to the view if the rule says so; the view is given who it is that asks.

    A visitor is sent to sign in and comes back; one who may not gets 403.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**where: Any) -> Any:
            who = account()
            if rule(who, read_session(), **where):
                return view(who, **where)
            if "profile_id" in where and not can_see_profile(who, read_session(), where["profile_id"]):
                raise read.no_profile(where["profile_id"])
            if who is not None:
                raise Forbidden(_("이 일을 할 수 있는 계정이 아닙니다."))
            if request.method == "POST":
                raise SignInNeeded(signed_out())
            first = halted()
            page = STEP_PAGES[first[1]] if first else "accounts.sign_in"
            return redirect(url_for(page, next=same_page()))

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


FOR_TEMPLATES = (account, halted)
