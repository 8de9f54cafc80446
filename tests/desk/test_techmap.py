"""The technology map."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hub.desk import techmap
from hub.index.engine import Engine
from hub.index.replica import Replica
from hub.index.store import Change, Texts, Wording
from hub.profiles.lookup import find_profile
from tests.posting.test_statements import post


def test_the_technology_map_keeps_what_is_alike_together(sqlite_engine: Engine, prepared: Path) -> None:
    """Of the map that all tests look at, which was made once for them."""
    engine = sqlite_engine
    maps = techmap.Maps()
    maps.open(engine)
    assert techmap.is_stale(engine, maps)  # there is none yet
    shutil.copytree(prepared, engine.settings.snapshots, dirs_exist_ok=True)
    maps.open(engine)
    assert not techmap.is_stale(engine, maps)
    made = maps.places(engine)
    assert len(made.statement_ids) == 2615
    owners = engine.store.facts(made.statement_ids.tolist()).profile_id.tolist()
    vectors = engine.store.vectors(Texts.own(made.statement_ids.tolist()))
    assert np.abs(made.places).max() <= 1
    sample = np.arange(0, len(owners), 20)
    near = np.argsort(-vectors[sample] @ vectors.T, axis=1)[:, 1:11]
    apart = np.linalg.norm(made.places[sample][:, None] - made.places[None], axis=2)
    beside = np.argsort(apart, axis=1)[:, 1:11]
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(near.tolist(), beside.tolist(), strict=True)])
    assert kept > 0.3  # by chance 0.004; two principal components keep 0.05
    number = post(engine, "세계김치연구소", "김치 유산균으로 발효를 제어하고 유통기한을 늘립니다.").id
    with engine.database.reading() as session:
        drawn = techmap.as_points(engine, session, maps, "29")
    assert drawn["total"] == 2616
    assert {len(drawn[column]) for column in ("x", "y", "field", "kind", "here", "whose")} == {2616}
    assert max(map(abs, drawn["x"] + drawn["y"])) <= 1000
    places = maps.places(engine)
    new = places.places[places.statement_ids.tolist().index(number)]
    like = next(
        n for n, owner in zip(made.statement_ids.tolist(), owners, strict=True) if owner == _owner(engine)
    )
    old = made.places[made.statement_ids.tolist().index(like)]
    assert np.linalg.norm(new - old) < 0.2
    assert sum(drawn["here"]) > 20
    json.dumps(drawn)


def test_a_posting_beside_nothing_but_translations_stands_among_them() -> None:
    """Twenty translations nearer than any statement's own words: they are what it is placed by."""
    store = Replica(4, "test")
    korean, english = np.eye(4, dtype=np.float16)[:2]

    def change(number: int, *wordings: Wording) -> Change:
        return Change(number, number, "capability", "institute", "26", False, wordings)

    old = [change(n, Wording("글", korean[None]), Wording("text", english[None], "en")) for n in range(1, 41)]
    store.apply(old)
    made = techmap.Places(np.arange(1, 41), np.full((40, 2), 0.8, dtype=np.float32))
    store.apply([change(41, Wording("text", english[None], "en"))])
    shown = techmap._with_new(store, made)
    assert shown.places[shown.statement_ids.tolist().index(41)] == pytest.approx([0.8, 0.8])


def _owner(engine: Engine) -> int:
    with engine.database.reading() as session:
        return find_profile(session, "세계김치연구소").id
