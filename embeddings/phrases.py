"""The phrases of a text: an organisation lists unlike things in one sentence, and a need asks for one.

Every part of a text lies in a phrase, wherever it stands. What no comma divides is cut into windows.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from embeddings.lexical import DOTS

# Columns: a letter of Hangul, kana or Han takes two, any other one. A window is as wide as an item of a
# list; where two follow each other every few words, one of them holds the item and little beside it.
# With windows twice as wide, moved by half, the same item's strength was 30 to 60 lower.
LONGEST = 120
WINDOW = 40
STEP = 12
WORD = 20  # a word that is wider, as in a script without spaces, is cut
_BREAK = re.compile(
    rf"[,;、，；{DOTS}\n]|\s[/|–—-]\s|(?<=[.!?])\s|。|(?<=[가-힣]{{2}})(?:와|과)\s|\s및\s|\s(?:and|or)\s"
)


def phrases(text: str) -> list[str]:
    """The phrases of a text, each once, in its own letters; none when it is a single one.

    >>> phrases("김치 유산균, 발효 제어, 김치 포장과 유통기한 연장 기술")
    ['김치 유산균', '발효 제어', '김치 포장', '유통기한 연장 기술']
    """
    found = [window for part in _BREAK.split(text) for window in _windows(part.strip())]
    kept = dict.fromkeys(part for part in found if sum(c.isalnum() for c in part) > 1)
    return list(kept) if len(found) > 1 and len(kept) > 1 else []


def _windows(part: str) -> Iterator[str]:
    """A part as it is, or where it is too long for one phrase the windows of words that cover it."""
    if 2 * len(part) <= LONGEST or _columns(part) <= LONGEST:
        yield part
        return
    pieces = list(_pieces(part))
    ends = list(accumulate(width for _start, _end, width in pieces))
    begins = [0, *ends[:-1]]
    first = last = 0
    while last < len(pieces):
        last = bisect_left(ends, begins[first] + WINDOW) + 1
        if last >= len(pieces):  # the last window is as wide as the others
            first = min(first, bisect_right(begins, ends[-1] - WINDOW) - 1)
        yield part[pieces[first][0] : pieces[min(last, len(pieces)) - 1][1]]
        first = max(first + 1, bisect_right(begins, begins[first] + STEP) - 1)


def _pieces(part: str) -> Iterator[tuple[int, int, int]]:
    """Where each word begins and ends and how wide it is; one that is too wide is cut between letters."""
    for match in re.finditer(r"\S+", part):
        start = at = match.start()
        wide = 0
        for at in range(match.start(), match.end()):
            column = _columns(part[at])
            if wide + column > WORD:
                yield start, at, wide
                start, wide = at, 0
            wide += column
        yield start, match.end(), wide


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
