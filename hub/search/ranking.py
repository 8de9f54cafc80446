"""Candidates from meaning and from words, one score, near first but never only near."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from embeddings.calibration import MADE, SAID, Background, Platt, strength, word
from embeddings.fusion import fuse
from embeddings.index import Mask
from embeddings.lexical import distinct
from hub.database import now
from hub.index.columns import DAY, KINDS, Facts, field_bits
from hub.index.replica import Replica
from hub.index.store import Candidates
from hub.profiles.tables import Kind
from hub.regions.atlas import distances_km
from hub.search.judged import Judged

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# From each of the two lists. On the 194 own needs and the 2,615 carried statements nDCG@10 and the first
# answers are the same with 100, 200 or 400 candidates as with all of them.
CANDIDATES = 100
# An institute lists unlike things in one sentence; a need asks for one of them. On
# tests/benchmarks/needs-train.jsonl nDCG@10 is 0.830; with 0.3 it is 0.828 and with 0.7 0.817.
PHRASE_WEIGHT = 0.5
# However many other things a text says, its whole counts as this share at least of what its best phrase
# has above the usual: of a text of three or four phrases it is so much in the middle. A whole of eight
# unlike phrases has a third of it and one of forty a fifth, and the same phrase would count for less.
# Chosen with the above; with 0.4 nDCG@10 is 0.829 and with 0.8 it is 0.822.
WHOLE_AT_LEAST = 0.6
# What distance costs, in standard scores: 0.25 at 30 km, 0.9 across the country. A clearly better
# match far away stays ahead; of two alike the near one comes first.
DISTANCE_WEIGHT = 0.25
DISTANCE_UNIT_KM = 30.0


# What age costs: 0.1 at one year, 0.2 at three. Capabilities keep; people and equipment move on.
AGE_WEIGHT = 0.1
# What it is worth to lie in a field that the asking region has made its own: as much as 40 km.
STRATEGIC_BONUS = 0.3
# Query expansion (Rocchio's without judgements, from the nearest), for statements that look for their
# own like: twice, from so many, who weigh so much. Chosen on every second company of
# tests/benchmarks/industry.py. For needs that look for capabilities it found nothing more.
EXPANSIONS = 2
EXPANDED_FROM = 8
EXPANSION_WEIGHT = 2.0
# A query whose filters keep fewer rows than this is answered by looking at those rows alone.
FEW = 50_000
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Asked:
    """What is looked for, and from where."""

    text: str
    vector: Floats
    origin: str | None = None  # a region's code; distances count from there
    strategic: frozenset[str] = frozenset()  # the technology fields that this region has made its own
    judged: Judged | None = None  # what the person who asks has said of earlier matches
    # The number of a statement that looks for its own like; what its nearest say counts as its own words.
    peers_of: int | None = None


class Rated:
    """Whatever has a score and a level has a strength."""

    score: float
    level: float

    @property
    def platt(self) -> Platt:
        """How its score and level become a chance."""
        return SAID

    @cached_property
    def strength(self) -> int:
        """The chance in 100 that it is right."""
        return strength(self.score, self.level, self.platt)

    @cached_property
    def word(self) -> str:
        """``very-high``, ``high``, ``medium`` or ``low``."""
        return word(self.strength)


@dataclass(frozen=True)
class Hit(Rated):
    """One statement that answers. ``score`` is how well it fits, wherever it is."""

    statement_id: int
    profile_id: int
    kind: str
    region_code: str
    wording: int  # 0: the statement's own text answers best; 1: its translation
    hidden: bool
    score: float
    level: float
    rank_score: float
    distance_km: float | None

    @property
    def platt(self) -> Platt:
        """What firms make is measured by itself."""
        return MADE if self.kind == Kind.BUSINESS else SAID

    @property
    def group(self) -> tuple[str, int]:
        """Statements of one profile stand together; one that hides its name stands alone."""
        return ("statement", self.statement_id) if self.hidden else ("profile", self.profile_id)


def distance_cost(kilometres: Floats) -> Floats:
    """What distances take off the rank score."""
    cost: Floats = np.float32(DISTANCE_WEIGHT) * np.log2(1 + kilometres / np.float32(DISTANCE_UNIT_KM))
    return cost


def age_cost(days: Floats) -> Floats:
    """What the days since a statement last changed take off the rank score."""
    cost: Floats = np.float32(AGE_WEIGHT) * np.log2(1 + np.maximum(days, 0) / np.float32(DAYS_A_YEAR))
    return cost


def _row_weight(replica: Replica, rows: Rows, kilometres: Floats | None, strategic: frozenset[str]) -> Floats:
    """What a broker weighs beside the fit of these rows: age, distance, and the asking region's own fields."""
    columns = replica.columns
    weight = -age_cost((today() - columns["day"][rows]).astype(np.float32))
    if kilometres is not None:
        weight = weight - distance_cost(kilometres)
    if strategic:
        own = (columns["fields"][rows] & field_bits(strategic)) != 0
        weight = weight + np.float32(STRATEGIC_BONUS) * own
    return weight


