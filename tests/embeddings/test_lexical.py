"""The word index: what counts as a word, and that its history never shows in its scores."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import embeddings.lexical
import embeddings.phrases
import hub.numbers
import hub.profiles.homepage
import hub.profiles.names
from embeddings.lexical import LexicalIndex, distinct, tokens

WORDS = st.lists(st.sampled_from("김치 발효 포장 glp 시험 전지 소재 코팅 로봇 ai".split()), max_size=6).map(
    " ".join
)


EXAMPLES = [embeddings.lexical, embeddings.phrases, hub.numbers, hub.profiles.homepage, hub.profiles.names]


@pytest.mark.parametrize("module", EXAMPLES)
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried
    assert not failed


def test_words_of_every_script() -> None:
    assert tokens("ＳｉＣ 전력반도체, β-Ga2O3") == ["sic", "전력", "력반", "반도", "도체", "β", "ga2o3"]
    assert tokens("人工知能 ロボット") == ["人工", "工知", "知能", "ロボ", "ボッ", "ット"]
    assert tokens("😀 !!") == []


def test_a_text_that_says_the_query_scores_above_one_that_says_half() -> None:
    index = LexicalIndex()
    index.add(["김치 포장 발효", "김치 냉장고", "자동차 부품"])
    found = index.search(distinct("김치 포장"))
    assert found.scores[0] > found.scores[1] > found.scores[2] == 0
    assert found.scores.max() <= 1
    assert found.known == 1
    assert index.search(distinct("우주선")).known == 0
    assert index.search(distinct("")).known == 0


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(WORDS, max_size=12), removed=st.sets(st.integers(0, 11)), query=WORDS)
def test_removing_leaves_the_scores_of_a_fresh_index(texts: list[str], removed: set[int], query: str) -> None:
    index = LexicalIndex()
    index.add(texts)
    kept = [i for i in range(len(texts)) if i not in removed]
    for row in set(range(len(texts))) - set(kept):
        index.remove(row)
    fresh = LexicalIndex()
    fresh.add([texts[i] for i in kept])
    ours, theirs = index.search(distinct(query)), fresh.search(distinct(query))
    assert ours.known == theirs.known
    np.testing.assert_allclose(ours.scores[kept], theirs.scores, rtol=1e-5)
    restored = LexicalIndex.unpack(
        {**index.pack(np.asarray(kept, dtype=np.int64)), "words": index.pack_words()}
    )
    again = restored.search(distinct(query))
    assert again.known == theirs.known
    np.testing.assert_allclose(again.scores, theirs.scores, rtol=1e-5)
    restored.add(["김치 로봇"])
    fresh.add(["김치 로봇"])
    np.testing.assert_allclose(
        restored.search(distinct("김치")).scores, fresh.search(distinct("김치")).scores, rtol=1e-5
    )
