"""Kinds of value: how a field is read from JSON, written to it, typed into a form and shown.

A form, a printed sheet, the canonical form and the difference of two versions all ask the field's kind, so that a
value is the same in each. What is open is ``None`` everywhere; what both sides agreed that there is none of is the
kind's own nothing: ``0``, an empty list, or ``""`` where a kind has neither (``"none"`` in JSON).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hub.language import _
from hub.problems import Problem
from hub.terms.sheet import values
from hub.text import one_line

# Public money is entered beside what the parties bring, and is nobody's share of it.
PUBLIC = "public-money"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

Names = Mapping[str, str]  # what the parties are called, by their ids


MOST_LISTED = 200  # rows of a list, values of a set, parties that a field names


def check_listed(n: int) -> None:
    """That a list is no longer than any that people fill in.

    :raises Problem: when it is.
    """
    if n > MOST_LISTED:
        raise Problem(_("%(most)d개까지 적을 수 있습니다. 지금 %(n)d개입니다.", most=MOST_LISTED, n=n))


def wrong() -> Problem:
    """Of what no form of ours sends: a value of another type than its field's."""
    return Problem(_("값의 형식이 맞지 않습니다."))


@dataclass(frozen=True)
class Kind:
    """What one kind of value can do. ``nothing`` is what «agreed that there is none» is, if that can be said."""

    nothing: Any = None

    def read(self, stored: Any) -> Any:
        """The value that JSON holds; never asked about null, "none" and "n/a".

        :raises Problem: when it is none.
        """
        raise wrong()

    def write(self, value: Any) -> Any:
        """The value as JSON holds it."""
        return value

    def typed(self, text: str) -> Any:
        """The value that somebody typed or chose.

        :raises Problem: when it is none, saying what to change.
        """
        return self.read(text)

    def show(self, value: Any, names: Names) -> str:
        """The value in the reader's language."""
        return str(value)


@dataclass(frozen=True)
class Text(Kind):
    """Words; ``""`` where both sides agreed that there is nothing to say."""

    nothing: Any = ""
    most: int = values.MOST_TEXT
    label: str = ""  # what the field is called, for whoever wrote too much

    def read(self, stored: Any) -> str:
        if not isinstance(stored, str) or not stored.strip():
            raise wrong()
        return values.parse_text(stored, _(self.label) if self.label else "", self.most)

    def show(self, value: str, names: Names) -> str:
        return value or _("없음")


@dataclass(frozen=True)
class Code(Kind):
    """A registration number, a digest, a country: letters, digits and hyphens, whatever number it looks like."""

    nothing: Any = ""
    form: str = r"[0-9A-Za-z가-힣()./ -]{1,64}"

    def read(self, stored: Any) -> str:
        said = one_line(stored) if isinstance(stored, str) else ""
        if not re.fullmatch(self.form, said):
            raise Problem(_("글자와 숫자, 붙임표로 적으십시오."))
        return said

    def show(self, value: str, names: Names) -> str:
        return value or _("없음")


@dataclass(frozen=True)
class Won(Kind):
    """An amount in won. Where its nothing is ``""`` and not 0, "none" may be entered: no upper limit."""

    nothing: Any = 0

    def read(self, stored: Any) -> int:
        if type(stored) is not int:
            raise wrong()
        return values.check_won(stored)

    def typed(self, text: str) -> int:
        return values.parse_won(text)

    def show(self, value: Any, names: Names) -> str:
        return _("한도 없음") if value == "" else values.show_won(value)


@dataclass(frozen=True)
class Count(Kind):
    """A whole number of things, or of calendar days where ``days``."""

    nothing: Any = 0
    most: int = 100_000
    days: bool = False

    def read(self, stored: Any) -> int:
        if type(stored) is not int:
            raise wrong()
        return values.check_count(stored, most=self.most)

    def typed(self, text: str) -> int:
        return self.read(values.parse_days(text) if self.days else values.parse_count(text, most=self.most))

    def show(self, value: int, names: Names) -> str:
        return _("%(n)s일", n=f"{value:,}") if self.days else f"{value:,}"


@dataclass(frozen=True)
class Number(Kind):
    """A number with decimals, kept as text: a rate in percent, person-months, hours."""

    nothing: Any = Decimal(0)
    places: int = 4
    most: int = 100
    unit: str = " %"

    def read(self, stored: Any) -> Decimal:
        if not isinstance(stored, str) or not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", stored, re.ASCII):
            raise wrong()
        return values.check_decimal(Decimal(stored), places=self.places, most=self.most)

    def write(self, value: Decimal) -> str:
        return f"{value:f}"

    def typed(self, text: str) -> Decimal:
        return values.parse_decimal(text, places=self.places, most=self.most)

    def show(self, value: Decimal, names: Names) -> str:
        return f"{value:,f}{self.unit}"


