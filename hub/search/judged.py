"""What one person has said of matches, 맞음 or 아님, and how it moves that person's later results.

Rocchio's idea (1971) with kernels: what somebody said counts as far as the new query is like the one
it was said of, and moves what is like the statement it was said of. It changes the order only, by a
bounded amount, and nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# The most that all a person has said can move one statement, in standard scores: enough to take it
# past a neighbour that fits as well, not past one that fits clearly better.
MOST = 1.5
# Two texts whose centred cosine is under this have nothing to do with each other here.
UNLIKE = 0.3
REMEMBERED = 200  # the newest judgements of a person that are looked at


@dataclass(frozen=True)
class Judged:
    """Judgements of one person, newest first.

    ``queries`` and ``answers`` are ``(n, d)``, the vectors of what was asked and of the statement that
    was judged; ``statements`` ``(n,)`` its number; ``verdicts`` ``(n,)`` +1 for right, -1 for wrong.
    """

    queries: Floats
    answers: Floats
    statements: npt.NDArray[np.int64]
    verdicts: Floats

    def change(
        self, query: Floats, vectors: Floats, statements: npt.NDArray[np.int64], mean: Floats
    ) -> Floats:
        """What to add to the rank score of each candidate, ``(k,)``, within ``MOST`` either way.

        :param vectors: ``(k, d)``, the candidates; ``statements`` ``(k,)``, their numbers.
        :param mean: the background's mean: cosines are of what lies beyond it.
        """
        about = _likeness(query[None], self.queries, mean)[0]
        alike = _likeness(vectors, self.answers, mean)
        alike[statements[:, None] == self.statements[None]] = 1.0
        moved: Floats = np.clip(alike @ (about * self.verdicts), -1, 1) * np.float32(MOST)
        return moved


def _likeness(one: Floats, other: Floats, mean: Floats) -> Floats:
    """0 for texts that have nothing to do with each other, to 1 for the same, ``(len(one), len(other))``."""
    a, b = one - mean, other - mean
    cosines = (a @ b.T) / np.maximum(
        np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None], 1e-9
    )
    likeness: Floats = np.clip((cosines - UNLIKE) / (1 - UNLIKE), 0, 1).astype(np.float32)
    return likeness
