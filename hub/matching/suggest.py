"""A region's suggested collaborations: which firm of the region should meet which laboratory."""

from __future__ import annotations

import heapq
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.fusion import fuse
from hub.matching.changes import read_published
from hub.matching.engine import Engine
from hub.matching.explain import Why, why
from hub.matching.ranking import Rated, closeness, distance_cost
from hub.matching.replica import Filters, Replica
from hub.profiles.tables import Kind, Profile, ProfileKind, Statement
from hub.regions.atlas import distance_km, inside, place

MOST_PER_LAB = 4
MOST_PER_FIRM = 2
MOST_PAIRS = 200
NEIGHBOURS = 40  # rows looked at for each thing that a firm says
BLOCK = 256  # firms' statements searched in one call
# What each earlier appearance of a laboratory (a firm) costs it, in standard scores.
LAB_AGAIN = 0.3
FIRM_AGAIN = 0.6
# A firm that says what it needs comes before one that only says what it makes.
NEED_FIRST = 0.5

DEMAND = frozenset({Kind.NEED, Kind.BUSINESS})


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


class SuggestionCache:
    """Pairs by region, kept until a capability anywhere or demand in the region changes."""

    def __init__(self, size: int = 300) -> None:
        self._kept: OrderedDict[str, tuple[tuple[int, int], list[Pair]]] = OrderedDict()
        self._size = size
        self._lock = threading.Lock()

    def get(self, region: str, stamp: tuple[int, int]) -> list[Pair] | None:
        """The pairs of a region, if nothing that matters has changed since."""
        with self._lock:
            kept = self._kept.get(region)
            return kept[1] if kept is not None and kept[0] == stamp else None

    def put(self, region: str, stamp: tuple[int, int], pairs: list[Pair]) -> None:
        """Keeps the pairs of a region."""
        with self._lock:
            self._kept[region] = (stamp, pairs)
            self._kept.move_to_end(region)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


def suggest(
    engine: Engine, session: Session, cache: SuggestionCache, region: str, *, limit: int = 30, offset: int = 0
) -> tuple[list[Suggestion], int]:
    """The suggested pairs of a region and how many there are in all.

    :raises NotFound: when there is no such region.
    """
    place(region)
    engine.sync(session)
    replica = engine.replica
    with replica.lock.reading():
        demand = sum(replica.demand_changes[code] for code in inside(region))
        stamp = (replica.capability_changes, demand)
        pairs = cache.get(region, stamp)
        if pairs is None:
            pairs = compute_pairs(engine, session, region)
            cache.put(region, stamp, pairs)
    return _read(engine, session, pairs[offset : offset + limit]), len(pairs)


def compute_pairs(engine: Engine, session: Session, region: str) -> list[Pair]:
    """The ranked pairs of a region. The caller holds the replica's lock for reading.

    Each firm's statements are searched in blocks among the capabilities of all laboratories; then
    pairs are taken best first, while every appearance makes its laboratory and firm less urgent.
    """
    replica = engine.replica
    firms = np.flatnonzero(
        replica.mask(Filters(region=region, kinds=DEMAND, profile_kinds=frozenset({ProfileKind.COMPANY})))
    )
    labs = replica.mask(
        Filters(
            kinds=frozenset({Kind.CAPABILITY}),
            profile_kinds=frozenset({ProfileKind.UNIVERSITY, ProfileKind.INSTITUTE}),
        )
    )
    if not len(firms) or not labs.any():
        return []
    texts = _texts(session, replica.columns["statement_id"][firms])
    candidates: list[Pair] = []
    for start in range(0, len(firms), BLOCK):
        candidates.extend(_candidates(engine, firms[start : start + BLOCK], labs, texts))
    return _spread(candidates)


def _texts(session: Session, ids: npt.NDArray[np.int64]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):  # databases limit how many values one query may name
        part = [int(i) for i in ids[start : start + 500]]
        found.update(
            session.exec(select(Statement.id, Statement.text).where(col(Statement.id).in_(part))).all()
        )
    return found


