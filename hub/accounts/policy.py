"""Who may do what: the one place that says it.

A rule is a plain function of the account (``None`` for a visitor), a session and the numbers in
the address. A view names its rule: ``@requires(can_edit_profile)``. A test walks every route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from hub.accounts.claimed import read_claim
from hub.accounts.tables import Account, Invitation, Role
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.published import is_known, region_of
from hub.profiles.tables import Contact, Inquiry, Profile
from hub.regions.atlas import inside, place, province_of

Rule = Callable[..., bool]

# Endpoints that Flask itself adds: files that anyone may have.
OPEN_ENDPOINTS = frozenset({"static"})


class Forbidden(Problem):
    """The reader is known and may not."""

    status = 403


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


def can_set_kind(who: Account | None, session: Session, profile: Profile | None = None) -> bool:
    """What sort of organisation one is: staff and administrators; its first member too, until the staff have seen it.

    Laboratories are put before firms and firms before laboratories: which of them one is, its own members do not say.
    """
    if profile is not None and profile.review_asked_at is not None:
        return can_edit_profile(who, session, profile.id)
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
    if before is not None and kind not in (None, before.kind) and not can_set_kind(who, session, before):
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
    staffed = staffed_regions(session)
    return next((code for code in (region_code, province_of(region_code).code) if code in staffed), None)


def has_staff(session: Session, region_code: str) -> bool:
    """Whether a region has staff, of its own or of its province."""
    return answering_desk(session, region_code) is not None


def staffed_regions(session: Session) -> set[str]:
    """The codes of the regions that somebody is staff of."""
    open_ones = select(Account.region_code).where(col(Account.closed_at).is_(None))
    return {code for code in session.exec(open_ones.distinct()) if code is not None}


def can_choose_organisation(who: Account | None, session: Session, **where: Any) -> bool:
    """A member. Who belongs to an organisation by now – a second click, a second window – is led to it and chooses none."""
    return who is not None and who.role == Role.MEMBER


def can_claim(who: Account | None, session: Session, profile_id: int) -> bool:
    """To belong to an organisation that readers know: whoever may choose one."""
    return can_choose_organisation(who, session) and is_known(session, profile_id)


def can_withdraw_claim(who: Account | None, session: Session, claim_id: int) -> bool:
    """Whoever made it."""
    return who is not None and who.id == read_claim(session, claim_id).account_id


def can_answer_claim(who: Account | None, session: Session, claim_id: int) -> bool:
    """The staff of the organisation's region, administrators."""
    claimed = read.profile(session, read_claim(session, claim_id).profile_id)
    return can_keep_desk(who, session, claimed.region_code)


def can_review_profile(who: Account | None, session: Session, profile_id: int) -> bool:
    """Whether an organisation is one that may be shown: the staff of its region, administrators."""
    return can_keep_desk(who, session, read.profile(session, profile_id).region_code)


def awaits_review(who: Account | None, session: Session, **where: Any) -> bool:
    """Who speaks for an organisation that the staff of its region have not seen yet."""
    if who is None or who.profile_id is None or who.unit_id is not None:
        return False
    return read.profile(session, who.profile_id).review_asked_at is not None


def signed_in(who: Account | None, session: Session, **where: Any) -> bool:
    """Anybody with an account."""
    return who is not None


def can_run_hub(who: Account | None, session: Session, **where: Any) -> bool:
    """Administrators: whoever runs the hub."""
    return who is not None and who.role == Role.ADMIN


def can_close_account(who: Account | None, session: Session, **where: Any) -> bool:
    """Anybody their own; the last administrator not, for nobody could run the hub then."""
    if who is None or who.role != Role.ADMIN:
        return who is not None
    others = select(Account.id).where(Account.role == Role.ADMIN, Account.id != who.id)
    return session.exec(others.where(col(Account.closed_at).is_(None)).limit(1)).first() is not None


