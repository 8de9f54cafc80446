"""The replica against an oracle over random histories, and its snapshot against every kind of damage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from embeddings.lexical import distinct
from hub.database import Database
from hub.index.columns import KINDS, PROFILE_KINDS
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.replica import Replica
from hub.index.store import Change, Texts, Wording
from hub.profiles.tables import SIZES, Visibility
from hub.regions.atlas import inside
from hub.settings import Settings
from tests.posting.test_statements import TEXT, found, post

WIDTH = 8


REGIONS = ("26", "26110", "26350", "11", "11680", "29")


FIELDS = ("LA", "EB", "S12")


changes = st.fixed_dictionaries(
    {
        "number": st.integers(1, 12),
        "kind": st.sampled_from(KINDS),
        "profile_kind": st.sampled_from(PROFILE_KINDS),
        "region": st.sampled_from(REGIONS),
        "size": st.none() | st.sampled_from(SIZES),
        "fields": st.frozensets(st.sampled_from(FIELDS), max_size=2),
        "trl": st.none() | st.integers(1, 9),
        "language": st.sampled_from(("ko", "en", "ja", "xx")),
        "hidden": st.booleans(),
        "gone": st.booleans(),
        "seed": st.integers(0, 10**6),
    }
)


def some(values: object, most: int = 2) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from([str(value) for value in values]), max_size=most)  # type: ignore[attr-defined]


filters = st.builds(
    Filters,
    region=st.none() | st.sampled_from(REGIONS),
    kinds=some(KINDS),
    profile_kinds=some(PROFILE_KINDS),
    sizes=some(SIZES, 1),
    fields=some(FIELDS, 1),
    trl=st.none() | st.tuples(st.integers(1, 5), st.integers(4, 9)),
    languages=some(("ko", "en"), 1),
    visibilities=some((Visibility.PUBLIC, Visibility.HIDDEN_NAME), 1),
)


NOTHING_ODD: dict[str, Any] = {
    "kind": "capability",
    "profile_kind": "institute",
    "region": "26",
    "size": None,
    "fields": frozenset(),
    "trl": None,
    "language": "ko",
    "hidden": False,
    "gone": False,
}


def made(change: dict[str, Any]) -> Change:
    seed, number = change["seed"], change["number"]
    random = np.random.default_rng(seed)

    def wording(second: int) -> Wording:
        vectors = random.standard_normal((1 + seed % 3, WIDTH))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        language = change["language"] if not second else ("en" if change["language"] == "ko" else "ko")
        return Wording(f"글 {seed} {second}", vectors.astype(np.float16), language)

    return Change(
        number,
        number % 4,
        change["kind"],
        change["profile_kind"],
        change["region"],
        change["hidden"],
        () if change["gone"] else tuple(wording(n) for n in range(1 + seed % 2)),
        size=change["size"],
        fields=change["fields"],
        trl=change["trl"],
    )


def passes(change: Change, wording: Wording, chosen: Filters) -> bool:
    """The filters once more, in plain words."""
    visibility = Visibility.HIDDEN_NAME if change.hidden else Visibility.PUBLIC
    return (
        (chosen.region is None or change.region_code in inside(chosen.region))
        and (not chosen.kinds or change.kind in chosen.kinds)
        and (not chosen.profile_kinds or change.profile_kind in chosen.profile_kinds)
        and (not chosen.sizes or change.size in chosen.sizes)
        and (not chosen.fields or bool(change.fields & chosen.fields))
        and (chosen.trl is None or (change.trl is not None and chosen.trl[0] <= change.trl <= chosen.trl[1]))
        and (not chosen.languages or wording.language in chosen.languages)
        and (not chosen.visibilities or visibility in chosen.visibilities)
    )


def named(texts: Texts) -> list[tuple[int, int]]:
    return list(zip(texts.ids.tolist(), texts.wordings.tolist(), strict=True))


def held_texts(texts: Texts) -> set[tuple[int, int]]:
    return set(named(texts))


@hypothesis_settings(max_examples=2000, deadline=None)
@given(history=st.lists(st.lists(changes, max_size=6), max_size=5), chosen=filters, seed=st.integers(0, 99))
def test_any_history_is_found_as_by_a_full_scan(
    history: list[list[dict[str, Any]]], chosen: Filters, seed: int
) -> None:
    replica = Replica(WIDTH, "test")
    truth: dict[int, Change] = {}
    for batch in history:
        once = {change["number"]: made(change) for change in batch}
        replica.apply(list(once.values()))
        truth |= once
    truth = {number: change for number, change in truth.items() if change.wordings}
    query = np.random.default_rng(seed).standard_normal(WIDTH).astype(np.float32)
    passing = {
        (number, language): (
            float(query @ wording.vectors[0].astype(np.float32)),
            float(
                (wording.vectors[1:] if len(wording.vectors) > 1 else wording.vectors)
                .astype(np.float32)
                .dot(query)
                .max()
            ),
        )
        for number, change in truth.items()
        for language, wording in enumerate(change.wordings)
        if passes(change, wording, chosen)
    }

    def check(replica: Replica) -> None:
        assert len(replica) == len(truth)
        held = replica.rows
        cosines, rows = held.index.search(query[None], 50, held.mask(chosen))
        found = {name: values[rows[0]] for name, values in held.columns.items()}
        names = zip(found["statement_id"].tolist(), found["wording"].tolist(), strict=True)
        best = held.parts.best(query, rows[0], cosines[0])
        ours = dict(zip(names, zip(cosines[0].tolist(), best.tolist(), strict=True), strict=True))
        assert ours.keys() == passing.keys()
        for name, values in ours.items():
            assert values == pytest.approx(passing[name], abs=1e-5)
        # Few rows are scored by what they hold, many word by word: it must not matter which.
        words = held.words.search(distinct("글 7 1"), rows[0])
        all_rows = held.words.search(distinct("글 7 1"))
        np.testing.assert_allclose(words.scores, all_rows.scores[rows[0]], rtol=1e-5)
        # What the contract says of them is the same.
        assert held_texts(replica.texts(chosen)) == passing.keys()
        ((near, texts),) = replica.neighbours(query[None], chosen, 50, whole=True)
        assert held_texts(texts) == passing.keys()
        assert near.tolist() == pytest.approx([passing[name][0] for name in named(texts)], abs=1e-5)
        rated = replica.rate(distinct("글 7 1"), query, texts)
        for name, whole, phrase in zip(named(rated.texts), rated.whole, rated.phrase, strict=True):
            assert (whole, phrase) == pytest.approx(passing[name], abs=1e-5)

    check(replica)
    restored = Replica(WIDTH, "test")
    packed, _revision = replica.copy_out()
    restored.unpack(packed, 7)
    assert restored.revision == 7
    assert restored.removed == 0
    check(restored)


def test_two_replicas_agree_after_every_commit(loaded: Settings) -> None:
    one = Engine(loaded, Database(loaded.database))
    other = Engine(loaded, Database(loaded.database))
    for number in range(5):
        posted = post(one if number % 2 else other, "국립목포대학교", f"{TEXT} {number}번째 방법")
        assert found(one, posted.text) == found(other, posted.text)
        assert found(one, posted.text)[0] == posted.id
        assert one.store.revision == other.store.revision


def test_the_revision_never_runs_backwards(loaded: Settings) -> None:
    engine = Engine(loaded, Database(loaded.database))
    with engine.database.reading() as older:
        older.connection().exec_driver_sql("SELECT count(*) FROM profile")  # sees the database as it is now
        posted = post(engine, "국립목포대학교")
        assert found(engine, TEXT)[0] == posted.id
        reached, rows = engine.store.revision, len(engine.store.rows)
        engine.sync(older)
        assert engine.store.revision == reached
    post(engine, "국립목포대학교", "해조류 부산물에서 바이오가스를 얻는 공정을 설계합니다.")
    assert found(engine, TEXT)[0] == posted.id
    assert engine.store.revision == reached + 1
    assert len(engine.store.rows) == rows + 1  # what was there already was not put in a second time


def test_one_statement_twice_in_one_batch_is_there_once() -> None:
    replica = Replica(WIDTH, "test")
    change = made({**NOTHING_ODD, "number": 3, "seed": 1})
    replica.apply([change, change])
    assert len(replica) == 1
    assert int(replica.rows.columns["alive"].sum()) == len(change.wordings)
