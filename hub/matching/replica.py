"""Replica: what one process holds of the published statements, to search them.

The database is the only truth. A replica is brought up to its newest revision before each answer,
so two workers agree after any commit, and losing a replica loses nothing.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.index import FaissIndex, Mask
from embeddings.lexical import LexicalIndex
from hub.matching.lock import ReadWriteLock
from hub.profiles.tables import Kind, ProfileKind
from hub.regions.atlas import atlas, inside

KINDS = tuple(Kind)
PROFILE_KINDS = tuple(ProfileKind)
_GROWTH = 1.5


@dataclass(frozen=True)
class Change:
    """A statement as it now stands; ``None`` for text and vector once it is not published."""

    statement_id: int
    profile_id: int
    kind: str
    profile_kind: str
    region_code: str
    hidden: bool
    text: str | None = None
    vector: npt.NDArray[np.float16] | None = None


@dataclass(frozen=True)
class Filters:
    """What a search is limited to; empty means anything."""

    region: str | None = None
    kinds: frozenset[str] = frozenset()
    profile_kinds: frozenset[str] = frozenset()


COLUMNS = np.dtype(
    [
        ("statement_id", np.int64),
        ("profile_id", np.int64),
        ("kind", np.int8),
        ("profile_kind", np.int8),
        ("region", np.int16),
        ("hidden", np.bool_),
        ("alive", np.bool_),
    ]
)


class Replica:
    """Vectors, words and filter columns in rows of the same numbers, at one revision.

    :param dimension: the width of the vectors.
    :param model: the fingerprint of the model that made them.
    """

    def __init__(self, dimension: int, model: str) -> None:
        self.model = model
        self.revision = 0
        self.index = FaissIndex(dimension)
        self.words = LexicalIndex()
        self.lock = ReadWriteLock()
        self.syncing = threading.Lock()  # one thread at a time asks the database what is new
        # How often capabilities anywhere, and demand in a region, have changed: what depends on
        # them is kept until its number moves.
        self.capability_changes = 0
        self.demand_changes: Counter[str] = Counter()
        self._columns = np.zeros(0, dtype=COLUMNS)
        self._row_of: dict[int, int] = {}
        self._region_codes = list(atlas())
        self._region_number = {code: number for number, code in enumerate(self._region_codes)}

    def __len__(self) -> int:
        """How many statements are found, withdrawn rows not counted."""
        return len(self._row_of)

    @property
    def columns(self) -> npt.NDArray[Any]:
        """One record a row, of dtype ``COLUMNS``: a view, valid until the next change."""
        return self._columns[: len(self.index)]

    def row_of(self, statement_id: int) -> int | None:
        """The row of a published statement."""
        return self._row_of.get(statement_id)

    def region_code(self, number: int) -> str:
        """The region of a row's ``region`` number."""
        return self._region_codes[number]

    def mask(self, filters: Filters) -> Mask:
        """Which rows pass, ``(rows,) bool``: alive, and within every filter that is set."""
        columns = self.columns
        keep = columns["alive"].copy()
        if filters.region is not None:
            codes = [self._region_number[code] for code in inside(filters.region)]
            keep &= np.isin(columns["region"], codes)
        if filters.kinds:
            keep &= np.isin(columns["kind"], [KINDS.index(Kind(kind)) for kind in filters.kinds])
        if filters.profile_kinds:
            numbers = [PROFILE_KINDS.index(ProfileKind(kind)) for kind in filters.profile_kinds]
            keep &= np.isin(columns["profile_kind"], numbers)
        return keep

    def apply(self, changes: Sequence[Change]) -> None:
        """Takes in changes. Not while anybody reads: hold the lock for writing.

        :raises ValueError: when a vector is not of this replica's width; nothing is changed then.
        """
        added = [change for change in changes if change.vector is not None]
        if added:
            self._append(added)
        for change in changes:
            self._remove(change.statement_id)
        first = len(self.index) - len(added)
        for row, change in enumerate(added, start=first):
            self._row_of[change.statement_id] = row
            self._columns[row]["alive"] = True
        for change in changes:
            self._count(change.kind, change.region_code)

    def _append(self, added: Sequence[Change]) -> None:
        vectors = np.stack([change.vector for change in added if change.vector is not None])
        first = self.index.add(vectors)
        self.words.add([change.text or "" for change in added])
        self._reserve(len(self.index))
        for row, change in enumerate(added, start=first):
            self._columns[row] = self._record(change)

    def _record(self, change: Change) -> tuple[int, int, int, int, int, bool, bool]:
        return (
            change.statement_id,
            change.profile_id,
            KINDS.index(Kind(change.kind)),
            PROFILE_KINDS.index(ProfileKind(change.profile_kind)),
            self._region_number[change.region_code],
            change.hidden,
            False,
        )

    def _reserve(self, rows: int) -> None:
        if rows > len(self._columns):
            grown = np.zeros(int(rows * _GROWTH) + 64, dtype=COLUMNS)
            grown[: len(self._columns)] = self._columns
            self._columns = grown

    def _remove(self, statement_id: int) -> None:
        row = self._row_of.pop(statement_id, None)
        if row is None:
            return
        self._columns[row]["alive"] = False
        self.words.remove(row)
        # Where it was counts too: a firm that moved is news to the region that it left.
        self._count(KINDS[self._columns[row]["kind"]], self._region_codes[self._columns[row]["region"]])

    def _count(self, kind: str, region_code: str) -> None:
        if kind in (Kind.NEED, Kind.BUSINESS):
            self.demand_changes[region_code] += 1
        else:
            self.capability_changes += 1

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """The rows alive, renumbered, as flat arrays for a snapshot."""
        rows = np.flatnonzero(self.columns["alive"])
        packed = {"columns": self.columns[rows], "vectors": self.index.halves()[rows]}
        return packed | {f"words_{name}": value for name, value in self.words.pack(rows).items()}

    def unpack(self, arrays: dict[str, npt.NDArray[Any]], revision: int) -> None:
        """Fills an empty replica with what :meth:`pack` gave."""
        self.index.add(arrays["vectors"])
        self.words = LexicalIndex.unpack(
            {name.removeprefix("words_"): a for name, a in arrays.items() if name.startswith("words_")}
        )
        self._reserve(len(self.index))
        self._columns[: len(self.index)] = arrays["columns"]
        self._row_of = {int(s): row for row, s in enumerate(arrays["columns"]["statement_id"])}
        self.revision = revision
