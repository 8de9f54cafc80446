"""An organisation of another region is handed over to the staff there, who enter it or answer why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.policy import can_place_profile
from hub.accounts.tables import Account
from hub.database import now
from hub.language import _
from hub.posting.contacts import ContactDetails, contact_details, note_contact
from hub.posting.organisations import particulars
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.tables import Profile, Referral
from hub.regions.atlas import inside, place
from hub.text import check_length, clean, has_words

LONGEST_ANSWER = 1000
MOST_LISTED = 50


@dataclass(frozen=True)
class Referred:
    """What is handed over. Make it with :func:`referred`, which cleans and checks it."""

    region_code: str
    name_ko: str
    kind: str
    homepage: str | None
    contact: ContactDetails


def referred(written: Mapping[str, str]) -> Referred:
    """Cleans and checks what somebody hands over.

    :raises Problem: in the reader's language, saying what to change.
    """
    given = particulars(
        {name: written.get(name, "") for name in ("name_ko", "kind", "homepage", "region_code")}
    )
    return Referred(
        given.region_code, given.name_ko, str(given.kind), given.homepage, contact_details(written)
    )


def check_other_desk(who: Account, session: Session, region_code: str) -> None:
    """That a region is not one's own: what is there is entered, and not handed over.

    :raises Problem: when it is.
    """
    if can_place_profile(who, session, region_code):
        raise Problem(
            _("%(region)s 담당 지역입니다. 넘기지 말고 바로 넣으십시오.", region=place(region_code).full_name)
        )


def refer(session: Session, who: Account, given: Referred) -> Referral:
    """Hands an organisation over.

    :raises Problem: when it is in a region of one's own: then it is entered.
    """
    check_other_desk(who, session, given.region_code)
    handed = Referral(
        region_code=given.region_code,
        account_id=who.id,
        name_ko=given.name_ko,
        kind=given.kind,
        homepage=given.homepage,
        contact_name=given.contact.name,
        contact_reach=given.contact.reach,
        contact_note=given.contact.note,
    )
    session.add(handed)
    session.flush()
    return handed


def _held_open(session: Session, referral_id: int) -> Referral:
    found = read.referral(session, referral_id, held=True)
    if not found.is_open:
        raise Problem(_("«%(name)s»은(는) 이미 처리했습니다.", name=found.name_ko), status=409)
    return found


def accept(session: Session, referral_id: int, profile_id: int) -> None:
    """It stands in the hub now: the referral says as what, and keeps no contact any more.

    :raises Problem: when it was answered before.
    """
    found = _held_open(session, referral_id)
    found.profile_id, found.answered_at = profile_id, now()
    found.contact_name = found.contact_reach = found.contact_note = ""


def accept_as(session: Session, referral_id: int, profile_id: int, account_id: int) -> None:
    """It is an organisation that stood in the hub before: its contact is noted there.

    :raises Problem: when it was answered before.
    """
    found = _held_open(session, referral_id)
    details = ContactDetails(found.contact_name, found.contact_reach, found.contact_note)
    if details.says_something:
        note_contact(session, profile_id, details, account_id)
    accept(session, referral_id, profile_id)


def decline(session: Session, referral_id: int, answer: str) -> None:
    """Says to whoever handed it over why it is not entered; what they wrote is theirs again.

    :raises Problem: when nothing is said, too much, or it was answered before.
    """
    answer = clean(answer)
    check_length(_("답"), answer, LONGEST_ANSWER)
    if not has_words(answer):
        raise Problem(_("왜 돌려보내는지 한 줄이라도 적어 주십시오."))
    found = _held_open(session, referral_id)
    found.answer, found.answered_at = answer, now()


def take_back(session: Session, referral_id: int) -> Referral:
    """Whoever handed it over takes it back, or clears it away once it is answered."""
    found = read.referral(session, referral_id, held=True)
    session.delete(found)
    return found


def received(session: Session, region_code: str | None) -> list[Referral]:
    """What waits for the staff of a region, of all regions for an administrator; the oldest first."""
    waiting = select(Referral).where(col(Referral.answered_at).is_(None))
    if region_code is not None:
        waiting = waiting.where(col(Referral.region_code).in_(inside(region_code)))
    return list(session.exec(waiting.order_by(col(Referral.created_at), col(Referral.id)).limit(MOST_LISTED)))


def sent(session: Session, account_id: int) -> list[tuple[Referral, Profile | None]]:
    """What an account has handed over, the newest first, each with the organisation that it has become."""
    newest = (col(Referral.created_at).desc(), col(Referral.id).desc())
    query = select(Referral, Profile).join(Profile, col(Profile.id) == Referral.profile_id, isouter=True)
    query = query.where(Referral.account_id == account_id).order_by(*newest)
    return [(referral, profile) for referral, profile in session.exec(query.limit(MOST_LISTED))]


def answered_since(session: Session, account_id: int, since: datetime | None) -> list[Referral]:
    """What an account has handed over and was answered since, the newest first."""
    if since is None:
        return []
    own = select(Referral).where(Referral.account_id == account_id, col(Referral.answered_at) > since)
    return list(session.exec(own.order_by(col(Referral.answered_at).desc()).limit(MOST_LISTED)))
