"""The facts by which statements are filtered and counted, each as a number in a column.

A kind is its place in ``KINDS``, a region its place in the atlas, a technology field its place in
:func:`hub.fields.carried.field_codes`: these numbers mean the same in every store and in every process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.fields.carried import field_codes
from hub.profiles.tables import SIZES, Kind, ProfileKind
from hub.regions.atlas import atlas, inside

KINDS = tuple(Kind)
PROFILE_KINDS = tuple(ProfileKind)
LANGUAGES = ("ko", "en", "ja", "zh")  # and the rest together
DAY = 24 * 3600  # seconds

COLUMNS: dict[str, np.dtype[Any]] = {
    "statement_id": np.dtype(np.int64),
    "profile_id": np.dtype(np.int64),
    "unit_id": np.dtype(np.int64),  # 0 where the organisation itself says it
    "kind": np.dtype(np.int8),
    "profile_kind": np.dtype(np.int8),
    "size": np.dtype(np.int8),  # 0 when it is not known
    "region": np.dtype(np.int16),
    "fields": np.dtype(np.int64),  # one bit a field
    "field": np.dtype(np.int8),  # the class in which it counts, see hub.fields.nearest
    "trl": np.dtype(np.int8),  # 0 when it is not known
    "day": np.dtype(np.int32),  # of its last change, in days since 1970
    "language": np.dtype(np.int8),
    "wording": np.dtype(np.int8),  # 0: in its own words; 1: its translation
    "hidden": np.dtype(np.bool_),
    "alive": np.dtype(np.bool_),
}


@dataclass(frozen=True)
class Facts:
    """Columns of some statements, ``(n,)`` each; what stands where ``published`` is false means nothing."""

    published: npt.NDArray[np.bool_]
    profile_id: npt.NDArray[np.int64]
    unit_id: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    region: npt.NDArray[np.int16]
    field: npt.NDArray[np.int8]
    fields: npt.NDArray[np.int64]
    day: npt.NDArray[np.int32]
    hidden: npt.NDArray[np.bool_]

    def at(self, places: npt.NDArray[np.int64]) -> Facts:
        """The facts at these places."""
        return Facts(**{one.name: getattr(self, one.name)[places] for one in fields(self)})


# The columns that are facts of a statement, in their order.
FACTS = tuple(one.name for one in fields(Facts) if one.name != "published")


def field_bits(codes: Iterable[str]) -> int:
    """A set of technology fields as the ``fields`` column holds it."""
    return sum(1 << field_codes().index(code) for code in codes)


def language_number(language: str) -> int:
    """A language as the ``language`` column holds it: those that are not in ``LANGUAGES`` together."""
    return numbers_of("language").get(language, len(LANGUAGES))


@lru_cache(maxsize=1)
def region_codes() -> tuple[str, ...]:
    """The regions in the order of their numbers."""
    return tuple(atlas())


@cache
def numbers_of(column: str) -> Mapping[str | None, int]:
    """The values of a column that holds one of a list, each with the number by which it is held."""
    lists: dict[str, Sequence[str | None]] = {
        "kind": KINDS,
        "profile_kind": PROFILE_KINDS,
        "size": (None, *SIZES),
        "language": LANGUAGES,
        "region": region_codes(),
    }
    return {value: number for number, value in enumerate(lists[column])}


def numbers_inside(region: str) -> list[int]:
    """A region and those inside it, as the ``region`` column holds them."""
    return [numbers_of("region")[code] for code in inside(region)]


# The filters whose column holds one number out of a list, by their names in Filters, and these columns.
SET_FILTERS = {"kinds": "kind", "profile_kinds": "profile_kind", "sizes": "size", "languages": "language"}
