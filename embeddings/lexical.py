"""LexicalIndex: BM25 over words and Korean character bigrams, beside the vector index.

Rows are the same as the vector index's. Bigrams need no dictionary, so they hold for product
names, brand-new terms and typing errors; on the listed companies they found the industry better
than morphemes did (P@10 0.286 against 0.276).
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from embeddings.runs import places

Floats = npt.NDArray[np.float32]

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
K1 = 1.2
B = 0.75
# What BM25 takes off for length ends here: a text this many times as long as the usual one lists more
# things, and a word of the last says no less (Lv and Zhai, "Lower-bounding term frequency normalization",
# 2011). On the project's own needs anything from 1.5 on gives the same quality.
LONGEST = 2.0

# Dots that Korean sets between words; some keyboards give the letter ㆍ (U+318D, U+119E), a Japanese dot or a bullet.
DOTS = "\u00b7\u0387\u119e\u16eb\u2022\u2023\u2027\u2219\u22c5\u25aa\u25cf\u25e6\u2e31\u30fb\u318d\uff65"
_DOT = re.compile(f"[{DOTS}]")
_HANGUL = "가-힣ㄱ-ㅎㅏ-ㅣ"
_HAN_KANA = "一-鿿぀-ヿ"
_RUNS = re.compile(rf"[{_HANGUL}{_HAN_KANA}]+|[^\W_{_HANGUL}{_HAN_KANA}]+")
_PACKED = re.compile(rf"[{_HANGUL}{_HAN_KANA}]")


def tokens(text: str) -> list[str]:
    """Character bigrams of Korean (and Chinese or Japanese) runs, lower-case words of the rest.

    >>> tokens("김치ㆍＧＬＰ시험")
    ['김치', 'glp', '시험']
    """
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", _DOT.sub(" ", text)).lower()):
        if not _PACKED.match(run) or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def distinct(text: str) -> frozenset[str]:
    """The tokens of a text, each once: what a query is looked for by."""
    return frozenset(tokens(text))


def _ints(values: array[int], dtype: type[np.signedinteger[Any]] = np.int32) -> npt.NDArray[Any]:
    """The numbers of an array without a copy; to be dropped before the array grows."""
    return np.frombuffer(values, dtype=dtype) if values else np.zeros(0, dtype=dtype)


@dataclass(frozen=True)
class LexicalScores:
    """BM25 of one query against every row.

    ``scores`` is ``(rows,) float32``, as a share of the most that any text could score: 1 is a text
    that says all of the query. ``known`` is the share of the query's tokens that the index knows.
    """

    scores: Floats
    known: float

    @property
    def weighed(self) -> Floats:
        """The scores, which say the less, the fewer of the query's words the index knows."""
        return self.scores * np.float32(self.known)


