"""A region's suggested collaborations: which firm of the region should meet which laboratory."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from hub.database import now
from hub.fields.read import field_names
from hub.fields.strategic import all_strategic_fields, strategic_fields
from hub.index import snapshot
from hub.index.columns import KINDS
from hub.index.engine import Engine
from hub.index.replica import Replica
from hub.profiles.lookup import profiles_that_share
from hub.profiles.published import place_of, read_published, shown_profile
from hub.profiles.tables import Kind, Profile, Statement
from hub.regions.atlas import atlas, distance_km, distances_km, inside, place
from hub.search.answers import nearest_phrases
from hub.search.explain import Why, field_in_common, why
from hub.search.ranking import Rated, broker_weight, distance_cost
from hub.suggestions.candidates import DEMAND, SUPPLY, Candidates, Entries, Rows

MOST_PER_LAB = 4
MOST_PER_FIRM = 2
MOST_PAIRS = 200
MOST_CANDIDATES = 4000  # the best of a region, from which its pairs are taken
MOST_ENTRIES = 10**9
QUICK_ENTRIES = 100_000  # from which a request may choose, some 30 ms
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
    score: float
    level: float
    rank_score: float


@dataclass(frozen=True)
class Suggestion:
    """A pair as a page shows it. ``firm`` is ``None`` while it hides its name."""

    pair: Pair
    firm: Profile | None
    lab: Profile
    firm_statement: Statement
    lab_statement: Statement
    distance_km: float  # from where readers may know the firm
    why: Why
    fields: tuple[str, ...]  # the technology fields of the laboratory's statement
    fields_in_common: tuple[str, ...]
    shares_equipment: bool


@dataclass(frozen=True)
class Chosen:
    """A region's pairs and when they were chosen; ``ready`` is false while more of them are being made."""

    stamp: tuple[int, frozenset[str]]
    pairs: list[Pair]
    at: datetime
    ready: bool = True


