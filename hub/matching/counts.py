"""How much there is in a region: profiles by kind and published statements by kind."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.matching.changes import PUBLISHED
from hub.profiles.tables import Profile, Statement, Visibility
from hub.regions.atlas import inside, place, province_of


def _profiles(session: Session) -> list[tuple[str, str, int]]:
    query = select(Profile.region_code, Profile.kind, sa.func.count()).group_by(
        Profile.region_code, Profile.kind
    )
    return [(code, kind, int(n)) for code, kind, n in session.exec(query)]


def by_province(session: Session) -> dict[str, Counter[str]]:
    """Profiles by kind in each province."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, kind, n in _profiles(session):
        found[province_of(code).code][kind] += n
    return found


def by_district(session: Session, province: str) -> dict[str, Counter[str]]:
    """Profiles by kind in each district of a province."""
    codes = inside(province)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, kind, n in _profiles(session):
        if code in codes:
            found[code][kind] += n
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
