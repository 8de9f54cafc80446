"""The sheet: read without loss, its three kinds of empty apart, each field declared once with its label."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hub.problems import Problem
from hub.terms.sheet import choices
from hub.terms.sheet.fields import Entry, Part, Row, Rows, declared, walk
from hub.terms.sheet.kinds import PUBLIC
from hub.terms.sheet.money import Royalty
from hub.terms.sheet.ownership import Background, Result
from hub.terms.sheet.people import Partner
from hub.terms.sheet.whole import SCHEMA, Sheet, empty_sheet, label_of, next_version, read_sheet, row_at
from tests.terms.sheets import STORED, read

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def every_kind_of_row(kind: type[Row] = Sheet) -> set[type[Row]]:
    found = {kind}
    for one in declared(kind):
        if isinstance(one.kind, Rows | Part):
            found |= every_kind_of_row(one.kind.of)
    return found


@QUICK
@given(STORED)
def test_a_sheet_is_read_and_written_without_loss(stored: dict[str, Any]) -> None:
    sheet, faults = read_sheet(stored)
    assert faults == []
    written = sheet.as_json()
    again, faults = read_sheet(written)
    assert faults == []
    assert again == sheet
    assert again.as_json() == written


@QUICK
@given(STORED)
def test_whatever_it_holds_can_be_shown(stored: dict[str, Any]) -> None:
    sheet = read(stored)
    for place, row in walk(sheet):
        for one in declared(type(row)):
            assert isinstance(row.shown(one, sheet.names), str)
            assert label_of((*place, one.name), sheet)


def test_an_untouched_sheet_is_open_everywhere() -> None:
    sheet = empty_sheet("C1")
    written = sheet.as_json()
    assert (written.pop("schema"), written.pop("collaboration"), written.pop("version")) == (SCHEMA, "C1", 0)

    def leaves(value: Any) -> list[Any]:
        return (
            [one for inner in value.values() for one in leaves(inner)] if isinstance(value, dict) else [value]
        )

    assert set(leaves(written)) == {None}
    opened = sheet.opened()
    assert ("parties",) in opened
    assert ("money",) in opened
    assert all(len(place) == 1 for place in opened)
    assert not {("schema",), ("version",), ("prev",)} & set(opened)


def test_three_kinds_of_empty_stay_apart() -> None:
    stored = [
        {"id": "R1", "cap_total_krw": None, "minimum_year_krw": 0},
        {"id": "R2", "cap_total_krw": "none", "minimum_year_krw": "n/a"},
        {"id": "R3", "cap_total_krw": 0, "until": "forever"},
    ]
    rows = read({"money": {"royalties": stored}}).money.royalties
    assert rows is not None
    written = [one.as_json() for one in rows]
    assert [one["cap_total_krw"] for one in written] == [None, "none", 0]
    assert [one["minimum_year_krw"] for one in written] == [0, "n/a", None]
    kinds = {one.name: one for one in declared(Royalty)}
    shown = [one.shown(kinds["cap_total_krw"], {}) for one in rows]
    assert shown == ["미정", "한도 없음", "0원"]
    assert rows[1].shown(kinds["minimum_year_krw"], {}) == "해당 없음"
    assert rows[2].shown(kinds["until"], {}) == "기한 없음"
    assert read({"bg": []}).bg == ()
    assert read({"bg": None}).bg is None
    assert read({"bg": "n/a"}).as_json()["bg"] == "n/a"


def test_what_is_open_is_listed_down_to_its_row() -> None:
    sheet = read({
        "parties": [{"id": "P1", "name": "부산정밀", "kind": "company", "signers": []}],
        "fg": [{"id": "F1", "title": "측정 방법", "licences": "n/a", "improvements": []}],
    })  # fmt: skip
    opened = sheet.opened()
    assert ("fg", "F1", "owners") in opened
    assert ("parties", "P1", "size") in opened
    assert ("fg", "F1", "licences") not in opened  # cannot apply
    assert ("fg", "F1", "improvements") not in opened  # agreed that there are none
    assert ("parties", "P1", "seq") not in opened  # nobody is asked for it
    assert label_of(("fg", "F1", "owners"), sheet) == "성과 지식재산 · 측정 방법 · 지분"
    assert label_of(("parties", "P1", "size"), sheet) == "당사자 · 부산정밀 · 기업 규모"
    assert label_of(("fg", "F1", "owners", "P1"), sheet) == "성과 지식재산 · 측정 방법 · 지분 · 부산정밀"
    assert label_of(("money", "royalties", "R9", "rate"), sheet) == "대가 · 실시료 · R9 · 요율"


@pytest.mark.parametrize("kind", sorted(every_kind_of_row(), key=lambda kind: kind.__name__))
def test_each_field_is_declared_once_with_a_label(kind: type[Row]) -> None:
    asked = [one for one in declared(kind) if one.asked]
    labels = [one.label for one in asked]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    held = {one.name for one in fields(kind)} - {"na"}
    assert held == {one.attribute for one in declared(kind)}
    assert issubclass(kind, Entry) == ("id" in held)


def test_every_choice_has_a_name_of_its_own() -> None:
    tables = [value for name, value in vars(choices).items() if name.isupper() and isinstance(value, dict)]
    assert len(tables) > 40
    for table in tables:
        assert len(set(table.values())) == len(table)


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        ({"parties": [{"id": "P1", "sales_krw": -1}]}, ("parties", "P1", "sales_krw")),
        ({"parties": [{"id": "P1", "sales_krw": 1.5}]}, ("parties", "P1", "sales_krw")),
        ({"parties": [{"id": "P1", "sales_krw": True}]}, ("parties", "P1", "sales_krw")),
        ({"parties": [{"id": "P1", "sales_krw": "none"}]}, ("parties", "P1", "sales_krw")),
        ({"parties": [{"id": "P1", "sales_krw": 10**15 + 1}]}, ("parties", "P1", "sales_krw")),
        ({"parties": [{"id": "P1", "size": "huge"}]}, ("parties", "P1", "size")),
        ({"parties": [{"id": "P1", "kind": "none"}]}, ("parties", "P1", "kind")),
        ({"parties": [{"id": "P1"}, {"id": "P1"}]}, ("parties", "P1")),
        ({"parties": [{"name": "x"}]}, ("parties", "1")),
        ({"parties": "P1"}, ("parties",)),
        ({"parties": [["id", "P1"]]}, ("parties", "1")),
        ({"money": []}, ("money",)),
        ({"money": {"royalties": [{"id": "R", "rate": "100.1"}]}}, ("money", "royalties", "R", "rate")),
        ({"money": {"royalties": [{"id": "R", "rate": 3.5}]}}, ("money", "royalties", "R", "rate")),
        ({"money": {"royalties": [{"id": "R", "rate": "1e1"}]}}, ("money", "royalties", "R", "rate")),
        ({"fg": [{"id": "F", "owners": {"P1": "3/2"}}]}, ("fg", "F", "owners")),
        ({"fg": [{"id": "F", "owners": {"P1": "1/0"}}]}, ("fg", "F", "owners")),
        ({"fg": [{"id": "F", "owners": {"P1": 1}}]}, ("fg", "F", "owners")),
        ({"fg": [{"id": "F", "owners": {"P1": None}}]}, ("fg", "F", "owners")),
        ({"fg": [{"id": "F", "owners": {"P 1": "1"}}]}, ("fg", "F", "owners")),
        ({"fg": [{"id": "F", "file_on": "2027-02-30"}]}, ("fg", "F", "file_on")),
        ({"fg": [{"id": "F", "countries": ["kr"]}]}, ("fg", "F", "countries")),
        ({"fg": [{"id": "F", "title": "담당 900101-1234567"}]}, ("fg", "F", "title")),
        ({"purpose": "   "}, ("purpose",)),
        ({"purpose": "가" * 2001}, ("purpose",)),
        ({"purpos": "x"}, ("purpos",)),
        ({"prev": "abc"}, ("prev",)),
        ({"fg": [{"id": f"F{n}"} for n in range(201)]}, ("fg",)),
        ({"fg": [{"id": "F", "applicants": ["P1"] * 201}]}, ("fg", "F", "applicants")),
        ({"fg": [{"id": "F", "owners": {f"P{n}": "0" for n in range(201)}}]}, ("fg", "F", "owners")),
        ([], ()),
        (None, ()),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_place_and_left_open(
    stored: Any, place: tuple[str, ...]
) -> None:
    sheet, faults = read_sheet(stored)
    assert [one.place for one in faults] == [place]
    assert faults[0].message
    assert read_sheet(sheet.as_json())[1] == []


@pytest.mark.parametrize(
    ("kind", "name", "typed", "stored"),
    [
        (Partner, "sales_krw", "20억", 2_000_000_000),
        (Partner, "sales_krw", "", None),
        (Partner, "sales_krw", "없음", 0),
        (Partner, "sales_krw", "해당 없음", "n/a"),
        (Partner, "inventor_reward", "60 %", "60"),
        (Partner, "practises", "예", True),
        (Partner, "group", "none", "none"),  # a choice of its own
        (Partner, "size", "n/a", "n/a"),
        (Royalty, "cap_total_krw", "없음", "none"),
        (Royalty, "until", "forever", "forever"),
        (Royalty, "until", "2046. 1. 1.", "2046-01-01"),
        (Royalty, "pay_days", "30일", 30),
        (Background, "title", " 배합 비율  ", "배합 비율"),
        (Background, "burdens", "없음", "none"),
        (Result, "file_on", "없음", "none"),
        (Result, "countries", "US\nKR\n", ["KR", "US"]),
        (Result, "applicants", "P2\nP1", ["P1", "P2"]),
        (Result, "applicants", "없음", []),
    ],
)
def test_a_form_says_the_same_as_json(kind: type[Row], name: str, typed: str, stored: Any) -> None:
    one = next(one for one in declared(kind) if one.name == name)
    found = one.typed(typed)
    assert found == stored
    faults: list[Any] = []
    row = kind.from_json({"id": "E", name: found}, (), faults)
    assert faults == []
    assert row.as_json()[name] == stored


def test_a_field_that_cannot_be_none_says_so() -> None:
    one = next(one for one in declared(Result) if one.name == "owners")
    with pytest.raises(Problem, match="지분"):
        one.typed("없음")


def test_a_set_has_one_order_and_a_list_keeps_its_own() -> None:
    sheet = read(
        {"fg": [{"id": "F", "applicants": ["P2", "P1", "P2"]}], "exit": {"causes": ["부도", "해산"]}}
    )
    assert sheet.as_json()["fg"][0]["applicants"] == ["P1", "P2"]
    assert sheet.as_json()["exit"]["causes"] == ["부도", "해산"]


def test_parties_go_by_their_number() -> None:
    sheet = read({"parties": [{"id": "B", "seq": 2}, {"id": "C"}, {"id": "A", "seq": 1, "name": "가나"}]})
    assert dict(sheet.names) == {"A": "가나", "B": "B", "C": "C"}
    assert list(sheet.names) == ["A", "B", "C"]


def test_silence_binds_only_those_who_all_agreed_to_it() -> None:
    def counts(**pub: Any) -> bool | None:
        return read({"pub": pub}).pub.silence_counts(["P1", "P2"])

    assert counts(review_days=30, silence_consents=["P1", "P2"]) is True
    assert counts(review_days=30, silence_consents=["P1"]) is False
    assert counts(review_days=30, silence_consents=[]) is False
    assert counts(review_days=30) is None
    assert counts(silence_consents=["P1", "P2"]) is None


def test_a_version_names_the_one_before() -> None:
    old = empty_sheet("C1")
    new = next_version(old, old, "f" * 64)
    assert (new.version, new.prev) == (1, "f" * 64)
    assert next_version(new, new, "0" * 64).version == 2


def test_a_row_is_found_by_its_place() -> None:
    sheet = read({"fg": [{"id": "F1", "licences": [{"id": "L1"}]}]})
    found = row_at(sheet, ("fg", "F1", "licences", "L1"))
    assert found is not None
    assert row_at(sheet, ("fg", "F2")) is None
    assert PUBLIC not in sheet.names
