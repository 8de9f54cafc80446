"""Two versions: what differs is said in words, and two people's changes meet."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings

from hub.terms.sheet.canonical import digest
from hub.terms.sheet.versions import ABSENT, changes, effects, merge
from hub.terms.sheet.whole import Sheet
from tests.terms.sheets import STORED, half, read

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
STORED_SHEET: dict[str, Any] = {
    "parties": [
        {"id": "P1", "name": "부산정밀", "kind": "company", "size": "small", "sales_krw": 2_000_000_000},
        {"id": "U", "name": "부산대 산학협력단", "kind": "university"},
    ],
    "fg": [
        {"id": "F1", "title": "측정 방법", "kind": "patent", "owners": half("P1", "U")},
        {"id": "F2", "title": "그 밖의 성과"},
    ],
    "money": {
        "royalties": [], "deductions": [],
        "splits": [{"id": "X", "source": "data", "shares": {"U": "3/5", "P1": "2/5"}}],
        "years": [{"id": "Y", "case": "base", "source": "data", "year": 2027, "gross_krw": 10_000_000, "deducted": {}}],
    },
}  # fmt: skip


def sheet(**parts: Any) -> Sheet:
    return read(STORED_SHEET | parts)


def said(old: Sheet, new: Sheet) -> list[str]:
    return [one.said() for one in changes(old, new)]


def results(**first: Any) -> list[dict[str, Any]]:
    listed = deepcopy(STORED_SHEET["fg"])
    listed[0] |= first
    return listed


def test_values_are_said_as_they_are_shown() -> None:
    parties = deepcopy(STORED_SHEET["parties"])
    parties[0] |= {"sales_krw": 2_500_000_000, "size": "medium", "practises": True, "inventor_reward": "60"}
    assert said(sheet(), sheet(parties=parties)) == [
        "당사자 · 부산정밀 · 기업 규모: 소기업 → 중기업",
        "당사자 · 부산정밀 · 직전 사업연도 매출: 2,000,000,000원 → 2,500,000,000원",
        "당사자 · 부산정밀 · 제조·판매로 직접 실시: 미정 → 네",
        "당사자 · 부산정밀 · 발명자 보상 비율: 미정 → 60 %",
    ]


def test_of_shares_each_party_stands_by_itself() -> None:
    new = sheet(fg=results(owners={"P1": "1/3", "U": "2/3"}))
    assert said(sheet(), new) == [
        "성과 지식재산 · 측정 방법 · 지분 · 부산정밀: 50.00 % → 33.33 %",
        "성과 지식재산 · 측정 방법 · 지분 · 부산대 산학협력단: 50.00 % → 66.67 %",
    ]
    alone = sheet(fg=results(owners={"U": "1"}))
    assert said(sheet(), alone)[0].endswith("부산정밀: 50.00 % → 적지 않음")


def test_values_that_look_alike_are_said_exactly() -> None:
    third, nearly = (
        sheet(fg=results(owners={"P1": "1/3"})),
        sheet(fg=results(owners={"P1": "333333/1000000"})),
    )
    assert said(third, nearly) == ["성과 지식재산 · 측정 방법 · 지분 · 부산정밀: 1/3 → 333333/1000000"]


def test_the_kinds_of_empty_are_told_apart() -> None:
    assert said(sheet(), sheet(bg=[])) == ["배경 지식재산: 미정 → 없음"]
    assert said(sheet(bg=[]), sheet(bg="n/a")) == ["배경 지식재산: 없음 → 해당 없음"]
    assert said(sheet(pub="n/a"), sheet(pub={"allowed": "no"}))[0].startswith("공표: 해당 없음 → ")


def test_rows_that_come_and_go_are_told_with_what_stands_in_them() -> None:
    licences = [{"id": "L1", "by": "U", "to": "P1", "type": "non-exclusive"}]
    new = sheet(fg=results(licences=licences))
    lines = said(sheet(), new)
    assert lines[0] == "성과 지식재산 · 측정 방법 · 실시 허락: 미정 → 1건"
    assert "성과 지식재산 · 측정 방법 · 실시 허락 · L1: 없던 항목 → 더함" in lines
    assert "성과 지식재산 · 측정 방법 · 실시 허락 · L1 · 종류: 적지 않음 → 통상실시권" in lines
    gone = said(sheet(), sheet(fg=results()[:1]))
    assert gone == [
        "성과 지식재산 · 그 밖의 성과: 있던 항목 → 지움",
        "성과 지식재산 · 그 밖의 성과 · 성과: 그 밖의 성과 → 지움",
    ]


def test_another_order_is_a_difference_too() -> None:
    old, new = sheet(), sheet(fg=list(reversed(results())))
    assert said(old, new) == ["성과 지식재산: 측정 방법, 그 밖의 성과 → 그 밖의 성과, 측정 방법"]
    assert digest(old.as_json()) != digest(new.as_json())


def test_what_the_hub_fills_in_is_no_change() -> None:
    assert said(sheet(version=1), sheet(version=2, prev="0" * 64)) == []


@QUICK
@given(STORED, STORED)
def test_whatever_differs_is_said_and_what_does_not_is_not(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    old, new = read(one), read(other)
    assert changes(old, old) == []
    ignored = {"schema": None, "collaboration": None, "version": None, "prev": None}
    differs = digest(_asked(old.as_json() | ignored)) != digest(_asked(new.as_json() | ignored))
    found = changes(old, new)
    assert bool(found) == differs
    assert all(change.label and change.old != change.new for change in found)


def _asked(value: Any) -> Any:
    """Without what nobody is asked for."""
    if isinstance(value, dict):
        left = {"seq", "profile", "evidence_sha256", "staff_sha256"}
        return {name: _asked(one) for name, one in value.items() if name not in left}
    return [_asked(one) for one in value] if isinstance(value, list) else value


def test_what_a_change_does_to_the_scenarios() -> None:
    splits = [{"id": "X", "source": "data", "shares": half("U", "P1")}]
    money = STORED_SHEET["money"] | {"splits": splits}
    found = effects(sheet(), sheet(money=money))
    assert [(one.case, one.party, one.old, one.new) for one in found] == [
        ("base", "P1", 4_000_000, 5_000_000),
        ("base", "U", 6_000_000, 5_000_000),
    ]
    opened = effects(sheet(), sheet(money=STORED_SHEET["money"] | {"royalties": None}))
    assert [(one.old, one.new) for one in opened] == [(4_000_000, None), (6_000_000, None)]
    assert effects(sheet(), sheet(purpose="다른 목적")) == []


def test_changes_of_different_fields_meet() -> None:
    base = sheet().as_json()
    mine, theirs = deepcopy(base), deepcopy(base)
    mine["fg"][0]["option"] = "J"
    theirs["fg"][0]["owners"] = {"P1": "1/3", "U": "2/3"}
    theirs["fg"].append(deepcopy(base["fg"][1]) | {"id": "F3", "title": "새 성과"})
    mine["bg"] = []
    merged, conflicts = merge(base, mine, theirs)
    assert conflicts == []
    found = read(merged)
    assert found.bg == ()
    assert found.fg is not None
    assert [one.id for one in found.fg] == ["F1", "F2", "F3"]
    assert (found.fg[0].option, str((found.fg[0].owners or {})["P1"])) == ("J", "1/3")


def test_the_same_field_in_two_ways_stays_as_it_was_and_is_shown() -> None:
    base = sheet().as_json()
    mine, theirs = deepcopy(base), deepcopy(base)
    mine["fg"][0]["title"], theirs["fg"][0]["title"] = "측정 장치", "측정 시스템"
    mine["purpose"] = theirs["purpose"] = "같은 생각"
    merged, conflicts = merge(base, mine, theirs)
    assert merged["fg"][0]["title"] == "측정 방법"
    assert merged["purpose"] == "같은 생각"
    assert [(one.place, one.old, one.mine, one.theirs) for one in conflicts] == [
        (("fg", "F1", "title"), "측정 방법", "측정 장치", "측정 시스템")
    ]


def test_a_row_that_one_deletes_and_another_changes_is_not_lost() -> None:
    base = sheet().as_json()
    mine, theirs = deepcopy(base), deepcopy(base)
    del mine["fg"][1]
    theirs["fg"][1]["title"] = "바뀐 이름"
    merged, conflicts = merge(base, mine, theirs)
    assert merged["fg"][1]["title"] == "그 밖의 성과"
    assert [one.place for one in conflicts] == [("fg", "F2")]
    assert conflicts[0].mine is ABSENT
    del theirs["fg"][1]
    assert merge(base, mine, theirs) == (mine, [])


@QUICK
@given(STORED, STORED, STORED)
def test_merging_forgets_nothing(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    base, mine, theirs = (read(stored).as_json() for stored in (one, two, three))
    assert merge(base, mine, base) == (mine, [])
    assert merge(base, base, theirs) == (theirs, [])
    assert merge(base, mine, mine) == (mine, [])
    merged, conflicts = merge(base, mine, theirs)
    assert all(one.mine != one.theirs for one in conflicts)
    if not conflicts:
        assert merge(base, theirs, mine)[1] == []
    read(merged)
