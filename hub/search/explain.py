"""Why two texts match: the sentence, and the words that both use. Facts only, nothing generated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from embeddings.lexical import DOTS, tokens
from hub.index.store import Words

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_WORD = re.compile(rf"[가-힣]+|[^\W_가-힣{DOTS}]+")
# Bigrams of endings and of the words that every request and every offer uses: sharing them says nothing.
_EMPTY = frozenset(
    "합니 니다 습니 하는 하고 하여 에서 으로 에게 까지 부터 필요 요한 싶습 고자 있는 있습 위한 위해 통해 대한 "
    "개발 기술 연구 제조 사업 제품 관련 분야 업체 기업 등의 및의 이용 활용 가능 수행 지원 제공 서비 비스 입니 "
    "the a an of and for to in with on we need is are our at by from that this it as or want would like lab "
    "partner partners company technology research development service services using".split()
)
# What Korean hangs on a word: it says how the word is used, not what is meant.
_ENDING = re.compile(
    r"(?:합|습|입|됩|립|깁|십)니(?:다|까)$|(?:하|되)(?:는|고|며|여|기|려고|고자|거나|지만|는데)$|하고자$|해서$"
    r"|(?:어|아|여|에|예|나|까|게|지)요$|(?:으로|에서|에게|까지|부터|처럼|보다|이나|는데|지만|면서)$"
)
# A syllable that may hang on a noun, and is no part of it.
_PARTICLES = frozenset("은는이가을를의에로와과도만")
_MOST_OF = 0.6  # a word shared for more than this is marked whole
_COMMON = 0.25  # a token in more rows than this rarity allows is not worth marking


@dataclass(frozen=True)
class Span:
    """A piece of a sentence: whether the other text uses the same word, and whether it is the piece
    whose meaning is nearest to the other text."""

    text: str
    shared: bool
    near: bool = False


@dataclass(frozen=True)
class Telling:
    """Of a query the tokens that are rare enough to say something where an answer says them too, and its words."""

    tokens: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class Why:
    """The sentence that matched, cut into spans; the words that both use, once each; the nearest phrase."""

    spans: tuple[Span, ...]
    shared: tuple[str, ...]
    nearest: str = ""

    @property
    def sentence(self) -> str:
        """The sentence as it was written."""
        return "".join(span.text for span in self.spans)


def telling_words(text: str, words: Words) -> Telling:
    """What of a query says something where an answer says it too."""
    telling = frozenset(token for token in _said(text) if words.rarity(token) > _COMMON)
    return Telling(telling, frozenset(word for word in _words_of(text) if telling & set(tokens(word))))


def why(telling: Telling, answer: str, words: Words, nearest: str = "") -> Why:
    """The sentence of ``answer`` that says what was asked for, with what tells so marked.

    :param telling: the query's :func:`telling_words`.
    :param nearest: the phrase of ``answer`` that the vectors put nearest; then its sentence is shown.
        Without one it is the sentence that shares most words.
    """
    sentences = [sentence for sentence in _SENTENCE.split(answer) if sentence.strip()] or [answer]
    cut = [_cut(sentence, _shared(sentence, telling), nearest) for sentence in sentences]
    best = max(
        cut, key=lambda spans: (any(s.near for s in spans), _weight(spans, words))
    )  # the first of equals
    shared = dict.fromkeys(span.text for span in best if span.shared)
    return Why(tuple(best), tuple(shared), nearest)


@lru_cache(maxsize=256)
def _said(text: str) -> frozenset[str]:
    """What a query says, the same for each of its answers."""
    return frozenset({token for word in _words_of(text) for token in tokens(word)} - _EMPTY)


@lru_cache(maxsize=256)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_ENDING.sub("", run) for run in _WORD.findall(text)) - {""}


def field_in_common(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The technology fields, of those that a statement lies in, that the other text names too."""
    return tuple(name for name in names if any(len(part) > 1 and part in text for part in _parts(name)))


@lru_cache(maxsize=256)
def _parts(name: str) -> list[str]:
    return re.split(r"[·\s()]+", name)


def _weight(spans: list[Span], words: Words) -> float:
    return sum(words.rarity(t) for span in spans if span.shared for t in tokens(span.text))


def _shared(sentence: str, telling: Telling) -> list[bool]:
    """For each letter whether it belongs to a word of the other text, or to how one of its words begins or ends.

    What stands only within a word is none: 기업단체 says nothing of 산업단지.
    """
    marks = [False] * len(sentence)
    for match in _WORD.finditer(sentence):
        run, start = _ENDING.sub("", match.group()), match.start()
        end = start + len(run)
        if unicodedata.normalize("NFKC", run).lower() in telling.tokens:  # ＧＬＰ is the index's glp
            marks[start:end] = [True] * len(run)
            continue
        own = {run[at : at + 2] for at in range(len(run) - 1)} & telling.tokens
        for word in telling.words if own else ():
            for piece in _pieces(word, run):
                if telling.tokens & {piece[:2], piece[-2:]}:
                    at = start + run.index(piece)
                    marks[at : at + len(piece)] = [True] * len(piece)
        # 2차전지 and 이차전지: only the head differs. An unshared tail is a particle (포장과).
        covered = sum(marks[start:end])
        if run and marks[end - 1] and covered >= _MOST_OF * len(run):
            marks[start:end] = [True] * len(run)
    return marks


def _pieces(word: str, run: str) -> list[str]:
    """How a word begins and how it ends, as far as another word has it; two syllables at least."""
    bare = word[:-1] if word[-1] in _PARTICLES else word
    begins = next((word[:end] for end in range(len(word), 1, -1) if word[:end] in run), None)
    ends = (next((w[at:] for at in range(len(w) - 1) if w[at:] in run), None) for w in {word, bare})
    return [piece for piece in (begins, *ends) if piece]


def _cut(sentence: str, marks: list[bool], nearest: str) -> list[Span]:
    """The sentence in pieces that are marked alike."""
    start = sentence.find(nearest) if nearest else -1
    near = [start >= 0 and start <= at < start + len(nearest) for at in range(len(sentence))]
    spans: list[Span] = []
    begin = 0
    for at in range(1, len(sentence) + 1):
        if at == len(sentence) or (marks[at], near[at]) != (marks[begin], near[begin]):
            spans.append(Span(sentence[begin:at], marks[begin], near[begin]))
            begin = at
    return spans
