"""The phrases of a text: an organisation lists unlike things in one sentence, and a need asks for one."""

from __future__ import annotations

import re

from embeddings.lexical import DOTS

MOST = 8
_BREAK = re.compile(rf"[,;，；、{DOTS}\n]|(?<=[.!?])\s|(?<=[가-힣]{{2}})(?:와|과)\s|\s및\s|\s(?:and|or)\s")


def phrases(text: str) -> list[str]:
    """The first ``MOST`` phrases of a text; none when it is a single one.

    >>> phrases("김치 유산균, 발효 제어, 김치 포장과 유통기한 연장 기술")
    ['김치 유산균', '발효 제어', '김치 포장', '유통기한 연장 기술']
    """
    found = [part.strip() for part in _BREAK.split(text)]
    kept = [part for part in found if sum(c.isalnum() for c in part) > 1]
    return kept[:MOST] if len(kept) > 1 else []
