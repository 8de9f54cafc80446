"""A region's suggested collaborations: which firm of the region should meet which laboratory."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlmodel import Session

from hub.database import now
from hub.matching import snapshot
from hub.matching.answers import explain
from hub.matching.candidates import Candidates, Entries, Rows
from hub.matching.changes import changed_since
from hub.matching.engine import Engine
from hub.matching.explain import Why, field_in_common, why
from hub.matching.ranking import Rated, broker_weight
from hub.matching.replica import KINDS, Replica
from hub.profiles.fields import field_names
from hub.profiles.lookup import profiles_that_share
from hub.profiles.published import read_published
from hub.profiles.tables import Kind, Profile, Statement
from hub.regions.atlas import atlas, distances_km, inside, place
from hub.regions.strategic import strategic_fields

MOST_PER_LAB = 4
MOST_PER_FIRM = 2
MOST_PAIRS = 200
MOST_CANDIDATES = 4000  # the best of a region, from which its pairs are taken
# What each earlier appearance of a laboratory (a firm) costs it, in standard scores.
LAB_AGAIN = 0.3
FIRM_AGAIN = 0.6
# A firm that says what it needs comes before one that only says what it makes.
NEED_FIRST = 1.0


@dataclass(frozen=True)
class Pair(Rated):
    """A firm's statement and a laboratory's, by number. ``score`` is the fit without the distance."""

    firm_statement: int
    lab_statement: int
    firm: int
    lab: int
    hidden: bool
    score: float
    level: float
    rank_score: float
    distance_km: float


@dataclass(frozen=True)
class Suggestion:
    """A pair as a page shows it. ``firm`` is ``None`` while it hides its name."""

    pair: Pair
    firm: Profile | None
    lab: Profile
    firm_statement: Statement
    lab_statement: Statement
    why: Why
    fields: tuple[str, ...]  # the technology fields of the laboratory's statement
    fields_in_common: tuple[str, ...]
    shares_equipment: bool


@dataclass(frozen=True)
class Chosen:
    """A region's pairs, what they were chosen from, and when."""

    stamp: tuple[int, frozenset[str]]
    pairs: list[Pair]
    at: datetime


class Suggestions:
    """The candidates of the whole country and the pairs chosen from them, kept until they change."""

    def __init__(self) -> None:
        self.candidates = Candidates()
        self._chosen: dict[str, Chosen] = {}
        self._lock = threading.Lock()

    def open(self, engine: Engine, session: Session) -> None:
        """Takes up the candidates that :meth:`keep` wrote, if they fit the database."""
        read = snapshot.load_candidates(engine.replica, session, engine.settings.snapshots)
        if read is not None:
            self.candidates.unpack(read)
            engine.replica.take_changed()
            engine.replica.mark_changed(changed_since(session, int(read["revision"])))

    def keep(self, engine: Engine, session: Session) -> None:
        """Writes the candidates for the next start.

        :raises OSError: when they cannot be written.
        """
        with engine.replica.lock.reading(), self.candidates.lock:
            packed = self.candidates.pack()
        snapshot.save_candidates(packed, engine.replica, session, engine.settings.snapshots)

    def of(self, engine: Engine, session: Session, region: str) -> Chosen:
        """A region's pairs as of the newest revision. The caller holds the replica's lock for reading."""
        self.candidates.update(engine, session, region)
        return self._choose(engine.replica, region, strategic_fields(session, region))

    def of_all(
        self, engine: Engine, session: Session, progress: Callable[[int, int], None]
    ) -> dict[str, Chosen]:
        """The pairs of every province and district, in one pass; what has not changed is not done again."""
        with engine.replica.lock.reading():
            self.candidates.update(engine, session, None, progress)
            return {
                code: self._choose(engine.replica, code, strategic_fields(session, code)) for code in atlas()
            }

    def _choose(self, replica: Replica, region: str, strategic: frozenset[str]) -> Chosen:
        stamp = (sum(self.candidates.changes[code] for code in inside(region)), strategic)
        with self._lock:
            kept = self._chosen.get(region)
        if kept is None or kept.stamp != stamp:
            rows, entries = self.candidates.of(replica, region)
            kept = Chosen(stamp, _pairs(replica, rows, entries, strategic), now())
            with self._lock:
                self._chosen[region] = kept
        return kept


@dataclass(frozen=True)
class Suggested:
    """One page of a region's suggestions, how many there are in all, and when they were chosen."""

    shown: list[Suggestion]
    total: int
    at: datetime


def suggest(
    engine: Engine, session: Session, kept: Suggestions, region: str, *, limit: int = 30, offset: int = 0
) -> Suggested:
    """The suggested pairs of a region.

    :raises NotFound: when there is no such region.
    """
    chosen = choose(engine, session, kept, region)
    shown = read_pairs(engine, session, chosen.pairs[offset : offset + limit])
    return Suggested(shown, len(chosen.pairs), chosen.at)


