"""Belonging to an organisation that stands in the hub: claimed, given at once where an address is answer enough, else answered
by the staff of its region.

Everything here holds first the account, then the organisation, then the claim (and its statements last): two who want the
same, or answer the same, come one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from hub.accounts.claimed import members_of, open_claim, read_claim
from hub.accounts.invitations import withdraw_all_of
from hub.accounts.passwords import settle
from hub.accounts.tables import Account, Claim
from hub.database import lock, now
from hub.language import _
from hub.membership import letters
from hub.membership.domains import domain_of_address, domain_of_homepage, is_shared
from hub.membership.merging import merge
from hub.numbers import whole_number
from hub.posting.units import UnitParticulars, save_unit
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.limits import UNIT_LIMITS
from hub.profiles.names import name_key
from hub.profiles.published import is_known
from hub.profiles.tables import Profile, ProfileKind, Unit, UnitKind
from hub.text import check_length, clean, has_words, one_line

LONGEST_NOTE = 1000
LONGEST_ANSWER = 1000
MOST_A_DAY = 5  # each may be told to people who did not ask for it
WHOLE, ONE_UNIT, NEW_UNIT = "whole", "unit", "new"


@dataclass(frozen=True)
class Wanted:
    """What somebody says to belong to. Make it with :func:`wanted`, which cleans and checks it."""

    profile_id: int
    unit_id: int | None
    unit_name: str | None
    note: str


class TooMany(Problem):
    """Enough for a day."""

    status = 429


def wanted(written: Mapping[str, str], profile_id: int) -> Wanted:
    """Cleans and checks what somebody wrote.

    :raises Problem: in the reader's language, saying what to change.
    """
    part = written.get("part")
    if part not in (WHOLE, ONE_UNIT, NEW_UNIT):
        raise Problem(_("기관 전체인지, 그 안의 연구실·부서인지 고르십시오."))
    note = clean(written.get("note", ""))
    check_length(_("담당자에게 할 말"), note, LONGEST_NOTE)
    unit_id = whole_number(written.get("unit")) if part == ONE_UNIT else None
    if part == ONE_UNIT and unit_id is None:
        raise Problem(_("어느 연구실·부서인지 목록에서 고르십시오."))
    name = one_line(written.get("unit_name", "")) if part == NEW_UNIT else ""
    check_length(_("연구실·부서 이름"), name, UNIT_LIMITS["name_ko"])
    if part == NEW_UNIT and not has_words(name):
        raise Problem(_("연구실·부서 이름을 적어 주십시오."))
    return Wanted(profile_id, unit_id, name or None, note)


def free_account(session: Session, account_id: int) -> Account:
    """The account, held, of somebody who belongs to no organisation and waits for none.

    :raises Problem: when it does by now.
    """
    account = lock(session, Account, account_id)
    if account is None or account.closed_at is not None or account.confirmed_at is None:
        raise Problem(_("이 계정으로는 할 수 없습니다."), status=409)
    if account.profile_id is not None:
        raise Problem(_("이미 소속된 기관이 있습니다. 내 자리에서 보십시오."), status=409)
    if open_claim(session, account_id) is not None:
        raise Problem(
            _("기다리는 소속 신청이 있습니다. 다른 기관을 고르려면 먼저 그 신청을 거두십시오."), status=409
        )
    return account


def claim(session: Session, account_id: int, given: Wanted) -> Claim:
    """Says that an account belongs to an organisation or a unit of it. It does so at once where its address is answer
    enough (:func:`is_enough`).

    :raises Problem: when it belongs to one already or waits for one, or has asked too often.
    :raises NotFound: when readers know no such organisation.
    """
    account = free_account(session, account_id)
    lately = select(Claim.id).where(
        Claim.account_id == account_id, Claim.created_at > now() - timedelta(days=1)
    )
    if len(session.exec(lately).all()) >= MOST_A_DAY:
        raise TooMany(_("오늘은 더 신청할 수 없습니다. 내일 다시 하거나 담당자에게 물어보십시오."))
    profile = lock(session, Profile, given.profile_id)
    if profile is None or not is_known(session, profile.id):
        raise read.no_profile(given.profile_id)
    unit_id, unit_name = given.unit_id, given.unit_name
    read.check_unit_of(session, unit_id, profile.id)
    same = unit_called(session, profile.id, unit_name)
    if same is not None:
        unit_id, unit_name = same.id, None
    made = Claim(
        account_id=account_id, profile_id=profile.id, unit_id=unit_id, unit_name=unit_name, note=given.note
    )
    session.add(made)
    session.flush()
    members = members_of(session, profile.id)
    at_once = is_enough(session, account, profile, made)
    if at_once:
        give(session, made, account, profile, None)
    letters.told(session, made, account, profile, members)
    return made


def unit_called(session: Session, profile_id: int, name: str | None) -> Unit | None:
    """The unit of an organisation that is called so."""
    key = name_key(name or "")[: UNIT_LIMITS["name_ko"]]
    return session.exec(select(Unit).where(Unit.profile_id == profile_id, Unit.name_key == key)).first()


def is_enough(session: Session, account: Account, profile: Profile, asked: Claim) -> bool:
    """Whether an account's confirmed address alone answers its claim: it is of the domain of the organisation's page, or of
    the unit's, which no other organisation that readers know shares; nobody has what is claimed, nobody else waits for it,
    and nobody has told this account before that it does not belong here.

    Of a university or an institute it gives a unit alone: students have its addresses too (docs/decisions/0041).
    """
    domain = domain_of_address(account.email)
    if account.confirmed_at is None or domain is None:
        return False
    unit = session.get(Unit, asked.unit_id) if asked.unit_id is not None else None
    own = {domain_of_homepage(profile.homepage), domain_of_homepage(unit.homepage if unit else None)}
    if domain not in own or is_shared(session, domain, profile.id) or _was_told_no(session, asked):
        return False
    members = members_of(session, profile.id)
    is_company = profile.kind == ProfileKind.COMPANY
    if asked.is_whole:
        return is_company and not members and not rivals(session, asked)
    if is_company and any(one.unit_id is None for one in members):
        return False  # who speaks for the firm is asked, by the staff
    return not any(one.unit_id == asked.unit_id for one in members if unit) and not rivals(session, asked)


def _was_told_no(session: Session, asked: Claim) -> bool:
    """Whether a claim of this account on this organisation, of all or of any part of it, was refused or taken back, or its
    membership was ended by another: what was answered once is not undone by asking again."""
    before = select(Claim.id).where(
        Claim.account_id == asked.account_id,
        Claim.profile_id == asked.profile_id,
        col(Claim.granted).is_(False),
        col(Claim.answered_by).is_not(None),
        col(Claim.answered_by) != asked.account_id,
    )
    return session.exec(before.limit(1)).first() is not None


def rivals(session: Session, asked: Claim) -> list[Claim]:
    """The claims of others that wait for the same: for any part of an organisation where all of it is claimed, else for
    this unit."""
    waiting = select(Claim).where(
        Claim.profile_id == asked.profile_id,
        col(Claim.answered_at).is_(None),
        col(Claim.id) != asked.id,
    )
    found = list(session.exec(waiting.order_by(col(Claim.id))))
    if asked.is_whole:
        return found
    key = name_key(asked.unit_name or "")
    return [
        one
        for one in found
        if (asked.unit_id is not None and one.unit_id == asked.unit_id)
        or (key and name_key(one.unit_name or "") == key)
    ]


def give(session: Session, asked: Claim, account: Account, profile: Profile, staff_id: int | None) -> None:
    """Makes the account a member. All three rows are held."""
    unit_id = asked.unit_id
    if asked.unit_name is not None:
        found = unit_called(session, profile.id, asked.unit_name)
        unit_id = found.id if found else _new_unit(session, profile, asked.unit_name).id
    if asked.instead_of_id is not None:
        left, asked.instead_of_id = asked.instead_of_id, None
        if account.profile_id == left:  # else it has left that one meanwhile
            merge(session, left, profile, unit_id)
    settle(account, profile_id=profile.id, unit_id=unit_id)
    asked.unit_id, asked.unit_name = unit_id, None
    asked.granted, asked.answered_at, asked.answered_by, asked.answer = True, now(), staff_id, ""
    session.add_all([account, asked])
    session.flush()
    letters.granted(session, asked, account, profile)


def _new_unit(session: Session, profile: Profile, name: str) -> Unit:
    kind = UnitKind.DIVISION if profile.kind == ProfileKind.COMPANY else UnitKind.LABORATORY
    return save_unit(session, profile.id, UnitParticulars(kind, name, None, None, None, None))


class Held(NamedTuple):
    """A claim with whom and what it is about, all held to the commit."""

    claim: Claim
    account: Account
    profile: Profile


def _held(session: Session, claim_id: int) -> Held:
    found = read_claim(session, claim_id)
    account = lock(session, Account, found.account_id)
    for number in sorted({found.profile_id, *([found.instead_of_id] if found.instead_of_id else [])}):
        lock(session, Profile, number)
    found = read_claim(session, claim_id, held=True)
    profile = session.get(Profile, found.profile_id)
    if account is None or profile is None:
        raise read.no_profile(found.profile_id)
    return Held(found, account, profile)


def _check_open(found: Claim) -> None:
    if not found.is_open:
        raise Problem(_("이미 처리한 신청입니다. 아래에서 결과를 보십시오."), status=409)


def grant(session: Session, claim_id: int, staff_id: int, seen_address: str) -> Claim:
    """The staff say that it is so.

    :param seen_address: the address that was shown when they did; another one is another reason.
    :raises Problem: when it was answered before, or the person's address or organisation is another by now.
    """
    found, account, profile = _held(session, claim_id)
    _check_open(found)
    if account.confirmed_at is None or account.closed_at is not None:
        raise Problem(_("이 계정은 전자우편이 확인되지 않았거나 닫혔습니다. 승인할 수 없습니다."), status=409)
    if account.email != seen_address:
        raise Problem(
            _("그 사이 이분의 전자우편 주소가 바뀌었습니다. 아래를 다시 보고 답하십시오."), status=409
        )
    if account.profile_id not in (None, found.instead_of_id):
        raise Problem(_("이분은 그 사이 다른 기관의 구성원이 되었습니다. 거절하십시오."), status=409)
    give(session, found, account, profile, staff_id)
    return found


def reason(written: str) -> str:
    """Why the staff say no, checked.

    :raises Problem: when nothing is said, or too much.
    """
    said = clean(written)
    check_length(_("신청한 분에게 할 말"), said, LONGEST_ANSWER)
    if not has_words(said):
        raise Problem(_("왜 그런지 한 줄이라도 적어 주십시오. 신청한 분에게 그대로 보냅니다."))
    return said


def refuse(session: Session, claim_id: int, staff_id: int, written: str) -> Claim:
    """The staff say that it is not so, and why.

    :raises Problem: when nothing is said, or it was answered before.
    """
    said = reason(written)
    found, account, profile = _held(session, claim_id)
    _check_open(found)
    _close(session, found, staff_id, said)
    letters.refused(session, found, account, profile)
    return found


def undo(session: Session, claim_id: int, staff_id: int, written: str) -> Claim:
    """The staff take back what was granted: the person belongs to the organisation no more, whom they invited and who has
    not come yet does not come; what they wrote stays the organisation's.

    :raises Problem: when nothing is said, or there is nothing to take back any more.
    """
    said = reason(written)
    found, account, profile = _held(session, claim_id)
    if not found.granted or account.profile_id != found.profile_id:
        raise Problem(_("되돌릴 승인이 없습니다. 이미 되돌렸거나 이분이 기관을 떠났습니다."), status=409)
    settle(account)
    session.add(account)
    withdraw_all_of(session, account.id)
    _close(session, found, staff_id, said)
    letters.undone(session, found, account, profile)
    return found


def withdraw(session: Session, claim_id: int) -> Claim:
    """Whoever made a claim takes it back; one that is answered stays as it is."""
    found, account, _profile = _held(session, claim_id)
    if found.is_open:
        _close(session, found, account.id, "")
    return found


def _close(session: Session, found: Claim, by: int, said: str) -> None:
    found.granted, found.answered_at, found.answered_by, found.answer = False, now(), by, said
    found.instead_of_id = None
    session.add(found)
    session.flush()
