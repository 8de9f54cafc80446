"""For everything that firms say, the laboratories' statements nearest to it: what suggestions are chosen from.

Kept from one answer to the next. When a statement changes, only the lists that it enters or leaves do.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.calibration import Background
from embeddings.fusion import fuse
from embeddings.index import Mask
from embeddings.lexical import distinct
from hub.database import current_revision
from hub.index.changes import changed_since
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.replica import Replica
from hub.profiles.published import AT_ONCE
from hub.profiles.tables import Kind, ProfileKind, Statement
from hub.search.ranking import closeness, nearest, nearness

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

DEMAND = Filters(kinds=frozenset({Kind.NEED, Kind.BUSINESS}), profile_kinds=frozenset({ProfileKind.COMPANY}))
SUPPLY = Filters(
    kinds=frozenset({Kind.CAPABILITY}),
    profile_kinds=frozenset({ProfileKind.UNIVERSITY, ProfileKind.INSTITUTE}),
)
NEIGHBOURS = 40  # rows looked at for each thing that a firm says
# A list that has lost so many to edits and withdrawals that fewer are left is made anew.
FEWEST = 30
BLOCK = 256  # firms' statements searched in one call, fewer where the index is large:
ROWS_AT_ONCE = 2_000_000  # rows compared before the lock is let go, some 35 ms on one core
LISTS_AT_ONCE = 2_048
# What a request may do itself; more is done beside it.
QUICK = 2_000_000
MOST_CHANGED = 500

ENTRY = np.dtype([("lab", np.int64), ("cosine", np.float32), ("score", np.float32), ("level", np.float32)])
Entries = npt.NDArray[Any]  # of dtype ENTRY; a lab of 0 is no entry


@dataclass
class _List:
    entries: Entries
    floor: float  # nothing outside the list is nearer than this
    region: str  # where its firm's statement is placed


class Candidates:
    """Lists by the number of the firm's statement, as of :attr:`revision`.

    Of each statement its number alone is kept, and how well it fits; who says it, and whether readers may
    know, is asked of the database when it is shown.
    """

    def __init__(self) -> None:
        self.updating = threading.Lock()  # one thread at a time brings the lists up to date
        self.revision = 0  # up to which what changed has been taken in
        # How often a list of a firm of this region has changed; what was chosen from them is kept until then.
        self.changes: Counter[str] = Counter()
        self._lists: dict[int, _List] = {}

    def __len__(self) -> int:
        return len(self._lists)

    def lacking(self, replica: Replica, region: str | None) -> list[int]:
        """The statements of a region's firms that have no list yet. The caller holds the lock for reading."""
        ids = replica.columns["statement_id"][_firms(replica, region)].tolist()
        return [statement_id for statement_id in ids if statement_id not in self._lists]

    def is_current(self, engine: Engine, region: str) -> bool:
        """Whether there is nothing to take in and nothing that this region lacks."""
        replica = engine.store
        if self._lists and self.revision < replica.revision:
            return False
        with replica.lock.reading():
            return not self.lacking(replica, region)

    def is_quick(self, engine: Engine, session: Session, region: str) -> bool:
        """Whether :meth:`update` for this region takes no longer than a request may."""
        replica = engine.store
        if self._lists and self.revision < replica.revision:
            changed = len(changed_since(session, self.revision, MOST_CHANGED + 1))
            if changed > MOST_CHANGED or changed * len(self._lists) > QUICK:
                return False
        with replica.lock.reading():
            lacking = len(self.lacking(replica, region))
        return lacking <= BLOCK and lacking * len(replica) <= QUICK

    def update(
        self,
        engine: Engine,
        session: Session,
        region: str | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """Takes in what changed since the last call, and makes the lists that a region still lacks.

        The replica's lock is let go between blocks. The caller holds :attr:`updating`.

        :param region: only its firms' lists are made; ``None`` for the whole country's.
        """
        replica = engine.store
        newest = min(replica.revision, current_revision(session))
        if self._lists and self.revision < newest:
            self._take_in(engine, session, set(changed_since(session, self.revision)))
        self.revision = max(self.revision, newest)
        with replica.lock.reading():
            lacking = self.lacking(replica, region)
        block = max(1, min(BLOCK, ROWS_AT_ONCE // max(len(replica.index), 1)))
        for start in range(0, len(lacking), block):
            self._make(engine, session, lacking[start : start + block])
            progress(min(start + block, len(lacking)), len(lacking))

    def of(self, replica: Replica, region: str) -> tuple[Rows, Entries]:
        """A region's lists: rows of the firms' statements ``(n,)`` and their entries ``(n, NEIGHBOURS)``.

        The caller holds the replica's lock for reading, and goes on holding it while it uses the rows.
        """
        rows = _firms(replica, region)
        lists = [self._lists.get(number) for number in replica.columns["statement_id"][rows].tolist()]
        having = [at for at, kept in enumerate(lists) if kept is not None]
        if not having:
            return rows[:0], np.zeros((0, NEIGHBOURS), dtype=ENTRY)
        return rows[having], np.stack([kept.entries for kept in lists if kept is not None])

    def _make(self, engine: Engine, session: Session, ids: list[int]) -> None:
        texts = _texts(session, ids)
        replica = engine.store
        with replica.lock.reading():
            rows = replica.rows_for(np.asarray(ids, dtype=np.int64))
            rows = rows[rows >= 0]  # withdrawn meanwhile
            if not len(rows):
                return
            vectors = replica.index.vectors(rows)
            queries = engine.background.correct(vectors)
            found = nearest(replica, queries, 2 * NEIGHBOURS, replica.mask(SUPPLY))
            for number, statement_id in enumerate(replica.columns["statement_id"][rows].tolist()):
                cosines, near = found[number]
                # Of a statement's two wordings the nearer one stands for it, and comes first.
                _labs, first = np.unique(replica.columns["statement_id"][near], return_index=True)
                first = np.sort(first)[:NEIGHBOURS]
                labs = near[first]
                entries = np.zeros(NEIGHBOURS, dtype=ENTRY)
                if len(labs):
                    text = texts.get(statement_id, "")
                    scored = _score(
                        engine.background, replica, text, labs, (vectors[number], queries[number])
                    )
                    entries[: len(labs)] = _entries(replica, labs, cosines[first], *scored)
                full = len(labs) == NEIGHBOURS
                floor = float(entries["cosine"][NEIGHBOURS - 1]) if full else -np.inf
                self._put(statement_id, _List(entries, floor, _region(replica, int(rows[number]))))

    def _take_in(self, engine: Engine, session: Session, changed: set[int]) -> None:
        """What changed leaves every list; where it answers now, it enters again."""
        for statement_id in changed & self._lists.keys():
            self._drop(statement_id)
        numbers = np.fromiter(changed, dtype=np.int64)
        ids = list(self._lists)
        for start in range(0, len(ids), LISTS_AT_ONCE):
            part = ids[start : start + LISTS_AT_ONCE]
            gone = np.isin(np.stack([self._lists[number].entries["lab"] for number in part]), numbers)
            for at in np.flatnonzero(gone.any(axis=1)).tolist():
                self._take_out(part[at], gone[at])
        replica = engine.store
        with replica.lock.reading():
            keep = replica.mask(SUPPLY)
            rows = [row for statement_id in changed for row in replica.rows_of(statement_id) if keep[row]]
        if rows:
            ids = list(self._lists)
            block = max(1, min(LISTS_AT_ONCE, ROWS_AT_ONCE // len(rows)))
            for start in range(0, len(ids), block):
                self._enter(engine, session, ids[start : start + block], changed)

    def _take_out(self, statement_id: int, gone: Mask) -> None:
        """A list without some of its entries; one that has too few left is made anew when it is needed."""
        kept = self._lists[statement_id]
        left = kept.entries[~gone]
        if np.count_nonzero(left["lab"]) < FEWEST and np.isfinite(kept.floor):
            self._drop(statement_id)
            return
        entries = np.concatenate([left, np.zeros(int(gone.sum()), dtype=ENTRY)])
        self._put(statement_id, replace(kept, entries=entries))

    def _enter(self, engine: Engine, session: Session, ids: list[int], changed: set[int]) -> None:
        """Puts the laboratories among what changed into those of these lists whose floor they pass."""
        replica = engine.store
        with replica.lock.reading():
            keep = replica.mask(SUPPLY)
            rows = [row for number in changed for row in replica.rows_of(number) if keep[row]]
            firms = replica.rows_for(np.asarray(ids, dtype=np.int64))
            there = np.flatnonzero(firms >= 0)
            if not rows or not len(there):
                return
            labs, ids = np.asarray(rows, dtype=np.int64), [ids[at] for at in there.tolist()]
            vectors = replica.index.vectors(firms[there])
            queries = engine.background.correct(vectors)
            cosines = nearness(replica, queries, labs)
        passing = cosines > np.asarray([self._lists[number].floor for number in ids])[:, None]
        entered = np.flatnonzero(passing.any(axis=1)).tolist()
        texts = _texts(session, [ids[at] for at in entered])
        for at in entered:
            places = np.flatnonzero(passing[at])
            order = places[np.argsort(-cosines[at][places], kind="stable")]
            with replica.lock.reading():
                _one, first = np.unique(replica.columns["statement_id"][labs[order]], return_index=True)
                order = order[np.sort(first)]
                scored = _score(
                    engine.background,
                    replica,
                    texts.get(ids[at], ""),
                    labs[order],
                    (vectors[at], queries[at]),
                )
                new = _entries(replica, labs[order], cosines[at][order], *scored)
            self._put(ids[at], _joined(self._lists[ids[at]], new))

    def _put(self, statement_id: int, made: _List) -> None:
        self._lists[statement_id] = made  # whole: another thread reads the old one or the new one
        self.changes[made.region] += 1

    def _drop(self, statement_id: int) -> None:
        self.changes[self._lists.pop(statement_id).region] += 1

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """All lists as flat arrays; see :meth:`unpack`. The caller holds :attr:`updating`."""
        lists = list(self._lists.values())
        return {
            "ids": np.fromiter(self._lists, dtype=np.int64),
            "entries": np.stack([kept.entries for kept in lists])
            if lists
            else np.zeros((0, NEIGHBOURS), ENTRY),
            "floors": np.asarray([kept.floor for kept in lists], dtype=np.float64),
            "regions": np.asarray([int(kept.region) for kept in lists], dtype=np.int32),
        }

    def unpack(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        """Takes up the lists that :meth:`pack` gave and that are lacking here.

        What has changed since the older of the two is taken in again at the next update.
        """
        revision = int(arrays["revision"])
        self.revision = min(self.revision, revision) if self._lists else revision
        listed = (
            arrays["ids"].tolist(),
            arrays["entries"],
            arrays["floors"].tolist(),
            arrays["regions"].tolist(),
        )
        for statement_id, entries, floor, region in zip(*listed, strict=True):
            if statement_id not in self._lists:
                self._put(statement_id, _List(entries.copy(), floor, str(region)))


def _joined(kept: _List, new: Entries) -> _List:
    """A list with new entries among its own, the nearest first."""
    entries = np.concatenate([kept.entries[kept.entries["lab"] != 0], new])
    entries = entries[np.argsort(-entries["cosine"], kind="stable")]
    floor = float(entries["cosine"][NEIGHBOURS - 1]) if len(entries) > NEIGHBOURS else kept.floor
    whole = np.zeros(NEIGHBOURS, dtype=ENTRY)
    whole[: len(entries[:NEIGHBOURS])] = entries[:NEIGHBOURS]
    return _List(whole, floor, kept.region)


def _region(replica: Replica, row: int) -> str:
    return replica.region_code(int(replica.columns["region"][row]))


def _firms(replica: Replica, region: str | None) -> Rows:
    """The rows of what a region's firms say, each in its own words."""
    return replica.own_rows(dataclasses.replace(DEMAND, region=region))


def _texts(session: Session, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        found.update(
            session.exec(select(Statement.id, Statement.text).where(col(Statement.id).in_(part))).all()
        )
    return found


def _score(
    background: Background, replica: Replica, text: str, labs: Rows, vectors: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Score and level of these rows, as search has them.

    :param vectors: the text's, as it was encoded and corrected.
    """
    vector, query = vectors
    near = closeness(replica, background, query, labs)
    order = np.argsort(labs)
    words = replica.words.search(distinct(text), labs[order])
    said = np.empty_like(words.scores)
    said[order] = words.scores
    meaning = background.standardise(vector, near)
    return fuse(meaning, said, words.known), background.absolute(near)


def _entries(
    replica: Replica,
    rows: Rows,
    cosines: Floats,
    scores: Floats,
    levels: Floats,
) -> Entries:
    made = np.zeros(len(rows), dtype=ENTRY)
    made["lab"] = replica.columns["statement_id"][rows]
    made["cosine"], made["score"], made["level"] = cosines, scores, levels
    return made
