"""The technology map: every statement placed by meaning in two dimensions, those alike side by side.

Computed beforehand by `hub map` with t-SNE (van der Maaten and Hinton 2008, scikit-learn): of the ten
nearest of a carried statement it keeps 4.5 side by side, two principal components half of one (tests/desk). What
is posted later stands among its nearest until the map is made anew.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from hub.language import in_language
from hub.matching.engine import Engine
from hub.matching.nearest_field import standard_fields
from hub.matching.replica import KINDS, Filters
from hub.profiles.fields import carried_fields
from hub.profiles.tables import Kind, Profile, TechnologyField
from hub.regions.atlas import inside

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
        self._shown: tuple[int, Places] | None = None
        self._lock = threading.Lock()

    def open(self, engine: Engine) -> None:
        """Takes up the map that :func:`make` kept, if there is one of this model."""
        try:
            with np.load(_path(engine), allow_pickle=False) as arrays:
                self.made = Places(arrays["statement_ids"], arrays["places"])
        except (OSError, ValueError, KeyError):
            self.made = None

    def places(self, engine: Engine) -> Places:
        """Every published statement in its own words. The caller holds the replica's lock for reading."""
        with self._lock:
            if self.made is None:
                return Places(np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.float32))
            if self._shown is None or self._shown[0] != engine.replica.revision:
                self._shown = (engine.replica.revision, _with_new(engine, self.made))
            return self._shown[1]


def _path(engine: Engine) -> Any:
    return engine.settings.snapshots / f"map-{engine.encoder.fingerprint}.npz"


def _own_rows(engine: Engine) -> npt.NDArray[np.int64]:
    """Every published statement in its own words, by its number."""
    rows = engine.replica.own_rows(Filters())
    return rows[np.argsort(engine.replica.columns["statement_id"][rows])]


def is_stale(engine: Engine, maps: Maps) -> bool:
    """Whether there is no map, or a fifth of the statements is not on it."""
    with engine.replica.lock.reading():
        ids = engine.replica.columns["statement_id"][_own_rows(engine)]
    if maps.made is None:
        return len(ids) > 3
    return float(np.isin(ids, maps.made.statement_ids, invert=True).mean()) > STALE if len(ids) else False