def broker_weight(facts: Facts, kilometres: Floats | None, strategic: frozenset[str]) -> Floats:
    """What a broker weighs beside the fit of these statements: age, distance, and the asking region's own fields."""
    weight = -age_cost((today() - facts.day).astype(np.float32))
    if kilometres is not None:
        weight = weight - distance_cost(kilometres)
    if strategic:
        own = (facts.fields & field_bits(strategic)) != 0
        weight = weight + np.float32(STRATEGIC_BONUS) * own
    return weight


def today() -> int:
    """This day as the replica's ``day`` column counts."""
    return int(now().timestamp() // DAY)


def rank(replica: Replica, background: Background, asked: Asked, keep: Mask, limit: int) -> list[Hit]:
    """The statements among the rows kept that answer best, best first, each once.

    :param limit: at least this many come back, if so many rows are kept.
    """
    k = max(CANDIDATES, 4 * limit)
    vector = asked.vector
    rows, scores, levels = _score(replica, background, asked, vector, keep, k=k)
    for _turn in range(EXPANSIONS if asked.peers_of is not None else 0):
        others = replica.columns["statement_id"][rows] != asked.peers_of
        vector = _expanded(replica, asked.vector, rows[others], scores[others])
        rows, scores, levels = _score(replica, background, asked, vector, keep, k=k)
    return _order(replica, background, asked, rows, scores=scores, levels=levels, limit=limit)


def _score(
    replica: Replica, background: Background, asked: Asked, vector: Floats, keep: Mask, *, k: int
) -> tuple[Rows, Floats, Floats]:
    """The candidates, how well each fits, and how near it is in absolute terms."""
    query = background.correct(vector)
    if asked.peers_of is None:
        near = nearest(replica, query[None], k, keep)[0][1]
    else:
        near = replica.index.search(query[None], k, keep)[1][0]
    rows, words, known = _with_words(replica, asked, near, keep, k)
    if asked.peers_of is None:
        cosines = _row_closeness(replica, background, query, rows)
    else:  # whole against whole: two alike need not share a phrase
        cosines = replica.index.vectors(rows) @ query
    return rows, fuse(background.standardise(vector, cosines), words, known), background.absolute(cosines)


def nearest(replica: Replica, queries: Floats, k: int, keep: Mask) -> list[tuple[Floats, Rows]]:
    """For each query the ``k`` rows whose whole text is nearest and the ``k`` of which a passage is,
    nearest first; cosines and rows, each row once."""
    wholes, rows = replica.index.search(queries, k, keep)
    if not len(replica.passages):
        return list(zip(wholes, rows, strict=True))
    found = []
    for whole, its, (part, others) in zip(
        wholes, rows, replica.passages.search(queries, k, keep), strict=True
    ):
        cosines, both = np.concatenate([whole, part]), np.concatenate([its, others])
        order = np.argsort(-cosines, kind="stable")
        order = order[np.sort(np.unique(both[order], return_index=True)[1])]
        found.append((cosines[order], both[order]))
    return found


def _expanded(replica: Replica, vector: Floats, rows: Rows, scores: Floats) -> Floats:
    """The vector, moved to where its nearest lie; the first weighs most."""
    nearest = rows[np.argsort(-scores, kind="stable")[:EXPANDED_FROM]]
    if not len(nearest):
        return vector
    weights = 1 / np.log2(np.arange(len(nearest)) + 2)
    moved = vector + EXPANSION_WEIGHT * (weights / weights.sum()) @ replica.index.vectors(nearest)
    unit: Floats = (moved / np.linalg.norm(moved)).astype(np.float32)
    return unit


def _with_words(replica: Replica, asked: Asked, near: Rows, keep: Mask, k: int) -> tuple[Rows, Floats, float]:
    """The candidates of both lists, their BM25, and the share of the query's words that are known."""
    kept_rows = int(np.count_nonzero(keep))
    if kept_rows < FEW:
        kept = np.flatnonzero(keep)
        found = replica.words.search(distinct(asked.text), kept)
        rows = np.union1d(near, kept[_best_words(found.scores, k)])
        return rows, found.scores[np.searchsorted(kept, rows)], found.known
    found = replica.words.search(distinct(asked.text))
    among = found.scores if kept_rows == len(keep) else np.where(keep, found.scores, 0)
    rows = np.union1d(near, _best_words(among, k))
    return rows, found.scores[rows], found.known


def _best_words(scores: Floats, k: int) -> Rows:
    places = np.flatnonzero(scores)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k)[:k]]
    return places


