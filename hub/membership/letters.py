"""What is written to people about their belonging to an organisation, each in their own language."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from hub.accounts.claimed import members_of
from hub.accounts.tables import Account, Claim
from hub.mail.outbox import write
from hub.profiles.published import is_known
from hub.profiles.tables import Profile, Unit

MOST_TOLD = 20


def granted(session: Session, asked: Claim, account: Account, profile: Profile) -> None:
    """To whoever is a member now."""
    _write(session, account, "claim_granted", asked, profile)


def refused(session: Session, asked: Claim, account: Account, profile: Profile) -> None:
    """To whoever is not, and why."""
    _write(session, account, "claim_refused", asked, profile, may_name=is_known(session, profile.id))


def undone(session: Session, asked: Claim, account: Account, profile: Profile) -> None:
    """To whoever was a member, and why no more."""
    _write(session, account, "claim_undone", asked, profile)


def told(
    session: Session, asked: Claim, account: Account, profile: Profile, members: Iterable[Account]
) -> None:
    """To those who speak for the organisation, or belong to the unit: that another says so too. What the person wrote to the
    staff is for the staff."""
    concerned = [
        one
        for one in members
        if one.id != account.id and (asked.is_whole or one.unit_id is None or one.unit_id == asked.unit_id)
    ]
    for one in concerned[:MOST_TOLD]:
        _write(session, one, "claim_told", asked, profile, claimant=account)


def seen(session: Session, profile: Profile, published: int) -> None:
    """To the members of a new organisation: it has been seen."""
    for one in members_of(session, profile.id)[:MOST_TOLD]:
        write(session, one.email, one.language, "review_seen", profile=profile, published=published)


def sent_back(session: Session, profile: Profile) -> None:
    """To the members of a new organisation: what the staff want mended."""
    for one in members_of(session, profile.id)[:MOST_TOLD]:
        write(session, one.email, one.language, "review_sent_back", profile=profile)


def known_already(session: Session, asked: Claim, account: Account, entered: Profile, known: Profile) -> None:
    """To whoever entered an organisation that stands here already; which one, as far as readers know it."""
    may_name = is_known(session, known.id)
    _write(session, account, "review_known", asked, known, entered=entered, may_name=may_name)


def _write(
    session: Session, to: Account, template: str, asked: Claim, profile: Profile, **more: object
) -> None:
    unit = session.get(Unit, asked.unit_id) if asked.unit_id is not None else None
    write(session, to.email, to.language, template, claim=asked, profile=profile, unit=unit, **more)
