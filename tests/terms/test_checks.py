"""What contradicts itself keeps a row from being saved, and says where and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hub.terms.sheet.checks import faults_of
from hub.terms.sheet.fields import Place
from hub.terms.sheet.whole import empty_sheet
from tests.terms.sheets import STORED, half, read

PARTIES = [{"id": name, "kind": "company"} for name in ("P1", "P2")]
DIGEST = "0" * 64


def places(**parts: Any) -> list[Place]:
    return [one.place for one in faults_of(read({"parties": PARTIES} | parts))]


def result(**more: Any) -> dict[str, Any]:
    return {"fg": [{"id": "F"} | more]}


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"parties": [{"id": "P1"}]}, ("parties", "P1", "kind")),
        ({"parties": [{"id": "public-money", "kind": "public"}]}, ("parties", "public-money")),
        ({"bg": [{"id": "B", "owner": "P9"}]}, ("bg", "B", "owner")),
        ({"bg": [{"id": "B", "users": ["P1", "P9"]}]}, ("bg", "B", "users")),
        (result(owners={"P9": "1"}), ("fg", "F", "owners")),
        (result(inventors=[{"id": "I", "party": "P9"}]), ("fg", "F", "inventors", "I", "party")),
        ({"money": {"fixed": [{"id": "M", "payer": "public-money"}]}}, ("money", "fixed", "M", "payer")),
        ({"warranty": [{"id": "W", "cap": {"P9": 1}}]}, ("warranty", "W", "cap")),
        ({"from": "2027-02-01", "to": "2027-01-31"}, ("to",)),
        (
            {"money": {"royalties": [{"id": "R", "rate": "1", "from": "2027-02-01", "until": "2027-01-31"}]}},
            ("money", "royalties", "R", "until"),
        ),
        ({"tech": [{"id": "T", "nda": "N9"}]}, ("tech", "T", "nda")),
        (
            {"contributions": [{"id": "C", "kind": "equipment-use", "equipment": "E9"}]},
            ("contributions", "C", "equipment"),
        ),
        (
            {"money": {"years": [{"id": "Y", "deducted": {"D9": 5}}]}},
            ("money", "years", "Y", "deducted"),
        ),
        ({"nda": [], "tech": [{"id": "T"}]}, ("tech",)),
        (
            {"contributions": [{"id": "C", "person_months": "1.5", "rate_krw": 100, "value_krw": 151}]},
            ("contributions", "C", "value_krw"),
        ),
        (result(owners={}), ("fg", "F", "owners")),
        (result(option="A", owners=half("P1", "P2")), ("fg", "F", "option")),
        (result(option="A", owners={"P1": "1/2"}), ("fg", "F", "option")),
        (result(option="B", performer="P2", owners={"P1": "1"}), ("fg", "F", "option")),
        (result(option="C", makers={"P2": "1"}, owners={"P1": "1"}), ("fg", "F", "option")),
        (result(option="D", performer="P1", owners={"P1": "1"}), ("fg", "F", "option")),
        (result(option="E", makers={"P1": "1"}, owners={"P1": "1"}), ("fg", "F", "option")),
        (result(option="J", owners={"P1": "1"}), ("fg", "F", "option")),
        (result(option="J", owners={"P1": "1", "P2": "0"}), ("fg", "F", "option")),
        (result(option="S", owners=half("P1", "P2")), ("fg", "F", "option")),
        (result(option="A", partition_ban_years=5), ("fg", "F", "partition_ban_years")),
        (result(partition_ban_years=5), ("fg", "F", "partition_ban_years")),
        (
            result(owners={"P1": "1"}, licences=[{"id": "L", "by": "P2"}]),
            ("fg", "F", "licences", "L", "by"),
        ),
        ({"money": {"royalties": [{"id": "R", "by": "P1"}]}}, ("money", "royalties", "R", "rate")),
        (
            {"money": {"splits": [{"id": "A", "source": "data"}, {"id": "B", "source": "data"}]}},
            ("money", "splits", "B", "source"),
        ),
        (
            {"money": {"years": [
                {"id": name, "case": "base", "source": "data", "year": 2027} for name in ("A", "B")
            ]}},
            ("money", "years", "B"),
        ),
        (
            {"equity": [{"id": "E", "invest_krw": 510_007_777, "price_krw": 20_000, "new_shares": 25_501}]},
            ("equity", "E", "new_shares"),
        ),
    ],
)  # fmt: skip
def test_each_contradiction_is_found_where_it_is(parts: dict[str, Any], place: Place) -> None:
    assert places(**parts) == [place]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"contributions": [{"id": "C", "party": "public-money", "kind": "cash", "value_krw": 1}]},
        {"contributions": [{"id": "C", "person_months": "1.5", "rate_krw": 100, "value_krw": 150}]},
        {
            "contributions": [
                {"id": "C", "person_months": "0.33", "rate_krw": 1_000_001, "value_krw": 330_000}
            ]
        },
        {"from": "2027-02-01", "to": "2027-02-01"},
        {"nda": [{"id": "N"}], "tech": [{"id": "T", "nda": "N"}]},
        {"nda": None, "tech": [{"id": "T"}]},
        {"tech": [{"id": "T", "nda": "none"}]},
        result(option="A", performer="P1", owners={"P1": "1"}),
        result(option="A", owners={"P1": "1"}),
        result(option="D", makers={"P1": "1"}, owners={"P2": "1"}),
        result(option="J", owners={"P1": "333/1000", "P2": "333/1000"}),  # a warning's matter, and saved
        result(option="J", owners=half("P1", "P2"), partition_ban_years=5),
        result(option="S", owners={"P2": "1"}),
        result(option="A"),
        result(owners=half("P1", "P2"), licences=[{"id": "L", "by": "P2"}]),
        {"money": {"royalties": [{"id": "R", "per_unit_krw": 0}]}},
        {"equity": [{"id": "E", "invest_krw": 510_007_777, "price_krw": 20_000, "new_shares": 25_500}]},
        {"equity": [{"id": "E", "before": {"창업자": 1}, "issuer": "P1"}]},
    ],
)
def test_what_does_not_contradict_itself_is_saved(parts: dict[str, Any]) -> None:
    assert places(**parts) == []


def test_the_use_of_equipment_is_counted_once() -> None:
    parts: dict[str, Any] = {
        "equip": [{"id": "E"}],
        "contributions": [{"id": "C", "kind": "equipment-use", "equipment": "E"}],
        "money": {"fixed": [{"id": "M", "equipment": "E"}, {"id": "N"}]},
    }
    assert places(**parts) == [("money", "fixed", "M", "equipment")]


def test_files_are_there_as_they_were() -> None:
    sheet = read(
        {"attachments": [{"id": name, "name": "도면.pdf", "sha256": DIGEST} for name in ("A", "B", "C")]}
    )
    assert faults_of(sheet) == []
    found = faults_of(sheet, {"A": DIGEST, "B": "1" * 64})
    assert [one.place for one in found] == [("attachments", "B"), ("attachments", "C")]
    assert found[0].message != found[1].message


def test_an_untouched_sheet_contradicts_nothing() -> None:
    assert faults_of(empty_sheet("C1")) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STORED)
def test_any_sheet_can_be_checked(stored: dict[str, Any]) -> None:
    for fault in faults_of(read(stored)):
        assert fault.place
        assert fault.message