@dataclass(frozen=True)
class Share(Kind):
    """A part of a whole, exact."""

    def read(self, stored: Any) -> Fraction:
        if not isinstance(stored, str) or not re.fullmatch(r"\d{1,7}(/0*[1-9]\d{0,6})?", stored, re.ASCII):
            raise wrong()
        return values.check_share(Fraction(stored))

    def write(self, value: Fraction) -> str:
        return str(value)

    def typed(self, text: str) -> Fraction:
        return values.parse_share(text)

    def show(self, value: Fraction, names: Names) -> str:
        return values.show_share(value)


@dataclass(frozen=True)
class Day(Kind):
    """A day, or one of the words that stand for one («과제 종료»). ``""``: both agreed that there will be none."""

    nothing: Any = ""
    words: Mapping[str, str] | None = None

    def read(self, stored: Any) -> date | str:
        if not isinstance(stored, str):
            raise wrong()
        return stored if stored in (self.words or {}) else values.read_day(stored)

    def write(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()

    def typed(self, text: str) -> date | str:
        return text if text in (self.words or {}) else values.parse_day(text)

    def show(self, value: date | str, names: Names) -> str:
        if isinstance(value, str):
            return _((self.words or {})[value]) if value else _("없음")
        return values.show_day(value)


@dataclass(frozen=True)
class YesNo(Kind):
    """네 or 아니요; neither while it is open."""

    def read(self, stored: Any) -> bool:
        if type(stored) is not bool:
            raise wrong()
        return stored

    def typed(self, text: str) -> bool:
        return values.parse_yes(text)

    def show(self, value: bool, names: Names) -> str:
        return values.show_yes(value)


@dataclass(frozen=True)
class Choice(Kind):
    """One of a list; ``labels`` says what each is called. "none" is a choice where it is in the list."""

    labels: Mapping[str, str] | None = None

    def read(self, stored: Any) -> str:
        if not isinstance(stored, str) or stored not in (self.labels or {}):
            raise Problem(_("목록에 있는 값을 고르십시오."))
        return stored

    def show(self, value: str, names: Names) -> str:
        return _((self.labels or {})[value])


@dataclass(frozen=True)
class Id(Kind):
    """What a row is called inside the sheet, or which row another one means."""

    nothing: Any = ""

    def read(self, stored: Any) -> str:
        if not isinstance(stored, str) or not _ID.fullmatch(stored) or stored.lower() == "none":
            raise wrong()
        return stored

    def show(self, value: str, names: Names) -> str:
        return names.get(value, value) or _("없음")


@dataclass(frozen=True)
class Party(Id):
    """One of the parties, by its id; ``public`` money may stand in its place where it is said."""

    public: bool = False

    def show(self, value: str, names: Names) -> str:
        return _("정부·지자체") if value == PUBLIC else super().show(value, names)


@dataclass(frozen=True)
class Several(Kind):
    """Several values of one kind, in the order of their entry, or sorted where the list means a set."""

    nothing: Any = ()
    part: Kind = Kind()
    ordered: bool = False

    def read(self, stored: Any) -> tuple[Any, ...]:
        if not isinstance(stored, list):
            raise wrong()
        check_listed(len(stored))
        found = dict.fromkeys(self.part.read(one) for one in stored)
        return tuple(found) if self.ordered else tuple(sorted(found))

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        return [self.part.write(one) for one in value]

    def typed(self, text: str) -> tuple[Any, ...]:
        """One on each line."""
        found = dict.fromkeys(self.part.typed(line.strip()) for line in text.splitlines() if line.strip())
        return tuple(found) if self.ordered else tuple(sorted(found))

    def show(self, value: tuple[Any, ...], names: Names) -> str:
        return ", ".join(self.part.show(one, names) for one in value) or _("없음")


@dataclass(frozen=True)
class Each(Kind):
    """A value for each of some parties: shares, limits, numbers of shares. The form asks for each with ``part``."""

    nothing: Any = None
    part: Kind = Kind()
    key: Kind = Party()

    def read(self, stored: Any) -> dict[str, Any]:
        if not isinstance(stored, dict) or any(one is None for one in stored.values()):
            raise wrong()
        check_listed(len(stored))
        read = {self.key.read(name): self.part.read(one) for name, one in stored.items()}
        if len(read) != len(stored):  # two ways to write one name
            raise Problem(_("같은 이름이 두 번 있습니다."))
        return read

    def write(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.part.write(one) for name, one in value.items()}

    def typed(self, text: str) -> Any:
        raise wrong()

    def show(self, value: Mapping[str, Any], names: Names) -> str:
        each = [f"{self.key.show(name, names)} {self.part.show(one, names)}" for name, one in value.items()]
        return ", ".join(each) or _("없음")


@dataclass(frozen=True)
class Limit(Won):
    """An amount, or "unlimited": how far a party answers. Neither is ever a default."""

    def read(self, stored: Any) -> Any:
        return stored if stored == "unlimited" else super().read(stored)

    def typed(self, text: str) -> Any:
        return "unlimited" if text.strip() in ("unlimited", _("한도 없음")) else super().typed(text)

    def show(self, value: Any, names: Names) -> str:
        return _("한도 없음") if value == "unlimited" else super().show(value, names)
