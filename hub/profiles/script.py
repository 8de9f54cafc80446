"""Which language a text is written in, as far as its letters tell."""

from __future__ import annotations

import unicodedata
from collections import Counter

from embeddings.lexical import DOTS

_LANGUAGE_OF_SCRIPT = {
    "HANGUL": "ko",
    "LATIN": "en",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "GREEK": "el",
    "HEBREW": "he",
}
OTHER = "xx"


def language_of(text: str) -> str | None:
    """A two-letter language; ``xx`` for another script; ``None`` without a single letter.

    Korean technical prose is full of Latin abbreviations, so a fifth of Hangul makes it Korean.
    """
    # Full-width and mathematical letters are those that they stand for; a dot between words (ㆍ) is none.
    letters = unicodedata.normalize("NFKC", "".join(c for c in text if c.isalpha() and c not in DOTS))
    scripts = Counter(unicodedata.name(c, "UNKNOWN").split()[0] for c in letters if c.isalpha())
    total = scripts.total()
    if not total:
        return None
    if scripts["HANGUL"] >= total / 5:
        return "ko"
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    return _LANGUAGE_OF_SCRIPT.get(scripts.most_common(1)[0][0], OTHER)
