"""Candidates from meaning and from words, one score, near first but never only near."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.calibration import Background, strength, word
from embeddings.fusion import fuse
from embeddings.index import Mask
from hub.matching.replica import Replica
from hub.regions.atlas import distance_km

Floats = npt.NDArray[np.float32]

# From each of the two lists. On the 194 own needs and the 2,617 carried statements the first twenty
# are the same with 100, 200 or 400 candidates as with all of them.
CANDIDATES = 200
# An institute lists unlike things in one sentence; a need asks for one of them. Chosen on
# tests/benchmarks/needs-train.jsonl: nDCG@10 0.72 without phrases, 0.76 with this weight.
PHRASE_WEIGHT = 0.3
# What distance costs, in standard scores: 0.25 at 30 km, 0.9 across the country. A clearly better
# match far away stays ahead; of two alike the near one comes first.
DISTANCE_WEIGHT = 0.25
DISTANCE_UNIT_KM = 30.0


@dataclass(frozen=True)
class Asked:
    """What is looked for: a text, its vector, and from where distance counts."""

    text: str
    vector: Floats
    origin: str | None = None  # a region's code


class Rated:
    """Whatever has a score and a level has a strength."""

    score: float
    level: float

    @property
    def strength(self) -> int:
        """The chance in 100 that it is right."""
        return strength(self.score, self.level)

    @property
    def word(self) -> str:
        """``very-high``, ``high``, ``medium`` or ``low``."""
        return word(self.strength)


@dataclass(frozen=True)
class Hit(Rated):
    """One statement that answers. ``score`` is how well it fits, wherever it is."""

    statement_id: int
    profile_id: int
    region_code: str
    version: int  # 0: the statement's own text answers best; 1: its translation
    hidden: bool
    score: float
    level: float
    rank_score: float
    distance_km: float | None

    @property
    def group(self) -> tuple[str, int]:
        """Statements of one profile stand together; one that hides its name stands alone."""
        return ("statement", self.statement_id) if self.hidden else ("profile", self.profile_id)


def distance_cost(kilometres: float) -> float:
    """What a distance takes off the rank score."""
    return DISTANCE_WEIGHT * math.log2(1 + kilometres / DISTANCE_UNIT_KM)


def rank(replica: Replica, background: Background, asked: Asked, keep: Mask, limit: int) -> list[Hit]:
    """The statements among the rows kept that answer best, best first, each once.

    :param limit: at least this many come back, if so many rows are kept.
    """
    k = max(CANDIDATES, 4 * limit)
    query = background.correct(asked.vector)
    _cosines, rows = replica.index.search(query[None], k, keep)
    by_words = replica.words.search(asked.text)
    found = np.union1d(rows[0], _best_words(by_words.scores, keep, k)).astype(np.int64)
    near = closeness(replica, query, found)
    meaning = background.standardise(asked.vector, near)
    scores = fuse(meaning, by_words.scores[found], by_words.known)
    return _order(replica, asked, found, scores, background.absolute(near))[:limit]


def closeness(replica: Replica, query: Floats, rows: npt.NDArray[np.int64]) -> Floats:
    """Cosine with each row's whole text and with its best phrase, mixed, ``(len(rows),) float32``."""
    whole = replica.index.vectors(rows) @ query
    mixed: Floats = (1 - PHRASE_WEIGHT) * whole + PHRASE_WEIGHT * replica.parts.best(query, rows, whole)
    return mixed


def _best_words(scores: Floats, keep: Mask, k: int) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero((scores > 0) & keep)
    if len(rows) > k:
        rows = rows[np.argpartition(-scores[rows], k)[:k]]
    return rows


def _order(
    replica: Replica, asked: Asked, rows: npt.NDArray[np.int64], scores: Floats, levels: Floats
) -> list[Hit]:
    hits = []
    kilometres: dict[str, float] = {}
    for record, score, level in zip(replica.columns[rows], scores, levels, strict=True):
        code = replica.region_code(record["region"])
        away = None
        if asked.origin is not None:
            if code not in kilometres:
                kilometres[code] = distance_km(asked.origin, code)
            away = kilometres[code]
        hits.append(
            Hit(
                statement_id=int(record["statement_id"]),
                profile_id=int(record["profile_id"]),
                region_code=code,
                version=int(record["version"]),
                hidden=bool(record["hidden"]),
                # Rounded, so that two workers whose rows lie in another order still agree.
                score=round(float(score), 5),
                level=round(float(level), 5),
                rank_score=round(float(score) - (distance_cost(away) if away is not None else 0.0), 5),
                distance_km=away,
            )
        )
    hits.sort(key=lambda hit: (-hit.rank_score, hit.statement_id, hit.version))
    best: dict[int, Hit] = {}
    for hit in hits:  # of a statement's two versions the one that answers better
        best.setdefault(hit.statement_id, hit)
    return list(best.values())
