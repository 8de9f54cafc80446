"""ProblemBank: what people say when they need what a laboratory can do, over all fields; lent to whatever is asked.

«The label peels off the bottle» and «surface energy of polyethylene» share no word, and a small model puts them far
apart. The bank holds problems beside the capabilities that solve them: of the problems that are nearest to what is
asked, the capabilities lend their meaning to it. No organisation has posted them.

It also holds questions that belong elsewhere (opening hours, loans, recipes): a text that is near to those, or near to
any problem at all, has nothing to do with the laboratory that happens to be nearest.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

from embeddings.calibration import Background
from embeddings.encoder import Encoder
from embeddings.lexical import LexicalIndex
from hub.profiles.vectors import encode_problems
from hub.settings import DATA

Floats = npt.NDArray[np.float32]

# Chosen on tests/benchmarks/needs-hard-*.jsonl; from 10 to 40 problems, from 0.15 to 0.5 of words and from 0.5 to 1
# of warmth nDCG@10 is the same within 0.01.
NEAREST = 10
SPARE = 10  # looked at beside them, for those that are as near as the last
WORDS = 4.2  # what a problem that says every word of the query is worth, in standard scores
# How much a question that belongs elsewhere tells beside the problems; fitted with the strengths.
ELSEWHERE = 0.57
WARMTH = 0.5  # in standard scores: a problem that is nearer by so much weighs e times as much


@dataclass(frozen=True)
class Solved:
    """A capability and problems that it solves, each in several wordings: on a form, as typed, in English."""

    capability: str
    capability_en: str
    problems: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def carried_bank() -> list[Solved]:
    """The bank that the project carries."""
    with (DATA / "problem-bank.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [
        Solved(
            row["capability"],
            row["capability_en"],
            tuple((need["ko"], need["typed"], need["en"]) for need in row["needs"]),
        )
        for row in rows
    ]


@lru_cache(maxsize=1)
def elsewhere_questions() -> list[str]:
    """Questions that offices, shops and banks answer, and no laboratory."""
    return (DATA / "elsewhere-questions.txt").read_text(encoding="utf-8").split("\n")[:-1]


def bank_digest() -> str:
    """8 hex digits that change with the bank."""
    return hashlib.sha256(repr([carried_bank(), elsewhere_questions()]).encode()).hexdigest()[:8]


def encode_bank(encoder: Encoder) -> dict[str, Floats]:
    """A vector of each problem, of each capability and of each question that belongs elsewhere, unit length."""
    solved = carried_bank()
    return {
        "problems": encode_problems(encoder, [problem for one in solved for problem in one.problems]),
        "capabilities": encode_problems(encoder, [(one.capability, one.capability_en) for one in solved]),
        "elsewhere": encoder.encode(elsewhere_questions()),
    }


@dataclass(frozen=True)
class Lent:
    """What the bank lends to each of k texts: vectors ``(k, d)``, unit length; and how near what it holds is to each
    anyway, ``(k,)``, in standard scores: the higher, the less it tells that a laboratory is near."""

    vectors: Floats
    usual: Floats


class ProblemBank:
    """Problems and what solves each, as one model sees them.

    :param problems: ``(n, d)``, unit length, in the order of the carried bank; ``capabilities`` ``(m, d)`` and
        ``elsewhere`` likewise.
    """

    def __init__(self, problems: Floats, capabilities: Floats, elsewhere: Floats) -> None:
        self.solved = solved = carried_bank()
        self._elsewhere = elsewhere
        self._last = threading.local()  # what this thread asked last
        self._problems = np.ascontiguousarray(problems)
        self._capabilities = capabilities
        self._owner = np.repeat(np.arange(len(solved)), [len(one.problems) for one in solved])
        self.background = Background.of(problems)  # what a text's cosines with problems usually are

    @cached_property
    def wordings(self) -> dict[str, Sequence[str]]:
        """All wordings of each problem, by each of them."""
        return {word: problem for one in self.solved for problem in one.problems for word in problem}

    @cached_property
    def _words(self) -> LexicalIndex:
        index = LexicalIndex()
        index.add([" ".join(problem) for one in self.solved for problem in one.problems])
        return index

    @cached_property
    def _words_elsewhere(self) -> LexicalIndex:
        index = LexicalIndex()
        index.add(elsewhere_questions())
        return index

    def lend(self, vectors: Floats, words: Sequence[frozenset[str]]) -> Lent:
        """What the nearest problems' capabilities lend to each text.

        :param vectors: the texts', ``(k, d)``, unit length; ``words`` the tokens of each.
        """
        # A search asks several times of the same query, for other kinds or more of them.
        asked = (tuple(words), vectors.tobytes())
        if getattr(self._last, "asked", None) != asked:
            self._last.asked, self._last.lent = asked, self._lend(vectors, words)
        return cast(Lent, self._last.lent)

    def _lend(self, vectors: Floats, words: Sequence[frozenset[str]]) -> Lent:
        nearness = self._nearness(self._problems, self._words, vectors, words)
        nearest = _highest(nearness, NEAREST)
        scores = np.take_along_axis(nearness, nearest, axis=1)
        weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / np.float32(WARMTH))
        sums = np.einsum("kn,knd->kd", weights, self._capabilities[self._owner[nearest]])
        lent = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        elsewhere = self._nearness(self._elsewhere, self._words_elsewhere, vectors, words).max(axis=1)
        return Lent(lent, (scores.mean(axis=1) + ELSEWHERE * elsewhere).astype(np.float32))

    def _nearness(
        self, to: Floats, index: LexicalIndex, vectors: Floats, words: Sequence[frozenset[str]]
    ) -> Floats:
        """How near each of these is to each text, ``(k, n)``, in the text's standard scores."""
        cosines = vectors @ to.T
        deviations = self.background.deviations(vectors)
        shares = np.stack([index.search(its).weighed for its in words])
        standard = (cosines - (vectors @ self.background.mean)[:, None]) / deviations[:, None]
        nearness: Floats = (standard + WORDS * shares).astype(np.float32)
        return nearness

    def like(self, vector: Floats, limit: int) -> list[tuple[str, ...]]:
        """Problems of the capabilities that are nearest to one that is being written, the nearest first.

        :param vector: the capability's, ``(d,)``, unit length.
        """
        nearness = self._capabilities @ vector
        found: list[tuple[str, ...]] = []
        for at in np.argsort(-nearness, kind="stable")[:limit].tolist():
            mine = self._problems[self._owner == at] @ vector
            found.append(self.solved[at].problems[int(np.argmax(mine))])
        return found


def _highest(nearness: Floats, count: int) -> npt.NDArray[np.int64]:
    """The places of the ``count`` highest of each row; of two alike the first, so that a text is lent the same alone and
    among others, whose products differ in the last digit."""
    some = min(count + SPARE, nearness.shape[1])
    places = np.argpartition(-nearness, some - 1, axis=1)[:, :some]
    rounded = np.round(np.take_along_axis(nearness, places, axis=1), 4)
    order = np.lexsort((places, -rounded), axis=1)[:, :count]
    found: npt.NDArray[np.int64] = np.take_along_axis(places, order, axis=1)
    return found
