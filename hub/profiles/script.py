"""Which language a text is written in, as far as its letters tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

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
_DOT = re.compile(f"[{DOTS}]")


# Letters whose script needs no looking up: nearly all there are.
_HANGUL, _LATIN = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]"), re.compile("[A-Za-z]")


@lru_cache(maxsize=4096)
def language_of(text: str) -> str | None:
    """A two-letter language; ``xx`` for another script; ``None`` without a single letter.

    Korean technical prose is full of Latin abbreviations, so a fifth of Hangul makes it Korean.
    """
    # Full-width and mathematical letters are those that they stand for; a dot between words (ㆍ) is none.
    letters = unicodedata.normalize("NFKC", _DOT.sub("", text))
    scripts = Counter({"HANGUL": len(_HANGUL.findall(letters)), "LATIN": len(_LATIN.findall(letters))})
    rest = _LATIN.sub("", _HANGUL.sub("", letters))
    scripts.update(unicodedata.name(c, "UNKNOWN").split()[0] for c in rest if c.isalpha())
    total = scripts.total()
    if not total:
        return None
    if scripts["HANGUL"] >= total / 5:
        return "ko"
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    return _LANGUAGE_OF_SCRIPT.get(scripts.most_common(1)[0][0], OTHER)
