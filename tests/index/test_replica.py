"""The replica against an oracle over random histories, and its snapshot against every kind of damage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from embeddings.lexical import distinct
from embeddings.passages import PASSAGE, passages
from hub.database import Database
from hub.index.columns import KINDS, PROFILE_KINDS, field_bits, numbers_of, region_codes
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.replica import WORD_BY_WORD, Replica
from hub.index.store import Asked, Change, Floats, Store, Texts, Wording
from hub.profiles.tables import SIZES, Kind, Visibility
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
        vectors = random.standard_normal((1 + (0, 1, 2, 9)[seed % 4], WIDTH))  # nine phrases are passages too
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
        day=20_000 + seed % 1000,
        field=seed % 30,
        problems=solved(random, (0, 0, 1, 3)[seed % 7 % 4], seed),
    )


def solved(random: np.random.Generator, count: int, seed: int) -> Wording | None:
    """So many problems, and one word for all of them."""
    if not count:
        return None
    vectors = random.standard_normal((count, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Wording(f"문제 {seed % 3}", vectors.astype(np.float16))


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


def as_the_contract_says(replica: Store, truth: dict[int, Change], chosen: Filters, query: Floats) -> None:
    """Each question of :class:`hub.index.store.Store` once more, answered in plain words."""
    wordings = {(n, at): one for n, change in truth.items() for at, one in enumerate(change.wordings)}
    passing = {name for name, one in wordings.items() if passes(truth[name[0]], one, chosen)}
    whole = {name: float(wordings[name].vectors[0].astype(np.float32) @ query) for name in wordings}
    parts = {name: wordings[name].vectors[1:].astype(np.float32) for name in wordings}
    phrase = {name: float((its @ query).max()) if len(its) else whole[name] for name, its in parts.items()}
    within = {
        name: max([whole[name], *(passages(its.astype(np.float16)).astype(np.float32) @ query)])
        if len(its) > PASSAGE
        else whole[name]
        for name, its in parts.items()
    }
    own = [truth[number] for number, wording in passing if wording == 0]
    lent = -query
    problem, problem_words, lent_phrase = {}, {}, {}
    words = distinct("글 7 1 없는말 문제")
    for name, its in parts.items():
        solves = truth[name[0]].problems
        problem[name] = -1.0 if solves is None else float((solves.vectors.astype(np.float32) @ query).max())
        problem_words[name] = solves is not None and bool(words & distinct(solves.text))
        lent_phrase[name] = float((its @ lent).max()) if len(its) else -whole[name]

    assert held_texts(replica.texts(chosen)) == passing
    assert sorted(replica.ids(chosen).tolist()) == sorted(change.statement_id for change in own)
    places = Counter(
        (numbers_of("kind")[change.kind], numbers_of("region")[change.region_code]) for change in own
    )
    assert replica.tally(chosen, "kind", "region") == places
    few = np.asarray([1, 2, 3, 99])
    of_few = {name for name in passing if name[0] in few}
    assert held_texts(replica.texts(chosen, few)) == of_few
    facts = replica.facts([*truth, 99])
    assert facts.published.tolist() == [True] * len(truth) + [False]
    for at, change in enumerate(truth.values()):
        is_so = {name: getattr(facts, name)[at] for name in ("profile_id", "hidden", "day", "field")}
        assert is_so == {name: getattr(change, name) for name in is_so}
        assert facts.kind[at] == KINDS.index(Kind(change.kind))
        assert region_codes()[facts.region[at]] == change.region_code
        assert facts.fields[at] == field_bits(change.fields)

    texts = replica.texts(Filters())
    assert replica.nearness(query[None], texts)[0].tolist() == approx(within[name] for name in named(texts))
    np.testing.assert_array_equal(
        replica.vectors(texts),
        np.asarray([wordings[name].vectors[0] for name in named(texts)], np.float32).reshape(-1, WIDTH),
    )
    assert replica.nearest_phrases(np.tile(query, (len(texts), 1)), texts) == [
        int(np.argmax(parts[name] @ query)) if len(parts[name]) else None for name in named(texts)
    ]
    held_words = set().union(*(distinct(one.text) for one in wordings.values()))
    solving = [truth[number].problems for number, _wording in named(texts)]
    for its, nearest in zip(
        solving, replica.nearest_problems(np.tile(query, (len(texts), 1)), texts), strict=True
    ):
        cosines = () if its is None else its.vectors.astype(np.float32) @ query
        assert nearest == (
            pytest.approx((np.argmax(cosines), max(cosines)), abs=1e-5) if len(cosines) else None
        )
    for is_whole in (True, False):
        near = whole if is_whole else within
        ((cosines, found),) = replica.neighbours(query[None], chosen, 50, whole=is_whole)
        assert held_texts(found) == passing
        assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
        if is_whole or all(len(parts[name]) <= PASSAGE for name in passing):
            assert cosines.tolist() == approx(near[name] for name in named(found))
        ((_cosines, found),) = replica.neighbours(query[None], chosen, 50, among=few, whole=is_whole)
        assert held_texts(found) == of_few
        ((_cosines, found),) = replica.neighbours(query[None], chosen, 2, whole=is_whole)
        assert len(found) <= (2 if is_whole else 4)
        answers = []
        asked = Asked(words, query, None if is_whole else lent, whole=is_whole)
        for bound in (WORD_BY_WORD, 0):  # it must not matter by which way the words are scored
            with patch("hub.index.replica.WORD_BY_WORD", bound):
                every = replica.candidates(asked, chosen, 50)
                two = replica.candidates(asked, chosen, 2)
                some = replica.candidates(asked, chosen, 50, among=few)
            assert held_texts(every.texts) == passing
            assert held_texts(some.texts) == of_few
            said = dict(zip(named(every.texts), every.words.tolist(), strict=True))
            first = surely_first(near, passing) | surely_first(said, {n for n in passing if said[n] > 0})
            if not is_whole:
                first |= surely_first(problem, {n for n in passing if problem[n] > -1})
            assert first <= held_texts(two.texts) <= passing
            assert len(two.texts) <= (4 if is_whole else 12)
            for candidates in (two, every, some):
                of = named(candidates.texts)
                assert len(set(of)) == len(of)
                assert candidates.whole.tolist() == approx(whole[name] for name in of)
                assert candidates.phrase.tolist() == approx(
                    (whole if is_whole else phrase)[name] for name in of
                )
                assert candidates.words.tolist() == approx(said[name] for name in of)
                assert candidates.facts.profile_id.tolist() == [truth[number].profile_id for number, _ in of]
                if not is_whole:
                    assert candidates.problem.tolist() == approx(problem[name] for name in of)
                    assert [bool(score) for score in candidates.problem_words] == [
                        problem_words[n] for n in of
                    ]
                    assert candidates.lent_whole.tolist() == approx(-whole[name] for name in of)
                    assert candidates.lent_phrase.tolist() == approx(lent_phrase[name] for name in of)
            assert all(score <= len(words & held_words) / len(words) + 1e-6 for score in said.values())
            answers.append(said)
            for name, score in said.items():  # what shares a word with the query scores, and nothing else
                assert (score > 0) == bool(words & distinct(wordings[name].text))
        assert answers[0] == pytest.approx(answers[1], rel=1e-5)
    rated = replica.rate(Asked(words, query, lent), texts)
    assert rated.problem.tolist() == approx(problem[name] for name in named(rated.texts))
    assert rated.lent_phrase.tolist() == approx(lent_phrase[name] for name in named(rated.texts))
    assert rated.whole.tolist() == approx(whole[name] for name in named(rated.texts))
    assert rated.phrase.tolist() == approx(phrase[name] for name in named(rated.texts))
    of_rated = dict(zip(named(rated.texts), rated.words.tolist(), strict=True))
    assert answers[0] == pytest.approx({name: of_rated[name] for name in answers[0]}, rel=1e-5)


def surely_first(near: dict[tuple[int, int], float], among: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of which fewer than two others are as near, to what half floats can tell."""
    return {one for one in among if sum(near[other] > near[one] - 1e-4 for other in among - {one}) < 2}


def approx(values: Iterable[float]) -> object:
    return pytest.approx(list(values), abs=1e-5)


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
        as_the_contract_says(replica, truth, chosen, query)

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
