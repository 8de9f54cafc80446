"""Replica: what one process holds of the published statements, to search them.

The database is the only truth. A replica is brought up to its newest revision before each answer,
so two workers agree after any commit, and losing a replica loses nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.index import FaissIndex, Mask
from embeddings.lexical import LexicalIndex
from embeddings.parts import PartStore
from embeddings.passages import PASSAGE, PassageIndex
from hub.index.columns import COLUMNS, KINDS, PROFILE_KINDS, Facts, field_bits, language_number
from hub.index.filters import Filters
from hub.index.lock import ReadWriteLock
from hub.index.store import Change
from hub.profiles.tables import SIZES, Kind, ProfileKind, Visibility
from hub.regions.atlas import atlas, inside

BLOCK = 16_384  # rows copied out in one go
_GROWTH = 1.5


class Replica:
    """Vectors, words and filter columns in rows of the same numbers, at one revision.

    Each wording of a statement has a row of its own, so that a query in either language finds it.

    :param dimension: the width of the vectors.
    :param model: the fingerprint of the model that made them.
    """

    def __init__(self, dimension: int, model: str) -> None:
        self.model = model
        self.revision = 0
        self.index = FaissIndex(dimension)
        self.parts = PartStore(dimension)
        self.passages = PassageIndex(dimension)
        self.words = LexicalIndex()
        self.lock = ReadWriteLock()
        self._columns = {name: np.zeros(0, dtype=kind) for name, kind in COLUMNS.items()}
        self._rows_of: dict[int, list[int]] = {}
        self._alive = 0
        self._region_codes = list(atlas())
        self._region_rows = [array("q") for _code in self._region_codes]
        self._region_number = {code: number for number, code in enumerate(self._region_codes)}

    def use_threads(self, count: int) -> None:
        """How many threads one search may use. Not before a fork."""
        self.index.use_threads(count)
        self.passages.index.use_threads(count)

    def __len__(self) -> int:
        """How many statements are found, withdrawn rows not counted."""
        return len(self._rows_of)

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """One value a row of each of ``COLUMNS``: views, valid until the next change."""
        return {name: values[: len(self.index)] for name, values in self._columns.items()}

    def row_of(self, statement_id: int) -> int | None:
        """The row of a published statement's own text."""
        rows = self._rows_of.get(statement_id)
        return rows[0] if rows else None

    def rows_of(self, statement_id: int) -> tuple[int, ...]:
        """The rows of all wordings of a published statement."""
        return tuple(self._rows_of.get(statement_id, ()))

    def rows_for(self, statement_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The rows of published statements' own texts, ``(n,)``; -1 for one that is not published."""
        rows = self._rows_of
        return np.asarray([rows[n][0] if n in rows else -1 for n in statement_ids.tolist()], dtype=np.int64)

    def facts(self, statement_ids: Iterable[int]) -> Facts:
        """What the index knows of published statements, in the order asked for. The caller holds the lock."""
        rows = self.rows_for(np.fromiter(statement_ids, dtype=np.int64))
        known = rows >= 0
        at = (
            {name: values[np.maximum(rows, 0)] for name, values in self.columns.items()}
            if known.any()
            else {}
        )

        def column(name: str) -> npt.NDArray[Any]:
            return at[name] if at else np.zeros(len(rows), dtype=COLUMNS[name])

        return Facts(
            known, **{one.name: column(one.name) for one in fields(Facts) if one.name != "published"}
        )

    def region_code(self, number: int) -> str:
        """The region of a row's ``region`` number."""
        return self._region_codes[number]

    def region_number(self, code: str) -> int:
        """A region as the ``region`` column holds it: its place in the atlas."""
        return self._region_number[code]

    def mask(self, filters: Filters) -> Mask:
        """Which rows pass, ``(rows,) bool``: alive, and within every filter that is set."""
        rows = self._rows_in(filters.region)
        columns = {name: values if rows is None else values[rows] for name, values in self.columns.items()}
        keep: Mask = columns["alive"].copy()
        for name, numbers in (
            ("kind", [KINDS.index(Kind(kind)) for kind in filters.kinds]),
            ("profile_kind", [PROFILE_KINDS.index(ProfileKind(kind)) for kind in filters.profile_kinds]),
            ("size", [1 + SIZES.index(size) for size in filters.sizes]),
            ("language", [language_number(language) for language in filters.languages]),
        ):
            if numbers:
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

    def own_rows(self, filters: Filters) -> npt.NDArray[np.int64]:
        """The rows that pass, each statement in its own words: its translation is left out."""
        rows = np.flatnonzero(self.mask(filters))
        return rows[self.columns["wording"][rows] == 0]

    def _rows_in(self, region: str | None) -> npt.NDArray[np.int64] | None:
        """All rows of a region and those inside it, dead ones too; ``None`` for the whole country.

        A district is one row in hundreds: asking each row where it lies would cost more than the search.
        """
        if region is None:
            return None
        numbers = [self._region_number[code] for code in inside(region)]
        return np.concatenate([np.frombuffer(self._region_rows[n], dtype=np.int64) for n in numbers])

    def apply(self, changes: Sequence[Change]) -> None:
        """Takes in changes. Not while anybody reads: hold the lock for writing.

        :raises ValueError: when a vector is not of this replica's width; nothing is changed then.
        """
        changes = list({change.statement_id: change for change in changes}.values())  # the last one holds
        added = [(change, number) for change in changes for number in range(len(change.wordings))]
        if added:
            self._append(added)
        for change in changes:
            self._remove(change.statement_id)
        for row, (change, _number) in enumerate(added, start=len(self.index) - len(added)):
            self._rows_of.setdefault(change.statement_id, []).append(row)
            self._columns["alive"][row] = True
        self._alive += len(added)

    def _append(self, added: Sequence[tuple[Change, int]]) -> None:
        wordings = [change.wordings[number] for change, number in added]
        first = self.index.add(np.stack([wording.vectors[0] for wording in wordings]))
        parts = [wording.vectors[1:] for wording in wordings]
        self.parts.add(parts)
        self.passages.add(range(first, len(self.index)), parts)
        self.words.add([wording.text for wording in wordings])
        self._reserve(len(self.index))
        records = [self._record(change, number) for change, number in added]
        for name, values in zip(COLUMNS, zip(*records, strict=True), strict=True):
            self._columns[name][first : first + len(added)] = values
        for row, (change, _number) in enumerate(added, start=first):
            self._region_rows[self._region_number[change.region_code]].append(row)

    def _record(self, change: Change, number: int) -> tuple[int | bool, ...]:
        """In the order of ``COLUMNS``; not alive yet."""
        return (
            change.statement_id,
            change.profile_id,
            KINDS.index(Kind(change.kind)),
            PROFILE_KINDS.index(ProfileKind(change.profile_kind)),
            1 + SIZES.index(change.size) if change.size else 0,
            self._region_number[change.region_code],
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
        for row in self._rows_of.pop(statement_id, ()):
            self._columns["alive"][row] = False
            self._alive -= 1
            self.words.remove(row)

    @property
    def removed(self) -> int:
        """How many rows hold what is no longer published, or an older text."""
        return len(self.index) - self._alive

    def copy_out(self) -> tuple[dict[str, npt.NDArray[Any]], int]:
        """The rows alive, renumbered, as flat arrays, and the revision at which they were; see :meth:`unpack`.

        Takes the lock for a block at a time, so that nobody waits for the whole: rows are only ever
        appended, so what was alive at the beginning can still be read at the end.
        """
        with self.lock.reading():
            rows = np.flatnonzero(self.columns["alive"])
            revision = self.revision
        blocks = []
        for start in range(0, max(len(rows), 1), BLOCK):
            with self.lock.reading():
                blocks.append(self._pack(rows[start : start + BLOCK]))
        packed = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
        with self.lock.reading():
            packed["words_words"] = self.words.pack_words()
        packed["columns_alive"][:] = True
        return packed, revision

    def _pack(self, rows: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        packed: dict[str, npt.NDArray[Any]] = {"vectors": self.index.gather(rows)}
        packed |= {f"columns_{name}": values[rows] for name, values in self.columns.items()}
        packed |= {f"parts_{name}": value for name, value in self.parts.pack(rows).items()}
        return packed | {f"words_{name}": value for name, value in self.words.pack(rows).items()}

    def unpack(self, arrays: dict[str, npt.NDArray[Any]], revision: int) -> None:
        """Fills an empty replica with what :meth:`copy_out` gave."""
        self.index.add(arrays["vectors"])
        self.parts = PartStore.unpack(_named(arrays, "parts_"))
        long = np.flatnonzero(arrays["parts_counts"] > PASSAGE)
        for start in range(0, len(long), 1000):
            some = long[start : start + 1000].tolist()
            self.passages.add(some, [self.parts.of(row) for row in some])
        self.words = LexicalIndex.unpack(_named(arrays, "words_"))
        self._columns = _named(arrays, "columns_")
        ids = self._columns["statement_id"].tolist()
        self._alive = len(ids)
        self._rows_of = {statement_id: [] for statement_id in ids}
        for row, statement_id in enumerate(ids):
            self._rows_of[statement_id].append(row)
        regions = self._columns["region"]
        order = np.argsort(regions, kind="stable")
        bounds = np.searchsorted(regions[order], np.arange(len(self._region_codes) + 1))
        for number, rows in enumerate(self._region_rows):
            rows.frombytes(order[bounds[number] : bounds[number + 1]].astype(np.int64).tobytes())
        self.revision = revision


def _named(arrays: dict[str, npt.NDArray[Any]], prefix: str) -> dict[str, npt.NDArray[Any]]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
