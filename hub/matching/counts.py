"""How much there is in a region: profiles by kind and published statements by kind."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.profiles.published import PUBLISHED
from hub.profiles.tables import Profile, Statement, Visibility
from hub.regions.atlas import inside, place, province_of


def _profiles(session: Session) -> list[tuple[str, str, int]]:
    query = select(Profile.region_code, Profile.kind, sa.func.count()).group_by(
        Profile.region_code, Profile.kind
    )
    return [(code, kind, int(n)) for code, kind, n in session.exec(query)]


def by_region(session: Session) -> dict[str, Counter[str]]:
    """Profiles and published statements by kind in every region; a province counts its districts too.

    A need that hides its name counts in its province only: in a small district it would tell who it is.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, kind, n in _profiles(session):
        for region in {code, province_of(code).code}:
            found[region][kind] += n
    query = (
        select(Profile.region_code, Statement.kind, Statement.visibility, sa.func.count())
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .where(PUBLISHED)
        .group_by(Profile.region_code, Statement.kind, Statement.visibility)
    )
    for code, kind, visibility, n in session.exec(query):
        own = {code} if visibility == Visibility.PUBLIC else set()
        for region in own | {province_of(code).code}:
            found[region][kind] += int(n)
    return found


def of_region(session: Session, code: str) -> Counter[str]:
    """Profiles and published statements by kind in a region and those inside it."""
    codes = inside(code)
    found: Counter[str] = Counter()
    for where, kind, n in _profiles(session):
        if where in codes:
            found[kind] += n
    query = (
        select(Statement.kind, sa.func.count())
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .where(PUBLISHED, col(Profile.region_code).in_(codes))
        .group_by(Statement.kind)
    )
    if place(code).level == "district":  # a hidden name is placed in its province only
        query = query.where(Statement.visibility == Visibility.PUBLIC)
    for kind, n in session.exec(query):
        found[kind] = int(n)
    return found


def in_all(session: Session) -> Counter[str]:
    """Profiles and published statements by kind in the whole country."""
    found: Counter[str] = Counter()
    for _code, kind, n in _profiles(session):
        found[kind] += n
    query = select(Statement.kind, sa.func.count()).where(PUBLISHED).group_by(Statement.kind)
    for kind, n in session.exec(query):
        found[kind] = int(n)
    return found
