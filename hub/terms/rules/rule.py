"""What a rule is, how it answers, and how its answer is said.

A rule reads one row and the facts about the parties, from left to right, and stops at the first answer: it fires, it
is silent, or it is unknown because something that it needs is open. What is unknown is listed with the field to fill
in, and never shown as passed. A rule that comes to a field marked as «cannot apply here» is silent, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from hub.language import N_, _
from hub.terms.rules.laws import Certainty, Source
from hub.terms.sheet.fields import Place

RULE_SET = "ft/2026-11-26"
DISCLAIMER = N_("이 안내는 입력한 내용만 보고 자동으로 표시한 것이며 법률 자문이 아닙니다.")
TO_CHECK = N_(
    "이 안내에는 원문으로 아직 확인하지 못한 부분이 있습니다. 그 부분은 확정된 것으로 보지 마십시오."
)

Said = (
    str | Callable[[], str]
)  # a word for a sentence; what is made when it is shown is in the reader's language
Value = TypeVar("Value")


class Level(StrEnum):
    """How a warning is marked. None of them blocks anything."""

    SUM = "sum"
    CHECK = "check"
    CARE = "care"
    NOTE = "note"


LEVELS = {Level.SUM: N_("계산"), Level.CHECK: N_("확인"), Level.CARE: N_("주의"), Level.NOTE: N_("알림")}


class Verdict(StrEnum):
    """The three answers of a rule."""

    FIRES = "fires"
    SILENT = "silent"
    UNKNOWN = "unknown"


class Unknown(Exception):
    """Something that a rule needs is open: a field of its row, or with ``place`` one elsewhere in the sheet."""

    def __init__(self, name: str, place: Place | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.place = place


class SetAside(Exception):
    """A rule came to a field of which somebody said that it cannot apply here."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


def known(value: Value | None, name: str) -> Value:
    """The value of a field that the rule needs.

    :param name: of the field, as JSON has it.
    :raises Unknown: while it is open.
    """
    if value is None:
        raise Unknown(name)
    return value


@dataclass(frozen=True)
class Fires:
    """A rule has something to say; ``values`` are the words of its sentence."""

    values: Mapping[str, Said] = field(default_factory=dict)


def fires(**values: Said) -> Fires:
    """What a rule answers when it fires."""
    return Fires(values)


Test = Callable[[Any, Any], Fires | None]  # the row and the facts


@dataclass(frozen=True)
class Rule:
    """One rule: what it reads, what it says, where it comes from and how sure that is."""

    id: str
    title: str
    level: Level
    each: str  # which rows it reads; ``sheet`` for the sheet as a whole
    says: str
    sources: tuple[Source, ...]
    test: Test

    @property
    def certainty(self) -> Certainty:
        """As sure as the least sure of its sources."""
        order = [Certainty.READ, Certainty.PAGE, Certainty.TBC]
        return max((one.certainty for one in self.sources), key=order.index)

    @property
    def is_certain(self) -> bool:
        """Whether all of it rests on articles that were read. If not, it is never shown without saying so."""
        return self.certainty is Certainty.READ

    def notes(self, on: date) -> list[str]:
        """What stands below the sentence, in the reader's language: sources with their days, doubts, the disclaimer."""
        doubts = [] if self.is_certain else [_(TO_CHECK)]
        return [*(one.said(on) for one in self.sources), *doubts, _(DISCLAIMER)]


RULES: dict[str, Rule] = {}


def rule(
    number: str, title: str, level: Level, each: str, *, says: str, sources: tuple[Source, ...]
) -> Callable[[Test], Test]:
    """Enters a function as a rule.

    :param says: the sentence, marked with ``N_``; the words that the function gives are filled in when it is shown.
    :raises ValueError: when there is such a rule already.
    """

    def enter(test: Test) -> Test:
        if number in RULES:
            raise ValueError(f"{number} is entered twice")
        RULES[number] = Rule(number, title, level, each, says, sources, test)
        return test

    return enter


@dataclass(frozen=True)
class Answer:
    """What one rule answers about one row.

    ``asks``: the field to fill in where it is unknown; the field that cannot apply where it was set aside.
    ``reads``: the fields that it came to, in order.
    """

    rule: Rule
    place: Place
    verdict: Verdict
    values: Mapping[str, Said] = field(default_factory=dict)
    asks: Place | None = None
    reads: tuple[Place, ...] = ()

    @property
    def set_aside(self) -> bool:
        """Whether it is silent because a field was marked as one that cannot apply here."""
        return self.verdict is Verdict.SILENT and self.asks is not None

    def sentence(self) -> str:
        """What it says, in the reader's language."""
        words = {name: one() if callable(one) else one for name, one in self.values.items()}
        return _(self.rule.says, **words)
