"""Which organisations somebody may choose, and what waits at a desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.claimed import members_of
from hub.accounts.tables import Account, Claim
from hub.posting.organisations import Alike, alike
from hub.profiles.lookup import by_name, units_by_name
from hub.profiles.published import is_known
from hub.profiles.tables import Profile, Statement, Unit
from hub.regions.atlas import inside
from hub.text import one_line

MOST_LISTED = 50
MOST_FOUND = 8
A_PAGE = 20


@dataclass(frozen=True)
class Found:
    """What a written name may mean, as far as readers may know."""

    organisations: list[Alike] = field(default_factory=list)
    units: list[tuple[Unit, Profile]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is called so."""
        return not (self.organisations or self.units)


def found_for(session: Session, written: str, homepage: str = "", region_code: str = "") -> Found:
    """The organisations that readers know and the units whose names this may be."""
    name = one_line(written)
    if not name and not homepage:
        return Found()
    known = {
        one.profile.id: one
        for one in alike(session, name, homepage, region_code)
        if is_known(session, one.profile.id)
    }
    for profile in by_name(session, name, MOST_FOUND, for_readers=True):  # two letters too
        known.setdefault(profile.id, Alike(profile, "similar", taken=False))
    return Found(list(known.values())[:MOST_FOUND], units_by_name(session, name) if name else [])


@dataclass(frozen=True)
class Asked:
    """A claim as a desk sees it."""

    claim: Claim
    account: Account
    profile: Profile
    unit: Unit | None


def _asked(session: Session, region_code: str | None, *chosen: Any) -> Any:
    query = (
        select(Claim, Account, Profile, Unit)
        .join(Account, col(Account.id) == Claim.account_id)
        .join(Profile, col(Profile.id) == Claim.profile_id)
        .outerjoin(Unit, col(Unit.id) == Claim.unit_id)
        .where(*chosen, *_here(region_code))
    )
    return query


def _here(region_code: str | None) -> list[sa.ColumnElement[bool]]:
    return [] if region_code is None else [col(Profile.region_code).in_(inside(region_code))]


def waiting_claims(session: Session, region_code: str | None) -> list[list[Asked]]:
    """The claims that wait for the staff of a region, of all regions for an administrator: those of one organisation
    together, the oldest first."""
    query = _asked(session, region_code, col(Claim.answered_at).is_(None))
    rows = session.exec(query.order_by(col(Claim.created_at), col(Claim.id)).limit(MOST_LISTED))
    found: dict[int, list[Asked]] = {}
    for row in rows:
        one = Asked(*row)
        found.setdefault(one.profile.id, []).append(one)
    return list(found.values())


def claims_on(session: Session, profile_id: int) -> list[Asked]:
    """The claims on an organisation that wait, the oldest first."""
    query = _asked(session, None, col(Claim.answered_at).is_(None), Claim.profile_id == profile_id)
    return [Asked(*row) for row in session.exec(query.order_by(col(Claim.id)).limit(MOST_LISTED))]


def claims_instead_of(session: Session, profile_id: int) -> list[Asked]:
    """The claim into which a new organisation was turned, as long as it waits."""
    query = _asked(session, None, col(Claim.answered_at).is_(None), Claim.instead_of_id == profile_id)
    return [Asked(*row) for row in session.exec(query)]


def asked(session: Session, claim_id: int) -> Asked:
    """One claim with whom and what it is about; it is there."""
    return Asked(*session.exec(_asked(session, None, Claim.id == claim_id)).one())


def answered_claims(session: Session, region_code: str | None, page: int = 1) -> tuple[list[Asked], int]:
    """A page of the claims that were answered, the newest first, and how many there are; those that were withdrawn are
    nobody's business any more."""
    answered = (col(Claim.answered_at).is_not(None), _not_withdrawn())
    query = _asked(session, region_code, *answered)
    newest = (col(Claim.answered_at).desc(), col(Claim.id).desc())
    rows = session.exec(query.order_by(*newest).offset((page - 1) * A_PAGE).limit(A_PAGE))
    found = [Asked(*row) for row in rows]
    number = select(sa.func.count()).select_from(Claim).join(Profile, col(Profile.id) == Claim.profile_id)
    return found, int(session.exec(number.where(*answered, *_here(region_code))).one())


def _not_withdrawn() -> sa.ColumnElement[bool]:
    return sa.or_(col(Claim.answered_by).is_(None), col(Claim.answered_by) != col(Claim.account_id))


def unseen(session: Session, region_code: str | None) -> list[Profile]:
    """The new organisations of a region that its staff have not seen, those that wait for them first."""
    waiting = select(Profile).where(col(Profile.review_asked_at).is_not(None), *_here(region_code))
    order = (
        col(Profile.review_answer).is_not(None),
        col(Profile.review_asked_at),
        col(Profile.id),
    )
    return list(session.exec(waiting.order_by(*order).limit(MOST_LISTED)))


def waiting_count(session: Session, region_code: str | None) -> int:
    """How much waits at a desk: claims, and new organisations that are not its members' turn to mend."""
    claims = (
        select(sa.func.count())
        .select_from(Claim)
        .join(Profile, col(Profile.id) == Claim.profile_id)
        .where(col(Claim.answered_at).is_(None), *_here(region_code))
    )
    new = (
        select(sa.func.count())
        .select_from(Profile)
        .where(
            col(Profile.review_asked_at).is_not(None),
            col(Profile.review_answer).is_(None),
            *_here(region_code),
        )
    )
    return int(session.exec(claims).one()) + int(session.exec(new).one())


def written_for(session: Session, profile_id: int) -> tuple[int, int]:
    """How many texts a new organisation has, and how many of them wait to be published."""
    query = select(sa.func.count(), sa.func.count(col(Statement.awaited))).where(
        Statement.profile_id == profile_id
    )
    texts, awaited = session.exec(query).one()
    return int(texts), int(awaited)


def names_of_holders(session: Session, profile_id: int) -> list[tuple[Account, Unit | None]]:
    """Who belongs to an organisation now, and to which unit of it."""
    units = {unit.id: unit for unit in session.exec(select(Unit).where(Unit.profile_id == profile_id))}
    return [(one, units.get(one.unit_id or 0)) for one in members_of(session, profile_id)]
