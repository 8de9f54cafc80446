"""PartStore: the vectors of a text's phrases, beside the index that holds the whole text's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from embeddings.runs import Rows, places

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Number = TypeVar("Number", bound=np.generic)
_GROWTH = 1.5


CHUNK = 32_768  # rows; a new one is begun when the last is full, so growing never copies much


class PartStore:
    """Any number of unit vectors a row, in the rows of an index. Looked at for candidates, never scanned.

    The first chunk may be a snapshot's, mapped from its file: read where it is needed, shared by every
    process, and as large as it was.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._chunks: list[_Chunk] = []
        self._firsts: list[int] = []  # the first row of each chunk
        self._rows = 0

    def add(self, parts: Sequence[Halves]) -> None:
        """Appends rows; each is ``(k, d)`` with k from 0."""
        for start in range(0, len(parts), CHUNK):
            some = parts[start : start + CHUNK]
            if not self._chunks or self._rows - self._firsts[-1] + len(some) > CHUNK:
                self._chunks.append(_Chunk(np.zeros((0, self.dimension), np.float16), np.zeros(0, np.int64)))
                self._firsts.append(self._rows)
            self._chunks[-1].add(some)
            self._rows += len(some)

    def best(self, query: Floats, rows: Rows, otherwise: Floats) -> Floats:
        """The highest cosine of the query with any part of each row.

        :param otherwise: ``(len(rows),)``, what a row without parts gets.
        :return: ``(len(rows),) float32``.
        """
        found = otherwise.astype(np.float32)
        numbers = np.searchsorted(self._firsts, rows, side="right") - 1
        for number in np.unique(numbers).tolist():
            here = np.flatnonzero(numbers == number)
            vectors, begins, having = self._chunks[number].parts(rows[here] - self._firsts[number])
            if len(having):
                found[here[having]] = np.maximum.reduceat(vectors.astype(np.float32) @ query, begins)
        return found

    def of(self, row: int) -> Halves:
        """The parts of a row, ``(k, d)``."""
        number = bisect_right(self._firsts, row) - 1
        return self._chunks[number].parts(np.asarray([row - self._firsts[number]]))[0]

    def which(self, query: Floats, row: int) -> int | None:
        """The number of the part of a row that is nearest to the query; ``None`` without parts."""
        vectors = self.of(row)
        return int(np.argmax(vectors.astype(np.float32) @ query)) if len(vectors) else None

    def pack(self, rows: Rows) -> dict[str, npt.NDArray[np.generic]]:
        """These rows, ascending, renumbered from 0, as flat arrays; see :meth:`unpack`."""
        bounds = np.searchsorted(rows, [*self._firsts, self._rows])
        taken = [
            chunk.take(rows[start:end] - first)
            for chunk, first, (start, end) in zip(self._chunks, self._firsts, pairwise(bounds), strict=True)
        ]
        none = np.zeros((0, self.dimension), np.float16), np.zeros(0, np.int64)
        vectors, counts = zip(none, *taken, strict=True)
        return {"vectors": np.concatenate(vectors), "counts": np.concatenate(counts)}

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> PartStore:
        """The store that :meth:`pack` wrote. Its vectors are used as they are, not copied."""
        vectors, counts = arrays["vectors"], arrays["counts"]
        store = cls(vectors.shape[1])
        if len(counts):
            store._chunks, store._firsts, store._rows = [_Chunk(vectors, counts)], [0], len(counts)
        return store


class _Chunk:
    """The parts of some rows, one row's after another's."""

    def __init__(self, vectors: Halves, counts: Rows) -> None:
        self._vectors = vectors
        self._starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])
        self._rows = len(counts)

    def add(self, parts: Sequence[Halves]) -> None:
        counts = [len(vectors) for vectors in parts]
        used, needed = int(self._starts[self._rows]), sum(counts)
        self._vectors = _room(self._vectors, used, used + needed)
        self._starts = _room(self._starts, self._rows + 1, self._rows + 1 + len(parts))
        self._starts[self._rows + 1 : self._rows + 1 + len(parts)] = used + np.cumsum(counts, dtype=np.int64)
        if needed:
            self._vectors[used : used + needed] = np.concatenate([p for p in parts if len(p)])
        self._rows += len(parts)

    def parts(self, rows: Rows) -> tuple[Halves, Rows, Rows]:
        """The parts of these rows one after another, where each row's begin, and which rows have any."""
        counts = self._starts[rows + 1] - self._starts[rows]
        having = np.flatnonzero(counts)
        at, begins = places(self._starts[rows[having]], counts[having])
        return self._vectors[at], begins, having

    def take(self, rows: Rows) -> tuple[Halves, Rows]:
        """The parts of these rows and how many each has."""
        counts = self._starts[rows + 1] - self._starts[rows]
        if len(rows) == self._rows:
            return self._vectors[: self._starts[self._rows]], counts
        return self._vectors[places(self._starts[rows], counts)[0]], counts


def _room(array: npt.NDArray[Number], used: int, needed: int) -> npt.NDArray[Number]:
    """The array, or a larger copy of its used part when it is too small."""
    if needed <= len(array):
        return array
    grown = np.zeros((int(needed * _GROWTH) + 16, *array.shape[1:]), dtype=array.dtype)
    grown[:used] = array[:used]
    return grown
