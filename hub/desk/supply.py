"""A region's demand and supply by technology field, and the gaps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from embeddings.calibration import BOUNDS, strengths
from hub.matching.answers import Answer
from hub.matching.candidates import Entries, Rows
from hub.matching.engine import Engine
from hub.matching.nearest_field import standard_fields
from hub.matching.replica import KINDS, Filters, Replica
from hub.matching.search import partners_of
from hub.matching.suggest import Pair, Suggestion, Suggestions, choose, read_pairs
from hub.profiles.fields import carried_fields
from hub.profiles.published import read_published
from hub.profiles.tables import Kind, Profile, Statement, TechnologyField
from hub.regions.atlas import inside, place
from hub.regions.strategic import strategic_fields

ANSWERED = BOUNDS[1]  # «높음»: from here on somebody answers
SHOWN = 10


@dataclass(frozen=True)
class FieldCount:
    """How many statements of a region lie in one technology field."""

    field: TechnologyField
    needs: int
    businesses: int
    capabilities: int
    assets: int
    strategic: bool

    @property
    def demand(self) -> int:
        """What firms need and make."""
        return self.needs + self.businesses

    @property
    def supply(self) -> int:
        """What others can do and share."""
        return self.capabilities + self.assets


@dataclass(frozen=True)
class Unasked:
    """A capability of the region that no firm here looks for, and who elsewhere might."""

    statement: Statement
    profile: Profile
    elsewhere: list[Answer]


@dataclass(frozen=True)
class Gaps:
    """What nobody here answers, though somebody elsewhere does; and what nobody here asks for."""

    unanswered: list[Suggestion]
    unanswered_total: int
    unasked: list[Unasked]
    unasked_total: int
    ready: bool = True  # or more of what firms say is still being compared


def by_field(engine: Engine, session: Session, region: str) -> list[FieldCount]:
    """Demand and supply of a region in each class of the national classification.

    A statement whose poster confirmed no field counts in the nearest one.
    """
    place(region)
    engine.sync(session)
    replica = engine.replica
    own = strategic_fields(session, region)
    fields = carried_fields()
    with replica.lock.reading():
        rows = replica.own_rows(Filters(region=region))
        numbers, kinds = replica.columns["field"][rows], replica.columns["kind"][rows]

    def count(kind: Kind, number: int) -> int:
        return int(np.count_nonzero((numbers == number) & (kinds == KINDS.index(kind))))

    return [
        FieldCount(
            fields[number],
            count(Kind.NEED, number),
            count(Kind.BUSINESS, number),
            count(Kind.CAPABILITY, number),
            count(Kind.ASSET, number),
            fields[number].code in own,
        )
        for number in standard_fields()
    ]


@dataclass(frozen=True)
class _Rated:
    """A region's firms' statements, ``(n,)`` rows, and the laboratories nearest to each, ``(n, k)``."""

    rows: Rows
    entries: Entries
    labs: Rows  # their rows; where an entry is empty its strength is 0
    strengths: npt.NDArray[np.int64]
    here: npt.NDArray[np.bool_]  # whether the laboratory lies in the region


def gaps(engine: Engine, session: Session, kept: Suggestions, region: str) -> Gaps:
    """Where a region's demand and supply miss each other."""
    chosen = choose(engine, session, kept, region)
    replica = engine.replica
    with replica.lock.reading():
        rated = _rated(replica, kept, region)
        missing, pairs = _unanswered(replica, rated)
        asked = set(rated.entries["lab"][rated.here & (rated.strengths >= ANSWERED)].tolist())
        offered = Filters(region=region, kinds=frozenset({Kind.CAPABILITY, Kind.ASSET}))
        offers = replica.columns["statement_id"][replica.own_rows(offered)].tolist()
    unasked = [number for number in offers if number not in asked]
    found = read_published(session, unasked[:SHOWN])
    said = [found[number] for number in unasked[:SHOWN] if number in found]
    elsewhere = partners_of(engine, session, said, limit=1)
    return Gaps(
        unanswered=read_pairs(engine, session, pairs, region),
        unanswered_total=missing,
        unasked=[Unasked(statement, profile, elsewhere[statement.id]) for statement, profile in said],
        unasked_total=len(unasked),
        ready=chosen.ready,
    )


def _rated(replica: Replica, kept: Suggestions, region: str) -> _Rated:
    rows, entries = kept.candidates.of(replica, region)
    numbers, places = np.unique(entries["lab"], return_inverse=True)
    known = replica.rows_for(numbers)
    labs = known[places].reshape(entries.shape)
    rated = np.where((entries["lab"] != 0) & (labs >= 0), strengths(entries["score"], entries["level"]), 0)
    codes = [replica.region_number(code) for code in inside(region)]
    return _Rated(rows, entries, labs, rated, np.isin(replica.columns["region"][labs], codes))


def _unanswered(replica: Replica, rated: _Rated) -> tuple[int, list[Pair]]:
    """How many nobody here answers though somebody elsewhere does, and the first of them: needs, then the best."""
    local = np.where(rated.here, rated.strengths, 0).max(axis=1, initial=0)
    best = rated.strengths.max(axis=1, initial=0)
    missing = np.flatnonzero((local < ANSWERED) & (best >= ANSWERED))
    is_need = replica.columns["kind"][rated.rows] == KINDS.index(Kind.NEED)
    order = sorted(missing.tolist(), key=lambda at: (not is_need[at], -int(best[at]), at))
    pairs = []
    for at in order[:SHOWN]:
        entry = rated.entries[at, int(rated.strengths[at].argmax())]
        pairs.append(
            Pair(
                firm_statement=int(replica.columns["statement_id"][rated.rows[at]]),
                lab_statement=int(entry["lab"]),
                score=float(entry["score"]),
                level=float(entry["level"]),
                rank_score=float(entry["score"]),
            )
        )
    return len(missing), pairs
