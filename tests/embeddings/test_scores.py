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


def test_each_part_of_a_score_adds_to_it_and_words_only_up_to_a_point() -> None:
    meaning, none = np.asarray([1.0, 2.0], np.float32), np.zeros(2, np.float32)
    alone = fuse(meaning, none)
    assert alone[1] == pytest.approx(2 * alone[0])
    assert fuse(meaning, np.asarray([0.1, 0.0], np.float32))[0] > alone[0]
    parts = {"problem": meaning, "lent": meaning, "problem_words": none}
    np.testing.assert_allclose(fuse(meaning, none, **parts), meaning, rtol=1e-6)  # on the same scale
    for name, part in parts.items():
        more = fuse(meaning, none, **{**parts, name: part + np.float32(0.2)})
        assert (more > meaning).all(), name
    said, all_said = (np.full(2, share, np.float32) for share in (0.1, 1.0))
    assert (fuse(meaning, said, **parts) > meaning).all()
    np.testing.assert_allclose(fuse(meaning, said, **parts), fuse(meaning, all_said, **parts))


def test_strength_rises_from_0_to_100_and_has_four_words() -> None:
    strengths = [strength(level, level) for level in np.linspace(-10, 15, 200)]
    assert strengths == sorted(strengths)
    assert strengths[0] == 0
    assert strengths[-1] == 100
    assert [word(s) for s in (100, 90, 89, 70, 69, 40, 39, 0)] == [
        "very-high", "very-high", "high", "high", "medium", "medium", "low", "low",
    ]  # fmt: skip
    assert set(WORDS) == {"very-high", "high", "medium", "low"}


def test_the_background_standardises_its_own_texts() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((500, 8)).astype(np.float32) + 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    background = Background.of(vectors)
    for query in vectors[:5]:
        for asked in (query, background.correct(query)):
            plain = background.standardise(asked, vectors @ asked)
            assert plain.mean() == pytest.approx(0, abs=1e-3)
            assert plain.std() == pytest.approx(1, abs=1e-2)
        assert background.deviations(query[None])[0] == pytest.approx((vectors @ query).std(), rel=1e-2)
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
