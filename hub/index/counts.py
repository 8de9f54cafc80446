"""How much there is: profiles by kind and published statements by kind, in every region."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlmodel import Session, select

from hub.index.columns import KINDS, region_codes
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.tables import Profile
from hub.regions.atlas import province_of, provinces


def by_region(engine: Engine, session: Session) -> dict[str, Counter[str]]:
    """Profiles and published statements by kind in every region; a province counts its districts too.

    A need that hides its name counts in its province only: in a small district it would tell who it is.
    """
    engine.sync(session)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, kind, n in [*_profiles(session), *_statements(engine)]:
        for region in {code, province_of(code).code}:
            found[region][kind] += n
    return found


def in_all(counted: dict[str, Counter[str]]) -> Counter[str]:
    """The same in the whole country, from what :func:`by_region` counted."""
    return sum((counted[province.code] for province in provinces()), Counter())


def _profiles(session: Session) -> list[tuple[str, str, int]]:
    query = select(Profile.region_code, Profile.kind, sa.func.count()).group_by(
        Profile.region_code, Profile.kind
    )
    return [(code, kind, int(n)) for code, kind, n in session.exec(query)]


def _statements(engine: Engine) -> list[tuple[str, str, int]]:
    """Counted in the index, which holds just what is published: joining two tables takes a hundred times as long."""
    counted = engine.store.tally(Filters(), "region", "kind")
    return [(region_codes()[region], KINDS[kind], n) for (region, kind), n in counted.items()]
