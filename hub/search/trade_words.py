"""Trade words: what is said on the shop floor, and the standard terms for it. Added to what is looked for, never put in
its place: 기스 is looked for as it is, and as 흠집 and scratch."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from embeddings.lexical import distinct
from hub.settings import DATA

SHORT = 2  # letters; a term so short is part of other words (바리스타), so what follows it is looked at too
_PARTICLE = r"(?=$|[^가-힣]|(?:이|가|을|를|은|는|도|만|로|와|과|에|의|나|랑|때문|없|있|심|난|남|났|나서|생)(?:[^가-힣]|$|[가-힣]))"


@lru_cache(maxsize=1)
def trade_words() -> dict[str, str]:
    """The standard terms, Korean and English, of each trade word."""
    with (DATA / "trade-words.csv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: f"{row['standard']} {row['english']}" for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    terms = sorted(trade_words(), key=len, reverse=True)  # 노기스 before 기스
    return re.compile(
        r"(?<![가-힣])(?:"
        + "|".join(re.escape(term) + (_PARTICLE if len(term) <= SHORT else "") for term in terms)
        + ")"
    )


def meant(text: str) -> str:
    """The standard terms of the trade words in a text, each once; "" where it has none."""
    return " ".join(dict.fromkeys(trade_words()[term] for term in _pattern().findall(text)))


def with_meant(text: str) -> str:
    """The text, and behind it in brackets what its trade words mean: so the model reads it too."""
    return f"{text} ({standard})" if (standard := meant(text)) else text


def words_of(text: str) -> frozenset[str]:
    """The tokens by which a text looks for others: its own, and those of what its trade words mean."""
    return distinct(text) | distinct(meant(text))
