"""For everything that firms say, the laboratories' statements nearest to it: what suggestions are chosen from.

Kept from one answer to the next. When a statement changes, only the lists that it enters or leaves do.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.fusion import fuse
from hub.matching.engine import Engine
from hub.matching.ranking import closeness
from hub.matching.replica import Filters, Replica
from hub.profiles.tables import Kind, ProfileKind, Statement

Rows = npt.NDArray[np.int64]

DEMAND = Filters(kinds=frozenset({Kind.NEED, Kind.BUSINESS}), profile_kinds=frozenset({ProfileKind.COMPANY}))
SUPPLY = Filters(
    kinds=frozenset({Kind.CAPABILITY}),
    profile_kinds=frozenset({ProfileKind.UNIVERSITY, ProfileKind.INSTITUTE}),
)
NEIGHBOURS = 40  # rows looked at for each thing that a firm says
# A list that has lost so many to edits and withdrawals that fewer are left is made anew.
FEWEST = 30
BLOCK = 256  # firms' statements searched in one call

ENTRY = np.dtype([("lab", np.int64), ("cosine", np.float32), ("score", np.float32), ("level", np.float32)])
Entries = npt.NDArray[Any]  # of dtype ENTRY; a lab of 0 is no entry


@dataclass
class _List:
    entries: Entries
    floor: float  # nothing outside the list is nearer than this


class Candidates:
    """Lists by the number of the firm's statement. The caller holds the replica's lock for reading."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # one thread at a time brings the lists up to date
        # How often a list of a firm of this region has changed; what was chosen from them is kept until then.
        self.changes: Counter[str] = Counter()
        self._lists: dict[int, _List] = {}

    def __len__(self) -> int:
        return len(self._lists)

    def update(
        self,
        engine: Engine,
        session: Session,
        region: str | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """Takes in what changed since the last call, and makes the lists that a region still lacks.

        :param region: only its firms' lists are made; ``None`` for the whole country's.
        """
        with self.lock:
            changed = engine.replica.take_changed()
            if changed and self._lists:
                self._take_in(engine, session, changed)
            rows = _firms(engine.replica, region)
            ids = engine.replica.columns["statement_id"][rows]
            lacking = rows[[statement_id not in self._lists for statement_id in ids.tolist()]]
            for start in range(0, len(lacking), BLOCK):
                self._make(engine, session, lacking[start : start + BLOCK])
                progress(min(start + BLOCK, len(lacking)), len(lacking))

    def of(self, replica: Replica, region: str) -> tuple[Rows, Entries]:
        """A region's lists: rows of the firms' statements ``(n,)`` and their entries ``(n, NEIGHBOURS)``."""
        rows = _firms(replica, region)
        ids = replica.columns["statement_id"][rows].tolist()
        having = [at for at, statement_id in enumerate(ids) if statement_id in self._lists]
        if not having:
            return rows[:0], np.zeros((0, NEIGHBOURS), dtype=ENTRY)
        return rows[having], np.stack([self._lists[ids[at]].entries for at in having])

    def _make(self, engine: Engine, session: Session, rows: Rows) -> None:
        replica = engine.replica
        vectors = replica.index.vectors(rows)
        queries = engine.background.correct(vectors)
        cosines, near = replica.index.search(queries, 2 * NEIGHBOURS, replica.mask(SUPPLY))
        ids = replica.columns["statement_id"][rows]
        texts = _texts(session, ids)
        for number, statement_id in enumerate(ids.tolist()):
            # Of a statement's two versions the nearer one stands for it, and comes first.
            _labs, first = np.unique(replica.columns["statement_id"][near[number]], return_index=True)
            first = np.sort(first)[:NEIGHBOURS]
            labs = near[number][first]
            entries = np.zeros(NEIGHBOURS, dtype=ENTRY)
            if len(labs):
                scored = _score(engine, vectors[number], queries[number], texts.get(statement_id, ""), labs)
                entries[: len(labs)] = _entries(replica, labs, cosines[number][first], *scored)
            full = len(labs) == NEIGHBOURS
            floor = float(entries["cosine"][NEIGHBOURS - 1]) if full else -np.inf
            self._lists[statement_id] = _List(entries, floor)
            self._touch(replica, int(rows[number]))

    def _take_in(self, engine: Engine, session: Session, changed: set[int]) -> None:
        """What changed leaves every list; where it answers now, it enters again."""
        replica = engine.replica
        for statement_id in changed & self._lists.keys():
            del self._lists[statement_id]
        numbers = np.fromiter(changed, dtype=np.int64)
        lists = list(self._lists.items())
        labs = np.stack([kept.entries["lab"] for _number, kept in lists]) if lists else np.zeros((0, 1))
        gone = np.isin(labs, numbers)
        for at in np.flatnonzero(gone.any(axis=1)).tolist():
            statement_id, kept = lists[at]
            row = replica.row_of(statement_id)
            left = kept.entries[~gone[at]]
            if row is None or (np.count_nonzero(left["lab"]) < FEWEST and np.isfinite(kept.floor)):
                del self._lists[statement_id]
                continue
            kept.entries = np.concatenate([left, np.zeros(int(gone[at].sum()), dtype=ENTRY)])
            self._touch(replica, row)
        keep = replica.mask(SUPPLY)
        rows = [row for statement_id in changed for row in replica.rows_of(statement_id) if keep[row]]
        if rows and self._lists:
            self._enter(engine, session, np.asarray(rows, dtype=np.int64))

    def _enter(self, engine: Engine, session: Session, labs: Rows) -> None:
        """Puts new rows of laboratories into every list whose floor they pass."""
        replica = engine.replica
        ids = np.fromiter(self._lists, dtype=np.int64)
        firms = np.asarray([replica.row_of(int(statement_id)) for statement_id in ids], dtype=np.int64)
        vectors = replica.index.vectors(firms)
        queries = engine.background.correct(vectors)
        cosines = queries @ replica.index.vectors(labs).T
        floors = np.asarray([self._lists[int(statement_id)].floor for statement_id in ids])
        entering = np.flatnonzero((cosines > floors[:, None]).any(axis=1))
        texts = _texts(session, ids[entering])
        for number in entering.tolist():
            statement_id = int(ids[number])
            passing = np.flatnonzero(cosines[number] > floors[number])
            order = passing[np.argsort(-cosines[number][passing], kind="stable")]
            _one, first = np.unique(replica.columns["statement_id"][labs[order]], return_index=True)
            order = order[np.sort(first)]
            text = texts.get(statement_id, "")
            scored = _score(engine, vectors[number], queries[number], text, labs[order])
            new = _entries(replica, labs[order], cosines[number][order], *scored)
            kept = self._lists[statement_id]
            entries = np.concatenate([kept.entries[kept.entries["lab"] != 0], new])
            entries = entries[np.argsort(-entries["cosine"], kind="stable")]
            if len(entries) > NEIGHBOURS:
                kept.floor = float(entries["cosine"][NEIGHBOURS - 1])
            kept.entries = np.zeros(NEIGHBOURS, dtype=ENTRY)
            kept.entries[: len(entries[:NEIGHBOURS])] = entries[:NEIGHBOURS]
            self._touch(replica, int(firms[number]))

    def _touch(self, replica: Replica, row: int) -> None:
        self.changes[replica.region_code(replica.columns["region"][row])] += 1

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """All lists as flat arrays; see :meth:`unpack`."""
        lists = list(self._lists.values())
        return {
            "ids": np.fromiter(self._lists, dtype=np.int64),
            "entries": np.stack([kept.entries for kept in lists])
            if lists
            else np.zeros((0, NEIGHBOURS), ENTRY),
            "floors": np.asarray([kept.floor for kept in lists], dtype=np.float64),
        }

    def unpack(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        """Fills empty lists with what :meth:`pack` gave."""
        for statement_id, entries, floor in zip(
            arrays["ids"].tolist(), arrays["entries"], arrays["floors"].tolist(), strict=True
        ):
            self._lists[statement_id] = _List(entries.copy(), floor)


def _firms(replica: Replica, region: str | None) -> Rows:
    """The rows of what a region's firms say, each in its own words."""
    return replica.own_rows(dataclasses.replace(DEMAND, region=region))


def _texts(session: Session, ids: npt.NDArray[np.int64]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):  # databases limit how many values one query may name
        part = [int(i) for i in ids[start : start + 500]]
        found.update(
            session.exec(select(Statement.id, Statement.text).where(col(Statement.id).in_(part))).all()
        )
    return found


def _score(
    engine: Engine, vector: npt.NDArray[np.float32], query: npt.NDArray[np.float32], text: str, labs: Rows
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Score and level of these rows, as search has them."""
    replica = engine.replica
    near = closeness(replica, query, labs)
    order = np.argsort(labs)
    words = replica.words.search(text, labs[order])
    said = np.empty_like(words.scores)
    said[order] = words.scores
    meaning = engine.background.standardise(vector, near)
    return fuse(meaning, said, words.known), engine.background.absolute(near)


def _entries(
    replica: Replica,
    rows: Rows,
    cosines: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    levels: npt.NDArray[np.float32],
) -> Entries:
    made = np.zeros(len(rows), dtype=ENTRY)
    made["lab"] = replica.columns["statement_id"][rows]
    made["cosine"], made["score"], made["level"] = cosines, scores, levels
    return made