def _candidates(
    engine: Engine, firms: npt.NDArray[np.int64], labs: npt.NDArray[np.bool_], texts: dict[int, str]
) -> list[Pair]:
    """The best laboratories of each of these firms' statements."""
    replica = engine.replica
    vectors = replica.index.vectors(firms)
    queries = engine.background.correct(vectors)
    _cosines, rows = replica.index.search(queries, NEIGHBOURS, labs)
    pairs: list[Pair] = []
    for firm, vector, query, near in zip(firms, vectors, queries, rows, strict=True):
        text = texts.get(int(replica.columns["statement_id"][firm]))
        if text is None:
            continue
        cosines = closeness(replica, query, near)
        words = replica.words.search(text)
        meaning = engine.background.standardise(vector, cosines)
        scores = fuse(meaning, words.scores[near], words.known)
        levels = engine.background.absolute(cosines)
        pairs.extend(
            _pair(replica, int(firm), int(lab), float(score), float(level))
            for lab, score, level in zip(near, scores, levels, strict=True)
        )
    return pairs


def _pair(replica: Replica, firm_row: int, lab_row: int, score: float, level: float) -> Pair:
    firm, lab = replica.columns[firm_row], replica.columns[lab_row]
    kilometres = distance_km(replica.region_code(firm["region"]), replica.region_code(lab["region"]))
    is_need = firm["kind"] == list(Kind).index(Kind.NEED)
    bonus = NEED_FIRST if is_need else 0.0
    return Pair(
        firm_statement=int(firm["statement_id"]),
        lab_statement=int(lab["statement_id"]),
        # A firm that hides its name is nobody's second appearance.
        firm=-int(firm["statement_id"]) if firm["hidden"] else int(firm["profile_id"]),
        lab=int(lab["profile_id"]),
        hidden=bool(firm["hidden"]),
        score=round(score, 5),
        level=round(level, 5),
        rank_score=round(score + bonus - distance_cost(kilometres), 5),
        distance_km=kilometres,
    )


def _spread(candidates: list[Pair]) -> list[Pair]:
    """Takes the best pair again and again; each laboratory and firm gets less urgent as it appears."""
    heap = [(-pair.rank_score, pair.firm_statement, pair.lab_statement, pair) for pair in candidates]
    heapq.heapify(heap)
    labs: Counter[int] = Counter()
    firms: Counter[int] = Counter()
    met: set[tuple[int, int]] = set()
    taken: list[Pair] = []
    while heap and len(taken) < MOST_PAIRS:
        cost, firm_statement, lab_statement, pair = heapq.heappop(heap)
        full = labs[pair.lab] >= MOST_PER_LAB or firms[pair.firm] >= MOST_PER_FIRM
        if full or (pair.firm, pair.lab) in met:
            continue
        now = -pair.rank_score + LAB_AGAIN * labs[pair.lab] + FIRM_AGAIN * firms[pair.firm]
        if now > cost + 1e-9:  # it was pushed before they appeared: let it wait its turn again
            heapq.heappush(heap, (now, firm_statement, lab_statement, pair))
            continue
        labs[pair.lab] += 1
        firms[pair.firm] += 1
        met.add((pair.firm, pair.lab))
        taken.append(pair)
    return taken


def _read(engine: Engine, session: Session, pairs: list[Pair]) -> list[Suggestion]:
    """Reads what the pairs point at; a statement that is gone takes its pair with it."""
    found = read_published(session, {i for p in pairs for i in (p.firm_statement, p.lab_statement)})
    suggestions = []
    for pair in pairs:
        if pair.firm_statement not in found or pair.lab_statement not in found:
            continue
        firm_statement, firm = found[pair.firm_statement]
        lab_statement, lab = found[pair.lab_statement]
        because = why(firm_statement.text, lab_statement.text, engine.replica.words)
        suggestions.append(
            Suggestion(pair, None if pair.hidden else firm, lab, firm_statement, lab_statement, because)
        )
    return suggestions
