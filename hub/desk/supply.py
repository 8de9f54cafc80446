"""A region's demand and supply by technology field, and the gaps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from embeddings.calibration import BOUNDS, SAID, strength
from hub.matching.answers import Answer
from hub.matching.changes import read_published
from hub.matching.engine import Engine
from hub.matching.nearest_field import standard_fields
from hub.matching.replica import KINDS, Filters
from hub.matching.search import partners
from hub.matching.suggest import Pair, Suggestion, Suggestions, read_pairs
from hub.profiles.fields import carried_fields
from hub.profiles.tables import Kind, Profile, Statement, TechnologyField
from hub.regions.atlas import distances_km, inside, place
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
        rows = _own_rows(engine, region)
        numbers, kinds = engine.row_fields()[rows], replica.columns["kind"][rows]

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


def _own_rows(engine: Engine, region: str, *kinds: Kind) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows of what a region's profiles say, each in its own words."""
    rows = np.flatnonzero(engine.replica.mask(Filters(region=region, kinds=frozenset(kinds))))
    return rows[engine.replica.columns["version"][rows] == 0]


def gaps(engine: Engine, session: Session, kept: Suggestions, region: str) -> Gaps:
    """Where a region's demand and supply miss each other."""
    place(region)
    engine.sync(session)
    replica = engine.replica
    with replica.lock.reading():
        kept.candidates.update(engine, session, region)
        rows, entries = kept.candidates.of(replica, region)
        columns = replica.columns
        labs = np.asarray([replica.row_of(int(lab)) or 0 for lab in entries["lab"].ravel()]).reshape(
            entries.shape
        )
        there = entries["lab"] != 0
        rated = np.asarray(
            [
                strength(float(s), float(v), SAID)
                for s, v in zip(entries["score"].flat, entries["level"].flat, strict=True)
            ]
        ).reshape(entries.shape)
        rated = np.where(there, rated, 0)
        here = np.isin(columns["region"][labs], [replica.region_number(code) for code in inside(region)])
        local = np.where(here, rated, 0)
        missing = np.flatnonzero(
            (local.max(axis=1, initial=0) < ANSWERED) & (rated.max(axis=1, initial=0) >= ANSWERED)
        )
        is_need = columns["kind"][rows] == KINDS.index(Kind.NEED)
        best = rated.argmax(axis=1) if len(rows) else np.zeros(0, dtype=np.int64)
        order = sorted(missing.tolist(), key=lambda at: (not is_need[at], -int(rated[at, best[at]]), at))
        pairs = [
            _pair(engine, int(rows[at]), int(labs[at, best[at]]), entries[at, best[at]])
            for at in order[:SHOWN]
        ]
        asked = set(entries["lab"][(rated >= ANSWERED) & here].tolist())
        offers = columns["statement_id"][_own_rows(engine, region, Kind.CAPABILITY, Kind.ASSET)].tolist()
    unasked = [number for number in offers if number not in asked]
    found = read_published(session, unasked[:SHOWN])
    return Gaps(
        unanswered=read_pairs(engine, session, pairs),
        unanswered_total=len(missing),
        unasked=[
            Unasked(*found[number], partners(engine, session, found[number][0], limit=1))
            for number in unasked[:SHOWN]
            if number in found
        ],
        unasked_total=len(unasked),
    )


def _pair(engine: Engine, firm: int, lab: int, entry: np.void) -> Pair:
    columns = engine.replica.columns
    hidden = bool(columns["hidden"][firm])
    statement = int(columns["statement_id"][firm])
    return Pair(
        firm_statement=statement,
        lab_statement=int(entry["lab"]),
        firm=-statement if hidden else int(columns["profile_id"][firm]),
        lab=int(columns["profile_id"][lab]),
        hidden=hidden,
        score=float(entry["score"]),
        level=float(entry["level"]),
        rank_score=float(entry["score"]),
        distance_km=float(distances_km()[columns["region"][firm], columns["region"][lab]]),
    )
