"""The vector index against a plain scan, over random data, additions and filters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import index as index_module
from embeddings.index import FaissIndex

WIDTH = 16


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    batches=st.lists(st.integers(0, 40), min_size=1, max_size=5),
    k=st.integers(1, 30),
    share=st.sampled_from([0.0, 0.02, 0.3, 1.0]),
    how=st.sampled_from([(8, 1), (8, 2), (32_768, 2)]),  # rows a segment, threads
)
def test_it_finds_what_a_scan_finds(
    seed: int, batches: list[int], k: int, share: float, how: tuple[int, int]
) -> None:
    segment, threads = how
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "SEGMENT", segment)
        index = FaissIndex(WIDTH)
        index.use_threads(threads)
        compare(index, np.random.default_rng(seed), batches, k, share)


def compare(index: FaissIndex, random: np.random.Generator, batches: list[int], k: int, share: float) -> None:
    added = []
    for size in batches:
        vectors = random.standard_normal((size, WIDTH)).astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        assert index.add(vectors.astype(np.float16)) == sum(len(a) for a in added)
        added.append(vectors.astype(np.float16))
    everything = np.concatenate(added)
    assert len(index) == len(everything)
    np.testing.assert_array_equal(index.halves(), everything)
    keep = random.random(len(everything)) < share
    queries = random.standard_normal((3, WIDTH)).astype(np.float32)
    cosines, rows = index.search(queries, k, keep)
    truth = queries @ everything.astype(np.float32).T
    truth[:, ~keep] = -np.inf
    found = min(k, int(keep.sum()))
    assert cosines.shape == rows.shape == (3, found)
    best = -np.sort(-truth, axis=1)[:, :found]
    np.testing.assert_allclose(cosines, best, atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(truth, rows, axis=1), best, atol=1e-5)


def test_a_vector_of_another_width_is_refused_with_both_widths() -> None:
    index = FaissIndex(WIDTH)
    with pytest.raises(ValueError, match=r"\(2, 17\).*16"):
        index.add(np.zeros((2, 17), dtype=np.float16))
    assert len(index) == 0
