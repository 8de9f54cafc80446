"""Whom to speak to in an organisation: noted by the staff of its region, read by them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.accounts.policy import can_keep_desk
from hub.accounts.tables import Account
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.limits import CONTACT_LIMITS
from hub.profiles.tables import Contact
from hub.text import check_length, clean, has_words, one_line


@dataclass(frozen=True)
class ContactDetails:
    """Who called, how they are reached, and what they said. Make it with :func:`contact_details`."""

    name: str
    reach: str
    note: str

    @property
    def says_something(self) -> bool:
        """Whether anything was written."""
        return has_words(self.name + self.reach + self.note)


def contact_details(written: Mapping[str, str]) -> ContactDetails:
    """Cleans and checks what somebody noted of a contact.

    :raises Problem: in the reader's language, saying what is too long.
    """
    details = ContactDetails(
        one_line(written.get("contact_name", "")),
        one_line(written.get("contact_reach", "")),
        clean(written.get("contact_note", "")),
    )
    check_length(_("연락한 분"), details.name, CONTACT_LIMITS["contact_name"])
    check_length(_("전화나 전자우편"), details.reach, CONTACT_LIMITS["contact_reach"])
    check_length(_("들은 이야기"), details.note, CONTACT_LIMITS["contact_note"])
    return details


def note_contact(session: Session, profile_id: int, details: ContactDetails, account_id: int) -> Contact:
    """Keeps a contact of an organisation.

    :raises Problem: when nothing was written.
    """
    if not details.says_something:
        raise Problem(_("연락한 분이나 연락처, 들은 이야기를 적어 주십시오."))
    region = read.profile(session, profile_id).region_code
    noted = Contact(profile_id=profile_id, region_code=region, account_id=account_id, **vars(details))
    session.add(noted)
    session.flush()
    return noted


def contacts_of(session: Session, profile_id: int, who: Account | None) -> list[Contact]:
    """An organisation's contacts, as far as this account's desk has noted them; the newest first."""
    newest = (col(Contact.created_at).desc(), col(Contact.id).desc())
    noted = session.exec(select(Contact).where(Contact.profile_id == profile_id).order_by(*newest))
    return [one for one in noted if can_keep_desk(who, session, one.region_code)]


def remove_contact(session: Session, contact_id: int) -> int:
    """Forgets a contact; the number of its organisation."""
    gone = read.contact(session, contact_id)
    session.delete(gone)
    return gone.profile_id
