"""VectorIndex: the contract of a vector index; FaissIndex: the one that lives in the process."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Protocol

import faiss
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Scans = dict[int, tuple[Floats, Rows, int]]  # by segment: cosines, rows, and how many rows it had


class VectorIndex(Protocol):
    """Unit vectors in numbered rows, found by cosine."""

    def __len__(self) -> int: ...

    def add(self, vectors: Halves) -> int:
        """Appends ``(n, d)`` unit vectors and returns the row of the first."""

    def search(self, queries: Floats, k: int, keep: Mask) -> tuple[Floats, Rows]:
        """The ``k`` nearest among the rows where ``keep`` is true, best first.

        :param queries: ``(n, d) float32``, unit length.
        :return: cosines ``(n, m)`` and rows ``(n, m)``, with m the smaller of k and the rows kept.
        """

    def vectors(self, rows: Rows) -> Floats:
        """The vectors of these rows, ``(len(rows), d) float32``."""


FEW = 8_192  # rows that are looked at one by one instead of by a scan with a bitmap
# Of a segment of which at least this share is kept every row is scanned, for so many times as many nearest as
# are expected to hold those wanted, in steps of so many: two lists of about the same share then ask alike.
WIDE, MORE, SPARE = 0.2, 1.3, 256
SEGMENT = 32_768  # rows; a new one is begun when the last is full, so growing never copies much


class FaissIndex:
    """Exact search over float16 vectors, the very numbers that the database keeps.

    Exact, because a filter is the rule here: with one kept row in ten a graph index (HNSW) found
    0.81 and IVF 0.75 of the true neighbours, where a scan with a bitmap finds all.
    float16, because that is how vectors are stored: half the memory, and nothing is lost.
    The rows lie in segments, so that several threads share the scan for one query.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._segments: list[Any] = []
        self._rows = 0
        self._pool: ThreadPoolExecutor | None = None
        self._last = threading.local()  # what this thread scanned last, see _scan_all

    def __len__(self) -> int:
        return self._rows

    def use_threads(self, count: int) -> None:
        """How many threads one search may use. Not before a fork: a child has no threads of its parent."""
        if self._pool is not None:
            self._pool.shutdown()
        # FAISS's own threads share out the queries of a call; here each call has one segment and one thread.
        self._pool = (
            ThreadPoolExecutor(count, "faiss", faiss.omp_set_num_threads, (1,)) if count > 1 else None
        )

    def add(self, vectors: Halves) -> int:
        """Appends ``(n, d)`` unit vectors and returns the row of the first.

        :raises ValueError: when their width is not the index's.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise ValueError(
                f"Vectors of shape {vectors.shape} do not fit an index of width {self.dimension}"
            )
        first = self._rows
        # The codes of QT_fp16 are the float16 numbers themselves, so they are copied, not encoded:
        # no thread is started, which a parent that forks later must not do.
        codes = np.ascontiguousarray(vectors, dtype=np.float16).view(np.uint8)
        while len(codes):
            if self._rows == len(self._segments) * SEGMENT:
                self._segments.append(_segment(self.dimension))
            room = len(self._segments) * SEGMENT - self._rows
            self._segments[-1].add_sa_codes(codes[:room])
            self._rows += len(codes[:room])
            codes = codes[room:]
        return first

    def search(self, queries: Floats, k: int, keep: Mask) -> tuple[Floats, Rows]:
        """See :class:`VectorIndex`."""
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        kept = int(np.count_nonzero(keep))
        if kept <= FEW:
            return self._scan_rows(queries, k, np.flatnonzero(keep))
        parts = [(number, keep[number * SEGMENT : (number + 1) * SEGMENT]) for number in self._numbers()]
        parts = [(number, part) for number, part in parts if part.any()]
        scans = self._scans_of(queries)

        def scan(part: tuple[int, Mask]) -> tuple[Floats, Rows]:
            return self._scan_all(queries, k, *part, scans) or self._scan(queries, k, *part)

        spread = self._pool is not None and len(parts) > 1
        found = list(self._pool.map(scan, parts) if spread and self._pool else map(scan, parts))
        cosines = np.concatenate([cosines for cosines, _rows in found], axis=1)
        rows = np.concatenate([rows for _cosines, rows in found], axis=1)
        if len(found) > 1:
            best = np.argsort(-cosines, axis=1, kind="stable")[:, : min(k, kept)]
            cosines, rows = np.take_along_axis(cosines, best, 1), np.take_along_axis(rows, best, 1)
        return cosines, rows

    def _numbers(self) -> range:
        return range(len(self._segments))

    def _scans_of(self, queries: Floats) -> Scans:
        """Whole segments that this thread has scanned for this query, if it was its last."""
        asked = queries.tobytes()
        known: tuple[bytes, Scans] | None = getattr(self._last, "scans", None)
        if known is None or known[0] != asked:
            known = self._last.scans = (asked, {})
        return known[1]

    def _scan_all(
        self, queries: Floats, k: int, number: int, keep: Mask, scans: Scans
    ) -> tuple[Floats, Rows] | None:
        """The nearest of those kept in one segment, by a scan that looks at every row and asks the bitmap afterwards.

        A scan with a bitmap takes twice as long as one of twice as many rows without. ``None`` where too few are
        kept for that, or too few of them are among the nearest. Two searches for one query, with different
        rows kept, share the scan.
        """
        kept = int(np.count_nonzero(keep))
        if kept < WIDE * len(keep):
            return None
        wanted = min(len(keep), (int(MORE * k * len(keep) / kept) // SPARE + 1) * SPARE)
        scanned = scans.get(number)
        if scanned is None or scanned[0].shape[1] < wanted or scanned[2] != len(keep):
            scanned = (*self._segments[number].search(queries, wanted), len(keep))
            if len(queries) == 1:  # many at once are not asked again
                scans[number] = scanned
        cosines, rows, _length = scanned
        passing, enough = keep[rows], min(k, kept)
        if (passing.sum(axis=1) < enough).any():
            return None
        first = np.argsort(~passing, axis=1, kind="stable")[:, :enough]
        return np.take_along_axis(cosines, first, 1), np.take_along_axis(rows, first, 1) + number * SEGMENT

    def _scan(self, queries: Floats, k: int, number: int, keep: Mask) -> tuple[Floats, Rows]:
        """The nearest in one segment."""
        kept = int(np.count_nonzero(keep))
        params = None
        if kept < len(keep):
            bitmap = np.packbits(keep, bitorder="little")
            # The selector holds a pointer into the bitmap, which must outlive the search.
            selector = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        cosines, rows = self._segments[number].search(queries, min(k, kept), params=params)
        return cosines, rows + number * SEGMENT

    def _scan_rows(self, queries: Floats, k: int, rows: Rows) -> tuple[Floats, Rows]:
        """The nearest of a few rows, ascending: they are copied together and scanned."""
        if not len(rows) or not len(queries):
            empty = np.empty((len(queries), 0))
            return empty.astype(np.float32), empty.astype(np.int64)
        together = _segment(self.dimension)
        together.add_sa_codes(self.gather(rows).view(np.uint8))
        cosines, places = together.search(queries, min(k, len(rows)))
        return cosines, rows[places]

    def gather(self, rows: Rows) -> Halves:
        """These rows, ascending, as they are held, ``(len(rows), d) float16``."""
        bounds = np.searchsorted(rows, np.arange(len(self._segments) + 1) * SEGMENT).tolist()
        parts = [
            self._halves(number)[rows[start:end] - number * SEGMENT]
            for number, (start, end) in enumerate(pairwise(bounds))
            if end > start
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float16)

    def vectors(self, rows: Rows) -> Floats:
        """See :class:`VectorIndex`."""
        order = np.argsort(rows, kind="stable")
        found = np.empty((len(rows), self.dimension), dtype=np.float32)
        found[order] = self.gather(rows[order])
        return found

    def halves(self) -> Halves:
        """All rows as they are held, ``(n, d) float16``."""
        parts = [self._halves(number) for number in self._numbers()]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float16)

    def _halves(self, number: int) -> Halves:
        """A segment's rows: a view, valid until the next ``add``."""
        segment = self._segments[number]
        codes = faiss.rev_swig_ptr(segment.codes.data(), int(segment.ntotal) * self.dimension * 2)
        return np.asarray(codes, dtype=np.uint8).view(np.float16).reshape(-1, self.dimension)


def _segment(dimension: int) -> Any:
    made: Any = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    made.is_trained = True
    return made
