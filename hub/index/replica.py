"""Replica: the store that one process keeps of the published statements, to search them.

The database is the only truth. A replica is brought up to its newest revision before each answer,
so two workers agree after any commit, and losing a replica loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.index import Mask
from embeddings.lexical import LexicalIndex
from embeddings.passages import passages
from hub.index.columns import COLUMNS, FACTS, Facts
from hub.index.filters import Filters
from hub.index.lock import ReadWriteLock
from hub.index.rows import Arrays, Rows
from hub.index.store import Asked, Candidates, Change, Floats, Ids, Texts, Words

BLOCK = 16_384  # rows copied out in one go
WORD_BY_WORD = 50_000  # rows that pass the filters; fewer are scored by what each of them holds


class Replica:
    """A :class:`hub.index.store.Store` over rows of this process: many read at a time, or one changes.

    :param dimension: the width of the vectors.
    :param model: the fingerprint of the model that made them.
    """

    def __init__(self, dimension: int, model: str) -> None:
        self.dimension = dimension
        self.model = model
        self.revision = 0
        self.rows = Rows(dimension)
        self.words: Words = self.rows.words  # one word is looked up without the lock
        self._lock = ReadWriteLock()

    def use_threads(self, count: int) -> None:
        """How many threads one search may use. Not before a fork."""
        self.rows.index.use_threads(count)
        self.rows.passages.index.use_threads(count)
        self.rows.solved.index.use_threads(count)

    def __len__(self) -> int:
        return len(self.rows.rows_of)

    @property
    def removed(self) -> int:
        """How many rows hold nothing any more that is found."""
        return len(self.rows) - self.rows.alive

    def apply(self, changes: Sequence[Change]) -> None:
        """See :class:`hub.index.store.Store`.

        :raises ValueError: when a vector is not of this replica's width; nothing is changed then.
        """
        with self._lock.writing():
            self.rows.apply(changes)

    def candidates(
        self,
        asked: Asked,
        filters: Filters,
        k: int,
        *,
        among: Ids | None = None,
    ) -> Candidates:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            keep = self.rows.mask(filters, among)
            near = self._near(asked, k, keep)
            kept = np.flatnonzero(keep)
            if len(kept) < WORD_BY_WORD:
                found = self.rows.words.search(asked.words, kept)
                rows = np.union1d(near, kept[_best(found.scores, k)])
                scores = found.weighed[np.searchsorted(kept, rows)]
            else:
                found = self.rows.words.search(asked.words)
                passing = found.scores if len(kept) == len(keep) else np.where(keep, found.scores, 0)
                rows = np.union1d(near, _best(passing, k))
                scores = found.weighed[rows]
            return self._rated(asked, rows, scores)

    def _near(self, asked: Asked, k: int, keep: Mask) -> Ids:
        """The rows nearest by meaning: to what asks and to what is lent to it, and by a problem that they solve."""
        vectors = asked.vector[None] if asked.lent is None else np.stack([asked.vector, asked.lent])
        near = [rows for _cosines, rows in self._nearest(vectors, k, keep, whole=asked.whole)]
        if not asked.whole and len(self.rows.solved):
            near += [rows for _cosines, rows in self.rows.solved.search(asked.vector[None], k, keep)]
        return np.unique(np.concatenate(near))

    def rate(self, asked: Asked, texts: Texts) -> Candidates:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            rows = self.rows.rows_for(texts)
            rows = rows[rows >= 0]
            return self._rated(asked, rows, _words(self.rows.words, asked.words, rows))

    def _rated(self, asked: Asked, rows: Ids, words: Floats) -> Candidates:
        held = self.rows.index.vectors(rows)
        unsaid = np.full(len(rows), -1, dtype=np.float32)

        def near(vector: Floats) -> tuple[Floats, Floats]:
            whole = held @ vector
            return whole, whole if asked.whole else self.rows.parts.best(vector, rows, whole)

        whole, phrase = near(asked.vector)
        lent_whole, lent_phrase = (whole, phrase) if asked.lent is None else near(asked.lent)
        return Candidates(
            self.rows.texts(rows),
            self._facts(rows),
            whole,
            phrase,
            words,
            unsaid if asked.whole else self.rows.problems.best(asked.vector, rows, unsaid),
            np.zeros_like(words) if asked.whole else _words(self.rows.problem_words, asked.words, rows),
            lent_whole,
            lent_phrase,
        )

    def neighbours(
        self,
        vectors: Floats,
        filters: Filters,
        k: int,
        *,
        among: Ids | None = None,
        whole: bool = False,
    ) -> list[tuple[Floats, Texts]]:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            found = self._nearest(vectors, k, self.rows.mask(filters, among), whole=whole)
            return [(cosines, self.rows.texts(rows)) for cosines, rows in found]

    def _nearest(self, vectors: Floats, k: int, keep: Mask, *, whole: bool) -> list[tuple[Floats, Ids]]:
        """For each vector the rows nearest to it, nearest first, each once."""
        wholes, rows = self.rows.index.search(vectors, k, keep)
        if whole or not len(self.rows.passages):
            return list(zip(wholes, rows, strict=True))
        found = []
        for of_whole, its, (of_part, others) in zip(
            wholes, rows, self.rows.passages.search(vectors, k, keep), strict=True
        ):
            cosines, both = np.concatenate([of_whole, of_part]), np.concatenate([its, others])
            order = np.argsort(-cosines, kind="stable")
            order = order[np.sort(np.unique(both[order], return_index=True)[1])]
            found.append((cosines[order], both[order]))
        return found

    def nearness(self, vectors: Floats, texts: Texts) -> Floats:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            rows = self.rows.rows_for(texts)
            near = vectors @ self._vectors(rows).T
            for at in np.flatnonzero(rows >= 0).tolist():
                means = passages(self.rows.parts.of(int(rows[at])))
                if len(means):
                    within = vectors @ means.astype(np.float32).T
                    near[:, at] = np.maximum(near[:, at], within.max(axis=1))
            return near

    def nearest_phrases(self, vectors: Floats, texts: Texts) -> list[int | None]:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            rows = self.rows.rows_for(texts).tolist()
            return [
                self.rows.parts.which(vector, row) if row >= 0 else None
                for vector, row in zip(vectors, rows, strict=True)
            ]

    def nearest_problems(self, vectors: Floats, texts: Texts) -> list[tuple[int, float] | None]:
        """See :class:`hub.index.store.Store`."""
        found: list[tuple[int, float] | None] = []
        with self._lock.reading():
            for vector, row in zip(vectors, self.rows.rows_for(texts).tolist(), strict=True):
                cosines = self.rows.problems.of(row).astype(np.float32) @ vector if row >= 0 else ()
                number = int(np.argmax(cosines)) if len(cosines) else None
                found.append(None if number is None else (number, float(cosines[number])))
        return found

    def texts(self, filters: Filters, among: Ids | None = None) -> Texts:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            return self.rows.texts(np.flatnonzero(self.rows.mask(filters, among)))

    def ids(self, filters: Filters) -> Ids:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            return self.rows.texts(self.rows.own_rows(filters)).ids

    def vectors(self, texts: Texts) -> Floats:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            return self._vectors(self.rows.rows_for(texts))

    def _vectors(self, rows: Ids) -> Floats:
        found: Floats = np.zeros((len(rows), self.dimension), dtype=np.float32)
        held = rows >= 0
        found[held] = self.rows.index.vectors(rows[held])
        return found

    def facts(self, ids: Iterable[int]) -> Facts:
        """See :class:`hub.index.store.Store`."""
        texts = Texts.own(ids)  # before the lock: whoever makes the numbers may ask the store for them
        with self._lock.reading():
            return self._facts(self.rows.rows_for(texts))

    def _facts(self, rows: Ids) -> Facts:
        held = rows >= 0
        if not held.any():
            return Facts(held, **{name: np.zeros(len(rows), dtype=COLUMNS[name]) for name in FACTS})
        columns, at = self.rows.columns, np.maximum(rows, 0)
        return Facts(held, **{name: columns[name][at] for name in FACTS})

    def tally(self, filters: Filters, one: str, other: str) -> dict[tuple[int, int], int]:
        """See :class:`hub.index.store.Store`."""
        with self._lock.reading():
            rows = self.rows.own_rows(filters)
            pairs = np.stack([self.rows.columns[name][rows].astype(np.int64) for name in (one, other)])
        if not len(rows):
            return {}
        width = int(pairs[1].max()) + 1
        counts = np.bincount(pairs[0] * width + pairs[1])
        return {divmod(at, width): int(counts[at]) for at in np.flatnonzero(counts).tolist()}

    def copy_out(self) -> tuple[Arrays, int]:
        """What is found, as flat arrays, and the revision at which it was; see :meth:`unpack`.

        Takes the lock for a block at a time, so that nobody waits for the whole: rows are only ever
        appended, so what was alive at the beginning can still be read at the end.
        """
        with self._lock.reading():
            rows = np.flatnonzero(self.rows.columns["alive"])
            revision = self.revision
        blocks = []
        for start in range(0, max(len(rows), 1), BLOCK):
            with self._lock.reading():
                blocks.append(self.rows.pack(rows[start : start + BLOCK]))
        packed = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
        with self._lock.reading():
            packed["words_words"] = self.rows.words.pack_words()
            packed["problem_words_words"] = self.rows.problem_words.pack_words()
        packed["columns_alive"][:] = True
        return packed, revision

    def unpack(self, arrays: Arrays, revision: int) -> None:
        """Fills an empty replica with what :meth:`copy_out` gave."""
        self.rows.unpack(arrays)
        self.words = self.rows.words
        self.revision = revision


def _words(index: LexicalIndex, words: frozenset[str], rows: Ids) -> Floats:
    """What these rows, in any order, score by words, weighed by how many of the words are known."""
    order = np.argsort(rows)
    found = index.search(words, rows[order])
    scores = np.empty_like(found.scores)
    scores[order] = found.weighed
    return scores


def _best(scores: Floats, k: int) -> Ids:
    """The places of the ``k`` highest scores that are not 0."""
    places = np.flatnonzero(scores)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k)[:k]]
    return places
