"""Sheets of any content, made from the declarations of their fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from hub.terms.sheet.fields import Given, Part, Row, Rows, declared
from hub.terms.sheet.kinds import (
    Choice,
    Code,
    Count,
    Day,
    Each,
    Id,
    Kind,
    Limit,
    Number,
    Party,
    Several,
    Share,
    Text,
    Won,
    YesNo,
)
from hub.terms.sheet.whole import Sheet, read_sheet
from hub.text import clean, one_line

NAMES = st.sampled_from(["P1", "P2", "P3"])
WORDS = st.text(st.characters(categories=["L", "Nd", "Zs"], include_characters="·,.‘’가각힣\n"), max_size=12)


DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(date.isoformat)
PLAIN: dict[type[Kind], Callable[[Any], st.SearchStrategy[Any]]] = {
    Choice: lambda kind: st.sampled_from(sorted(kind.labels or {})),
    Several: lambda kind: st.lists(values(kind.part), max_size=3),
    Share: lambda kind: st.fractions(0, 1, max_denominator=1000).map(str),
    Limit: lambda kind: st.one_of(st.just("unlimited"), st.integers(0, 10**15)),
    Won: lambda kind: st.integers(0, 10**15),
    Count: lambda kind: st.integers(0, kind.most),
    Number: lambda kind: st.decimals(0, kind.most, allow_nan=False, places=kind.places).map("{:f}".format),
    Day: lambda kind: st.one_of(DAYS, st.sampled_from(sorted(kind.words))) if kind.words else DAYS,
    YesNo: lambda kind: st.booleans(),
    Id: lambda kind: NAMES,
    Party: lambda kind: NAMES,
    Code: lambda kind: st.from_regex(kind.form, fullmatch=True).map(one_line).filter(bool),
    Text: lambda kind: WORDS.filter(lambda text: text.strip().lower() not in ("", "none", "n/a")),
}


def values(kind: Kind) -> st.SearchStrategy[Any]:
    """JSON of one kind of value."""
    if isinstance(kind, Each):
        key = NAMES if isinstance(kind.key, Id) else WORDS.filter(str.strip).map(clean)
        return st.dictionaries(key, values(kind.part), max_size=3)
    return PLAIN[type(kind)](kind)


def field(one: Given) -> st.SearchStrategy[Any]:
    """JSON of one field, its kinds of empty among it."""
    if isinstance(one.kind, Part):
        return st.one_of(st.none(), row(one.kind.of))
    if isinstance(one.kind, Rows):
        some = st.lists(row(one.kind.of), max_size=2, unique_by=lambda made: made["id"])
        return st.one_of(st.none(), some)
    choices = [st.none(), values(one.kind)]
    if not isinstance(one.kind, Id):
        choices.append(st.just("n/a"))
    if one.kind.nothing == "":
        choices.append(st.just("none"))
    return st.one_of(choices)


def row(kind: type[Row]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON of a row, most of its fields left out."""
    optional = {one.name: field(one) for one in declared(kind) if one.name != "id"}
    required = {"id": NAMES} if any(one.name == "id" for one in declared(kind)) else {}
    return st.fixed_dictionaries(required, optional=optional)


def _parties(stored: dict[str, Any]) -> dict[str, Any]:
    return stored | {
        "parties": [{"id": name, "name": f"기관 {name}", "kind": "company"} for name in ("P1", "P2", "P3")]
    }


STORED = row(Sheet).map(_parties)


def read(stored: Any) -> Sheet:
    """The sheet of some JSON that can be read."""
    sheet, faults = read_sheet(stored)
    assert faults == []
    return sheet


def half(*names: str) -> dict[str, str]:
    """Equal shares, as JSON."""
    return {name: str(Fraction(1, len(names))) for name in names}
