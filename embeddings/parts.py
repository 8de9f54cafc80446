"""PartStore: the vectors of a text's phrases, beside the index that holds the whole text's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)
_GROWTH = 1.5


class PartStore:
    """Any number of unit vectors a row, in the rows of an index. Looked at for candidates, never scanned."""

    def __init__(self, dimension: int) -> None:
        self._vectors: Halves = np.zeros((0, dimension), dtype=np.float16)
        self._starts: Rows = np.zeros(1, dtype=np.int64)
        self._rows = 0

    def add(self, parts: Sequence[Halves]) -> None:
        """Appends rows; each is ``(k, d)`` with k from 0."""
        counts = [len(vectors) for vectors in parts]
        used = int(self._starts[self._rows])
        self._vectors = _room(self._vectors, used, used + sum(counts))
        self._starts = _room(self._starts, self._rows + 1, self._rows + 1 + len(parts))
        ends = used + np.cumsum(counts, dtype=np.int64)
        self._starts[self._rows + 1 : self._rows + 1 + len(parts)] = ends
        if sum(counts):
            self._vectors[used : used + sum(counts)] = np.concatenate([p for p in parts if len(p)])
        self._rows += len(parts)

    def best(self, query: Floats, rows: Rows, otherwise: Floats) -> Floats:
        """The highest cosine of the query with any part of each row.

        :param otherwise: ``(len(rows),)``, what a row without parts gets.
        :return: ``(len(rows),) float32``.
        """
        counts = self._starts[rows + 1] - self._starts[rows]
        found = otherwise.astype(np.float32)
        having = np.flatnonzero(counts)
        if len(having):
            places, begins = _places(self._starts[rows[having]], counts[having])
            cosines = self._vectors[places].astype(np.float32) @ query
            found[having] = np.maximum.reduceat(cosines, begins)
        return found

    def which(self, query: Floats, row: int) -> int | None:
        """The number of the part of a row that is nearest to the query; ``None`` without parts."""
        vectors = self._vectors[self._starts[row] : self._starts[row + 1]]
        return int(np.argmax(vectors.astype(np.float32) @ query)) if len(vectors) else None

    def pack(self, rows: Rows) -> dict[str, npt.NDArray[np.generic]]:
        """These rows, renumbered from 0, as flat arrays; see :meth:`unpack`."""
        counts = self._starts[rows + 1] - self._starts[rows]
        places, _begins = _places(self._starts[rows], counts)
        return {"vectors": self._vectors[places], "counts": counts}

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> PartStore:
        """The store that :meth:`pack` wrote."""
        vectors = np.asarray(arrays["vectors"], dtype=np.float16)
        store = cls(vectors.shape[1])
        store._vectors = vectors
        counts = np.asarray(arrays["counts"], dtype=np.int64)
        store._starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
        store._rows = len(counts)
        return store


def _places(starts: Rows, counts: Rows) -> tuple[Rows, Rows]:
    """Where the parts of some rows lie, one after another, and where each row's begin among them."""
    ends = np.cumsum(counts)
    begins = ends - counts
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(begins - starts, counts), begins


def _room(array: npt.NDArray[Number], used: int, needed: int) -> npt.NDArray[Number]:
    """The array, or a larger copy of its used part when it is too small."""
    if needed <= len(array):
        return array
    grown = np.zeros((int(needed * _GROWTH) + 16, *array.shape[1:]), dtype=array.dtype)
    grown[:used] = array[:used]
    return grown
