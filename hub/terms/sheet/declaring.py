"""How the fields of the sheet are declared, a function a kind. Used in the files that declare rows, and there alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.terms.sheet.fields import Entry, Part, Row, Rows, declare
from hub.terms.sheet.kinds import (
    Choice,
    Code,
    Count,
    Day,
    Each,
    Id,
    Kind,
    Number,
    Party,
    Several,
    Share,
    Text,
    Won,
    YesNo,
)
from hub.terms.sheet.values import MOST_TEXT


def words(label: str, most: int = MOST_TEXT) -> Any:
    return declare(label, Text(most=most, label=label))


def code(label: str, form: str | None = None, *, asked: bool = True) -> Any:
    return declare(label, Code(form=form) if form else Code(), asked=asked)


def code_list(label: str, form: str) -> Any:
    """A set of codes, such as countries."""
    return declare(label, Several(part=Code(form=form)))


def won(label: str, *, unlimited: bool = False) -> Any:
    """:param unlimited: whether «none» can be agreed, and means no upper limit."""
    return declare(label, Won(nothing="" if unlimited else 0))


def count(label: str, most: int = 10_000_000_000, *, asked: bool = True) -> Any:
    return declare(label, Count(most=most), asked=asked)


def days(label: str) -> Any:
    return declare(label, Count(most=36_500, days=True))


def rate(label: str) -> Any:
    return declare(label, Number())


def number(label: str, places: int = 2, most: int = 1_000_000) -> Any:
    return declare(label, Number(places=places, most=most, unit=""))


def shares(label: str) -> Any:
    return declare(label, Each(part=Share()))


def day(label: str, choices: Mapping[str, str] | None = None) -> Any:
    return declare(label, Day(words=choices))


def yes_no(label: str) -> Any:
    return declare(label, YesNo())


def one_of(label: str, choices: Mapping[str, str]) -> Any:
    return declare(label, Choice(labels=choices))


def some_of(label: str, choices: Mapping[str, str]) -> Any:
    return declare(label, Several(part=Choice(labels=choices)))


def party(label: str, *, public: bool = False) -> Any:
    return declare(label, Party(public=public))


def parties(label: str) -> Any:
    return declare(label, Several(part=Party()))


def another(label: str, *, asked: bool = True) -> Any:
    """Another row of the sheet, by its id."""
    return declare(label, Id(), asked=asked)


def lines(label: str) -> Any:
    """Several texts, in the order of their entry."""
    return declare(label, Several(part=Text(most=300, label=label), ordered=True))


def each(label: str, kind: Kind, key: Kind | None = None) -> Any:
    """A value for each party, or for each of what ``key`` says."""
    return declare(label, Each(part=kind, key=key or Party()))


def rows(label: str, of: type[Entry]) -> Any:
    return declare(label, Rows(of=of))


def part(label: str, of: type[Row]) -> Any:
    return declare(label, Part(of=of), default_factory=of)
