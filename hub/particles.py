"""Korean particles: which of two forms follows a word, chosen by how the word ends when it is read aloud.

Texts are written with both forms, ``«%(name)s»은(는)``; what is shown has one.
"""

from __future__ import annotations

import re

from markupsafe import Markup

# Each marker, and what follows a word that ends in a consonant, and one that does not.
PAIRS = {
    "은(는)": ("은", "는"),
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_MARKER = re.compile("(?<=(.))(" + "|".join(re.escape(marker) for marker in PAIRS) + ")")
_CLOSING = " »\"'”’)]}>〉》」』.,*`"
# Digits and letters by their Korean names: 일, 칠, 팔 and 엘, 알 end in ㄹ; 영, 삼, 육, 엠, 엔 in another consonant.
_IN_L, _IN_CONSONANT = frozenset("178lr"), frozenset("036mn")
_FIRST, _LAST, _FINALS, _L = ord("가"), ord("힣"), 28, 8


def with_particles(text: str) -> str:
    """The text with one particle in the place of each pair; where the word before it says nothing, the pair stands.

    >>> with_particles("«부산»은(는) «서울»(으)로 «HUB_URL»을(를)")
    '«부산»은 «서울»로 «HUB_URL»을'
    """
    if "(" not in text:
        return text
    chosen = _MARKER.sub(lambda found: _one(text, found), text)
    return Markup(chosen) if isinstance(text, Markup) else chosen  # noqa: S704 - as safe as it came


def _one(text: str, found: re.Match[str]) -> str:
    marker = found[2]
    final = _final(text[: found.start()])
    if final is None:
        return marker
    after_consonant, after_vowel = PAIRS[marker]
    if marker == "(으)로" and final == _L:
        return after_vowel
    return after_consonant if final else after_vowel


def _final(before: str) -> int | None:
    """The number of the consonant in which a text ends, 0 for none; ``None`` where that cannot be told."""
    word = before.rstrip(_CLOSING)
    if not word:
        return None
    last = word[-1]
    if _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _FINALS
    last = last.lower()
    if last in _IN_L:
        return _L
    if last in _IN_CONSONANT:
        return 1
    return 0 if last.isascii() and last.isalnum() else None
