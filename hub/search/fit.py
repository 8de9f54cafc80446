"""How well a text answers what asks for it: one rule for searches, suggestions, previews and exports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.calibration import Background
from embeddings.fusion import fuse
from hub.index.columns import numbers_of
from hub.index.engine import Engine
from hub.index.store import Asked, Candidates
from hub.search.query import HELP, as_kept
from hub.search.trade_words import meant, with_meant, words_of

Floats = npt.NDArray[np.float32]

# An institute lists unlike things in one sentence; a need asks for one of them.
PHRASE_WEIGHT = 0.5
# However many other things a text says, its whole counts as this share at least of what its best phrase
# has above the usual: of a text of three or four phrases it is so much in the middle. A whole of eight
# unlike phrases has a third of it and one of forty a fifth, and the same phrase would count for less.
WHOLE_AT_LEAST = 0.6
# What a statement that names no problem is taken to have with its best one, given how near its text is, and with its
# problems' words. Chosen by leaving out the problems of a fifth of the carried statements in turn, so that these are
# still found and the others are found as well as before: more, and the others fall behind.
PROBLEM_USUAL, PROBLEM_SLOPE, PROBLEM_WORDS_USUAL = 1.3, 0.7, 0.03
# What a firm makes is named in a word or two: that a laboratory uses one of them too, «자동차», says little.
WORDS_OF_FIRMS = 0.5


def ask(
    engine: Engine,
    texts: Sequence[str],
    vectors: Floats,
    *,
    like: bool = False,
    makes: Sequence[bool] = (),
) -> list[Asked]:
    """What looks for texts, ready to be compared.

    :param vectors: of each text as it stands, ``(k, d)``. One with trade words is read with what they mean.
    :param like: it looks for its own like, not for what helps.
    :param makes: of each whether it is what a firm makes; left out where none is.
    """
    words = [words_of(text) for text in texts]
    if like:
        corrected = engine.background.correct(vectors)
        return [Asked(its, vector, whole=True) for its, vector in zip(words, corrected, strict=True)]
    # Kept vectors are those of the texts alone: they are looked for by these as well.
    with_terms = [at for at, text in enumerate(texts) if meant(text)]
    if with_terms:
        vectors = vectors.copy()
        for at in with_terms:
            vectors[at] = as_kept(engine.encoder.encode_one(with_meant(texts[at])))
    corrected = engine.background.correct(vectors)
    lent = engine.bank.lend(vectors, words)
    lent_vectors = engine.background.correct(lent.vectors)
    of_firms = makes or [False] * len(words)
    each = zip(words, corrected, lent_vectors, lent.usual.tolist(), of_firms, strict=True)
    return [Asked(said, vector, its, usual, makes=made) for said, vector, its, usual, made in each]


def fit(engine: Engine, asked: Asked, found: Candidates) -> tuple[Floats, Floats]:
    """How well each candidate fits, and how much that means for what asks, in absolute terms."""
    background = engine.background
    near = _near(background, asked.vector, found.whole, found.phrase, WHOLE_AT_LEAST)
    meaning = background.standardise(asked.vector, near)
    level = background.absolute(near)
    if asked.whole or asked.lent is None:
        return fuse(meaning, found.words), level
    problem = engine.bank.background.standardise(asked.vector, found.problem)
    named = found.problem > -1
    lent = _near(background, asked.lent, found.lent_whole, found.lent_phrase, 0)
    share = np.float32(WORDS_OF_FIRMS if asked.makes else 1)
    score = fuse(
        meaning,
        share * found.words,
        problem=np.where(named, problem, PROBLEM_USUAL + PROBLEM_SLOPE * meaning),
        lent=background.standardise(asked.lent, lent),
        problem_words=share * np.where(named, found.problem_words, np.float32(PROBLEM_WORDS_USUAL)),
    )
    # Problems and what solves them are those of who can help; of others it says nothing.
    helps = np.isin(found.facts.kind, [numbers_of("kind")[kind] for kind in HELP])
    score = np.where(helps, score, fuse(meaning, found.words))
    level = np.where(helps, np.float32(-asked.usual), level)
    return score.astype(np.float32), level.astype(np.float32)


def _near(background: Background, vector: Floats, whole: Floats, phrase: Floats, least: float) -> Floats:
    """The cosine with the whole text mixed with that of its best phrase: it does not fall with the number of other
    things that a text says, nor with the place of the phrase."""
    usual = background.usual(vector)
    whole = np.maximum(whole, usual + np.float32(least) * (phrase - usual)) if least else whole
    near: Floats = (1 - PHRASE_WEIGHT) * whole + PHRASE_WEIGHT * phrase
    return near
