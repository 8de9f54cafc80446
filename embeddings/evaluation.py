"""How good a ranking is, against graded judgements."""

from __future__ import annotations

import math
from collections.abc import Sequence


def ndcg(grades: Sequence[float], ideal: Sequence[float], k: int = 10) -> float:
    """Normalised discounted cumulative gain at ``k``, with linear gain.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002).

    :param grades: the grade of each result, in the order in which they were ranked.
    :param ideal: every grade above 0 that there was to find, in any order.
    :return: 0 to 1; 0 when there was nothing to find.
    """

    def gain(values: Sequence[float]) -> float:
        return sum(value / math.log2(rank + 2) for rank, value in enumerate(values[:k]))

    best = gain(sorted(ideal, reverse=True))
    return gain(grades) / best if best else 0.0


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
