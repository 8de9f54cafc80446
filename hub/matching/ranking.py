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

# Fewer candidates than this from either list are never the reason why a good match is missed
# (the fused order of the first twenty did not change between 100 and 400 on the carried data).
CANDIDATES = 200
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


@dataclass(frozen=True)
class Hit:
    """One statement that answers. ``score`` is how well it fits, wherever it is."""

    statement_id: int
    profile_id: int
    region_code: str
    hidden: bool
    score: float
    rank_score: float
    distance_km: float | None

    @property
    def strength(self) -> int:
        """Whole, 0 to 100."""
        return strength(self.score)

    @property
    def word(self) -> str:
        """``very-high``, ``high``, ``medium`` or ``low``."""
        return word(self.strength)

    @property
    def group(self) -> tuple[str, int]:
        """Statements of one profile stand together; one that hides its name stands alone."""
        return ("statement", self.statement_id) if self.hidden else ("profile", self.profile_id)


def distance_cost(kilometres: float) -> float:
    """What a distance takes off the rank score."""
    return DISTANCE_WEIGHT * math.log2(1 + kilometres / DISTANCE_UNIT_KM)


def rank(replica: Replica, background: Background, asked: Asked, keep: Mask, limit: int) -> list[Hit]:
    """The statements among the rows kept that answer best, best first.

    :param limit: at least this many come back, if so many rows are kept.
    """
    k = max(CANDIDATES, 2 * limit)
    cosines, rows = replica.index.search(asked.vector[None], k, keep)
    by_words = replica.words.search(asked.text)
    found = np.union1d(rows[0], _best_words(by_words.scores, keep, k)).astype(np.int64)
    if len(found) > len(rows[0]):
        cosine_of = replica.index.vectors(found) @ asked.vector
    else:
        order = np.argsort(rows[0])
        cosine_of = cosines[0][order]
    meaning = background.standardise(asked.vector, cosine_of)
    scores = fuse(meaning, by_words.scores[found], by_words.known)
    return _order(replica, asked, found, scores)[:limit]


def _best_words(scores: Floats, keep: Mask, k: int) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero((scores > 0) & keep)
    if len(rows) > k:
        rows = rows[np.argpartition(-scores[rows], k)[:k]]
    return rows


def _order(replica: Replica, asked: Asked, rows: npt.NDArray[np.int64], scores: Floats) -> list[Hit]:
    hits = []
    kilometres: dict[str, float] = {}
    for record, score in zip(replica.columns[rows], scores, strict=True):
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
                hidden=bool(record["hidden"]),
                # Rounded, so that two workers whose rows lie in another order still agree.
                score=round(float(score), 5),
                rank_score=round(float(score) - (distance_cost(away) if away is not None else 0.0), 5),
                distance_km=away,
            )
        )
    hits.sort(key=lambda hit: (-hit.rank_score, hit.statement_id))
    return hits
