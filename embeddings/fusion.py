"""One score out of several: meaning (vectors) and words (BM25), of a text, of its problems and of what is lent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Beside the meaning, which weighs 1. Chosen on tests/benchmarks/needs-train.jsonl and needs-hard-*.jsonl together; from
# half to twice as much of each nDCG@10 is the same within 0.01.
PROBLEM_WEIGHT = 0.9
LENT_WEIGHT = 0.9
# Words that are shared tell more than the vectors of a small model, up to a point: a text that says all of a short
# query is not ten times as right as one that says a tenth of a long one.
WORD_WEIGHT, WORDS_AT_MOST = 70.0, 0.1
PROBLEM_WORD_WEIGHT, PROBLEM_WORDS_AT_MOST = 21.0, 0.3
# Where there is nothing but the meaning; all of it divided so that it stands beside the others in one list.
WORD_WEIGHT_ALONE, WORDS_AT_MOST_ALONE, ALONE = 6.0, 0.35, 1.25


def fuse(
    meaning: Floats,
    words: Floats,
    *,
    problem: Floats | None = None,
    lent: Floats | None = None,
    problem_words: Floats | None = None,
) -> Floats:
    """A weighted sum on the scale of the standard scores of meaning.

    :param meaning: ``(k,)`` standard scores of the cosines; ``problem`` those with the best problem, ``lent`` those of
        what the problem bank lends.
    :param words: ``(k,)`` BM25 as a share of the most that a text could score, times the share of the query's words
        that any text holds, 0 to 1; ``problem_words`` the same with the problems.
    :return: ``(k,) float32``.
    """
    if problem is None or lent is None or problem_words is None:
        alone = meaning + WORD_WEIGHT_ALONE * np.minimum(words, WORDS_AT_MOST_ALONE)
        scaled: Floats = (alone / ALONE).astype(np.float32)
        return scaled
    score = (
        meaning
        + PROBLEM_WEIGHT * problem
        + LENT_WEIGHT * lent
        + WORD_WEIGHT * np.minimum(words, WORDS_AT_MOST)
        + PROBLEM_WORD_WEIGHT * np.minimum(problem_words, PROBLEM_WORDS_AT_MOST)
    )
    fused: Floats = (score / (1 + PROBLEM_WEIGHT + LENT_WEIGHT)).astype(np.float32)
    return fused
