"""PassageIndex: what a text of many phrases says, in parts small enough for a vector to stand for each.

The vector of a long list is near to nothing that it lists: among very many texts it would not even be
looked at. So such a text is found by the means of a few phrases too. Only texts that have more phrases
than that take room here, one row for every ``PASSAGE`` phrases; nothing of it is stored or encoded.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from embeddings.index import FaissIndex, Mask

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]
PASSAGE = 4
_GROWTH = 1.5


class PassageIndex:
    """Vectors by which rows of another index are found too, and the row that each belongs to."""

    def __init__(self, dimension: int) -> None:
        self.index = FaissIndex(dimension)
        self._owners = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.index)

    def add(self, rows: Iterable[int], parts: Iterable[Halves]) -> None:
        """Takes in vectors of these rows, ``(k, d)`` of each; of one without any nothing."""
        made = [(row, vectors) for row, vectors in zip(rows, parts, strict=True) if len(vectors)]
        if made:
            counts = [len(vectors) for _row, vectors in made]
            owners = np.repeat(np.asarray([row for row, _vectors in made], dtype=np.int64), counts)
            self.add_flat(owners, np.concatenate([vectors for _row, vectors in made]))

    def add_flat(self, owners: Rows, vectors: Halves) -> None:
        """Takes in vectors, ``(n, d)``, and whose row each is, ``(n,)``."""
        if not len(vectors):
            return
        held = len(self)
        self.index.add(vectors)
        if len(self) > len(self._owners):
            self._owners = np.resize(self._owners, int(len(self) * _GROWTH))
        self._owners[held : len(self)] = owners

    def search(self, queries: Floats, k: int, keep: Mask) -> list[tuple[Floats, Rows]]:
        """For each query the ``k`` rows, of those kept, of which a passage is nearest, nearest first.

        :param keep: over the rows of the other index.
        :return: for each query cosines and rows, each row once, ``(m,)`` with m at most k.
        """
        kept = keep[self._owners[: len(self)]]
        asked = k
        while True:
            cosines, found = self.index.search(queries, asked, kept)
            owners = self._owners[found]
            nearest = [np.sort(np.unique(rows, return_index=True)[1])[:k] for rows in owners]
            # A few long texts can take all the places: look further until enough different ones are found.
            if found.shape[1] < asked or all(len(first) >= k for first in nearest):
                return [
                    (near[first], rows[first])
                    for near, rows, first in zip(cosines, owners, nearest, strict=True)
                ]
            asked *= 4


def passages(parts: Halves) -> Halves:
    """The unit means of these phrases, ``PASSAGE`` or fewer each, in their order; none of so few that the whole text
    stands for them."""
    if len(parts) <= PASSAGE:
        return parts[:0]
    groups = np.array_split(parts.astype(np.float32), -(-len(parts) // PASSAGE))
    means = np.stack([group.mean(axis=0) for group in groups])
    unit: Halves = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float16)
    return unit
