"""Rows: vectors, phrases, passages, problems, words and filter columns in rows of the same numbers.

What :class:`hub.index.replica.Replica` keeps; it holds the lock, nothing here does.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.index import FaissIndex, Mask
from embeddings.lexical import LexicalIndex
from embeddings.parts import PartStore
from embeddings.passages import PASSAGE, PassageIndex, passages
from hub.index.columns import (
    COLUMNS,
    SET_FILTERS,
    field_bits,
    language_number,
    numbers_inside,
    numbers_of,
    region_codes,
)
from hub.index.filters import Filters
from hub.index.store import Change, Ids, Texts
from hub.profiles.tables import Visibility

_GROWTH = 1.5
Arrays = dict[str, npt.NDArray[Any]]


class Rows:
    """Each wording of a statement has a row of its own. A row is only ever appended or left for dead.

    :param dimension: the width of the vectors.
    """

    def __init__(self, dimension: int) -> None:
        self.index = FaissIndex(dimension)
        self.parts = PartStore(dimension)
        self.passages = PassageIndex(dimension)
        self.problems = PartStore(dimension)
        self.solved = PassageIndex(dimension)  # finds by them
        self.problem_words = LexicalIndex()
        self.words = LexicalIndex()
        self._columns = {name: np.zeros(0, dtype=kind) for name, kind in COLUMNS.items()}
        self.rows_of: dict[int, list[int]] = {}  # of each statement: its own text first, then its translation
        self.alive = 0  # rows that are found
        self._region_rows = [array("q") for _code in region_codes()]

    def __len__(self) -> int:
        """How many rows there are, dead ones too."""
        return len(self.index)

    @property
    def columns(self) -> Arrays:
        """One value a row of each of ``COLUMNS``: views, valid until the next change."""
        return {name: values[: len(self.index)] for name, values in self._columns.items()}

    def rows_for(self, texts: Texts) -> Ids:
        """The rows of these texts, ``(n,)``; -1 for one that is not held."""
        rows = self.rows_of
        found = [
            held[wording] if (held := rows.get(number)) and wording < len(held) else -1
            for number, wording in zip(texts.ids.tolist(), texts.wordings.tolist(), strict=True)
        ]
        return np.asarray(found, dtype=np.int64)

    def texts(self, rows: Ids) -> Texts:
        """Whose texts stand in these rows."""
        return Texts(self._columns["statement_id"][rows], self._columns["wording"][rows])

    def mask(self, filters: Filters, among: Ids | None = None) -> Mask:
        """Which rows pass, ``(rows,) bool``: alive, and within every filter that is set."""
        rows = None if filters.region is None else self._rows_in(filters.region)
        if among is not None:
            own = self._rows_among(among)
            rows = own if rows is None else np.intersect1d(rows, own)
        columns = {name: values if rows is None else values[rows] for name, values in self.columns.items()}
        keep: Mask = columns["alive"].copy()
        for chosen, name in SET_FILTERS.items():
            if values := getattr(filters, chosen):
                numbers = [numbers_of(name)[value] for value in values]
                keep &= np.logical_or.reduce([columns[name] == number for number in numbers])
        if filters.fields:
            keep &= (columns["fields"] & field_bits(filters.fields)) != 0
        if filters.trl is not None:
            least, most = filters.trl
            keep &= (columns["trl"] >= max(least, 1)) & (columns["trl"] <= most)
        if filters.visibilities:
            shown = [
                Visibility.PUBLIC in filters.visibilities,
                Visibility.HIDDEN_NAME in filters.visibilities,
            ]
            keep &= np.where(columns["hidden"], shown[1], shown[0])
        if rows is None:
            return keep
        whole = np.zeros(len(self.index), dtype=np.bool_)
        whole[rows[keep]] = True
        return whole

    def own_rows(self, filters: Filters) -> Ids:
        """The rows that pass, each statement in its own words: its translation is left out."""
        rows = np.flatnonzero(self.mask(filters))
        return rows[self.columns["wording"][rows] == 0]

    def _rows_among(self, ids: Ids) -> Ids:
        """The rows of these statements."""
        return np.asarray([row for n in ids.tolist() for row in self.rows_of.get(n, ())], dtype=np.int64)

    def _rows_in(self, region: str) -> Ids:
        """All rows of a region and those inside it, dead ones too.

        A district is one row in hundreds: asking each row where it lies would cost more than the search.
        """
        numbers = numbers_inside(region)
        return np.concatenate([np.frombuffer(self._region_rows[n], dtype=np.int64) for n in numbers])

    def apply(self, changes: Sequence[Change]) -> None:
        """Takes in changes. Not while anybody reads.

        :raises ValueError: when a vector is not of this width; nothing is changed then.
        """
        changes = list({change.statement_id: change for change in changes}.values())  # the last one holds
        added = [(change, number) for change in changes for number in range(len(change.wordings))]
        if added:
            self._append(added)
        for change in changes:
            self._remove(change.statement_id)
        for row, (change, _number) in enumerate(added, start=len(self.index) - len(added)):
            self.rows_of.setdefault(change.statement_id, []).append(row)
            self._columns["alive"][row] = True
        self.alive += len(added)

    def _append(self, added: Sequence[tuple[Change, int]]) -> None:
        records = [
            self._record(change, number) for change, number in added
        ]  # first: what is wrong changes nothing
        wordings = [change.wordings[number] for change, number in added]
        first = self.index.add(np.stack([wording.vectors[0] for wording in wordings]))
        parts = [wording.vectors[1:] for wording in wordings]
        self.parts.add(parts)
        self.passages.add(range(first, len(self.index)), [passages(its) for its in parts])
        none = np.zeros((0, self.index.dimension), dtype=np.float16)
        problems = [change.problems for change, _number in added]
        solved = [none if its is None else its.vectors for its in problems]
        self.problems.add(solved)
        self.solved.add(range(first, len(self.index)), solved)
        self.problem_words.add(["" if its is None else its.text for its in problems])
        self.words.add([wording.text for wording in wordings])
        self._reserve(len(self.index))
        for name, values in zip(COLUMNS, zip(*records, strict=True), strict=True):
            self._columns[name][first : first + len(added)] = values
        for row, (change, _number) in enumerate(added, start=first):
            self._region_rows[numbers_of("region")[change.region_code]].append(row)

    def _record(self, change: Change, number: int) -> tuple[int | bool, ...]:
        """In the order of ``COLUMNS``; not alive yet."""
        return (
            change.statement_id,
            change.profile_id,
            change.unit_id,
            numbers_of("kind")[change.kind],
            numbers_of("profile_kind")[change.profile_kind],
            numbers_of("size")[change.size],
            numbers_of("region")[change.region_code],
            field_bits(change.fields),
            change.field,
            change.trl or 0,
            change.day,
            language_number(change.wordings[number].language),
            number,
            change.hidden,
            False,
        )

    def _reserve(self, rows: int) -> None:
        if rows > len(self._columns["alive"]):
            for name, kind in COLUMNS.items():
                grown = np.zeros(int(rows * _GROWTH) + 64, dtype=kind)
                grown[: len(self._columns[name])] = self._columns[name]
                self._columns[name] = grown

    def _remove(self, statement_id: int) -> None:
        for row in self.rows_of.pop(statement_id, ()):
            self._columns["alive"][row] = False
            self.alive -= 1
            self.words.remove(row)
            self.problem_words.remove(row)

    def pack(self, rows: Ids) -> Arrays:
        """These rows, ascending, as flat arrays; see :meth:`unpack`, which wants the words beside them."""
        packed: Arrays = {"vectors": self.index.gather(rows)}
        packed |= {f"columns_{name}": values[rows] for name, values in self.columns.items()}
        packed |= {f"parts_{name}": value for name, value in self.parts.pack(rows).items()}
        packed |= {f"problems_{name}": value for name, value in self.problems.pack(rows).items()}
        packed |= {f"problem_words_{name}": value for name, value in self.problem_words.pack(rows).items()}
        return packed | {f"words_{name}": value for name, value in self.words.pack(rows).items()}

    def unpack(self, arrays: Arrays) -> None:
        """Takes up, where there are none yet, the rows that :meth:`pack` gave, all of them alive."""
        self.index.add(arrays["vectors"])
        self.parts = PartStore.unpack(_named(arrays, "parts_"))
        long = np.flatnonzero(arrays["parts_counts"] > PASSAGE)
        for start in range(0, len(long), 1000):
            some = long[start : start + 1000].tolist()
            self.passages.add(some, [passages(self.parts.of(row)) for row in some])
        self.problems = PartStore.unpack(_named(arrays, "problems_"))
        counts = arrays["problems_counts"]
        self.solved.add_flat(np.repeat(np.arange(len(counts)), counts), arrays["problems_vectors"])
        self.words = LexicalIndex.unpack(_named(arrays, "words_"))
        self.problem_words = LexicalIndex.unpack(_named(arrays, "problem_words_"))
        self._columns = _named(arrays, "columns_")
        ids = self._columns["statement_id"].tolist()
        self.alive = len(ids)
        self.rows_of = {statement_id: [] for statement_id in ids}
        for row, statement_id in enumerate(ids):
            self.rows_of[statement_id].append(row)
        regions = self._columns["region"]
        order = np.argsort(regions, kind="stable")
        bounds = np.searchsorted(regions[order], np.arange(len(region_codes()) + 1))
        for number, rows in enumerate(self._region_rows):
            rows.frombytes(order[bounds[number] : bounds[number + 1]].astype(np.int64).tobytes())


def _named(arrays: Arrays, prefix: str) -> Arrays:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