def can_keep_desk(who: Account | None, session: Session, code: str, **where: Any) -> bool:
    """The staff of a region, those of the region that it lies in, administrators."""
    return who is not None and (who.role == Role.ADMIN or (who.role == Role.STAFF and covers(who, code)))


def covers(who: Account, region_code: str) -> bool:
    """Whether a region is the staff account's own or lies inside it."""
    return who.region_code is not None and region_code in inside(who.region_code)


def can_see_people(who: Account | None, session: Session, profile_id: int) -> bool:
    """Who its members are: those who speak for all of it, the staff of its region, administrators."""
    return can_edit_profile(who, session, profile_id)


def can_see_unit_people(who: Account | None, session: Session, unit_id: int) -> bool:
    """Who a unit's members are: these themselves, and whoever sees those of its organisation."""
    owner = read.unit(session, unit_id).profile_id
    if not can_edit_unit(who, session, unit_id) and not can_see_profile(who, session, owner):
        raise read.no_unit(unit_id)
    return can_edit_unit(who, session, unit_id)


def can_invite_to(
    who: Account | None, session: Session, profile_id: int | None, unit_id: int | None = None
) -> bool:
    """Its own members: those who speak for all of it to whatever of it, those of one unit to that unit alone."""
    own = who is not None and who.role == Role.MEMBER and profile_id is not None
    return own and who is not None and who.profile_id == profile_id and who.unit_id in (None, unit_id)


def can_end_memberships(who: Account | None, session: Session, profile_id: int) -> bool:
    """Whose belonging to an organisation is ended by others: by those who speak for all of it, the staff of its region and
    administrators; these the last one's too."""
    return can_edit_profile(who, session, profile_id)


def can_end_membership(who: Account | None, session: Session, profile_id: int, account_id: int) -> bool:
    """Whoever ends others' (:func:`can_end_memberships`), and each member for itself."""
    return can_end_memberships(who, session, profile_id) or (
        who is not None and who.id == account_id and who.profile_id == profile_id
    )


def can_see_staff(who: Account | None, session: Session, code: str) -> bool:
    """Who the staff of a region are: these, those of the region that it lies in, administrators."""
    return can_keep_desk(who, session, place(code).code)


def can_see_all_staff(who: Account | None, session: Session) -> bool:
    """Which provinces have staff: administrators."""
    return who is not None and who.role == Role.ADMIN


def can_invite_staff(who: Account | None, session: Session, code: str) -> bool:
    """Administrators and the staff of the region that it lies in; a colleague of the same region does not."""
    return can_see_staff(who, session, code) and who is not None and who.region_code != code


def can_end_post(who: Account | None, session: Session, code: str, account_id: int) -> bool:
    """Whoever invites staff there."""
    return can_invite_staff(who, session, code)


def can_withdraw_invitation(who: Account | None, session: Session, invitation_id: int) -> bool:
    """Whoever could send it, be it a colleague of the one who did."""
    sent = session.get(Invitation, invitation_id)
    return sent is not None and can_send(who, session, sent)


def can_send(who: Account | None, session: Session, sent: Invitation) -> bool:
    """Whether an invitation is this account's to send: asked when it is sent, and once more when it is accepted."""
    if sent.region_code is not None:
        return can_invite_staff(who, session, sent.region_code)
    return can_invite_to(who, session, sent.profile_id, sent.unit_id)


def may_accept(who: Account, sent: Invitation) -> bool:
    """Whether an account is free for what an invitation is to: a member of no organisation yet, or of one of its units
    where all of it is offered."""
    if who.role != Role.MEMBER or who.region_code is not None:
        return False
    wider = sent.profile_id == who.profile_id and who.unit_id is not None and sent.unit_id is None
    return who.profile_id is None or wider


def must_have_second_factor(who: Account) -> bool:
    """Staff and administrators, who read what firms do not show to others; members may have one."""
    return who.role in (Role.STAFF, Role.ADMIN)


def can_do_without(who: Account | None, session: Session, **where: Any) -> bool:
    """Who may go without a second factor, or turn it off."""
    return who is not None and not must_have_second_factor(who)
