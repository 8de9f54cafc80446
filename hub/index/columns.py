"""The facts by which statements are filtered and counted, each as a number in a column.

A kind is its place in ``KINDS``, a region its place in the atlas, a technology field its place in
:func:`hub.fields.carried.field_codes`: these numbers mean the same in every store and in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from hub.fields.carried import field_codes
from hub.profiles.tables import SIZES, Kind, ProfileKind
from hub.regions.atlas import atlas

KINDS = tuple(Kind)
PROFILE_KINDS = tuple(ProfileKind)
LANGUAGES = ("ko", "en", "ja", "zh")  # and the rest together
DAY = 24 * 3600  # seconds

COLUMNS: dict[str, np.dtype[Any]] = {
    "statement_id": np.dtype(np.int64),
    "profile_id": np.dtype(np.int64),
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


def kind_number(kind: str) -> int:
    """A kind of statement as the ``kind`` column holds it."""
    return KINDS.index(Kind(kind))


def profile_kind_number(kind: str) -> int:
    """A kind of organisation as the ``profile_kind`` column holds it."""
    return PROFILE_KINDS.index(ProfileKind(kind))


def size_number(size: str | None) -> int:
    """A firm's size as the ``size`` column holds it."""
    return 1 + SIZES.index(size) if size else 0


def field_bits(codes: Iterable[str]) -> int:
    """A set of technology fields as the ``fields`` column holds it."""
    return sum(1 << field_codes().index(code) for code in codes)


def language_number(language: str) -> int:
    """A language as the ``language`` column holds it."""
    return LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)


# The filters of which one value is enough: the field of Filters, the column, and a value as the column holds it.
SET_FILTERS: tuple[tuple[str, str, Callable[[str], int]], ...] = (
    ("kinds", "kind", kind_number),
    ("profile_kinds", "profile_kind", profile_kind_number),
    ("sizes", "size", size_number),
    ("languages", "language", language_number),
)


@lru_cache(maxsize=1)
def region_codes() -> tuple[str, ...]:
    """The regions in the order of their numbers."""
    return tuple(atlas())


@lru_cache(maxsize=1)
def _region_numbers() -> dict[str, int]:
    return {code: number for number, code in enumerate(region_codes())}


def region_number(code: str) -> int:
    """A region as the ``region`` column holds it."""
    return _region_numbers()[code]


def region_numbers(codes: Iterable[str]) -> list[int]:
    """Several of them."""
    return [region_number(code) for code in codes]
