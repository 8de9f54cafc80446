"""Who belongs to what: the members of an organisation or a unit, the staff of a region; and how a belonging ends.

What somebody posted stays the organisation's, what they saved stays theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from hub.accounts import sessions
from hub.accounts.invitations import withdraw_all_of
from hub.accounts.passwords import settle
from hub.accounts.policy import Forbidden, can_end_membership, can_end_post
from hub.accounts.tables import Account, Claim, Invitation, OpenSession
from hub.database import lock, now
from hub.language import _
from hub.mail.outbox import write
from hub.problems import Problem
from hub.profiles.tables import Profile, Unit
from hub.regions.atlas import Place, districts, place, provinces

LISTED = timedelta(days=60)  # an invitation that nobody has accepted


@dataclass(frozen=True)
class Person:
    """One who belongs to something."""

    account: Account
    unit: Unit | None
    since: datetime
    seen: datetime | None  # shown to the day


@dataclass(frozen=True)
class Office:
    """A region and how many staff it has, and those of its districts that have none."""

    place: Place
    staff: int
    districts: int
    without: list[Place]


def members(session: Session, profile_id: int, unit_id: int | None = None) -> list[Person]:
    """Who belongs to an organisation, or to one of its units: those who speak for all of it first, by name."""
    of_it = [col(Account.profile_id) == profile_id]
    if unit_id is not None:
        of_it.append(col(Account.unit_id) == unit_id)
    return _people(session, *of_it)


def staff(session: Session, code: str) -> list[Person]:
    """The staff of a region itself."""
    return _people(session, col(Account.region_code) == code)


def _people(session: Session, *of_it: Any) -> list[Person]:
    query = select(Account, Unit).join(Unit, col(Unit.id) == Account.unit_id, isouter=True)
    rows = session.exec(query.where(*of_it, col(Account.closed_at).is_(None))).all()
    numbers = [account.id for account, _unit in rows]
    began, seen = _began(session, numbers), _seen(session, numbers)
    found = [
        Person(account, unit, began.get(account.id, account.created_at), seen.get(account.id))
        for account, unit in rows
    ]
    return sorted(
        found,
        key=lambda one: (
            one.unit is not None,
            one.unit.name_ko if one.unit else "",
            one.account.name or one.account.email,
        ),
    )


def _began(session: Session, numbers: list[int]) -> dict[int, datetime]:
    """When each accepted the last invitation, or was granted the last claim; whoever did neither is not in it."""
    joined = session.exec(
        select(Invitation.accepted_by, func.max(Invitation.ended_at))
        .where(col(Invitation.accepted_by).in_(numbers))
        .group_by(col(Invitation.accepted_by))
    ).all()
    granted = session.exec(
        select(Claim.account_id, func.max(Claim.answered_at))
        .where(col(Claim.account_id).in_(numbers), col(Claim.granted).is_(True))
        .group_by(col(Claim.account_id))
    ).all()
    found: dict[int, datetime] = {}
    for number, when in [*joined, *granted]:
        if number is not None and when is not None:
            found[number] = max(when, found.get(number, when))
    return found


def _seen(session: Session, numbers: list[int]) -> dict[int, datetime]:
    """When each was last here: the session that is open, or the visit that began last."""
    query = select(Account.id, Account.visit_at, func.max(OpenSession.seen_at)).join(
        OpenSession, col(OpenSession.account_id) == Account.id, isouter=True
    )
    rows = session.exec(
        query.where(col(Account.id).in_(numbers)).group_by(col(Account.id), col(Account.visit_at))
    )
    return {number: max(filter(None, times)) for number, *times in rows if any(times)}


def waiting(
    session: Session,
    *,
    region: str | None = None,
    profile_id: int | None = None,
    unit_id: int | None = None,
) -> list[tuple[Invitation, Account | None, Unit | None]]:
    """The invitations to a region, an organisation or a unit that wait, also those that nobody accepted in time, each
    with who sent it; the newest first."""
    query = (
        select(Invitation, Account, Unit)
        .join(Account, col(Account.id) == Invitation.invited_by, isouter=True)
        .join(Unit, col(Unit.id) == Invitation.unit_id, isouter=True)
    )
    of_it = Invitation.region_code == region if region is not None else Invitation.profile_id == profile_id
    if unit_id is not None:
        query = query.where(Invitation.unit_id == unit_id)
    recent = col(Invitation.ended_at).is_(None), col(Invitation.created_at) > now() - LISTED
    rows = session.exec(query.where(of_it, *recent).order_by(col(Invitation.id).desc()))
    return [(sent, inviter, unit) for sent, inviter, unit in rows]


def is_needed(session: Session, account: Account) -> bool:
    """Whether nobody else would be left who may do what this member may: speak for the organisation, or the unit."""
    others = col(Account.profile_id) == account.profile_id, col(Account.id) != account.id
    able = or_(col(Account.unit_id).is_(None), col(Account.unit_id) == account.unit_id)
    left = select(Account.id).where(*others, able, col(Account.closed_at).is_(None)).limit(1)
    return session.exec(left).first() is None


def end_membership(session: Session, who: Account, profile_id: int, account_id: int) -> Account:
    """Somebody belongs to an organisation no more: signed out everywhere, their open invitations withdrawn. Where another
    ended it, it is kept as an answered claim: the person does not come back by an address alone.

    :raises Problem: when they do not belong to it (any more), or it would be left to nobody.
    """
    both = [lock(session, Account, number) for number in sorted({who.id, account_id})]
    held = {one.id: one for one in both if one is not None}
    lock(session, Profile, profile_id)  # last, as where somebody invites
    leaves = held.get(account_id)
    if leaves is None or leaves.profile_id != profile_id:
        raise Problem(_("이미 이 기관 사람이 아닙니다."), status=409)
    if not can_end_membership(held.get(who.id), session, profile_id, account_id):
        raise Forbidden(_("이 기관 사람의 소속을 끝낼 수 있는 계정이 아닙니다."))
    if who.id == account_id and is_needed(session, leaves):
        raise Problem(
            _(
                "여기를 맡은 사람이 회원님뿐입니다. 먼저 이어받을 동료를 초대하고, 그분이 수락한 뒤에 끝내십시오. 이어받을 사람이 없으면 지역 담당자에게 알려 주십시오."
            ),
            status=409,
        )
    if who.id != account_id:
        at, unit = now(), leaves.unit_id
        session.add(
            Claim(
                account_id=account_id,
                profile_id=profile_id,
                unit_id=unit,
                created_at=at,
                answered_at=at,
                answered_by=who.id,
                granted=False,
            )
        )
        colleague = who if who.profile_id == profile_id else None
        owner = session.get(Profile, profile_id)
        write(session, leaves.email, leaves.language, "membership_ended", profile=owner, by=colleague)
    settle(leaves)
    _leave(session, leaves)
    return leaves


def end_post(session: Session, who: Account, code: str, account_id: int) -> Account:
    """Somebody is no longer staff of a region: the account is theirs still and belongs to nothing any more.

    :raises Problem: when they are not (any more).
    """
    leaves = lock(session, Account, account_id)
    if leaves is None or leaves.region_code != code:
        raise Problem(_("이미 이 지역 담당자가 아닙니다."), status=409)
    if not can_end_post(session.get(Account, who.id), session, code, account_id):
        raise Forbidden(_("이 지역 담당자를 끝낼 수 있는 계정이 아닙니다."))
    settle(leaves)
    _leave(session, leaves)
    write(session, leaves.email, leaves.language, "post_ended", region=code, by=who)
    return leaves


def _leave(session: Session, account: Account) -> None:
    sessions.end_all(session, account.id)
    withdraw_all_of(session, account.id)


def offices(session: Session, within: str | None = None) -> list[Office]:
    """The provinces, or the districts of one, with how many staff each has."""
    staffed = select(Account.region_code, func.count()).where(
        col(Account.region_code).is_not(None), col(Account.closed_at).is_(None)
    )
    counts = dict(session.exec(staffed.group_by(col(Account.region_code))).all())
    found = []
    for one in provinces() if within is None else districts(place(within).code):
        below = districts(one.code)
        without = [district for district in below if not counts.get(district.code)]
        found.append(Office(one, counts.get(one.code, 0), len(below), without))
    return found