class LexicalIndex:
    """BM25 with additions and removals; removing and re-adding leaves the scores of a fresh index."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._frequency = array("i")  # per token: rows alive that hold it
        self._rows: list[array[int]] = []  # per token: rows, ascending
        self._counts: list[array[int]] = []  # per token: how often each of those rows holds it
        self._lengths = array("i")  # per row: tokens
        self._starts = array("q", [0])  # per row: where its distinct tokens begin in the next two
        self._row_tokens = array("i")
        self._row_counts = array("i")
        self._alive = 0
        self._total = 0
        self._version = 0  # rises with every change
        self._last = threading.local()  # what this thread asked last of all rows

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, texts: Sequence[str]) -> int:
        """Appends texts in new rows and returns the row of the first."""
        first = len(self)
        for text in texts:
            self._append(tokens(text))
        return first

    def _append(self, words: list[str]) -> None:
        row = len(self._lengths)
        for word, count in Counter(words).items():
            token = self._ids.get(word)
            if token is None:
                token = len(self._rows)
                self._frequency.append(0)
                self._rows.append(array("i"))
                self._counts.append(array("i"))
                self._ids[word] = token  # last: who looks a word up meanwhile knows all of it or nothing
            self._frequency[token] += 1
            self._rows[token].append(row)
            self._counts[token].append(count)
            self._row_tokens.append(token)
            self._row_counts.append(count)
        self._starts.append(len(self._row_tokens))
        self._lengths.append(len(words))
        self._alive += bool(words)  # one without words is no text
        self._total += len(words)
        self._version += 1

    def remove(self, row: int) -> None:
        """Takes a row out of every count, once. Its number stays taken."""
        for place in range(self._starts[row], self._starts[row + 1]):
            self._frequency[self._row_tokens[place]] -= 1
        self._total -= self._lengths[row]
        self._alive -= bool(self._lengths[row])
        self._version += 1

    def pack(self, rows: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        """These rows, ascending, as flat arrays; those of later rows may be put behind them.

        :meth:`unpack` takes them with what :meth:`pack_words` gives.
        """
        starts = _ints(self._starts, np.int64)
        held = (starts[1:] - starts[:-1])[rows]
        at, _begins = places(starts[rows], held)
        return {
            "held": held,
            "row_tokens": _ints(self._row_tokens)[at],
            "row_counts": _ints(self._row_counts)[at],
            "lengths": _ints(self._lengths)[rows],
        }

    def pack_words(self) -> npt.NDArray[np.uint8]:
        """Every word in the order of its number."""
        return np.frombuffer("\n".join(self._ids).encode(), dtype=np.uint8)

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> LexicalIndex:
        """The index of the rows packed, renumbered from 0; words that none of them holds are dropped."""
        index = cls()
        words = arrays["words"].tobytes().decode()
        listed = words.split("\n") if words else []
        held_by = np.bincount(arrays["row_tokens"], minlength=len(listed))
        used = np.flatnonzero(held_by)
        index._ids = {listed[old]: token for token, old in enumerate(used.tolist())}
        tokens_ = (np.cumsum(held_by > 0) - 1)[arrays["row_tokens"]]
        frequency, counts = held_by[used].astype(np.int32), arrays["row_counts"]
        order = np.argsort(tokens_, kind="stable")
        owners = np.repeat(np.arange(len(arrays["lengths"]), dtype=np.int32), arrays["held"])
        bounds = np.concatenate([[0], np.cumsum(frequency)])
        by_row, by_count = owners[order], counts[order]
        for start, end in pairwise(bounds):
            index._rows.append(array("i", by_row[start:end].tobytes()))
            index._counts.append(array("i", by_count[start:end].tobytes()))
        index._frequency = array("i", frequency.tobytes())
        index._lengths = array("i", arrays["lengths"].astype(np.int32).tobytes())
        index._starts = array(
            "q", np.concatenate([[0], np.cumsum(arrays["held"])]).astype(np.int64).tobytes()
        )
        index._row_tokens = array("i", tokens_.astype(np.int32).tobytes())
        index._row_counts = array("i", counts.astype(np.int32).tobytes())
        index._alive = int(np.count_nonzero(arrays["lengths"]))
        index._total = int(arrays["lengths"].sum())
        return index

    def _weight(self, token: int) -> float:
        """Inverse document frequency of a token, in nats, never negative."""
        frequency = self._frequency[token]
        return math.log1p((self._alive - frequency + 0.5) / (frequency + 0.5))

    def search(self, words: frozenset[str], rows: npt.NDArray[np.int64] | None = None) -> LexicalScores:
        """Scores rows; a removed row scores whatever it did and must be filtered out by the caller.

        :param words: the query's tokens, see :func:`distinct`.
        :param rows: the rows wanted, ascending; all of them when left out.
        :return: scores in the order of ``rows``.
        """
        # Whoever asks of all rows twice, to keep others of them, is given what was counted already.
        asked = (words, self._version)
        if rows is None and getattr(self._last, "asked", None) == asked:
            return cast(LexicalScores, self._last.found)
        found = self._search(words, rows)
        if rows is None:
            self._last.asked, self._last.found = asked, found
        return found

    def _search(self, words: frozenset[str], rows: npt.NDArray[np.int64] | None) -> LexicalScores:
        scores = np.zeros(len(self) if rows is None else len(rows), dtype=np.float32)
        held = sorted(self._ids[word] for word in words if self.frequency(word))
        if not held or not self._total:
            return LexicalScores(scores, 0.0)
        weights = {token: self._weight(token) for token in held}
        unknown = math.log1p(self._alive + 0.5)  # what a token that no row holds would weigh
        possible = sum(weights.values()) + unknown * (len(words) - len(held))
        if rows is None:
            self._score_by_word(scores, weights)
        else:
            self._score_by_row(scores, weights, rows)
        return LexicalScores(scores / np.float32(possible), len(held) / len(words))

    def _score_by_word(self, scores: Floats, weights: dict[int, float]) -> None:
        """Adds up, word by word, in the rows that hold it."""
        lengths = _ints(self._lengths)
        for token, weight in weights.items():
            rows = _ints(self._rows[token])
            counts = _ints(self._counts[token]).astype(np.float32)
            scores[rows] += np.float32(weight) * counts / (counts + self._norms(lengths[rows]))

    def _score_by_row(self, scores: Floats, weights: dict[int, float], rows: npt.NDArray[np.int64]) -> None:
        """The same for few rows: what each of them holds is looked at, and nothing else."""
        starts = _ints(self._starts, np.int64)
        held = starts[rows + 1] - starts[rows]
        at, _begins = places(starts[rows], held)
        weight_of = np.zeros(len(self._ids), dtype=np.float32)
        weight_of[list(weights)] = list(weights.values())
        weight = weight_of[_ints(self._row_tokens)[at]]
        hits = np.flatnonzero(weight)
        owner = np.repeat(np.arange(len(rows)), held)[hits]
        counts = _ints(self._row_counts)[at[hits]].astype(np.float32)
        norms = self._norms(_ints(self._lengths)[rows])
        np.add.at(scores, owner, weight[hits] * counts / (counts + norms[owner]))

    def _norms(self, lengths: npt.NDArray[Any]) -> Floats:
        relative = np.minimum(lengths / (self._total / self._alive), LONGEST)
        norms: Floats = (K1 * (1 - B + B * relative)).astype(np.float32)
        return norms

    def frequency(self, word: str) -> int:
        """How many rows hold a token."""
        token = self._ids.get(word)
        return 0 if token is None else self._frequency[token]

    def knows(self, text: str) -> float:
        """The share of a text's distinct tokens that some row holds; 0 of a text without any."""
        words = distinct(text)
        return sum(self.frequency(word) > 0 for word in words) / max(len(words), 1)

    def rarity(self, word: str) -> float:
        """How telling a token is: 1 in a single row, towards 0 in all of them, 1 when unknown."""
        frequency = self.frequency(word)
        if not frequency or self._alive < 2:
            return 1.0
        return 1.0 - math.log(frequency) / math.log(self._alive)
