"""Which language a text is written in, as far as its letters tell."""

from __future__ import annotations

import unicodedata
from collections import Counter

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


def clean(text: str) -> str:
    """The text without control characters and outer space, lines kept, composed (NFC)."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in unified if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    lines = ("".join(kept)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def language_of(text: str) -> str | None:
    """A two-letter language; ``xx`` for another script; ``None`` without a single letter.

    Korean technical prose is full of Latin abbreviations, so a fifth of Hangul makes it Korean.
    """
    scripts = Counter(unicodedata.name(c, "UNKNOWN").split()[0] for c in text if c.isalpha())
    total = scripts.total()
    if not total:
        return None
    if scripts["HANGUL"] >= total / 5:
        return "ko"
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    return _LANGUAGE_OF_SCRIPT.get(scripts.most_common(1)[0][0], OTHER)
