"""Cosine → standard score → strength.

Raw cosines of e5 models live between 0.75 and 0.90 and mean nothing to a person; how high they
lie also differs from text to text. So a cosine is first measured against what the same text has
with a fixed collection of other texts, the background.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Platt:
    """A match is right with the chance 1 / (1 + exp(-(offset + relative * score + absolute * level))).

    Platt's method (1999). ``relative`` alone cannot tell nonsense, which is near to something too; that
    it is near to nothing shows in the absolute level.
    """

    offset: float
    relative: float
    absolute: float


# Both fitted by `python -m tests.benchmarks.calibrate`, which also prints how often each word was right
# on queries that the fit had not seen.
SAID = Platt(-2.266, 1.8916, 0.8421)  # how well what is asked is answered by what somebody can do
# How alike two things are that firms make or need.
MADE = Platt(-3.293, 0.0, 1.0166)
# Chosen on tests/benchmarks/needs-train.jsonl among 0, 0.25, 0.5 and 0.75.
HUBNESS = 0.25
WORDS = ("very-high", "high", "medium", "low")
BOUNDS = (90, 70, 40)


@dataclass(frozen=True)
class Background:
    """Mean ``(d,)`` and covariance ``(d, d)`` of the background's unit vectors."""

    mean: Floats
    covariance: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Background:
        """The background of these ``(n, d)`` unit vectors.

        :raises ValueError: with fewer than two of them.
        """
        if len(vectors) < 2:
            raise ValueError(f"A background needs at least two vectors, not {len(vectors)}")
        return cls(vectors.mean(axis=0).astype(np.float32), np.cov(vectors, rowvar=False).astype(np.float32))

    def correct(self, queries: Floats) -> Floats:
        """The queries less a part of the mean: a text that is near to everything is pushed back.

        Only the order among texts changes by it, so any index searches with the result as it is.
        """
        return queries - np.float32(HUBNESS) * self.mean

    def usual(self, query: Floats) -> np.float32:
        """The mean of a query's cosines with the background."""
        return np.float32(query @ self.mean)

    def absolute(self, cosines: Floats) -> Floats:
        """Corrected queries' cosines, in standard deviations above those of any two texts of the background."""
        usual, spread = self._any_two
        standard: Floats = (cosines - np.float32(usual)) / np.float32(spread)
        return standard

    @cached_property
    def _any_two(self) -> tuple[float, float]:
        """Mean and standard deviation of the cosines of any two texts of the background, one corrected."""
        usual = (1 - np.float32(HUBNESS)) * (self.mean @ self.mean)
        spread = (self.covariance * self.covariance.T).sum() + 2 * self.mean @ self.covariance @ self.mean
        return float(usual), math.sqrt(float(spread))

    def standardise(self, query: Floats, cosines: Floats) -> Floats:
        """How many standard deviations above its usual cosines a query's ``(k,)`` cosines lie.

        :param query: ``(d,)``, corrected or not, as it was compared.
        """
        standard: Floats = (cosines - self.usual(query)) / self.deviations(query[None])[0]
        return standard

    def deviations(self, queries: Floats) -> Floats:
        """How far the cosines of each of these ``(k, d)`` queries with the background spread, ``(k,)``."""
        squared = ((queries @ self.covariance) * queries).sum(axis=1)
        deviations: Floats = np.sqrt(np.maximum(squared, 1e-12)).astype(np.float32)
        return deviations


def strength(score: float, level: float, platt: Platt = SAID) -> int:
    """The chance in 100 that a match is right: whole, 0 to 100.

    :param score: the fused standard score, relative to the query's own usual cosines.
    :param level: how near the two are in absolute terms, see :meth:`Background.absolute`.
    """
    chance = platt.offset + platt.relative * score + platt.absolute * level
    return round(100 / (1 + math.exp(-min(max(chance, -50.0), 50.0))))


def strengths(scores: Floats, levels: Floats, platt: Platt = SAID) -> npt.NDArray[np.int64]:
    """:func:`strength` of many at once, in the shape of the scores."""
    chances = (
        platt.offset + platt.relative * scores.astype(np.float64) + platt.absolute * levels.astype(np.float64)
    )
    return np.rint(100 / (1 + np.exp(-np.clip(chances, -50, 50)))).astype(np.int64)


def word(strength_: int) -> str:
    """One of WORDS for a strength of 0 to 100."""
    for bound, name in zip(BOUNDS, WORDS[:-1], strict=True):
        if strength_ >= bound:
            return name
    return WORDS[-1]