def fit(background: Background, vector: Floats, near: Floats, found: Candidates) -> tuple[Floats, Floats]:
    """How well each candidate fits a text, and how near it is in absolute terms.

    :param vector: the text's as it was encoded; ``near`` the candidates' cosines with it.
    """
    meaning = background.standardise(vector, near)
    return fuse(meaning, found.words, found.known), background.absolute(near)


def closeness(background: Background, corrected: Floats, found: Candidates) -> Floats:
    """Cosine with each candidate's whole text and with its best phrase, mixed.

    It does not fall with the number of other things that a text says, nor with the place of the phrase.
    """
    usual = background.usual(corrected)
    whole = np.maximum(found.whole, usual + np.float32(WHOLE_AT_LEAST) * (found.phrase - usual))
    mixed: Floats = (1 - PHRASE_WEIGHT) * whole + PHRASE_WEIGHT * found.phrase
    return mixed


def _row_closeness(replica: Replica, background: Background, query: Floats, rows: Rows) -> Floats:
    """Cosine with each row's whole text and with its best phrase, mixed, ``(len(rows),) float32``.

    It does not fall with the number of other things that a text says, nor with the place of the phrase.
    """
    whole = replica.index.vectors(rows) @ query
    best = replica.parts.best(query, rows, whole)
    usual = background.usual(query)
    whole = np.maximum(whole, usual + np.float32(WHOLE_AT_LEAST) * (best - usual))
    mixed: Floats = (1 - PHRASE_WEIGHT) * whole + PHRASE_WEIGHT * best
    return mixed


def _order(
    replica: Replica,
    background: Background,
    asked: Asked,
    rows: Rows,
    *,
    scores: Floats,
    levels: Floats,
    limit: int,
) -> list[Hit]:
    columns = {name: values[rows] for name, values in replica.columns.items()}
    kilometres = _kilometres(replica, asked.origin, columns["region"])
    ranks = scores + _row_weight(replica, rows, kilometres, asked.strategic)
    # Rounded, so that two workers whose rows lie in another order still agree.
    ranks, ids = np.round(ranks.astype(np.float64), 5), columns["statement_id"]
    order = np.lexsort((columns["wording"], ids, -ranks))
    # Of a statement's two wordings the one that answers better stands for it.
    order = order[np.sort(np.unique(ids[order], return_index=True)[1])]
    if asked.judged is not None:
        moved = asked.judged.change(
            asked.vector, replica.index.vectors(rows[order]), ids[order], background.mean
        )
        ranks[order] = np.round(ranks[order] + moved, 5)
        order = order[np.lexsort((ids[order], -ranks[order]))]
    return [
        Hit(
            statement_id=int(ids[at]),
            profile_id=int(columns["profile_id"][at]),
            kind=KINDS[columns["kind"][at]],
            region_code=replica.region_code(columns["region"][at]),
            wording=int(columns["wording"][at]),
            hidden=bool(columns["hidden"][at]),
            score=round(float(scores[at]), 5),
            level=round(float(levels[at]), 5),
            rank_score=float(ranks[at]),
            distance_km=None if kilometres is None else float(kilometres[at]),
        )
        for at in order[:limit].tolist()
    ]


def _kilometres(replica: Replica, origin: str | None, regions: npt.NDArray[np.int16]) -> Floats | None:
    """How far each of these regions is from where somebody asks."""
    if origin is None:
        return None
    away: Floats = distances_km()[replica.region_number(origin), regions]
    return away
