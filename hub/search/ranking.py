"""Candidates from meaning and from words, one score, near first but never only near."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.calibration import MADE, SAID, Background, Platt, strength, word
from embeddings.fusion import fuse
from hub.database import now
from hub.index.columns import DAY, KINDS, Facts, field_bits, numbers_of, region_codes
from hub.index.store import Candidates, Ids, Store, Texts
from hub.profiles.tables import Kind
from hub.regions.atlas import distances_km
from hub.search.query import Query
from hub.search.reader import ANYBODY, Reader

Floats = npt.NDArray[np.float32]

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
# What distance costs, in standard scores: 0.25 at 30 km, 0.9 from Seoul to Busan. A clearly better
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
DAYS_A_YEAR = 365.25


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


def broker_weight(facts: Facts, kilometres: Floats | None, strategic: frozenset[str]) -> Floats:
    """What a broker weighs beside the fit of these statements: age, distance, and the asking region's own fields."""
    weight = -age_cost((int(now().timestamp() // DAY) - facts.day).astype(np.float32))
    if kilometres is not None:
        weight = weight - distance_cost(kilometres)
    if strategic:
        own = (facts.fields & field_bits(strategic)) != 0
        weight = weight + np.float32(STRATEGIC_BONUS) * own
    return weight


def rank(
    store: Store,
    background: Background,
    query: Query,
    limit: int,
    *,
    reader: Reader = ANYBODY,
    among: Ids | None = None,
) -> list[Hit]:
    """The statements that answer best, best first, each once.

    :param limit: at least this many come back, if so many pass the query's filters.
    :param among: only these statements.
    """
    k = max(CANDIDATES, 4 * limit)
    vector = query.vector
    found, scores, levels = _scored(store, background, query, vector, k=k, among=among)
    for _turn in range(EXPANSIONS if query.like is not None else 0):
        others = np.flatnonzero(found.texts.ids != query.like)
        vector = _expanded(store, query.vector, found.texts.at(others), scores[others])
        found, scores, levels = _scored(store, background, query, vector, k=k, among=among)
    texts, facts = found.texts, found.facts
    kilometres = None
    if query.origin is not None:
        kilometres = distances_km()[numbers_of("region")[query.origin], facts.region]
    # Rounded, so that two workers whose rows lie in another order still agree.
    ranks = np.round((scores + broker_weight(facts, kilometres, reader.strategic)).astype(np.float64), 5)
    # Of a statement's two wordings the one that answers better stands for it.
    order = np.lexsort((texts.wordings, texts.ids, -ranks))
    order = order[np.sort(np.unique(texts.ids[order], return_index=True)[1])]
    if reader.judged is not None:
        ids = texts.ids[order]
        moved = reader.judged.change(query.vector, store.vectors(texts.at(order)), ids, background.mean)
        ranks[order] = np.round(ranks[order] + moved, 5)
        order = order[np.lexsort((ids, -ranks[order]))]
    return _hits(found, order[:limit], scores=scores, levels=levels, ranks=ranks, kilometres=kilometres)


def _scored(
    store: Store, background: Background, query: Query, vector: Floats, *, k: int, among: Ids | None
) -> tuple[Candidates, Floats, Floats]:
    """The candidates, how well each fits, and how near it is in absolute terms."""
    corrected = background.correct(vector)
    # Whole against whole for one that looks for its own like: two alike need not share a phrase.
    whole = query.like is not None
    found = store.candidates(query.words, corrected, query.filters, k, among=among, whole=whole)
    return found, *fit(background, vector, corrected, found, whole=whole)


def fit(
    background: Background, vector: Floats, corrected: Floats, found: Candidates, *, whole: bool = False
) -> tuple[Floats, Floats]:
    """How well each candidate fits a text, and how near it is in absolute terms.

    Near is the cosine with the whole text mixed with that of its best phrase: it does not fall with the number of
    other things that a text says, nor with the place of the phrase.

    :param vector: the text's as it was encoded; ``corrected`` as the candidates were compared with it.
    :param whole: by whole texts alone.
    """
    near = found.whole
    if not whole:
        usual = background.usual(corrected)
        near = np.maximum(near, usual + np.float32(WHOLE_AT_LEAST) * (found.phrase - usual))
        near = (1 - PHRASE_WEIGHT) * near + PHRASE_WEIGHT * found.phrase
    meaning = background.standardise(vector, near)
    return fuse(meaning, found.words, found.known), background.absolute(near)


def _expanded(store: Store, vector: Floats, texts: Texts, scores: Floats) -> Floats:
    """The vector, moved to where its nearest lie; the first weighs most."""
    first = np.argsort(-scores, kind="stable")[:EXPANDED_FROM]
    if not len(first):
        return vector
    weights = 1 / np.log2(np.arange(len(first)) + 2)
    moved = vector + EXPANSION_WEIGHT * (weights / weights.sum()) @ store.vectors(texts.at(first))
    unit: Floats = (moved / np.linalg.norm(moved)).astype(np.float32)
    return unit


def _hits(
    found: Candidates,
    places: Ids,
    *,
    scores: Floats,
    levels: Floats,
    ranks: npt.NDArray[Any],
    kilometres: Floats | None,
) -> list[Hit]:
    """The candidates at these places as hits."""
    texts, facts = found.texts, found.facts
    return [
        Hit(
            statement_id=int(texts.ids[at]),
            profile_id=int(facts.profile_id[at]),
            kind=KINDS[facts.kind[at]],
            region_code=region_codes()[facts.region[at]],
            wording=int(texts.wordings[at]),
            hidden=bool(facts.hidden[at]),
            score=round(float(scores[at]), 5),
            level=round(float(levels[at]), 5),
            rank_score=float(ranks[at]),
            distance_km=None if kilometres is None else float(kilometres[at]),
        )
        for at in places.tolist()
    ]
