"""What rules ask about the parties and between them: size, commission, names. Observations, none of them of law."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from math import inf
from typing import Any

from hub.language import N_, _
from hub.terms.rules.reading import Reading, stands
from hub.terms.rules.rule import Said, SetAside, Unknown
from hub.terms.sheet.fields import Given, Place, Row, declared
from hub.terms.sheet.kinds import Party
from hub.terms.sheet.people import Partner

SMALL_AND_MEDIUM = ("small", "medium")
_PRESCRIBED = {"manufacture": 3_000_000_000, "processing": 3_000_000_000, "repair": 3_000_000_000}
_LEAST_SALES = _PRESCRIBED | {"service": 1_000_000_000}  # 하도급령 §2④
_NO_COMMISSION = ("joint", "licence", "investment")


@dataclass
class Facts:
    """The facts of one sheet, for one rule and one row; ``reads`` keeps what was asked for, in order."""

    reading: Reading
    reads: list[Place] = field(default_factory=list)
    nobody: list[Place] = field(default_factory=list)  # fields for a party that were read and are open

    def watched(self, row: Row, place: Place) -> Any:
        """The row, remembering what is read of it; a field that cannot apply here ends the rule."""
        return _Watched(row, place, self)

    def get(self, party: str | None, name: str) -> Any:
        """A fact about a party; ``"n/a"`` where it cannot apply to it.

        :raises Unknown: when there is no such party.
        """
        if party is None or party not in self._parties:
            raise self._no_party()
        row = self._parties[party]
        self.reads.append(("parties", party, name))
        return "n/a" if name in row.na else getattr(row, name)

    def known(self, party: str | None, name: str) -> Any:
        """The same, where the rule needs it.

        :raises Unknown: while it is open.
        """
        value = self.get(party, name)
        if value is None:
            raise Unknown(name, ("parties", str(party), name))
        return value

    def _no_party(self) -> Unknown:
        return Unknown("parties", self.nobody[0] if self.nobody else ("parties",))

    @property
    def _parties(self) -> dict[str, Partner]:
        return {one.id: one for one in self.reading.sheet.parties or ()}

    def firm(self, party: str | None) -> bool:
        """Whether it is a company."""
        return bool(self.known(party, "kind") == "company")

    def size(self, party: str | None) -> str | None:
        """Of a company small, medium, midsize or large; ``None`` of what is none.

        :raises Unknown: while a company's size is open.
        """
        return str(self.known(party, "size")) if self.firm(party) else None

    def sme(self, party: str | None) -> bool:
        """Whether it is a small or medium company, as it was entered."""
        return self.size(party) in SMALL_AND_MEDIUM

    def above(self, one: str | None, other: str | None) -> bool:
        """A company that is no SME against one that is: an observation of size."""
        size = self.size(one)
        return size is not None and size not in SMALL_AND_MEDIUM and self.sme(other)

    def _works(self, by: str | None, to: str | None) -> set[str | None]:
        """What one commissions from the other.

        :raises Unknown: while it is open whether it commissions anything.
        """
        if by is None or to is None:
            raise self._no_party()
        sheet = self.reading.sheet
        listed = sheet.money.commissions
        self.reads += [("money", "commissions"), ("relation",)]
        works = {one.work for one in listed or () if one.by == by and one.to == to}
        if works or listed is not None or sheet.relation in _NO_COMMISSION:
            return works - {"other"}
        if sheet.relation is None:
            raise Unknown("relation", ("relation",))
        raise Unknown("commissions", ("money", "commissions"))

    def consign(self, by: str | None, to: str | None) -> bool:
        """Whether a company commissions work from an SME (위탁)."""
        return bool(self._works(by, to)) and self.firm(by) and self.sme(to)

    def subcon(self, by: str | None, to: str | None) -> bool | None:
        """Whether that may fall under 하도급법 §2; ``None`` where it depends on more than the sheet has.

        So it is of technical development, construction, work that is not named and sales that are open.
        """
        works = self._works(by, to)
        if not works or not self.firm(by) or not self.sme(to):
            return False
        answers = {self._subcon(by, to, work) for work in works}
        return True if True in answers else None if None in answers else False

    def _subcon(self, by: str | None, to: str | None, work: str | None) -> bool | None:
        if work not in _LEAST_SALES:
            return None
        if not self.sme(by):
            return True
        sales, other = self.get(by, "sales_krw"), self.get(to, "sales_krw")
        if not isinstance(sales, int) or not isinstance(other, int):
            return None
        return sales > other and sales >= _LEAST_SALES[work]

    def largest_of(self, party: str | None) -> tuple[float, float]:
        """The larger of assets and sales lies between these two; they are equal once both are known."""
        both = [self.get(party, "assets_krw"), self.get(party, "sales_krw")]
        amounts = [one for one in both if isinstance(one, int)]
        least = max(amounts, default=0)
        return (least, least) if None not in both else (least, inf)

    def name(self, party: str | None) -> Said:
        """What a party is called."""
        return word(N_("미정")) if party is None else self.names([party])

    def names(self, parties: Iterable[str]) -> str:
        """What several are called."""
        names = self.reading.sheet.names
        return ", ".join(names.get(one, one) for one in parties)


class _Watched:
    """A row that remembers what is read of it."""

    def __init__(self, row: Row, place: Place, facts: Facts) -> None:
        self._row, self._place, self._facts = row, place, facts

    def __getattr__(self, attribute: str) -> Any:
        name = attribute.removesuffix("_")
        where = stands(self._row, self._place, name)
        self._facts.reads.append(where)
        if name in self._row.na:
            raise SetAside(where)
        value = getattr(self._row, attribute)
        if value is None and any(one.name == name and isinstance(one.kind, Party) for one in self._declared):
            self._facts.nobody.append(where)
        return value

    @property
    def _declared(self) -> tuple[Given, ...]:
        return declared(type(self._row))


def gaps(row: Row | None, names: str) -> list[str]:
    """Those of some fields that are missing, all of them where there is no row.

    Missing is what is open, what both sides say that there is none of, and a point that is answered with no. Nothing
    is missing of a price of 0 won, nor where a field cannot apply.
    """
    asked = names.split()
    if row is None:
        return asked
    return [one for one in asked if one not in row.na and _lacks(getattr(row, one))]


def _lacks(value: Any) -> bool:
    return value is None or value is False or value == ""


def labels_of(kind: type[Row], names: Iterable[str]) -> Callable[[], str]:
    """The labels of some fields of a row, in the reader's language when they are shown."""
    labels = {one.attribute: one.label for one in declared(kind)}
    return partial(_joined, [labels[name] for name in names])


def joined(labels: Iterable[str]) -> Said:
    """Some words that are marked for translation, joined when they are shown."""
    return partial(_joined, list(labels))


def _joined(labels: list[str]) -> str:
    return ", ".join(_(one) for one in labels)


def word(label: str) -> Said:
    """A word that is marked for translation, in the reader's language when it is shown."""
    return partial(_, label)


def title(text: str | None) -> Said:
    """What a row is called; while it has no name, that it has none."""
    return text or word(N_("이름 없는 항목"))


def after(later: object, earlier: object) -> bool:
    """Whether both are days and the first is the later one."""
    return isinstance(later, date) and isinstance(earlier, date) and later > earlier
