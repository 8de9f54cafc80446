"""Which region a Korean address lies in: asked when a list of organisations is read (tests/benchmarks/carried.py)."""

from __future__ import annotations

import re
from functools import lru_cache

from hub.regions.atlas import atlas
from hub.text import one_line

# A province's name as people shorten it: 경상남도 is 경남, 전북특별자치도 is 전북.
_SHORT = re.compile(r"(?:특별자치도|특별자치시|광역시|특별시|도|시)$")
_CONTRACTED = {
    "경상남": "경남",
    "경상북": "경북",
    "전라남": "전남",
    "전라북": "전북",
    "충청남": "충남",
    "충청북": "충북",
}
# What a district was called before it was merged or renamed.
_FORMER = {
    ("28", "남구"): "28177",
    ("43", "청원군"): "43110",
    ("48", "마산시"): "48120",
    ("48", "진해시"): "48120",
    ("47", "군위군"): "27720",
    ("41", "여주군"): "41670",
}


def region_of_address(address: str) -> str | None:
    """The code of the district in which an address lies, or of its province where it names no more.

    >>> region_of_address("강원 원주시 흥업면"), region_of_address("전라북도 전주시 덕진구"), region_of_address("세종특별자치시")
    ('51130', '52110', '36110')
    >>> region_of_address("경상남도"), region_of_address("어딘가")
    ('48', None)
    """
    words = one_line(address).split()
    province = _provinces().get(_shortened(words[0])) if words else None
    if province is None:
        return None
    if len(_districts()[province]) == 1:
        return next(iter(_districts()[province].values()))
    if len(words) == 1:
        return province
    named = words[1]
    return _districts()[province].get(named) or _FORMER.get((province, named)) or province


def _shortened(province: str) -> str:
    bare = _SHORT.sub("", province)
    return _CONTRACTED.get(bare, bare)


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    return {_shortened(one.name_ko): code for code, one in atlas().items() if one.parent_code is None}


@lru_cache(maxsize=1)
def _districts() -> dict[str, dict[str, str]]:
    """Of each province its districts by name."""
    found: dict[str, dict[str, str]] = {code: {} for code in _provinces().values()}
    for code, one in atlas().items():
        if one.parent_code is not None:
            found[one.parent_code][one.name_ko] = code
    return found