def choose(engine: Engine, session: Session, kept: Suggestions, region: str) -> Chosen:
    """All pairs of a region, by number.

    :raises NotFound: when there is no such region.
    """
    place(region)
    engine.sync(session)
    with engine.replica.lock.reading():
        return kept.of(engine, session, region)


def _pairs(replica: Replica, rows: Rows, entries: Entries, strategic: frozenset[str]) -> list[Pair]:
    """The best candidates as pairs, with what a broker weighs."""
    if not len(rows):
        return []
    columns = replica.columns
    firms = np.repeat(rows, entries.shape[1])
    flat = entries.ravel()
    there = flat["lab"] != 0
    firms, flat = firms[there], flat[there]
    ids, places = np.unique(flat["lab"], return_inverse=True)
    labs = np.asarray([replica.row_of(number) for number in ids.tolist()], dtype=np.int64)[places]
    away = distances_km()[columns["region"][firms], columns["region"][labs]]
    ranks = flat["score"] + broker_weight(replica, labs, away, strategic)
    ranks = ranks + NEED_FIRST * (columns["kind"][firms] == KINDS.index(Kind.NEED))
    best = np.argsort(-ranks, kind="stable")[:MOST_CANDIDATES]
    firms, labs, flat, away = firms[best], labs[best], flat[best], away[best]
    ranks = np.round(ranks[best].astype(np.float64), 5)
    says, hidden = columns["statement_id"][firms], columns["hidden"][firms]
    # A firm that hides its name is nobody's second appearance.
    owners = np.where(hidden, -says, columns["profile_id"][firms])
    lab_owners = columns["profile_id"][labs]
    taken = _spread(list(zip((-ranks).tolist(), owners.tolist(), lab_owners.tolist(), strict=True)))
    return [
        Pair(
            firm_statement=int(says[at]),
            lab_statement=int(flat["lab"][at]),
            firm=int(owners[at]),
            lab=int(lab_owners[at]),
            hidden=bool(hidden[at]),
            score=round(float(flat["score"][at]), 5),
            level=round(float(flat["level"][at]), 5),
            rank_score=float(ranks[at]),
            distance_km=float(away[at]),
        )
        for at in taken
    ]


def _spread(candidates: list[tuple[float, int, int]]) -> list[int]:
    """Takes the best pair again and again; each laboratory and firm gets less urgent as it appears.

    :param candidates: of each pair what it costs (its rank score, negative), its firm and its laboratory.
    :return: the numbers of those taken, in their order.
    """
    heap = [(cost, at) for at, (cost, _firm, _lab) in enumerate(candidates)]
    heapq.heapify(heap)
    labs: Counter[int] = Counter()
    firms: Counter[int] = Counter()
    met: set[tuple[int, int]] = set()
    taken: list[int] = []
    while heap and len(taken) < MOST_PAIRS:
        cost, at = heapq.heappop(heap)
        own, firm, lab = candidates[at]
        full = labs[lab] >= MOST_PER_LAB or firms[firm] >= MOST_PER_FIRM
        if full or (firm, lab) in met:
            continue
        now = own + LAB_AGAIN * labs[lab] + FIRM_AGAIN * firms[firm]
        if now > cost + 1e-9:  # it was pushed before they appeared: let it wait its turn again
            heapq.heappush(heap, (now, at))
            continue
        labs[lab] += 1
        firms[firm] += 1
        met.add((firm, lab))
        taken.append(at)
    return taken


def read_pairs(engine: Engine, session: Session, pairs: list[Pair]) -> list[Suggestion]:
    """Reads what the pairs point at; a statement that is gone takes its pair with it."""
    found = read_published(session, {i for p in pairs for i in (p.firm_statement, p.lab_statement)})
    fields = field_names(session, found)
    sharing = profiles_that_share(session, {profile.id for _statement, profile in found.values()})
    suggestions = []
    for pair in pairs:
        if pair.firm_statement not in found or pair.lab_statement not in found:
            continue
        firm_statement, firm = found[pair.firm_statement]
        lab_statement, lab = found[pair.lab_statement]
        names = fields.get(lab_statement.id, ())
        suggestions.append(
            Suggestion(
                pair=pair,
                firm=None if pair.hidden else firm,
                lab=lab,
                firm_statement=firm_statement,
                lab_statement=lab_statement,
                why=_explain(engine, firm_statement, lab_statement),
                fields=names,
                fields_in_common=tuple(name for name in names if name in fields.get(firm_statement.id, ()))
                or field_in_common(firm_statement.text, names),
                shares_equipment=lab.id in sharing,
            )
        )
    return suggestions


def _explain(engine: Engine, firm_statement: Statement, lab_statement: Statement) -> Why:
    replica = engine.replica
    with replica.lock.reading():
        row = replica.row_of(firm_statement.id)
        vector = None if row is None else replica.index.vectors(np.asarray([row]))[0]
    if vector is None:
        return why(firm_statement.text, lab_statement.text, replica.words)
    return explain(engine, vector, firm_statement.text, lab_statement, 0)
