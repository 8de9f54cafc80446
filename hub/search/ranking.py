"""Candidates from meaning and from words, one score, near first but never only near."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.calibration import MADE, SAID, WORDS, Platt, strength, word
from hub.database import now
from hub.index.columns import DAY, KINDS, Facts, field_bits, numbers_of, region_codes
from hub.index.engine import Engine
from hub.index.store import Candidates, Ids, Store, Texts
from hub.regions.atlas import distances_km, districts_known
from hub.search.fit import ask, fit
from hub.search.query import HELP, Query
from hub.search.reader import ANYBODY, Reader

Floats = npt.NDArray[np.float32]

# From each list: by meaning, by what is lent, by problems and by words. On the 194 own needs and the 2,615 carried statements nDCG@10 and the first
# answers are the same with 100, 200 or 400 candidates as with all of them.
CANDIDATES = 100
# What distance costs, in standard scores: 0.25 at 30 km, 0.9 from Seoul to Busan. A clearly better
# match far away stays ahead; of two alike the near one comes first.
DISTANCE_WEIGHT = 0.25
DISTANCE_UNIT_KM = 30.0
# What age costs: 0.1 at one year, 0.2 at three. Capabilities keep; people and equipment move on.
AGE_WEIGHT = 0.1
# What it is worth to lie in a field that the asking region has made its own: as much as 120 km.
STRATEGIC_BONUS = 0.6
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

    @property
    def is_weak(self) -> bool:
        """Whether it is too unlikely to be called an answer."""
        return self.word == WORDS[-1]


@dataclass(frozen=True)
class Hit(Rated):
    """One statement that answers. ``score`` is how well it fits, wherever it is."""

    statement_id: int
    profile_id: int
    unit_id: int  # 0 where the organisation itself says it
    kind: str
    region_code: str
    wording: int  # 0: the statement's own text answers best; 1: its translation
    hidden: bool
    score: float
    level: float
    rank_score: float
    distance_km: float | None
    asks: bool = False  # it is what asks, and is measured by how well it is answered

    @property
    def platt(self) -> Platt:
        """What is only alike, with no one helping the other, is measured by itself."""
        return SAID if self.kind in HELP or self.asks else MADE

    @property
    def group(self) -> tuple[str, int]:
        """Statements of one profile, or of one unit of it, stand together; one that hides its name stands alone."""
        if self.hidden:
            return "statement", self.statement_id
        return ("unit", self.unit_id) if self.unit_id else ("profile", self.profile_id)


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
    engine: Engine,
    query: Query,
    limit: int,
    *,
    reader: Reader = ANYBODY,
    among: Ids | None = None,
) -> list[Hit]:
    """The ``limit`` statements that answer best, best first, each once.

    :param among: only these statements.
    """
    return rank_candidates(engine, query, candidates_for(limit), reader=reader, among=among)[:limit]


def candidates_for(limit: int) -> int:
    """How many candidates are looked at in each list to rank so many statements."""
    return max(CANDIDATES, 4 * limit)


def rank_candidates(
    engine: Engine,
    query: Query,
    k: int,
    *,
    reader: Reader = ANYBODY,
    among: Ids | None = None,
) -> list[Hit]:
    """All that is among the first of a list, best first, each once.

    :param k: so many texts are looked at in each list, of a statement at most two. Where fewer than half as many
        statements come back, no more pass the query's filters.
    """
    store = engine.store
    found, fits = _scored(engine, query, query.vector, k=k, among=among)
    for _turn in range(EXPANSIONS if query.like is not None else 0):
        others = np.flatnonzero(found.texts.ids != query.like)
        vector = _expanded(store, query.vector, found.texts.at(others), fits[0][others])
        found, fits = _scored(engine, query, vector, k=k, among=among)
    texts, facts = found.texts, found.facts
    kilometres = None
    if query.origin is not None:
        kilometres = distances_km()[numbers_of("region")[query.origin], facts.region]
    # Rounded, so that two workers whose rows lie in another order still agree.
    ranks = np.round((fits[0] + broker_weight(facts, kilometres, reader.strategic)).astype(np.float64), 5)
    # Of a statement's two wordings the one that answers better stands for it.
    order = np.lexsort((texts.wordings, texts.ids, -ranks))
    order = order[np.sort(np.unique(texts.ids[order], return_index=True)[1])]
    if reader.judged is not None:
        ids = texts.ids[order]
        moved = reader.judged.change(
            query.vector, store.vectors(texts.at(order)), ids, engine.background.mean
        )
        ranks[order] = np.round(ranks[order] + moved, 5)
        order = order[np.lexsort((ids, -ranks[order]))]
    return _hits(found, order, fits=fits, ranks=ranks, kilometres=kilometres)


def _scored(
    engine: Engine, query: Query, vector: Floats, *, k: int, among: Ids | None
) -> tuple[Candidates, tuple[Floats, Floats]]:
    """The candidates, and of each what :func:`hub.search.fit.fit` says."""
    # Whole against whole for one that looks for its own like: two alike need not share a phrase.
    asked = ask(engine, [query.text], vector[None], like=query.like is not None, makes=[query.makes])[0]
    found = engine.store.candidates(asked, query.filters, k, among=among)
    return found, fit(engine, asked, found)


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
    fits: tuple[Floats, Floats],
    ranks: npt.NDArray[Any],
    kilometres: Floats | None,
) -> list[Hit]:
    """The candidates at these places as hits."""
    texts, facts = found.texts, found.facts
    scores, levels = fits
    placed = districts_known()[facts.region]
    return [
        Hit(
            statement_id=int(texts.ids[at]),
            profile_id=int(facts.profile_id[at]),
            unit_id=int(facts.unit_id[at]),
            kind=KINDS[facts.kind[at]],
            region_code=region_codes()[facts.region[at]],
            wording=int(texts.wordings[at]),
            hidden=bool(facts.hidden[at]),
            score=round(float(scores[at]), 5),
            level=round(float(levels[at]), 5),
            rank_score=float(ranks[at]),
            distance_km=float(kilometres[at]) if kilometres is not None and placed[at] else None,
        )
        for at in places.tolist()
    ]
