"""The whole sheet (공정 협력 조건): one version of it, read from JSON and written to it without loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from hub.language import N_, _
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.ending import Attachment, Dispute, Exit, National, Restriction, Warranty
from hub.terms.sheet.equity import Contract, Investment, Issue
from hub.terms.sheet.fields import Entry, Fault, Part, Place, Row, Rows, declared, walk
from hub.terms.sheet.kinds import Names
from hub.terms.sheet.knowledge import Data, Equipment, InfoRequest, Nda, Tech
from hub.terms.sheet.money import Money, Rounding
from hub.terms.sheet.ownership import Background, Publication, Result
from hub.terms.sheet.people import Contribution, Partner

SCHEMA = "terms/1"


@dataclass(frozen=True, kw_only=True)
class Sheet(Row):
    """One version of a sheet. Untouched, every field is open; ``prev`` is the hash of the version before."""

    schema: str | None = given.code(N_("양식"), asked=False)
    collaboration: str | None = given.another(N_("협력 건"), asked=False)
    version: int | None = given.count(N_("버전"), 1_000_000, asked=False)
    prev: str | None = given.code(N_("이전 버전의 해시"), r"[0-9a-f]{64}", asked=False)
    relation: str | None = given.one_of(N_("관계"), choices.RELATIONS)
    purpose: str | None = given.words(N_("목적"))
    field: str | None = given.words(N_("분야"), 300)
    from_: date | str | None = given.day(N_("시작일"))
    to: date | str | None = given.day(N_("종료일"))
    rounding: Rounding = given.part(N_("나누는 규칙"), Rounding)
    parties: tuple[Partner, ...] | None = given.rows(N_("당사자"), Partner)
    contributions: tuple[Contribution, ...] | None = given.rows(N_("기여"), Contribution)
    bg: tuple[Background, ...] | None = given.rows(N_("배경 지식재산"), Background)
    fg: tuple[Result, ...] | None = given.rows(N_("성과 지식재산"), Result)
    pub: Publication = given.part(N_("공표"), Publication)
    nda: tuple[Nda, ...] | None = given.rows(N_("비밀유지계약"), Nda)
    tech: tuple[Tech, ...] | None = given.rows(N_("기술자료"), Tech)
    info_requests: tuple[InfoRequest, ...] | None = given.rows(N_("경영상 정보 요구"), InfoRequest)
    data: tuple[Data, ...] | None = given.rows(N_("데이터"), Data)
    equip: tuple[Equipment, ...] | None = given.rows(N_("장비"), Equipment)
    money: Money = given.part(N_("대가"), Money)
    equity: tuple[Issue, ...] | None = given.rows(N_("지분"), Issue)
    investments: tuple[Investment, ...] | None = given.rows(N_("투자계약"), Investment)
    contracts: tuple[Contract, ...] | None = given.rows(N_("내부 승인이 필요한 거래"), Contract)
    warranty: tuple[Warranty, ...] | None = given.rows(N_("보증"), Warranty)
    exit: Exit = given.part(N_("종료"), Exit)
    dispute: Dispute = given.part(N_("분쟁"), Dispute)
    restrictions: tuple[Restriction, ...] | None = given.rows(N_("제한"), Restriction)
    national: National = given.part(N_("국가연구개발"), National)
    attachments: tuple[Attachment, ...] | None = given.rows(N_("첨부 파일"), Attachment)

    @cached_property
    def names(self) -> Names:
        """What the parties are called, by their ids, in their order in the sheet."""
        return {one.id: one.called for one in self.ordered}

    @cached_property
    def ordered(self) -> tuple[Partner, ...]:
        """The parties in their order, which breaks ties in rounding; those without a number follow."""
        return tuple(sorted(self.parties or (), key=lambda one: (one.seq is None, one.seq or 0)))

    def opened(self) -> list[Place]:
        """Where something is still open (미정): listed above the button that confirms, and hashed with it.

        Of a part in which nothing was said, the part alone; of a list that nobody has begun, the list.
        """
        return list(_open(self, ()))


def _open(row: Row, place: Place) -> Iterator[Place]:
    for one in declared(type(row)):
        where, value = (*place, one.name), getattr(row, one.attribute)
        if one.name in row.na or not one.asked:
            continue
        if value is None or (isinstance(one.kind, Part) and value == type(value)()):
            yield where
        elif isinstance(one.kind, Part):
            yield from _open(value, where)
        elif isinstance(one.kind, Rows):
            for inner in value:
                yield from _open(inner, (*where, inner.id))


def read_sheet(stored: Any) -> tuple[Sheet, list[Fault]]:
    """A sheet out of its JSON, and what in it cannot be read: such a field is left open."""
    faults: list[Fault] = []
    return Sheet.from_json(stored, (), faults), faults


def empty_sheet(collaboration: str) -> Sheet:
    """A sheet that nobody has touched."""
    return Sheet(schema=SCHEMA, collaboration=collaboration, version=0)


def next_version(old: Sheet, changed: Sheet, old_hash: str) -> Sheet:
    """The changed sheet as the version after ``old``: numbers rise by one, and it names what it came of."""
    return replace(changed, schema=SCHEMA, version=(old.version or 0) + 1, prev=old_hash)


def label_of(place: Place, sheet: Sheet) -> str:
    """Where something stands, as a reader knows it: «성과 지식재산 · 측정 방법 · 지분»."""
    said: list[str] = []
    kind: type[Row] = Sheet
    row: Row | None = sheet
    steps = list(place)
    while steps:
        step = steps.pop(0)
        one = next((one for one in declared(kind) if one.name == step), None)
        if one is None:
            said.append(sheet.names.get(step, step))
            continue
        said.append(_(one.label))
        value = getattr(row, one.attribute, None)
        if isinstance(one.kind, Rows):
            kind = one.kind.of
            row = _row_called(value, steps[0] if steps else "")
            if steps:
                said.append(called(row, steps.pop(0)))
        elif isinstance(one.kind, Part):
            kind, row = one.kind.of, value
    return " · ".join(said)


def _row_called(value: tuple[Entry, ...] | None, name: str) -> Entry | None:
    return next((one for one in value or () if one.id == name), None)


def called(row: Row | None, name: str) -> str:
    """What a row is called by itself; else ``name``, its id."""
    for attribute in ("title", "name", "what"):
        if said := getattr(row, attribute, None):
            return str(said)
    return name


def row_at(sheet: Sheet, place: Place) -> Row | None:
    """The row or part that stands there; ``None`` where none does."""
    return next((row for where, row in walk(sheet) if where == place), None)