def make(engine: Engine) -> int:
    """Makes the map of what is published now and keeps it; returns how many statements are on it.

    :raises OSError: when it cannot be written.
    """
    from sklearn.manifold import TSNE

    with engine.replica.lock.reading():
        rows = _own_rows(engine)
        rows = rows[:: max(1, -(-len(rows) // MOST_LAID_OUT))]
        ids = engine.replica.columns["statement_id"][rows].astype(np.int64)
        vectors = engine.replica.index.vectors(rows)
    if len(rows) < 4:
        return 0
    placed = TSNE(
        2, init="pca", metric="cosine", perplexity=min(PERPLEXITY, (len(rows) - 1) / 3), random_state=0
    ).fit_transform(vectors - vectors.mean(axis=0))
    low, high = placed.min(axis=0), placed.max(axis=0)
    placed = 2 * (placed - low) / (high - low) - 1  # t-SNE's axes mean nothing: fill the drawing
    with engine.replica.lock.reading():
        made = _with_new(engine, Places(ids, placed.astype(np.float32)))
    path = _path(engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.stem}.npz")
    np.savez(scratch, statement_ids=made.statement_ids, places=made.places)
    scratch.replace(path)
    return len(made.statement_ids)


def _with_new(engine: Engine, made: Places) -> Places:
    """The made map without what is gone, and with what is new among its nearest."""
    rows = _own_rows(engine)
    ids = engine.replica.columns["statement_id"][rows].astype(np.int64)
    old = np.isin(made.statement_ids, ids)
    ids_kept, places_kept = made.statement_ids[old], made.places[old]
    is_new = ~np.isin(ids, ids_kept)
    places = np.zeros((len(ids), 2), dtype=np.float32)
    places[~is_new] = places_kept
    new = np.flatnonzero(is_new)
    if len(ids_kept):
        known = engine.replica.index.vectors(rows[~is_new])
        for start in range(0, len(new), BLOCK):
            part = new[start : start + BLOCK]
            near = engine.replica.index.vectors(rows[part]) @ known.T
            places[part] = _among(near, places_kept)
    return Places(ids, places)


def _among(near: Floats, places: Floats) -> Floats:
    """The weighted middle of the places that are nearest, ``(n, 2)``, by cosines ``(n, known)``."""
    count = min(BESIDE, near.shape[1])
    closest = np.argpartition(-near, count - 1, axis=1)[:, :count]
    weight = np.take_along_axis(near, closest, axis=1)
    weight = np.exp(20 * (weight - weight.max(axis=1, keepdims=True)))
    middle: Floats = (places[closest] * weight[..., None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
    return middle


@dataclass(frozen=True)
class FieldOnMap:
    """One technology field: how many statements of each kind lie in it."""

    field: TechnologyField
    kinds: dict[str, int]


def counted(engine: Engine, session: Session) -> list[FieldOnMap]:
    """The fields of the map with what lies in them: the same as a table."""
    engine.sync(session)
    with engine.replica.lock.reading():
        rows = _own_rows(engine)
        fields, kinds = engine.row_fields()[rows], engine.replica.columns["kind"][rows]
    found = Counter(zip(fields.tolist(), kinds.tolist(), strict=True))
    return [
        FieldOnMap(
            carried_fields()[number],
            {str(kind): found[(number, KINDS.index(kind))] for kind in Kind},
        )
        for number in standard_fields()
    ]


def as_points(engine: Engine, session: Session, maps: Maps, region: str | None) -> dict[str, Any]:
    """Places of the statements, and where each field's name goes; of more than ten thousand an even part.

    A point is ``[x, y, field, kind, in the region, profile, name]``; a hidden name has neither of the last two.
    """
    engine.sync(session)
    replica = engine.replica
    with replica.lock.reading():
        shown = maps.places(engine)
        rows = np.asarray([replica.row_of(int(number)) for number in shown.statement_ids], dtype=np.int64)
        columns = {name: replica.columns[name][rows] for name in ("kind", "region", "profile_id", "hidden")}
        fields = engine.row_fields()[rows] if len(rows) else np.zeros(0, dtype=np.int8)
        here = np.isin(
            columns["region"], [replica.region_number(c) for c in inside(region)] if region else []
        )
    part = np.arange(len(rows))
    if len(part) > MOST_POINTS:  # all of the region, and of the rest as many as there is room for
        rest = np.flatnonzero(~here)
        room = max(MOST_POINTS - int(here.sum()), 0)
        part = np.concatenate([np.flatnonzero(here), rest[:: max(1, -(-len(rest) // max(room, 1)))]])
    names = _names(session, set(columns["profile_id"][part].tolist()))
    carried = carried_fields()
    order = {number: at for at, number in enumerate(standard_fields())}
    points = []
    for at in part.tolist():
        hidden = bool(columns["hidden"][at])
        profile = int(columns["profile_id"][at])
        x, y = shown.places[at].tolist()
        known = [] if hidden else [profile, names.get(profile, "")]
        points.append(
            [
                round(x, 3),
                round(y, 3),
                order[int(fields[at])],
                int(columns["kind"][at]),
                int(here[at]),
                *known,
            ]
        )
    labels = [[*where, order[number]] for number, where in _label_places(shown.places, fields)]
    return {
        "fields": [in_language(carried[n].name_ko, carried[n].name_en) for n in standard_fields()],
        "points": points,
        "labels": labels,
        "total": len(rows),
    }


CELLS = 24  # across the map and down
APART = (5, 1)  # cells between two names


def _label_places(places: Floats, fields: npt.NDArray[np.int8]) -> list[tuple[int, list[float]]]:
    """Where each field's name goes: in the cell that it has most to itself, apart from the other names."""
    cells = np.clip(((places + 1) / 2 * CELLS).astype(int), 0, CELLS - 1)
    everything = np.zeros((CELLS, CELLS))
    np.add.at(everything, tuple(cells.T), 1)
    taken: list[npt.NDArray[np.int64]] = []
    found: list[tuple[int, list[float]]] = []
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
                found.append((number, [round(float(v), 3) for v in (cell + 0.5) / CELLS * 2 - 1]))
                break
    return found


def _names(session: Session, numbers: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    listed = sorted(numbers)
    for start in range(0, len(listed), 500):  # databases limit how many values one query may name
        query = select(Profile).where(col(Profile.id).in_(listed[start : start + 500]))
        found.update({one.id: in_language(one.name_ko, one.name_en) for one in session.exec(query)})
    return found
