"""Rows of the sheet as frozen dataclasses, each field declared once: its name, its label, its kind.

From these declarations follow the form, the printed sheet, the JSON, its canonical form and the difference of two
versions. A row holds ``None`` for what is open; which fields somebody marked as «cannot apply here» is in ``na``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field as DataclassField
from dataclasses import dataclass, field, fields
from typing import Any, Self

from hub.language import N_, _
from hub.problems import Problem
from hub.terms.sheet import values
from hub.terms.sheet.kinds import Id, Kind, Names, check_listed

Place = tuple[str, ...]  # where something stands: ("fg", "F1", "owners")


@dataclass(frozen=True)
class Fault:
    """Something that keeps a row from being saved: where, and what to do, in the reader's language."""

    place: Place
    message: str


@dataclass(frozen=True)
class Given:
    """One field of a row as it was declared."""

    name: str  # in JSON; the attribute is the same, with an underscore where Python has the word for itself
    attribute: str
    label: str
    kind: Kind
    asked: (
        bool  # whether the parties are asked for it; else the hub fills it in, and nothing is open about it
    )

    def read(self, stored: Any) -> Any:
        """The value that JSON holds of the field.

        :raises Problem: when it is none.
        """
        if stored is None:
            return None
        if stored == "none" and "none" not in (getattr(self.kind, "labels", None) or {}):
            if self.kind.nothing != "":
                raise Problem(_("없음으로 합의했다면 0이나 빈 목록으로 적습니다."))
            return ""
        return self.kind.read(stored)

    def write(self, value: Any) -> Any:
        """The field's value as JSON holds it."""
        if value is None:
            return None
        return "none" if value == "" else self.kind.write(value)

    def typed(self, text: str) -> Any:
        """What JSON holds of what somebody typed: a value, or one of the three kinds of empty.

        :raises Problem: in the reader's language, saying what to change.
        """
        choices = getattr(self.kind, "labels", None) or {}
        match values.emptiness(text):
            case "open":
                return None
            case "n/a":
                return "n/a"
            case "none" if "none" not in choices:
                if self.kind.nothing is None:
                    raise Problem(_("%(label)s: 없음으로 적을 수 없는 칸입니다.", label=_(self.label)))
                return self.write(self.kind.nothing)
        return self.write(self.kind.typed(text))

    def show(self, value: Any, names: Names) -> str:
        """The field's value in the reader's language."""
        return _("미정") if value is None else self.kind.show(value, names)


def declare(label: str, kind: Kind, *, asked: bool = True, **options: Any) -> Any:
    """Declares a field of a row. Open unless ``options`` give another default."""
    return field(**(options or {"default": None}), metadata={"given": (label, kind, asked)})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the sheet, or one part of it that there is once."""

    na: frozenset[str] = frozenset()

    def shown(self, one: Given, names: Names) -> str:
        """One field's value in the reader's language, the three kinds of empty kept apart."""
        return _("해당 없음") if one.name in self.na else one.show(getattr(self, one.attribute), names)

    def as_json(self) -> dict[str, Any]:
        """The whole row: absent keys are null, and "n/a" stands apart from both."""
        return {
            one.name: "n/a" if one.name in self.na else one.write(getattr(self, one.attribute))
            for one in declared(type(self))
        }

    @classmethod
    def from_json(cls, stored: Any, place: Place, faults: list[Fault]) -> Self:
        """The row that JSON holds; what cannot be read is left open and said in ``faults``."""
        read: dict[str, Any] = {}
        na: set[str] = set()
        if not isinstance(stored, dict):
            faults.append(Fault(place, _("값의 형식이 맞지 않습니다.")))
            stored = {}
        known = {one.name: one for one in declared(cls)}
        faults.extend(
            Fault((*place, str(name)), _("모르는 항목입니다.")) for name in stored if name not in known
        )
        for name, one in known.items():
            value = stored.get(name)
            where = (*place, name)
            try:
                if value == "n/a" and not isinstance(one.kind, Id):
                    na.add(name)
                elif isinstance(one.kind, Rows | Part):
                    read[one.attribute] = one.kind.read_at(value, where, faults)
                else:
                    read[one.attribute] = one.read(value)
            except Problem as problem:
                faults.append(Fault(where, problem.message))
        return cls(na=frozenset(na), **read)


@dataclass(frozen=True, kw_only=True)
class Entry(Row):
    """A row of which there may be several; its ``id`` stays its own from version to version."""

    id: str = declare(N_("번호"), Id(nothing=None), asked=False, default="")


@dataclass(frozen=True)
class Rows(Kind):
    """Rows of one kind, in the order of their entry."""

    nothing: Any = ()
    of: type[Entry] = Entry

    def read_at(self, stored: Any, place: Place, faults: list[Fault]) -> tuple[Entry, ...] | None:
        """The rows that JSON holds.

        :raises Problem: when there are too many.
        """
        if stored is None:
            return None
        if not isinstance(stored, list):
            faults.append(Fault(place, _("값의 형식이 맞지 않습니다.")))
            return None
        check_listed(len(stored))
        rows: dict[str, Entry] = {}
        for number, one in enumerate(stored, 1):
            name = one.get("id") if isinstance(one, dict) else None
            where = (*place, name if isinstance(name, str) else str(number))
            if not isinstance(name, str) or name in rows:
                faults.append(Fault(where, _("행의 번호(id)가 없거나 두 번 있습니다.")))
                continue
            rows[name] = self.of.from_json(one, where, faults)
        return tuple(rows.values())

    def write(self, value: tuple[Entry, ...]) -> list[Any]:
        return [one.as_json() for one in value]

    def show(self, value: tuple[Entry, ...], names: Names) -> str:
        return _("%(n)s건", n=len(value)) if value else _("없음")


@dataclass(frozen=True)
class Part(Kind):
    """A part that there is once. Where JSON has null it is there all the same, with every field open."""

    of: type[Row] = Row

    def read_at(self, stored: Any, place: Place, faults: list[Fault]) -> Row:
        """The part that JSON holds."""
        return self.of() if stored is None else self.of.from_json(stored, place, faults)

    def write(self, value: Row) -> Any:
        return value.as_json()

    def show(self, value: Row, names: Names) -> str:
        shown = [f"{_(one.label)} {value.shown(one, names)}" for one in declared(type(value))]
        return " · ".join(shown)


_DECLARED: dict[type[Row], tuple[Given, ...]] = {}


def declared(row: type[Row]) -> tuple[Given, ...]:
    """The fields of a kind of row, in the order in which they are shown."""
    if row not in _DECLARED:
        _DECLARED[row] = tuple(_declared(one) for one in fields(row) if "given" in one.metadata)
    return _DECLARED[row]


def _declared(one: DataclassField[Any]) -> Given:
    label, kind, asked = one.metadata["given"]
    return Given(one.name.removesuffix("_"), one.name, label, kind, asked)


def walk(row: Row, place: Place = ()) -> Iterator[tuple[Place, Row]]:
    """A row and all rows and parts inside it, each with where it stands."""
    yield place, row
    for one in declared(type(row)):
        value = getattr(row, one.attribute)
        if isinstance(one.kind, Part) and one.name not in row.na:
            yield from walk(value, (*place, one.name))
        elif isinstance(one.kind, Rows):
            for inner in value or ():
                yield from walk(inner, (*place, one.name, inner.id))
