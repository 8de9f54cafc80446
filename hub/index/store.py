"""What finds neighbours: the contract between an index and everybody who asks it.

Statements are known by their numbers. How an index arranges them (rows, bitmaps, locks, segments, another
machine) is its own affair and stands in no signature here: :class:`hub.index.replica.Replica` keeps all of it in
the process, and one on a server must be able to do the same. Each call answers as of one moment; between two calls
a statement may have been withdrawn, which :meth:`Store.facts` then says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hub.index.columns import Facts
from hub.index.filters import Filters

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Wording:
    """A statement in one language; ``vectors`` is ``(1 + phrases, d) float16``, the whole text's first."""

    text: str
    vectors: npt.NDArray[np.float16]
    language: str = "ko"


@dataclass(frozen=True)
class Change:
    """A statement as it now stands, in one wording or two; in none once it is not published."""

    statement_id: int
    profile_id: int
    kind: str
    profile_kind: str
    region_code: str
    hidden: bool
    wordings: tuple[Wording, ...] = ()
    # Those that it solves: all their words, and a vector of each, ``(problems, d)``.
    problems: Wording | None = None
    size: str | None = None
    fields: frozenset[str] = frozenset()
    trl: int | None = None
    day: int = 0  # of its last change, in days since 1970
    field: int = 0  # its class, see hub.fields.nearest
    unit_id: int = 0  # 0 where no unit says it, or it hides whose it is


@dataclass(frozen=True)
class Texts:
    """Wordings of statements, ``(n,)`` each: whose, and which: its own words (0) or their translation (1)."""

    ids: Ids
    wordings: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, places: npt.NDArray[np.int64]) -> Texts:
        """The texts at these places."""
        return Texts(self.ids[places], self.wordings[places])

    @classmethod
    def own(cls, ids: Iterable[int]) -> Texts:
        """These statements in their own words."""
        numbers = np.fromiter(ids, dtype=np.int64)
        return cls(numbers, np.zeros(len(numbers), dtype=np.int8))

    @classmethod
    def both(cls, ids: Iterable[int]) -> Texts:
        """These statements in their own words and in translation, whether they have one or not."""
        numbers = np.fromiter(ids, dtype=np.int64)
        return cls(np.repeat(numbers, 2), np.tile(np.asarray([0, 1], dtype=np.int8), len(numbers)))


@dataclass(frozen=True)
class Asked:
    """What looks for texts: the tokens of its words, its vector as texts are compared with it, and the vector that is
    lent to it (see :class:`hub.index.bank.ProblemBank`), ``(d,)`` each.

    ``whole``: whole texts are compared alone, for one that looks for its own like.
    """

    words: frozenset[str]
    vector: Floats
    lent: Floats | None = None
    usual: float = 0.0  # how near what lends is to it anyway
    makes: bool = False  # it is what a firm makes, in a word or two, which tell less than those of a need
    whole: bool = False


@dataclass(frozen=True)
class Candidates:
    """Texts that may answer, and how near each is, ``(n,)`` each.

    ``whole``, ``phrase`` and ``problem`` are cosines of what asks with the whole text, with its best phrase and with
    the best problem that it says it solves; ``lent_whole`` and ``lent_phrase`` those of what is lent to it. ``words``
    and ``problem_words`` are BM25 with the text and with its problems, as a share of the most that one could score and
    of the words that are known at all.
    """

    texts: Texts
    facts: Facts
    whole: Floats
    phrase: Floats
    words: Floats
    problem: Floats  # -1 where it names none
    problem_words: Floats
    lent_whole: Floats
    lent_phrase: Floats


class Words(Protocol):
    """How usual words are among the texts."""

    def frequency(self, word: str) -> int:
        """How many texts hold a token."""

    def rarity(self, word: str) -> float:
        """1 for a token in a single text or in none, towards 0 for one in all of them."""

    def knows(self, text: str) -> float:
        """The share of a text's distinct tokens that some text holds."""


class Store(Protocol):
    """Published statements, at one revision of the database.

    Vectors are ``(n, d) float32`` of unit length. ``among`` limits a call to these statements.
    """

    model: str  # the fingerprint of the model that made the vectors
    revision: int
    dimension: int
    words: Words

    def __len__(self) -> int:
        """How many statements it holds."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Takes in changes, all of them or none."""

    def candidates(
        self,
        asked: Asked,
        filters: Filters,
        k: int,
        *,
        among: Ids | None = None,
    ) -> Candidates:
        """The ``k`` nearest by meaning, by a problem that they solve, by what is lent and by words, of what passes the
        filters, together."""

    def rate(self, asked: Asked, texts: Texts) -> Candidates:
        """How near these texts are; those that are no longer held are left out."""

    def neighbours(
        self,
        vectors: Floats,
        filters: Filters,
        k: int,
        *,
        among: Ids | None = None,
        whole: bool = False,
    ) -> list[tuple[Floats, Texts]]:
        """For each vector the texts nearest to it, nearest first, and their cosines: ``k`` by the whole text and, save
        with ``whole``, ``k`` by their nearest passage, each once."""

    def nearness(self, vectors: Floats, texts: Texts) -> Floats:
        """The cosine by which :meth:`neighbours` orders, of each vector with each text, ``(n, m)``."""

    def nearest_phrases(self, vectors: Floats, texts: Texts) -> list[int | None]:
        """Of each text the number of the phrase that is nearest to the vector at its place; ``None`` of a single one."""

    def nearest_problems(self, vectors: Floats, texts: Texts) -> list[tuple[int, float] | None]:
        """Of each text the number of the problem that is nearest to the vector at its place, and its cosine; ``None``
        where it names none."""

    def texts(self, filters: Filters, among: Ids | None = None) -> Texts:
        """Every text that passes."""

    def ids(self, filters: Filters) -> Ids:
        """Every statement that passes in its own words."""

    def vectors(self, texts: Texts) -> Floats:
        """The vectors of whole texts; zeros of one that is not held."""

    def facts(self, ids: Iterable[int]) -> Facts:
        """What is known of these statements."""

    def tally(self, filters: Filters, one: str, other: str) -> dict[tuple[int, int], int]:
        """How many statements pass, in their own words, by the numbers of two columns of ``hub.index.columns``."""
