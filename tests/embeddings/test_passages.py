"""The phrases of any text hold all of it; its passages are found as by a plain look at each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from embeddings.encoder import Encoder, Reference, _batches
from embeddings.passages import PASSAGE, PassageIndex, passages
from embeddings.phrases import STEP, WINDOW, WORD, phrases

WIDTH = 8
letters = st.text(st.sampled_from("가나 다라 ab c"), min_size=1, max_size=500)


def columns(text: str) -> int:
    return sum(2 if "가" <= letter <= "힣" else 1 for letter in text)


@hypothesis_settings(max_examples=300, deadline=None)
@given(text=letters, at=st.integers(0, 500), wide=st.integers(1, WINDOW - STEP - WORD))
def test_whatever_is_short_stands_whole_in_a_phrase(text: str, at: int, wide: int) -> None:
    text = " ".join(text.split())
    found = phrases(text) or [text]
    some = text[at % max(len(text), 1) :]
    while columns(some) > wide:
        some = some[:-1]
    assert any(some.strip() in phrase for phrase in found)
    assert all(phrase in text for phrase in found)


@pytest.mark.parametrize(
    "joiner", [", ", "; ", "\n", " / ", "、", "，", "ㆍ", " · ", ". ", " and ", " 및 ", " | "]
)
@pytest.mark.parametrize("count", [2, 8, 9, 40, 300])
def test_every_item_of_a_list_is_a_phrase(joiner: str, count: int) -> None:
    items = [f"{number}번째 일" for number in range(count)]
    assert [phrase.rstrip(".") for phrase in phrases(joiner.join(items))] == items


vectors = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 10**6)), max_size=12)


@hypothesis_settings(max_examples=300, deadline=None)
@given(rows=vectors, k=st.integers(1, 6), kept=st.integers(0, 2**12 - 1), seed=st.integers(0, 99))
def test_passages_are_found_as_by_a_full_scan(
    rows: list[tuple[int, int]], k: int, kept: int, seed: int
) -> None:
    parts = []
    for count, number in rows:
        made = np.random.default_rng(number).standard_normal((count, WIDTH))
        parts.append((made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16))
    index = PassageIndex(WIDTH)
    for start in range(0, len(parts), 5):
        some = parts[start : start + 5]
        index.add(range(start, start + len(some)), [passages(its) for its in some])
    keep = np.asarray([bool(kept >> row & 1) for row in range(len(rows))], dtype=np.bool_)
    queries = np.random.default_rng(seed).standard_normal((3, WIDTH)).astype(np.float32)
    for query, (cosines, found) in zip(queries, index.search(queries, k, keep), strict=True):
        truth = {
            row: float((passages(its).astype(np.float32) @ query).max())
            for row, its in enumerate(parts)
            if len(its) > PASSAGE and keep[row]
        }
        assert len(set(found.tolist())) == len(found) == min(k, len(truth))
        best = sorted(truth.values(), reverse=True)[:k]
        assert cosines.tolist() == pytest.approx(best, abs=1e-5)
        assert [truth[row] for row in found.tolist()] == pytest.approx(best, abs=1e-5)


def test_a_text_past_the_window_of_the_model_counts_to_its_end(encoder: Encoder) -> None:
    head = "반도체 웨이퍼 세정 장비를 만듭니다. " * 60
    tail = "전복 양식장의 수질을 재는 감지기를 만듭니다. " * 60
    long, shorter, end = encoder.encode([head + tail, head, tail])
    assert long @ end > shorter @ end + 0.02
    (other_way,) = encoder.encode([tail + head])
    assert long @ other_way > 0.99
    # What is encoded alone and what is encoded among others is the same.
    assert encoder.encode_one(head + tail) @ long > 0.9999
    for text in ("가" * 1999, "x" * 1999, "😀" * 999, "가 " * 990, ""):
        (vector,) = encoder.encode([text])
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


def test_the_reference_reads_a_long_text_like_its_export(encoder: Encoder) -> None:
    reference = Encoder(encoder.folder, exported=False)
    assert isinstance(reference._model, Reference)
    texts = ["김치 발효 제어와 포장 " * 100, "press die coating and wear " * 80, "가" * 1999, "짧은 글"]
    assert (encoder.encode(texts) * reference.encode(texts)).sum(axis=1).min() > 0.9999


@given(lengths=st.lists(st.integers(0, 2000), max_size=90))
def test_every_text_is_in_one_batch_and_none_waits_for_a_much_longer_one(lengths: list[int]) -> None:
    batches = list(_batches(lengths))
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    for batch in batches:
        assert max(lengths[i] for i in batch) <= 2 * max(40, min(lengths[i] for i in batch))