class Suggestions:
    """The candidates of the whole country and the pairs chosen from them, kept until they change.

    What is kept are numbers of statements. Whose they are, and where, is read when they are shown.

    :param beside: told the region whose pairs are asked for and take too long to make in a request; then
        what is there already is given. Without it they are made at once, however long that takes.
    """

    def __init__(self, beside: Callable[[str], None] | None = None) -> None:
        self.candidates = Candidates()
        self._beside = beside
        self._chosen: dict[str, Chosen] = {}
        self._lock = threading.Lock()
        self._opened = 0  # when what was taken up last was written

    def open(self, engine: Engine, session: Session) -> None:
        """Takes up the candidates that :meth:`keep` wrote, here or in another process, if they fit the database."""
        written = snapshot.time_of_candidates(engine.settings.snapshots)
        if written == self._opened:
            return
        read = snapshot.load_candidates(engine.store, session, engine.settings.snapshots)
        self._opened = written
        if read is not None:
            with self.candidates.updating:
                self.candidates.unpack(read)

    def keep(self, engine: Engine, session: Session) -> None:
        """Writes the candidates for the next start.

        :raises OSError: when they cannot be written.
        """
        with self.candidates.updating:
            packed, revision = self.candidates.pack(), self.candidates.revision
        folder = engine.settings.snapshots
        snapshot.save_candidates(packed, session, folder, model=engine.store.model, revision=revision)
        self._opened = snapshot.time_of_candidates(folder)

    def prepare(
        self,
        engine: Engine,
        session: Session,
        region: str | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> dict[str, Chosen]:
        """Makes the pairs of a region, or of every province and district, however long it takes.

        What has not changed is not done again.
        """
        with self.candidates.updating:
            self.candidates.update(engine, session, region, progress)
        strategic = all_strategic_fields(session)
        return {
            code: self._choose(engine.store, code, strategic.of(code), MOST_ENTRIES)
            for code in ([region] if region else atlas())
        }

    def of(
        self, engine: Engine, session: Session, region: str, strategic: frozenset[str] | None = None
    ) -> Chosen:
        """A region's pairs as of the newest revision, or what is there of them while more are being made.

        :param strategic: the region's own fields, where the caller knows them.
        """
        if strategic is None:
            strategic = strategic_fields(session, region)
        ready = self._update_quickly(engine, session, region)
        if not ready and self._beside is None:
            return self.prepare(engine, session, region)[region]
        most = QUICK_ENTRIES if self._beside else MOST_ENTRIES
        chosen = self._choose(engine.store, region, strategic, most)
        if self._beside and not (ready and chosen.ready):
            self._beside(region)
            return replace(chosen, ready=False)
        return chosen

    def _update_quickly(self, engine: Engine, session: Session, region: str) -> bool:
        """Brings the candidates up to date if that takes no longer than a request may; whether they are now."""
        if self.candidates.is_current(engine, region):
            return True
        if not self.candidates.updating.acquire(blocking=False):
            return False  # another thread is at it, perhaps for long
        try:
            if not self.candidates.is_quick(engine, session, region):
                return False
            self.candidates.update(engine, session, region)
        finally:
            self.candidates.updating.release()
        return True

    def _choose(self, replica: Replica, region: str, strategic: frozenset[str], most: int) -> Chosen:
        """The region's pairs; of more than ``most`` entries only what was chosen before."""
        stamp = (sum(self.candidates.changes[code] for code in inside(region)), strategic)
        with self._lock:
            kept = self._chosen.get(region)
        if kept is None or kept.stamp != stamp:
            with replica.lock.reading():
                rows, entries = self.candidates.of(replica, region)
                known = _Known.of(replica, rows, entries, strategic) if entries.size <= most else None
            if known is None:
                kept = replace(kept or Chosen(stamp, [], now()), ready=False)
            else:
                kept = Chosen(stamp, _pairs(known, entries), now())
                with self._lock:
                    self._chosen[region] = kept
        return replace(kept, pairs=standing(replica, kept.pairs, region))


def standing(replica: Replica, pairs: list[Pair], region: str) -> list[Pair]:
    """Those of these pairs that may still be shown for a region: both are published, the firm's here."""
    if not pairs:
        return []
    firms = replica.facts(pair.firm_statement for pair in pairs)
    labs = replica.facts(pair.lab_statement for pair in pairs)
    codes = [replica.region_number(code) for code in inside(region)]
    demand = [KINDS.index(kind) for kind in DEMAND.kinds]
    supply = [KINDS.index(kind) for kind in SUPPLY.kinds]
    stand = (
        firms.published
        & labs.published
        & np.isin(firms.region, codes)
        & np.isin(firms.kind, demand)
        & np.isin(labs.kind, supply)
    )
    return [pair for pair, stands in zip(pairs, stand.tolist(), strict=True) if stands]


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
    shown = read_pairs(engine, session, chosen.pairs[offset : offset + limit], region)
    return Suggested(shown, len(chosen.pairs), chosen.at)


def choose(engine: Engine, session: Session, kept: Suggestions, region: str) -> Chosen:
    """All pairs of a region, by number.

    :raises NotFound: when there is no such region.
    """
    place(region)
    engine.sync(session)
    return kept.of(engine, session, region)


@dataclass(frozen=True)
class _Known:
    """What choosing needs to know of the firms' statements ``(n,)`` and of each laboratory's ``(m,)``."""

    says: Rows
    kind: npt.NDArray[np.int8]
    owner: Rows
    region: npt.NDArray[np.int16]
    lab_place: Rows  # of each entry, flat: which of the laboratories' statements it is
    lab_gone: npt.NDArray[np.bool_]
    lab_owner: Rows
    lab_region: npt.NDArray[np.int16]
    lab_weight: npt.NDArray[np.float32]  # what a broker weighs of it beside the distance

    @classmethod
    def of(cls, replica: Replica, rows: Rows, entries: Entries, strategic: frozenset[str]) -> _Known:
        """Copied out of the replica. The caller holds its lock for reading."""
        columns = replica.columns
        numbers, places = np.unique(entries["lab"], return_inverse=True)
        labs = replica.rows_for(numbers)
        gone = labs < 0
        labs = np.maximum(labs, 0)
        says = columns["statement_id"][rows]
        return cls(
            says,
            columns["kind"][rows],
            # A firm that hides its name is nobody's second appearance.
            np.where(columns["hidden"][rows], -says, columns["profile_id"][rows]),
            columns["region"][rows],
            places.ravel(),
            gone,
            columns["profile_id"][labs],
            columns["region"][labs],
            broker_weight(replica, labs, None, strategic),
        )


def _pairs(known: _Known, entries: Entries) -> list[Pair]:
    """The best candidates as pairs, with what a broker weighs."""
    if not entries.size:
        return []
    flat = entries.ravel()
    there = np.flatnonzero((flat["lab"] != 0) & ~known.lab_gone[known.lab_place])
    firms, labs, flat = there // entries.shape[1], known.lab_place[there], flat[there]
    away = distances_km()[known.region[firms], known.lab_region[labs]]
    ranks = flat["score"] + known.lab_weight[labs] - distance_cost(away)
    ranks = ranks + NEED_FIRST * (known.kind[firms] == KINDS.index(Kind.NEED))
    best = np.argsort(-ranks, kind="stable")[:MOST_CANDIDATES]
    firms, labs, flat = firms[best], labs[best], flat[best]
    ranks = np.round(ranks[best].astype(np.float64), 5)
    owners, lab_owners = known.owner[firms].tolist(), known.lab_owner[labs].tolist()
    taken = _spread(list(zip((-ranks).tolist(), owners, lab_owners, strict=True)))
    return [
        Pair(
            firm_statement=int(known.says[firms[at]]),
            lab_statement=int(flat["lab"][at]),
            score=round(float(flat["score"][at]), 5),
            level=round(float(flat["level"][at]), 5),
            rank_score=float(ranks[at]),
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


def read_pairs(
    engine: Engine, session: Session, pairs: list[Pair], region: str | None = None
) -> list[Suggestion]:
    """Reads what the pairs point at; a statement that is gone takes its pair with it.

    :param region: the firm must be known to be here; one that has just hidden its name is not, in a district.
    """
    found = read_published(session, {i for p in pairs for i in (p.firm_statement, p.lab_statement)})
    here = inside(region) if region else atlas()
    fields = field_names(session, found)
    sharing = profiles_that_share(session, {profile.id for _statement, profile in found.values()})
    standing = [
        (pair, *found[pair.firm_statement], *found[pair.lab_statement])
        for pair in pairs
        if pair.firm_statement in found
        and pair.lab_statement in found
        and _are_a_pair(found[pair.firm_statement][0], found[pair.lab_statement][0])
        and place_of(*found[pair.firm_statement]) in here
    ]
    reasons = _reasons(
        engine, [(firm_said, lab_said) for _pair, firm_said, _firm, lab_said, _lab in standing]
    )
    suggestions = []
    for (pair, firm_statement, firm, lab_statement, lab), reason in zip(standing, reasons, strict=True):
        names = fields.get(lab_statement.id, ())
        suggestions.append(
            Suggestion(
                pair=pair,
                firm=shown_profile(firm_statement, firm),
                lab=lab,
                firm_statement=firm_statement,
                lab_statement=lab_statement,
                distance_km=distance_km(place_of(firm_statement, firm), place_of(lab_statement, lab)),
                why=reason,
                fields=names,
                fields_in_common=tuple(name for name in names if name in fields.get(firm_statement.id, ()))
                or field_in_common(firm_statement.text, names),
                shares_equipment=lab.id in sharing,
            )
        )
    return suggestions


def _are_a_pair(firm_statement: Statement, lab_statement: Statement) -> bool:
    """Whether they still ask and answer: a capability may since have become a need, and hide its name."""
    return firm_statement.kind in DEMAND.kinds and lab_statement.kind in SUPPLY.kinds


def _reasons(engine: Engine, said: list[tuple[Statement, Statement]]) -> list[Why]:
    """Why the second of each pair answers the first."""
    replica = engine.store
    with replica.lock.reading():
        rows = replica.rows_for(np.asarray([firm.id for firm, _lab in said], dtype=np.int64))
        vectors: npt.NDArray[np.float32] = np.zeros((len(said), replica.index.dimension), dtype=np.float32)
        vectors[rows >= 0] = replica.index.vectors(rows[rows >= 0])
    nearest = nearest_phrases(
        engine, [(vector, lab, 0) for vector, (_f, lab) in zip(vectors, said, strict=True)]
    )
    return [
        why(firm.text, lab.text, replica.words, phrase if row >= 0 else "")
        for (firm, lab), row, phrase in zip(said, rows.tolist(), nearest, strict=True)
    ]
