"""For everything that firms say, the laboratories' statements nearest to it: what suggestions are chosen from.

Kept from one answer to the next. When a statement changes, only the lists that it enters or leaves do.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.index import Mask
from hub.database import current_revision
from hub.index.changes import changed_since
from hub.index.columns import numbers_of, region_codes
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Asked, Ids, Store, Texts
from hub.profiles.published import AT_ONCE
from hub.profiles.tables import Kind, ProfileKind, Statement
from hub.search.fit import ask, fit

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]

DEMAND = Filters(kinds=frozenset({Kind.NEED, Kind.BUSINESS}), profile_kinds=frozenset({ProfileKind.COMPANY}))
SUPPLY = Filters(
    kinds=frozenset({Kind.CAPABILITY}),
    profile_kinds=frozenset({ProfileKind.UNIVERSITY, ProfileKind.INSTITUTE}),
)
NEIGHBOURS = 40  # texts looked at for each thing that a firm says
# A list that has lost so many to edits and withdrawals that fewer are left is made anew.
FEWEST = 30
BLOCK = 256  # firms' statements searched in one call, fewer where the index is large:
TEXTS_AT_ONCE = 2_000_000  # texts compared before searches go on, some 35 ms on one core
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
    towards: Halves  # by what laboratories are near to it: kept, for what is lent is dear to find again


class CandidateLists:
    """Lists by the number of the firm's statement, as of :attr:`revision`.

    Of each statement its number alone is kept, and how well it fits; of each list the region in which it was made, to
    tell what changes with it. Who says it, and whether readers may know, is asked of the database when it is shown.
    """

    def __init__(self) -> None:
        self.updating = threading.Lock()  # one thread at a time brings the lists up to date
        self.revision = 0  # up to which what changed has been taken in
        # How often a list of a firm of this region has changed; what was chosen from them is kept until then.
        self.changes: Counter[str] = Counter()
        self._lists: dict[int, _List] = {}

    def __len__(self) -> int:
        return len(self._lists)

    def lacking(self, store: Store, region: str | None) -> list[int]:
        """The statements of a region's firms that have no list yet."""
        return [number for number in firms_of(store, region).tolist() if number not in self._lists]

    def is_current(self, engine: Engine, region: str) -> bool:
        """Whether there is nothing to take in and nothing that this region lacks."""
        if self._lists and self.revision < engine.store.revision:
            return False
        return not self.lacking(engine.store, region)

    def is_quick(self, engine: Engine, session: Session, region: str) -> bool:
        """Whether :meth:`update` for this region takes no longer than a request may."""
        store = engine.store
        if self._lists and self.revision < store.revision:
            changed = len(changed_since(session, self.revision, MOST_CHANGED + 1))
            if changed > MOST_CHANGED or changed * len(self._lists) > QUICK:
                return False
        lacking = len(self.lacking(store, region))
        return lacking <= BLOCK and lacking * len(store) <= QUICK

    def update(
        self,
        engine: Engine,
        session: Session,
        region: str | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """Takes in what changed since the last call, and makes the lists that a region still lacks.

        Searches go on between blocks. The caller holds :attr:`updating`.

        :param region: only its firms' lists are made; ``None`` for the whole country's.
        """
        store = engine.store
        newest = min(store.revision, current_revision(session))
        if self._lists and self.revision < newest:
            self._take_in(engine, session, set(changed_since(session, self.revision)))
        self.revision = max(self.revision, newest)
        lacking = self.lacking(store, region)
        block = max(1, min(BLOCK, TEXTS_AT_ONCE // max(len(store), 1)))
        for start in range(0, len(lacking), block):
            self._make(engine, session, lacking[start : start + block])
            progress(min(start + block, len(lacking)), len(lacking))

    def of(self, store: Store, region: str) -> tuple[Ids, Entries]:
        """A region's lists: numbers of the firms' statements ``(n,)`` and their entries ``(n, NEIGHBOURS)``."""
        ids = firms_of(store, region)
        lists = [self._lists.get(number) for number in ids.tolist()]
        having = [at for at, listed in enumerate(lists) if listed is not None]
        if not having:
            return ids[:0], np.zeros((0, NEIGHBOURS), dtype=ENTRY)
        return ids[having], np.stack([listed.entries for listed in lists if listed is not None])

    def _make(self, engine: Engine, session: Session, ids: list[int]) -> None:
        texts, store = _texts(session, ids), engine.store
        facts = store.facts(ids)
        there = np.flatnonzero(facts.published)  # the rest was withdrawn meanwhile
        vectors = store.vectors(Texts.own(ids[at] for at in there.tolist()))
        asked = _asked(engine, [ids[at] for at in there.tolist()], texts, vectors)
        towards = _towards(asked)
        found = store.neighbours(towards.astype(np.float32), SUPPLY, 2 * NEIGHBOURS)
        for one, at, own, (cosines, near) in zip(asked, there.tolist(), towards, found, strict=True):
            # Of a statement's two wordings the nearer one stands for it, and comes first.
            first = np.sort(np.unique(near.ids, return_index=True)[1])[:NEIGHBOURS]
            entries = np.zeros(NEIGHBOURS, dtype=ENTRY)
            made = _entries(engine, one, near.at(first), cosines[first])
            entries[: len(made)] = made
            floor = float(cosines[first][-1]) if len(first) == NEIGHBOURS else -np.inf
            self._put(ids[at], _List(entries, floor, region_codes()[facts.region[at]], own))

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
        labs = engine.store.texts(SUPPLY, numbers)
        if len(labs):
            ids = list(self._lists)
            block = max(1, min(LISTS_AT_ONCE, TEXTS_AT_ONCE // len(labs)))
            for start in range(0, len(ids), block):
                self._enter(engine, session, ids[start : start + block], labs)

    def _take_out(self, statement_id: int, gone: Mask) -> None:
        """A list without some of its entries; one that has too few left is made anew when it is needed."""
        listed = self._lists[statement_id]
        left = listed.entries[~gone]
        if np.count_nonzero(left["lab"]) < FEWEST and np.isfinite(listed.floor):
            self._drop(statement_id)
            return
        entries = np.concatenate([left, np.zeros(int(gone.sum()), dtype=ENTRY)])
        self._put(statement_id, replace(listed, entries=entries))

    def _enter(self, engine: Engine, session: Session, ids: list[int], labs: Texts) -> None:
        """Puts these laboratories' texts into those of these lists whose floor they pass."""
        towards = np.stack([self._lists[number].towards for number in ids]).astype(np.float32)
        cosines = engine.store.nearness(towards, labs)
        passing = cosines > np.asarray([self._lists[number].floor for number in ids])[:, None]
        entered = np.flatnonzero(passing.any(axis=1))
        vectors = engine.store.vectors(Texts.own(ids[at] for at in entered.tolist()))
        entered = entered[vectors.any(axis=1)]  # the rest was withdrawn meanwhile
        numbers = [ids[at] for at in entered.tolist()]
        asking = _asked(engine, numbers, _texts(session, numbers), vectors[vectors.any(axis=1)])
        for at, asked in zip(entered.tolist(), asking, strict=True):
            places = np.flatnonzero(passing[at])
            order = places[np.argsort(-cosines[at][places], kind="stable")]
            order = order[np.sort(np.unique(labs.ids[order], return_index=True)[1])]
            new = _entries(engine, asked, labs.at(order), cosines[at][order])
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
            "entries": np.stack([one.entries for one in lists])
            if lists
            else np.zeros((0, NEIGHBOURS), ENTRY),
            "floors": np.asarray([one.floor for one in lists], dtype=np.float64),
            "regions": np.asarray([int(one.region) for one in lists], dtype=np.int32),
            "towards": np.stack([one.towards for one in lists]) if lists else np.zeros((0, 0), np.float16),
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
            arrays["towards"],
        )
        for statement_id, entries, floor, region, towards in zip(*listed, strict=True):
            if statement_id not in self._lists:
                self._put(statement_id, _List(entries.copy(), floor, str(region), towards.copy()))


def _joined(listed: _List, new: Entries) -> _List:
    """A list with new entries among its own, the nearest first."""
    entries = np.concatenate([listed.entries[listed.entries["lab"] != 0], new])
    entries = entries[np.argsort(-entries["cosine"], kind="stable")]
    floor = float(entries["cosine"][NEIGHBOURS - 1]) if len(entries) > NEIGHBOURS else listed.floor
    whole = np.zeros(NEIGHBOURS, dtype=ENTRY)
    whole[: len(entries[:NEIGHBOURS])] = entries[:NEIGHBOURS]
    return replace(listed, entries=whole, floor=floor)


def firms_of(store: Store, region: str | None) -> Ids:
    """What a region's firms say, by its numbers."""
    return store.ids(replace(DEMAND, region=region))


def _texts(session: Session, ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        found.update(
            session.exec(select(Statement.id, Statement.text).where(col(Statement.id).in_(part))).all()
        )
    return found


def _asked(engine: Engine, ids: list[int], texts: dict[int, str], vectors: Floats) -> list[Asked]:
    """What these firms say, ready to be compared."""
    if not ids:
        return []
    makes = (engine.store.facts(ids).kind == numbers_of("kind")[Kind.BUSINESS]).tolist()
    return ask(engine, [texts.get(number, "") for number in ids], vectors, makes=makes)


def _towards(asked: list[Asked]) -> Halves:
    """The vectors by which laboratories are listed: half of what a firm says, half of what is lent to it."""
    both = np.stack([one.vector if one.lent is None else (one.vector + one.lent) / 2 for one in asked])
    return both.astype(np.float16)


def _entries(engine: Engine, asked: Asked, labs: Texts, cosines: Floats) -> Entries:
    """These laboratories' texts as entries, with score and level as search has them; what is gone is left out."""
    found = engine.store.rate(asked, Texts.both(labs.ids.tolist()))
    scores, levels = fit(engine, asked, found)
    # Of a statement's two wordings the one that answers better stands for it, as in a search.
    order = np.lexsort((-scores, found.texts.ids))
    best = order[np.unique(found.texts.ids[order], return_index=True)[1]]
    cosine_of = dict(zip(labs.ids.tolist(), cosines.tolist(), strict=True))
    made = np.zeros(len(best), dtype=ENTRY)
    made["lab"], made["score"], made["level"] = found.texts.ids[best], scores[best], levels[best]
    made["cosine"] = [cosine_of[number] for number in made["lab"].tolist()]
    return made[np.argsort(-made["cosine"], kind="stable")]
