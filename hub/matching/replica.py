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
from embeddings.parts import PartStore
from hub.matching.lock import ReadWriteLock
from hub.profiles.tables import Kind, ProfileKind
from hub.regions.atlas import atlas, inside

KINDS = tuple(Kind)
PROFILE_KINDS = tuple(ProfileKind)
_GROWTH = 1.5


@dataclass(frozen=True)
class Version:
    """A statement in one language; ``vectors`` is ``(1 + phrases, d) float16``, the whole text's first."""

    text: str
    vectors: npt.NDArray[np.float16]


@dataclass(frozen=True)
class Change:
    """A statement as it now stands, in one version or two; in none once it is not published."""

    statement_id: int
    profile_id: int
    kind: str
    profile_kind: str
    region_code: str
    hidden: bool
    versions: tuple[Version, ...] = ()


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
        ("version", np.int8),
        ("hidden", np.bool_),
        ("alive", np.bool_),
    ]
)


class Replica:
    """Vectors, words and filter columns in rows of the same numbers, at one revision.

    Each version of a statement has a row of its own, so that a query in either language finds it.

    :param dimension: the width of the vectors.
    :param model: the fingerprint of the model that made them.
    """

    def __init__(self, dimension: int, model: str) -> None:
        self.model = model
        self.revision = 0
        self.index = FaissIndex(dimension)
        self.parts = PartStore(dimension)
        self.words = LexicalIndex()
        self.lock = ReadWriteLock()
        self.syncing = threading.Lock()  # one thread at a time asks the database what is new
        # How often capabilities anywhere, and demand in a region, have changed: what depends on
        # them is kept until its number moves.
        self.capability_changes = 0
        self.demand_changes: Counter[str] = Counter()
        self._columns = np.zeros(0, dtype=COLUMNS)
        self._rows_of: dict[int, list[int]] = {}
        self._region_codes = list(atlas())
        self._region_number = {code: number for number, code in enumerate(self._region_codes)}

    def __len__(self) -> int:
        """How many statements are found, withdrawn rows not counted."""
        return len(self._rows_of)

    @property
    def columns(self) -> npt.NDArray[Any]:
        """One record a row, of dtype ``COLUMNS``: a view, valid until the next change."""
        return self._columns[: len(self.index)]

    def row_of(self, statement_id: int) -> int | None:
        """The row of a published statement's own text."""
        rows = self._rows_of.get(statement_id)
        return rows[0] if rows else None

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
        added = [(change, number) for change in changes for number in range(len(change.versions))]
        if added:
            self._append(added)
        for change in changes:
            self._remove(change.statement_id)
        for row, (change, _number) in enumerate(added, start=len(self.index) - len(added)):
            self._rows_of.setdefault(change.statement_id, []).append(row)
            self._columns[row]["alive"] = True
        for change in changes:
            self._count(change.kind, change.region_code)

    def _append(self, added: Sequence[tuple[Change, int]]) -> None:
        versions = [change.versions[number] for change, number in added]
        first = self.index.add(np.stack([version.vectors[0] for version in versions]))
        self.parts.add([version.vectors[1:] for version in versions])
        self.words.add([version.text for version in versions])
        self._reserve(len(self.index))
        for row, (change, number) in enumerate(added, start=first):
            self._columns[row] = self._record(change, number)

    def _record(self, change: Change, number: int) -> tuple[int, int, int, int, int, int, bool, bool]:
        return (
            change.statement_id,
            change.profile_id,
            KINDS.index(Kind(change.kind)),
            PROFILE_KINDS.index(ProfileKind(change.profile_kind)),
            self._region_number[change.region_code],
            number,
            change.hidden,
            False,
        )

    def _reserve(self, rows: int) -> None:
        if rows > len(self._columns):
            grown = np.zeros(int(rows * _GROWTH) + 64, dtype=COLUMNS)
            grown[: len(self._columns)] = self._columns
            self._columns = grown

    def _remove(self, statement_id: int) -> None:
        for row in self._rows_of.pop(statement_id, ()):
            self._columns[row]["alive"] = False
            self.words.remove(row)
            # Where it was counts too: a firm that moved is news to the region that it left.
            record = self._columns[row]
            self._count(KINDS[record["kind"]], self._region_codes[record["region"]])

    def _count(self, kind: str, region_code: str) -> None:
        if kind in (Kind.NEED, Kind.BUSINESS):
            self.demand_changes[region_code] += 1
        else:
            self.capability_changes += 1

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """The rows alive, renumbered, as flat arrays for a snapshot."""
        rows = np.flatnonzero(self.columns["alive"])
        packed: dict[str, npt.NDArray[Any]] = {
            "columns": self.columns[rows],
            "vectors": self.index.halves()[rows],
        }
        packed |= {f"parts_{name}": value for name, value in self.parts.pack(rows).items()}
        return packed | {f"words_{name}": value for name, value in self.words.pack(rows).items()}

    def unpack(self, arrays: dict[str, npt.NDArray[Any]], revision: int) -> None:
        """Fills an empty replica with what :meth:`pack` gave."""
        self.index.add(arrays["vectors"])
        self.parts = PartStore.unpack(_named(arrays, "parts_"))
        self.words = LexicalIndex.unpack(_named(arrays, "words_"))
        self._reserve(len(self.index))
        self._columns[: len(self.index)] = arrays["columns"]
        for row, statement_id in enumerate(arrays["columns"]["statement_id"].tolist()):
            self._rows_of.setdefault(statement_id, []).append(row)
        self.revision = revision


def _named(arrays: dict[str, npt.NDArray[Any]], prefix: str) -> dict[str, npt.NDArray[Any]]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
