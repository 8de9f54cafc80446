"""One profile, one statement, by its number."""

from __future__ import annotations

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from hub.database import lock
from hub.language import _
from hub.problems import NotFound, Problem
from hub.profiles.tables import UNIT_OF, Contact, Inquiry, Profile, Referral, Statement, Unit


def statement(session: Session, statement_id: int, *, held: bool = False) -> Statement:
    """The statement of this number, with its unit at once: one question more would tell a stranger's clock that a hidden
    need is one of a unit.

    :param held: it is going to change: whoever wants the same next waits.
    :raises NotFound: when there is none.
    """
    if held:
        found = lock(session, Statement, statement_id)
    else:
        found = session.get(Statement, statement_id, options=[joinedload(UNIT_OF)])
    if found is None:
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=statement_id))
    return found


def profile(session: Session, profile_id: int) -> Profile:
    """The profile of this number.

    :raises NotFound: when there is none.
    """
    found = session.get(Profile, profile_id)
    if found is None:
        raise no_profile(profile_id)
    return found


def no_profile(profile_id: int) -> NotFound:
    """What is said where there is no profile of this number, or none that the reader may know."""
    return NotFound(_("프로필 %(id)s번은 없습니다.", id=profile_id))


def unit(session: Session, unit_id: int) -> Unit:
    """The unit of this number.

    :raises NotFound: when there is none.
    """
    found = session.get(Unit, unit_id)
    if found is None:
        raise no_unit(unit_id)
    return found


def no_unit(unit_id: int) -> NotFound:
    """What is said where there is no unit of this number, or none that the reader may know."""
    return NotFound(_("연구실·부서 %(id)s번은 없습니다.", id=unit_id))


def contact(session: Session, contact_id: int) -> Contact:
    """The contact of this number.

    :raises NotFound: when there is none.
    """
    found = session.get(Contact, contact_id)
    if found is None:
        raise NotFound(_("연락처 %(id)s번은 없습니다. 이미 지웠을 수 있습니다.", id=contact_id))
    return found


def referral(session: Session, referral_id: int, *, held: bool = False) -> Referral:
    """The referral of this number.

    :param held: it is going to change: whoever wants the same next waits.
    :raises NotFound: when there is none (any more).
    """
    found = lock(session, Referral, referral_id) if held else session.get(Referral, referral_id)
    if found is None:
        raise NotFound(_("넘긴 기관 %(id)s번은 없습니다. 넘긴 쪽이 거두었을 수 있습니다.", id=referral_id))
    return found


def inquiry(session: Session, inquiry_id: int, *, held: bool = False) -> Inquiry:
    """The inquiry of this number.

    :param held: it is going to change: whoever wants the same next waits.
    :raises NotFound: when there is none.
    """
    found = lock(session, Inquiry, inquiry_id) if held else session.get(Inquiry, inquiry_id)
    if found is None:
        raise no_inquiry(inquiry_id)
    return found


def no_inquiry(inquiry_id: int) -> NotFound:
    """What is said where there is no inquiry of this number, or none that the reader may know."""
    return NotFound(_("문의 %(id)s번은 없습니다.", id=inquiry_id))


def check_unit_of(session: Session, unit_id: int | None, profile_id: int | None) -> None:
    """That a unit, where one is given, is this organisation's.

    :raises Problem: when it is another's.
    """
    if unit_id is not None and unit(session, unit_id).profile_id != profile_id:
        raise Problem(_("이 기관의 연구실·부서를 고르십시오."))


def units_of(session: Session, profile_id: int) -> list[Unit]:
    """The units of an organisation, by name."""
    return list(
        session.exec(select(Unit).where(Unit.profile_id == profile_id).order_by(Unit.name_ko, col(Unit.id)))
    )
