"""How much there is: profiles by kind and published statements by kind, in every region."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from sqlmodel import Session, select

from hub.index.columns import KINDS, region_codes
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.published import KNOWN
from hub.profiles.tables import Profile, Visibility
from hub.regions.atlas import districts, province_of, provinces


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


def without_district(counted: dict[str, Counter[str]], province: str) -> Counter[str]:
    """What of a province :func:`by_region` counted in none of its districts: firms of which no more is known, needs that
    hide their name."""
    placed = sum((counted[one.code] for one in districts(province)), Counter())
    return counted[province] - placed if len(districts(province)) > 1 else Counter()


def hidden_needs_in(engine: Engine, region: str) -> int:
    """How many of a region's needs hide their name, as readers may know: none in a district."""
    hidden = Filters(region=region, visibilities=frozenset({Visibility.HIDDEN_NAME}))
    return sum(engine.store.tally(hidden, "region", "kind").values())


def _profiles(session: Session) -> list[tuple[str, str, int]]:
    query = select(Profile.region_code, Profile.kind, sa.func.count()).where(KNOWN)
    query = query.group_by(Profile.region_code, Profile.kind)
    return [(code, kind, int(n)) for code, kind, n in session.exec(query)]


def _statements(engine: Engine) -> list[tuple[str, str, int]]:
    """Counted in the index, which holds just what is published: joining two tables takes a hundred times as long."""
    counted = engine.store.tally(Filters(), "region", "kind")
    return [(region_codes()[region], KINDS[kind], n) for (region, kind), n in counted.items()]
