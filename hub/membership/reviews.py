"""An organisation that its first member enters: seen by the staff of its region before anything of it is published."""

from __future__ import annotations

from sqlmodel import Session, col, select

from hub.accounts.claimed import members_of, open_claim
from hub.accounts.tables import Account, Claim
from hub.database import lock, now
from hub.language import _
from hub.membership import letters
from hub.membership.claims import free_account, reason, unit_called
from hub.posting.organisations import Particulars, save_profile, settle_name
from hub.posting.removal import delete_rows, remove_profile, remove_statements
from hub.posting.statements import publish_awaited
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.limits import UNIT_LIMITS
from hub.profiles.tables import Profile, Statement, Unit
from hub.regions.atlas import province_of
from hub.regions.tables import Region


def enter(session: Session, account_id: int, written: Particulars) -> Profile:
    """A new organisation, whose member this account is at once.

    :raises Problem: when it belongs to one already or waits for one.
    :raises NameTaken: when readers know one of this name here.
    """
    account = free_account(session, account_id)
    saved = save_profile(session, written, by_its_member=True)
    account.profile_id = saved.id
    session.add(account)
    return saved


def _held(session: Session, profile_id: int) -> Profile:
    """An organisation that waits to be seen, held; before it the row of its province, as whoever names one holds it.

    :raises Problem: when it has been seen.
    """
    lock(session, Region, province_of(read.profile(session, profile_id).region_code).code)
    found = lock(session, Profile, profile_id)
    if found is None:
        raise read.no_profile(profile_id)
    if found.review_asked_at is None:
        raise Problem(_("이미 확인한 기관입니다."), status=409)
    return found


def version_of(profile: Profile) -> str:
    """What tells whether an organisation has been changed since somebody looked at it."""
    return profile.updated_at.isoformat()


def see(session: Session, profile_id: int, staff_id: int, version: str) -> int:
    """The staff have seen it: it is an organisation like others, and what awaited that is published, in this transaction;
    how many texts.

    :param version: of what they saw, see :func:`version_of`.
    :raises Problem: when it was seen before, or has been changed since they looked.
    :raises NameTaken: when another organisation here has its name.
    """
    found = _held(session, profile_id)
    if version_of(found) != version:
        raise Problem(_("그 사이 기관 정보가 바뀌었습니다. 아래를 다시 보고 누르십시오."), status=409)
    settle_name(session, found)
    found.review_asked_at = found.review_answer = None
    found.updated_at = now()
    session.add(found)
    for asked in session.exec(select(Claim).where(Claim.instead_of_id == profile_id)):
        asked.granted, asked.answered_at, asked.answered_by = False, now(), staff_id
        asked.instead_of_id = None
        session.add(asked)
    published = publish_awaited(session, profile_id)
    letters.seen(session, found, published)
    return published


def send_back(session: Session, profile_id: int, written: str) -> Profile:
    """The staff say what is to be mended first.

    :raises Problem: when nothing is said, or it has been seen.
    """
    said = reason(written)
    found = _held(session, profile_id)
    found.review_answer = said
    session.add(found)
    letters.sent_back(session, found)
    return found


def ask_again(session: Session, profile_id: int) -> None:
    """Its member has mended it.

    :raises Problem: when it has been seen.
    """
    found = _held(session, profile_id)
    if found.review_answer is not None:
        found.review_asked_at, found.review_answer = now(), None
        session.add(found)


def is_known_already(session: Session, profile_id: int, known_id: int, *, as_unit: bool) -> Claim:
    """The staff say that it stands here already: its member claims that one instead, and what they wrote waits until the
    claim is answered. Then it moves there (:func:`hub.membership.merging.merge`), or stays where it is.

    :param as_unit: it is a unit of that one, of the name under which it was entered.
    :raises Problem: when it is itself, has nobody, or its member waits for an answer already.
    """
    members = members_of(session, profile_id)
    account = lock(session, Account, members[0].id) if members else None
    for number in sorted({profile_id, known_id}):
        lock(session, Profile, number)
    found, known = read.profile(session, profile_id), read.profile(session, known_id)
    if found.review_asked_at is None:
        raise Problem(_("이미 확인한 기관입니다."), status=409)
    if known.id == found.id:
        raise Problem(_("이미 있는 기관의 번호를 고르십시오."))
    if account is None or account.profile_id != profile_id:
        raise Problem(_("이 기관에는 지금 구성원이 없습니다."), status=409)
    if open_claim(session, account.id) is not None:
        raise Problem(_("이미 소속 신청으로 바꾸었습니다. 그 신청에 답하십시오."), status=409)
    name = found.name_ko[: UNIT_LIMITS["name_ko"]] if as_unit else None
    same = unit_called(session, known_id, name)
    asked = Claim(
        account_id=account.id,
        profile_id=known_id,
        unit_id=same.id if same else None,
        unit_name=None if same else name,
        instead_of_id=profile_id,
    )
    session.add(asked)
    session.flush()
    letters.known_already(session, asked, account, found, known)
    return asked


def remove(session: Session, account_id: int) -> None:
    """Its only member takes it out again before it is seen, with all that was written for it.

    :raises Problem: when it has been seen, or others belong to it.
    """
    account = lock(session, Account, account_id)
    if account is None or account.profile_id is None:
        raise Problem(_("지울 기관이 없습니다. 이미 지웠을 수 있습니다."), status=409)
    found = _held(session, account.profile_id)
    if len(members_of(session, found.id)) > 1:
        raise Problem(_("다른 구성원이 있는 기관은 지울 수 없습니다. 담당자에게 말씀하십시오."), status=409)
    for asked in session.exec(select(Claim).where(Claim.instead_of_id == found.id)):
        asked.instead_of_id = None
        if asked.is_open:
            asked.granted, asked.answered_at, asked.answered_by = False, now(), account_id
        session.add(asked)
    account.profile_id = account.unit_id = None
    session.add(account)
    session.flush()
    number = found.id
    remove_statements(session, list(session.exec(select(Statement.id).where(Statement.profile_id == number))))
    delete_rows(session, Unit, col(Unit.profile_id), [number])
    remove_profile(session, number)
