"""Fusion, calibration and the measures of quality."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.calibration import HUBNESS, WORDS, Background, strength, strengths, word
from embeddings.evaluation import ndcg
from embeddings.fusion import fuse


def test_ndcg_of_a_worked_example() -> None:
    # Järvelin and Kekäläinen's discount: 3/1 + 2/log2(3) + 0 + 1/log2(5) over 3 + 2/log2(3) + 1/2
    expected = (3 + 2 / np.log2(3) + 1 / np.log2(5)) / (3 + 2 / np.log2(3) + 1 / 2)
    assert ndcg([3, 2, 0, 1], [1, 2, 3]) == pytest.approx(expected)
    assert ndcg([3, 2, 1], [1, 2, 3]) == 1
    assert ndcg([], [1]) == 0
    assert ndcg([1], []) == 0
    assert ndcg([0] * 10 + [3], [3]) == 0  # the eleventh does not count


def test_words_weigh_as_much_as_they_are_known() -> None:
    meaning, words = np.asarray([1.0, 2.0], np.float32), np.asarray([0.5, 0.0], np.float32)
    np.testing.assert_allclose(fuse(meaning, words, 0.0), meaning)
    assert fuse(meaning, words, 1.0)[0] > meaning[0]
    assert fuse(meaning, words, 1.0)[1] < meaning[1]


def test_strength_rises_from_0_to_100_and_has_four_words() -> None:
    strengths = [strength(level, level) for level in np.linspace(-10, 15, 200)]
    assert strengths == sorted(strengths)
    assert strengths[0] == 0
    assert strengths[-1] == 100
    assert [word(s) for s in (100, 90, 89, 68, 67, 20, 19, 0)] == [
        "very-high", "very-high", "high", "high", "medium", "medium", "low", "low",
    ]  # fmt: skip
    assert set(WORDS) == {"very-high", "high", "medium", "low"}


def test_the_background_standardises_its_own_texts() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((500, 8)).astype(np.float32) + 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    background = Background.of(vectors)
    for query in vectors[:5]:
        plain = background.standardise(query, vectors @ query - HUBNESS * background.mean @ background.mean)
        assert plain.mean() == pytest.approx(0, abs=1e-3)
        assert plain.std() == pytest.approx(1, abs=1e-2)
    corrected = background.correct(vectors)
    np.testing.assert_allclose(corrected, vectors - HUBNESS * background.mean, rtol=1e-6)
    everything = background.absolute(corrected @ vectors.T)
    assert everything.mean() == pytest.approx(0, abs=0.05)
    assert everything.std() == pytest.approx(1, abs=0.1)
    with pytest.raises(ValueError, match="two vectors, not 1"):
        Background.of(vectors[:1])


def test_many_strengths_at_once_are_the_same() -> None:
    rng = np.random.default_rng(0)
    scores, levels = (
        rng.normal(size=(20, 8)).astype(np.float32) * 4,
        rng.normal(size=(20, 8)).astype(np.float32) * 4,
    )
    together = strengths(scores, levels)
    assert together.shape == scores.shape
    assert together.tolist() == [
        [strength(float(s), float(v)) for s, v in zip(row, other, strict=True)]
        for row, other in zip(scores, levels, strict=True)
    ]
