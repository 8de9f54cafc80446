"""The technology map: every statement placed by meaning in two dimensions, those alike side by side.

Computed beforehand by `hub map` with t-SNE (van der Maaten and Hinton 2008, scikit-learn): of the ten
nearest of a carried statement it keeps 4.5 side by side, two principal components half of one (tests/desk). What
is posted later stands among its nearest until the map is made anew.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from hub.fields.carried import carried_fields
from hub.fields.nearest import standard_fields
from hub.fields.tables import TechnologyField
from hub.index.columns import KINDS, numbers_inside
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Store, Texts
from hub.language import in_language
from hub.profiles.published import names_of_statements

Floats = npt.NDArray[np.float32]
PERPLEXITY = 30
BESIDE = 5  # a new statement stands at the weighted middle of so many
MOST_POINTS = 10_000
STALE = 0.2  # made anew when so much of it is new
# Beyond so many an even part is laid out and the rest stands among it: t-SNE of more would take a quarter of an hour.
MOST_LAID_OUT = 20_000
BLOCK = 1_000


@dataclass(frozen=True)
class Places:
    """Where statements stand: numbers ``(n,)`` in ascending order, places ``(n, 2)`` within -1 and 1."""

    statement_ids: npt.NDArray[np.int64]
    places: Floats


class Maps:
    """The map of one process, brought up to date when it is asked for."""

    def __init__(self) -> None:
        self.made: Places | None = None
        self._shown: Places | None = None  # the made one and what has come since
        self._revision = -1
        self._lock = threading.Lock()

    def open(self, engine: Engine) -> None:
        """Takes up the map that :func:`make` kept, if there is one of this model."""
        try:
            with np.load(_path(engine), allow_pickle=False) as arrays:
                self.made = Places(arrays["statement_ids"], arrays["places"])
        except (OSError, ValueError, KeyError):
            self.made = None
        self._shown, self._revision = self.made, -1

    def places(self, engine: Engine) -> Places:
        """Every published statement in its own words."""
        with self._lock:
            if self._shown is None:
                return Places(np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.float32))
            revision = engine.store.revision
            if self._revision != revision:
                self._shown, self._revision = _with_new(engine.store, self._shown), revision
            return self._shown


def _path(engine: Engine) -> Any:
    return engine.settings.snapshots / f"map-{engine.encoder.fingerprint}.npz"


def is_stale(engine: Engine, maps: Maps) -> bool:
    """Whether there is no map, or a fifth of the statements is not on it."""
    ids = engine.store.ids(Filters())
    if maps.made is None:
        return len(ids) > 3
    return float(np.isin(ids, maps.made.statement_ids, invert=True).mean()) > STALE if len(ids) else False


def make(engine: Engine) -> int:
    """Makes the map of what is published now and keeps it; returns how many statements are on it.

    :raises OSError: when it cannot be written.
    """
    from sklearn.manifold import TSNE

    ids = np.sort(engine.store.ids(Filters()))
    ids = ids[:: max(1, -(-len(ids) // MOST_LAID_OUT))]
    vectors = engine.store.vectors(Texts.own(ids.tolist()))
    if len(ids) < 4:
        return 0
    placed = TSNE(
        2, init="pca", metric="cosine", perplexity=min(PERPLEXITY, (len(ids) - 1) / 3), random_state=0
    ).fit_transform(vectors - vectors.mean(axis=0))
    low, high = placed.min(axis=0), placed.max(axis=0)
    placed = 2 * (placed - low) / (high - low) - 1  # t-SNE's axes mean nothing: fill the drawing
    made = _with_new(engine.store, Places(ids, placed.astype(np.float32)))
    path = _path(engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.stem}.npz")
    np.savez(scratch, statement_ids=made.statement_ids, places=made.places)
    scratch.replace(path)
    return len(made.statement_ids)


def _with_new(store: Store, made: Places) -> Places:
    """The map without what is gone, and with what is new among its nearest; searches go on in between."""
    ids = np.sort(store.ids(Filters()))
    old = np.isin(made.statement_ids, ids)
    known, places_known = made.statement_ids[old], made.places[old]
    is_new = np.isin(ids, known, invert=True)
    places = np.zeros((len(ids), 2), dtype=np.float32)
    places[~is_new] = places_known
    if not len(known):
        return Places(ids, places)
    new = np.flatnonzero(is_new)
    for start in range(0, len(new), BLOCK):
        some = new[start : start + BLOCK]
        vectors = store.vectors(Texts.own(ids[some].tolist()))
        near = store.neighbours(vectors, Filters(), 4 * BESIDE, among=known, whole=True)
        for at, (cosines, texts) in zip(some.tolist(), near, strict=True):
            first = np.flatnonzero(texts.wordings == 0)[
                :BESIDE
            ]  # in their own words, as the map was laid out
            if len(first) < BESIDE:  # translations are nearer: any wording, each statement once
                first = np.sort(np.unique(texts.ids, return_index=True)[1])[:BESIDE]
            if len(first):
                places[at] = _among(cosines[first], places_known[np.searchsorted(known, texts.ids[first])])
    return Places(ids, places)


def _among(near: Floats, places: Floats) -> Floats:
    """The weighted middle, ``(2,)``, of places ``(k, 2)`` that are near by cosines ``(k,)``."""
    weight = np.exp(20 * (near - near.max()))
    middle: Floats = (places * weight[:, None]).sum(axis=0) / weight.sum()
    return middle


@dataclass(frozen=True)
class FieldOnMap:
    """One technology field: how many statements of each kind lie in it."""

    field: TechnologyField
    kinds: dict[str, int]


def counted(engine: Engine, session: Session) -> list[FieldOnMap]:
    """The fields of the map with what lies in them: the same as a table."""
    engine.sync(session)
    found = engine.store.tally(Filters(), "field", "kind")
    return [
        FieldOnMap(
            carried_fields()[number],
            {str(kind): found.get((number, at), 0) for at, kind in enumerate(KINDS)},
        )
        for number in standard_fields()
    ]


def as_points(engine: Engine, session: Session, maps: Maps, region: str | None) -> dict[str, Any]:
    """Places of the statements, and where each field's name goes; of more than ten thousand an even part.

    A point is one row of the columns ``x``, ``y``, ``field``, ``kind``, ``here`` (in the region) and ``whose``, a
    place in ``profiles``; of a hidden name that is -1. Places are in thousandths.
    """
    engine.sync(session)
    shown = maps.places(engine)
    facts = engine.store.facts(shown.statement_ids.tolist())
    there = np.flatnonzero(facts.published)  # the rest was withdrawn this very moment
    facts, shown = facts.at(there), Places(shown.statement_ids[there], shown.places[there])
    here = np.isin(facts.region, numbers_inside(region) if region else [])
    part = _part(here)
    carried = carried_fields()
    order = {number: at for at, number in enumerate(standard_fields())}
    across, down = np.rint(1000 * shown.places[part]).astype(int).T.tolist()
    return {
        "fields": [in_language(carried[n].name_ko, carried[n].name_en) for n in standard_fields()],
        "x": across,
        "y": down,
        "field": [order[number] for number in facts.field[part].tolist()],
        "kind": facts.kind[part].tolist(),
        "here": here[part].astype(int).tolist(),
        **_whose(names_of_statements(session, shown.statement_ids[part].tolist()), shown.statement_ids[part]),
        "labels": [[*where, order[number]] for number, where in _label_places(shown.places, facts.field)],
        "total": len(there),
    }


def _whose(
    names: dict[int, tuple[int, str, str | None]], statement_ids: npt.NDArray[np.int64]
) -> dict[str, list[Any]]:
    """Each profile once, ``[number, name]``, and which of them each statement is of; -1 where it has no name."""
    profiles = list(dict.fromkeys(names.values()))
    at = {profile: place for place, profile in enumerate(profiles)}
    found = [names.get(number) for number in statement_ids.tolist()]
    return {
        "profiles": [[number, in_language(korean, english)] for number, korean, english in profiles],
        "whose": [-1 if whose is None else at[whose] for whose in found],
    }


def _part(here: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Which points are drawn: all of the region, and of the rest as many as there is room for."""
    if len(here) <= MOST_POINTS:
        return np.arange(len(here))
    rest = np.flatnonzero(~here)
    room = max(MOST_POINTS - int(here.sum()), 0)
    return np.concatenate([np.flatnonzero(here), rest[:: max(1, -(-len(rest) // max(room, 1)))]])


CELLS = 24  # across the map and down
APART = (5, 1)  # cells between two names


def _label_places(places: Floats, fields: npt.NDArray[np.int8]) -> list[tuple[int, list[int]]]:
    """Where each field's name goes: in the cell that it has most to itself, apart from the other names."""
    cells = np.clip(((places + 1) / 2 * CELLS).astype(int), 0, CELLS - 1)
    everything = np.zeros((CELLS, CELLS))
    np.add.at(everything, tuple(cells.T), 1)
    taken: list[npt.NDArray[np.int64]] = []
    found: list[tuple[int, list[int]]] = []
    numbers = [n for n in standard_fields() if np.count_nonzero(fields == n) >= 5]
    for number in sorted(numbers, key=lambda n: -int(np.count_nonzero(fields == n))):
        own = np.zeros((CELLS, CELLS))
        np.add.at(own, tuple(cells[fields == number].T), 1)
        share = own * own / np.maximum(everything, 1)
        for flat in np.argsort(-share, axis=None):
            cell = np.asarray(np.unravel_index(flat, share.shape))
            if all(
                abs(cell[0] - other[0]) >= APART[0] or abs(cell[1] - other[1]) > APART[1] for other in taken
            ):
                taken.append(cell)
                found.append((number, np.rint(1000 * ((cell + 0.5) / CELLS * 2 - 1)).astype(int).tolist()))
                break
    return found
