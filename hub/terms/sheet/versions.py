"""Two versions of a sheet: what differs, field by field in the reader's language, and how two people's changes meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.language import _
from hub.terms.sheet.fields import Entry, Given, Part, Place, Row, Rows, declared
from hub.terms.sheet.kinds import Each, Kind
from hub.terms.sheet.payouts import Scenario, scenarios
from hub.terms.sheet.whole import Sheet, called, label_of, row_at

ABSENT: Any = object()  # of a row that one version does not have


@dataclass(frozen=True)
class Change:
    """One field, or one whole row, that differs. ``old`` and ``new`` are said in the reader's language."""

    place: Place
    label: str
    old: str
    new: str

    def said(self) -> str:
        """The change in one line."""
        return _("%(label)s: %(old)s → %(new)s", label=self.label, old=self.old, new=self.new)


def changes(old: Sheet, new: Sheet) -> list[Change]:
    """What differs between two versions, in the order of the sheet; rows are the same row by their ids.

    Of shares each party's stands by itself. What the hub fills in (version, hash of the one before) is left out.
    """
    return list(_changes(old, new, (), (old, new)))


def _changes(old: Row, new: Row, place: Place, both: tuple[Sheet, Sheet]) -> Iterator[Change]:
    for one in declared(type(new)):
        if not one.asked:
            continue
        where = (*place, one.name)
        was, now = getattr(old, one.attribute), getattr(new, one.attribute)
        marked = (one.name in old.na) != (one.name in new.na)
        if isinstance(one.kind, Part) and not marked:
            yield from _changes(was, now, where, both)
        elif isinstance(one.kind, Rows) and was and now and not marked:
            yield from _rows(was, now, where, both)
        elif isinstance(one.kind, Each) and was and now and not marked:
            yield from _each(one, (was, now), where, both)
        elif marked or was != now:
            shown = old.shown(one, both[0].names), new.shown(one, both[1].names)
            yield _change(where, both, shown if shown[0] != shown[1] else _told(one.kind, (was, now), both))
            if isinstance(one.kind, Rows):
                yield from _rows(was or (), now or (), where, both)


def _rows(
    old: tuple[Entry, ...], new: tuple[Entry, ...], place: Place, both: tuple[Sheet, Sheet]
) -> Iterator[Change]:
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was is not None and now is not None:
            yield from _changes(was, now, (*place, name), both)
        else:
            shown = _("없던 항목"), _("더함")
            yield _change((*place, name), both, shown if was is None else (_("있던 항목"), _("지움")))
            filled = was if now is None else now
            if filled is not None:
                yield from _filled(filled, (*place, name), both, gone=now is None)
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield _change(place, both, (_order(old), _order(new)))


def _order(listed: tuple[Entry, ...]) -> str:
    return ", ".join(called(one, one.id) for one in listed)


def _filled(row: Entry, place: Place, both: tuple[Sheet, Sheet], *, gone: bool) -> Iterator[Change]:
    """What stands in a row that is new or gone: nobody should have to look it up in another version."""
    empty = type(row)(id=row.id)
    for one in _changes(empty, row, place, both):
        nothing = _("지움") if gone else _("적지 않음")
        yield Change(one.place, one.label, *((one.new, nothing) if gone else (nothing, one.new)))


def _each(
    one: Given, values: tuple[Mapping[str, Any], Mapping[str, Any]], place: Place, both: tuple[Sheet, Sheet]
) -> Iterator[Change]:
    kind = one.kind
    assert isinstance(kind, Each)  # noqa: S101 - asked for such fields alone
    old, new = values
    for name in dict.fromkeys([*old, *new]):
        two = old.get(name, ABSENT), new.get(name, ABSENT)
        if two[0] != two[1]:
            yield _change((*place, name), both, _told(kind.part, two, both))


def _change(place: Place, both: tuple[Sheet, Sheet], shown: tuple[str, str]) -> Change:
    old, new = both
    there = row_at(new, place) or row_at(new, place[:-1])  # a row that is gone has its name in the older one
    return Change(place, label_of(place, new if there else old), *shown)


def _told(kind: Kind, values: tuple[Any, Any], both: tuple[Sheet, Sheet]) -> tuple[str, str]:
    """Two values as they are shown; exactly where they look alike, such as a third and 33.3333 %."""
    old, new = (
        _("적지 않음") if one is ABSENT else kind.show(one, sheet.names)
        for one, sheet in zip(values, both, strict=True)
    )
    return (old, new) if old != new else (str(kind.write(values[0])), str(kind.write(values[1])))


@dataclass(frozen=True)
class Effect:
    """What a party gets in one scenario, before and after; ``None`` where it cannot be computed."""

    case: str
    party: str
    old: int | None
    new: int | None


def effects(old: Sheet, new: Sheet) -> list[Effect]:
    """What a change does to the three scenarios: for each party whose sum is another one."""
    was, now = scenarios(old), scenarios(new)
    found = []
    for case in dict.fromkeys([*was, *now]):
        for name in dict.fromkeys([*old.names, *new.names]):
            one = Effect(case, name, _part(was.get(case), name), _part(now.get(case), name))
            if one.old != one.new:
                found.append(one)
    return found


def _part(scenario: Scenario | None, name: str) -> int | None:
    return None if scenario is None or scenario.parts is None else scenario.parts.get(name, 0)


@dataclass(frozen=True)
class Conflict:
    """One place that two people changed in two ways. It stays at the old value until one is chosen."""

    place: Place
    old: Any
    mine: Any
    theirs: Any


def merge(base: Any, mine: Any, theirs: Any, place: Place = ()) -> tuple[Any, list[Conflict]]:
    """Two sets of changes to one version, all three as JSON: changes of different fields meet, nothing is lost.

    Rows are the same row by their ids. What both changed, and not alike, is a conflict and stays as it was.
    """
    if theirs in (mine, base):
        return mine, []
    if mine == base:
        return theirs, []
    if all(isinstance(one, dict) for one in (base, mine, theirs)):
        return _merged_fields(base, mine, theirs, place)
    if all(_is_rows(one) for one in (base, mine, theirs)):
        each = [{row["id"]: row for row in one} for one in (base, mine, theirs)]
        merged, conflicts = _merged_fields(each[0], each[1], each[2], place)
        return list(merged.values()), conflicts
    return base, [Conflict(place, base, mine, theirs)]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value)


def _merged_fields(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], place: Place
) -> tuple[dict[str, Any], list[Conflict]]:
    found: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name in dict.fromkeys([*mine, *theirs, *base]):
        three = [one.get(name, ABSENT) for one in (base, mine, theirs)]
        value, more = merge(three[0], three[1], three[2], (*place, name))
        conflicts += more
        if value is not ABSENT:
            found[name] = value
    return found, conflicts
