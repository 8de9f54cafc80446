"""Rules over whole sheets: what follows from elsewhere in them, what is unknown, what is said in sum."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hub.terms.rules.book import BOOK
from hub.terms.rules.defaults import DEFAULTS, defaults_of
from hub.terms.rules.evaluate import review
from hub.terms.rules.facts import Facts
from hub.terms.rules.reading import Reading
from hub.terms.rules.rule import RULE_SET, Unknown, Verdict
from hub.terms.sheet.fields import Part, Rows, declared
from hub.terms.sheet.whole import Sheet, empty_sheet, label_of
from tests.terms.cast import COMMISSIONS, answer, cast, sheet_of
from tests.terms.examples import EXAMPLES
from tests.terms.sheets import STORED, half, read

TODAY = date(2026, 11, 26)


def fired(sheet: Sheet) -> set[str]:
    return {one.rule.id for one in review(sheet).fired}


def unknown(sheet: Sheet) -> dict[str, Any]:
    return {one.rule.id: one.asks for one in review(sheet).unknown}


def test_an_untouched_sheet_is_unknown_and_not_clean() -> None:
    found = review(empty_sheet("C1"))
    assert {one.rule.id for one in found.fired} == {"FT-703"}
    silent = {one.rule.id for one in found.answers if one.verdict is Verdict.SILENT}
    assert silent == {"FT-216", "FT-305", "FT-311", "FT-704"}
    assert found.to_fill[("tech",)] == ["FT-101", "FT-102", "FT-104", "FT-105", "FT-106", "FT-107", "FT-707"]
    assert found.summary() == (
        "확인 사항 1건 (규칙 70개 중 5개를 확인했고 65개는 정보가 없어 확인하지 못했습니다)."
    )


NOTHING: dict[str, Any] = {
    "relation": "joint", "bg": [], "fg": [], "tech": [], "nda": [], "info_requests": [], "data": [], "equity": [],
    "investments": [], "contracts": [], "restrictions": [], "contributions": [], "warranty": [],
    "national": {"is_national": False, "uses": []}, "dispute": {"way": "mediation"}, "exit": {"may_end_at_will": []},
    "money": {
        "fixed": [], "milestones": [], "royalties": [], "deductions": [], "splits": [], "commissions": [],
        "years": [],
    },
    "parties": [
        {"id": "A", "name": "가", "kind": "company", "size": "small", "signers": []},
        {"id": "B", "name": "나", "kind": "company", "size": "large", "signers": []},
    ],
}  # fmt: skip


def test_nothing_to_point_out_is_said_without_a_verdict() -> None:
    found = review(read(NOTHING))
    assert found.fired == []
    assert set(found.to_fill) == {("contributions",), ("warranty",)}
    assert found.summary() == (
        "표시된 확인 사항이 없습니다 (규칙 70개 중 68개를 확인했고 2개는 정보가 없어 확인하지 못했습니다)."
    )


def test_what_was_read_and_what_fired_is_kept() -> None:
    found = review(
        sheet_of(tech=[{"id": "T1", "receiver": "L", "owner": "S", "use_scope": "any", "name": "도면"}])
    )
    kept = found.as_json()
    assert kept["rule_set"] == RULE_SET
    entry = next(one for one in kept["fired"] if one["rule"] == "FT-105")
    assert entry["at"] == "tech/T1"
    assert entry["asks"] is None
    assert {"tech/T1/use_scope", "tech/T1/receiver", "tech/T1/owner"} <= set(entry["reads"])
    opened = next(one for one in kept["unknown"] if one["rule"] == "FT-106")
    assert opened["asks"] == "tech/T1/secret"
    sized = review(cast({"S": {"size": None}}, bg=[{"id": "B", "owner": "S", "terms": "assignment"}]))
    entry = next(one for one in sized.as_json()["unknown"] if one["rule"] == "FT-103")
    assert entry["asks"] == "parties/S/size"
    assert "parties/S/size" in entry["reads"]


def test_what_cannot_apply_is_set_aside_and_not_counted_as_open() -> None:
    sheet = sheet_of(
        tech=[{"id": "T1", "receiver": "L", "owner": "S", "secret": "n/a"}], equity="n/a", bg="n/a"
    )
    found = review(sheet)
    aside = {one.rule.id: one.asks for one in found.set_aside}
    assert aside == dict.fromkeys(("FT-102", "FT-106", "FT-107"), ("tech", "T1", "secret"))
    assert not {number for number in BOOK if number.startswith("FT-5")} & set(unknown(sheet)) - {
        "FT-509",
        "FT-510",
        "FT-511",
    }
    assert {one["rule"] for one in found.as_json()["set_aside"]} == set(aside)


def test_the_promise_of_secrecy_is_found_by_its_row() -> None:
    tech = [{"id": "T1", "receiver": "L", "owner": "S", "stage": "proposal", "name": "도면", "nda": "N1"}]
    assert "FT-104" not in fired(sheet_of(tech=tech, nda=[{"id": "N1"}]))
    assert "FT-104" in fired(sheet_of(tech=[tech[0] | {"nda": "none"}]))
    assert "FT-104" in fired(sheet_of(tech=[tech[0] | {"nda": None}]))


def test_a_promise_that_leaves_points_out_says_which() -> None:
    points = dict.fromkeys(("name_scope", "period", "staff_list", "secrecy", "purpose_only", "damages"), True)
    nda = {"id": "N1", "signed_on": "2026-11-01", "return_destroy": False} | points
    tech = {"id": "T1", "receiver": "L", "owner": "S", "secret": True, "given_on": "2026-11-02", "nda": "N1"}
    sheet = sheet_of(tech=[tech | {"name": "도면"}], nda=[nda])
    found = next(one for one in review(sheet).fired if one.rule.id == "FT-102")
    assert found.sentence().endswith("지금 상태: 빠진 항목: 반환·폐기 방법.")
    assert "FT-102" not in fired(sheet_of(tech=[tech], nda=[nda | {"return_destroy": True}]))
    assert "FT-102" not in fired(sheet_of(tech=[tech], nda=[nda | {"return_destroy": "n/a"}]))


def test_a_price_of_nothing_is_no_gap_in_the_paper() -> None:
    paper = {"purpose": "시험", "rights": "S", "price": 0, "name_scope": "도면", "dates": "12-05"}
    tech = {"id": "T1", "receiver": "L", "owner": "S", "requested_on": "2026-12-01", "paper": paper}
    assert "FT-101" not in fired(sheet_of(tech=[tech]))
    assert "FT-101" in fired(sheet_of(tech=[tech | {"paper": paper | {"purpose": "none"}}]))


@pytest.mark.parametrize(
    ("parts", "asks"),
    [
        ({"relation": None}, ("relation",)),
        ({"relation": "commission"}, ("money", "commissions")),
        ({"relation": "mixed"}, ("money", "commissions")),
        ({"relation": "joint"}, None),
        ({"relation": None, "money": {"commissions": []}}, None),
    ],
)
def test_without_a_commission_rules_about_it_ask_for_the_relation(parts: dict[str, Any], asks: Any) -> None:
    requests = [{"id": "Q", "by": "L", "of": "S", "kind": "cost"}]
    sheet = sheet_of(**({"money": None, "info_requests": requests} | parts))
    assert unknown(sheet).get("FT-108") == asks
    assert "FT-108" not in fired(sheet)


def facts(*commissions: dict[str, Any], **changes: dict[str, Any]) -> Facts:
    listed = [{"id": f"C{number}"} | one for number, one in enumerate(commissions)]
    return Facts(Reading(cast(changes, money={"commissions": listed})))


@pytest.mark.parametrize(
    ("by", "to", "work", "changes", "may_fall_under"),
    [
        ("L", "S", "manufacture", {}, True),
        ("M", "S", "service", {}, True),
        ("T", "S", "manufacture", {}, True),  # 6 bn against 2 bn
        ("T", "S", "repair", {"T": {"sales_krw": 2_999_999_999}}, False),
        ("T", "S", "repair", {"T": {"sales_krw": 3_000_000_000}}, True),
        ("T", "S", "service", {"T": {"sales_krw": 2_500_000_000}}, True),
        ("S", "T", "manufacture", {}, False),  # the smaller one commissions
        ("T", "S", "manufacture", {"S": {"sales_krw": 6_000_000_000}}, False),
        ("T", "S", "manufacture", {"T": {"sales_krw": None}}, None),
        ("T", "S", "manufacture", {"S": {"sales_krw": "n/a"}}, None),
        ("L", "S", "technical-development", {}, None),
        ("L", "S", "construction", {}, None),
        ("L", "S", None, {}, None),
        ("L", "S", "other", {}, False),
        ("L", "M", "manufacture", {}, False),  # not to an SME
        ("U", "S", "manufacture", {}, False),  # not by a company
        ("L", "U", "service", {}, False),
    ],
)
def test_what_may_fall_under_the_subcontracting_act(
    *, by: str, to: str, work: str | None, changes: dict[str, Any], may_fall_under: bool | None
) -> None:
    found = facts({"by": by, "to": to, "work": work}, **changes)
    assert found.subcon(by, to) is may_fall_under
    assert found.subcon(to, by) is False


def test_of_several_commissions_one_is_enough() -> None:
    found = facts(
        {"by": "L", "to": "S", "work": "technical-development"}, {"by": "L", "to": "S", "work": "repair"}
    )
    assert found.subcon("L", "S") is True
    assert found.consign("L", "S")
    assert not facts({"by": "L", "to": "S", "work": "other"}).consign("L", "S")


def test_size_is_asked_of_companies_alone() -> None:
    found = facts(S={"size": None}, U={"size": None})
    assert found.size("U") is None
    assert not found.sme("U")
    assert not found.above("L", "U")
    with pytest.raises(Unknown) as asked:
        found.above("L", "S")
    assert asked.value.place == ("parties", "S", "size")
    with pytest.raises(Unknown):
        found.firm("nobody")


def test_a_licence_knows_its_result() -> None:
    licence = {"id": "L1", "by": "U", "to": "L", "type": "exclusive-contract", "fee": "none"}
    result = {
        "id": "F1",
        "title": "방법",
        "owners": {"U": "1"},
        "makers": half("U", "S"),
        "licences": [licence],
    }
    national = sheet_of(fg=[result], national={"is_national": True})
    assert {"FT-306", "FT-308", "FT-309"} <= fired(national)
    assert not {"FT-306", "FT-308", "FT-309"} & fired(sheet_of(fg=[result]))
    assert "FT-309" in fired(sheet_of(fg=[result | {"public_funded": True}]))
    own = sheet_of(fg=[result | {"national": False}], national={"is_national": True})
    assert "FT-306" not in fired(own)


def test_a_result_of_no_national_task_is_not_asked_for_roles() -> None:
    result = {"id": "F1", "owners": {"U": "1"}, "makers": {"U": "1"}}
    task = {"FT-301", "FT-302", "FT-303", "FT-304"}
    assert task - {"FT-302"} <= set(unknown(sheet_of(fg=[result])))
    assert not task & set(unknown(sheet_of(fg=[result], national={"is_national": False})))
    assert not task & set(unknown(sheet_of(fg=[result], national="n/a")))


def test_an_option_counts_from_the_end_of_the_research() -> None:
    result = {"id": "F1", "owners": {"G": "1"}, "public_funded": True, "option_days": 730}
    assert "FT-310" in fired(sheet_of(fg=[result | {"option_from": "project-end"}]))
    assert unknown(sheet_of(fg=[result]))["FT-310"] == ("fg", "F1", "option_from")
    other = sheet_of(fg=[result | {"option_from": "disclosure"}])
    assert "FT-310" not in fired(other) | set(unknown(other))


ISSUE: dict[str, Any] = {
    "id": "E", "issuer": "S", "holder": "L", "class": "common", "issued_before": 90_000, "treasury": 0, "nonvoting": 0,
    "reserved": 10_000, "price_krw": 20_000, "invest_krw": 510_007_777, "before": {"창업자": 90_000},
}  # fmt: skip


def test_shares_are_read_by_their_votes() -> None:
    sheet = cast({"S": {"assets_krw": 35 * 10**9}}, equity=[ISSUE | {"listed": False}])
    found = {one.rule.id: one.sentence() for one in review(sheet).fired}
    assert "FT-505" in found  # 17/77, from the table
    assert "20.00 %" in found["FT-505"]
    assert "FT-501" not in found  # the table that follows adds up
    assert found["FT-503"].endswith("정관 근거, 경영상 목적, 납입 2주 전 통지.")  # no shareholder before
    small = cast({"S": {"assets_krw": 10**9}}, equity=[ISSUE | {"listed": False}])
    assert "FT-505" not in fired(small) | set(unknown(small))


def test_where_an_amount_would_decide_it_is_asked_for() -> None:
    sheet = cast({}, equity=[ISSUE | {"listed": False}])
    assert unknown(sheet)["FT-505"] == ("parties", "S", "assets_krw")
    assert "FT-505" in fired(cast({}, equity=[ISSUE | {"listed": False, "issuer_size": 35 * 10**9}]))


def test_whether_it_is_listed_is_asked_where_it_matters() -> None:
    some = ISSUE | {"invest_krw": 360_000_000, "issuer_size": 10**12}  # 18,000 of 108,000
    assert unknown(cast({}, equity=[some]))["FT-505"] == ("equity", "E", "listed")
    assert "FT-505" in fired(cast({}, equity=[some | {"listed": True}]))
    assert "FT-505" not in fired(cast({}, equity=[some | {"listed": False}]))


def test_votes_that_are_open_are_asked_for() -> None:
    assert unknown(cast({}, equity=[ISSUE | {"before": None}]))["FT-507"] == ("equity", "E", "before")


def test_who_does_not_practise_may_be_open() -> None:
    result = {"id": "F1", "kind": "patent", "owners": half("S", "M")}
    assert unknown(cast({"S": {"practises": None}}, fg=[result]))["FT-202"] == ("parties", "S", "practises")
    other = {"id": "F1", "kind": "patent", "owners": half("S", "U")}
    assert "FT-202" in fired(cast({"S": {"practises": None}}, fg=[other]))
    assert unknown(cast({}, fg=[result | {"kind": None}]))["FT-203"] == ("fg", "F1", "kind")


def test_what_each_brings_and_gets_is_compared() -> None:
    years = [
        {"id": "Y", "case": "base", "source": "data", "year": 2027, "gross_krw": 1_000_000, "deducted": {}}
    ]
    money = {
        "commissions": COMMISSIONS, "royalties": [], "deductions": [], "years": years,
        "splits": [{"id": "X", "source": "data", "shares": {"S": "1/5", "L": "4/5"}}],
    }  # fmt: skip
    brings = [
        {"id": "A", "party": "S", "kind": "cash", "value_krw": 50},
        {"id": "B", "party": "L", "kind": "cash", "value_krw": 50},
    ]
    found = review(sheet_of(money=money, contributions=brings)).fired
    said = next(one.sentence() for one in found if one.rule.id == "FT-408")
    assert said.startswith("소형기술의 기여는 50.00 %, 기준 시나리오의 배분은 20.00 %입니다. 20 %p 이상")
    less = sheet_of(money=money, contributions=[brings[0] | {"value_krw": 33}, brings[1] | {"value_krw": 67}])
    assert "FT-408" not in fired(less)
    opened = sheet_of(money=money, contributions=[brings[0], brings[1] | {"value_krw": None}])
    assert unknown(opened)["FT-408"] == ("contributions",)


def test_limits_of_liability_are_read_over_all_warranties() -> None:
    rows = [{"id": "A", "cap": {"S": 10**8, "L": 10**8}}, {"id": "B", "cap": {"S": "unlimited"}}]
    assert "FT-409" in fired(sheet_of(warranty=rows))
    assert "FT-409" not in fired(sheet_of(warranty=rows[:1]))
    assert unknown(sheet_of(warranty=[{"id": "A"}]))["FT-409"] == ("warranty",)


def test_who_signs_is_asked_of_each_party() -> None:
    signers = [{"id": "A", "name": "김철수", "role": "professor", "authority": "employee"}]
    sheet = cast({"U": {"signers": signers}, "L": {"signers": []}})
    said = next(one.sentence() for one in review(sheet).fired if one.rule.id == "FT-706")
    assert said.startswith("김철수님의 서명 권한이 확인되지 않았습니다.")
    asked = {one.asks for one in review(sheet).unknown if one.rule.id == "FT-706"}
    assert ("parties", "S", "signers") in asked
    assert ("parties", "L", "signers") not in asked


def test_a_party_that_is_not_there_is_asked_for_in_its_field() -> None:
    sheet = sheet_of(restrictions=[{"id": "X", "on": "S", "kind": "exclusive_dealing"}])
    assert unknown(sheet)["FT-701"] == ("restrictions", "X", "by")
    sheet = sheet_of(bg=[{"id": "B", "terms": "assignment"}])
    assert unknown(sheet)["FT-103"] == ("bg", "B", "owner")


def test_a_rule_stops_at_its_first_answer() -> None:
    """What is open further on is not asked for when something before it has decided."""
    licence_less = {"by": "S", "to": "L", "licence_back": "assign-free", "mutual": True}
    assert answer("FT-210", licence_less).verdict is Verdict.SILENT
    linked = {"by": "L", "to": "S", "material_pct": 5, "energy_pct": 0}
    assert answer("FT-404", linked).verdict is Verdict.SILENT  # though days and price are open
    assert answer("FT-404", {"by": "L", "to": "S", "material_pct": 50}).asks == (
        "commissions",
        "E",
        "energy_pct",
    )
    assert answer("FT-603", {"personal": False}).verdict is Verdict.SILENT


@pytest.mark.parametrize(
    ("number", "example", "verdict"),
    [
        ("FT-107", {"secret": True, "owner": "S", "receiver": "L", "escrow": "none"}, Verdict.FIRES),
        ("FT-109", {"makers": {"S": "1"}, "owners": {"S": "1/2", "U": "1/2"}}, Verdict.SILENT),
        ("FT-109", {"makers": {"S": "1"}, "owners": {"S": "1", "L": "0"}}, Verdict.SILENT),
        ("FT-109", {"makers": {"S": "1"}, "owners": {"L": "1"}, "transfer_price_krw": 1}, Verdict.SILENT),
        ("FT-201", {"owners": {"S": "1/2", "U": "500001/1000000"}}, Verdict.FIRES),
        ("FT-205", {"kind": "patent", "owners": {"S": "1"}}, Verdict.SILENT),
        ("FT-205", {"kind": "software", "owners": half("S", "M")}, Verdict.SILENT),
        ("FT-206", {"kind": "patent", "owners": {"U": "1", "S": "0"}, "applicants": ["U"]}, Verdict.SILENT),
        ("FT-206", {"kind": "patent", "owners": {"U": "1"}, "applicants": []}, Verdict.FIRES),
        ("FT-211", {"basis": "patent_only", "until": "forever"}, Verdict.FIRES),
        ("FT-211", {"basis": "patent_only", "until": "2045-03-02", "last_expiry": "2045-03-02"}, Verdict.SILENT),
        ("FT-213", {"kind": "work", "owners": half("U", "T"), "exercise_rule": "none"}, Verdict.SILENT),
        ("FT-214", {"kind": "patent", "publish_on": "2027-03-01"}, Verdict.FIRES),
        ("FT-214", {"kind": "patent", "publish_on": "2027-03-01", "file_on": "none"}, Verdict.SILENT),
        ("FT-214", {"kind": "knowhow", "publish_on": "2027-03-01"}, Verdict.SILENT),
        ("FT-302", {"national": True, "makers": half("U", "S"), "owners": {"U": "1/2"}}, Verdict.FIRES),
        ("FT-402", {"by": "L", "to": "S", "pay_days": 60}, Verdict.SILENT),
        ("FT-402", {"by": "L", "to": "S", "pay_days": 61}, Verdict.FIRES),
        ("FT-402", {"by": "L", "to": "S"}, Verdict.FIRES),
        ("FT-402", {"by": "M", "to": "T", "pay_days": 90}, Verdict.FIRES),  # 기술개발위탁 is a commission too
        ("FT-405", {"by": "L", "to": "S", "start_on": "2027-01-04", "paper_on": "2027-01-04"}, Verdict.SILENT),
        ("FT-405", {"by": "L", "to": "S", "start_on": "2027-01-04", "paper_on": "2027-01-05"}, Verdict.FIRES),
        ("FT-406", {"by": "L", "to": "S", "cost_shift": ["other"]}, Verdict.SILENT),
        ("FT-407", {"name": "부가가치세", "kind": "vat"}, Verdict.SILENT),
        ("FT-407", {"kind": "vat"}, Verdict.FIRES),
        ("FT-410", {}, Verdict.UNKNOWN),  # nobody pays and nobody judges is not one who does both
        ("FT-502", {"price_krw": 400}, Verdict.UNKNOWN),
        ("FT-504", {"in_kind_krw": 40_000_000}, Verdict.UNKNOWN),
        ("FT-504", {"in_kind_krw": 40_000_000, "capital_krw": 199_999_999}, Verdict.FIRES),
        ("FT-504", {"in_kind_krw": 40_000_000, "capital_krw": 200_000_000}, Verdict.SILENT),
        ("FT-504", {"in_kind_krw": 50_000_001, "appraisal": "감정평가법인"}, Verdict.SILENT),
        ("FT-507", {"vote_before": "1/3", "vote_after": "2/3", "holder": "L"}, Verdict.FIRES),
        ("FT-507", {"vote_before": "0", "vote_after": "1/3", "holder": "L"}, Verdict.SILENT),
        ("FT-601", {"by": "S", "to": "S", "personal": True}, Verdict.SILENT),
        ("FT-604", {"industrial": True, "makers": ["S", "L"]}, Verdict.FIRES),
        ("FT-604", {"industrial": True, "makers": ["S"]}, Verdict.SILENT),
        ("FT-702", {"parties": ["L"], "may_end_at_will": ["L"]}, Verdict.SILENT),
        ("FT-706", {"party": "L", "authority": "none"}, Verdict.FIRES),
        ("FT-706", {"party": "U", "role": "professor", "authority": "mandate"}, Verdict.SILENT),
        ("FT-707", {"core": "strategic", "receiver": "X", "approval": "2026-11-01 신고"}, Verdict.SILENT),
        ("FT-707", {"core": "strategic", "receiver": "T"}, Verdict.UNKNOWN),  # whether it is a foreign one is open
    ],
)  # fmt: skip
def test_the_edges_of_rules(number: str, example: dict[str, Any], verdict: Verdict) -> None:
    assert answer(number, example).verdict is verdict


def test_sentences_are_made_when_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    example = next(one for one in EXAMPLES if one.number == "FT-405")
    found = answer(example.number, example.fires)
    assert "2027. 1. 4." in found.sentence()
    monkeypatch.setenv("HUB_LANGUAGE", "en")
    assert "Jan 4, 2027" in found.sentence()


def test_defaults_stand_beside_fields_that_there_are() -> None:
    def has(kind: type[Any], place: tuple[str, ...]) -> bool:
        one = next((one for one in declared(kind) if one.name == place[0]), None)
        if one is None or len(place) == 1:
            return one is not None
        return isinstance(one.kind, Rows | Part) and has(one.kind.of, place[1:])

    for default in DEFAULTS:
        assert all(has(Sheet, place) for place in default.fields)
        assert default.sentence().endswith("다.")
        assert default.notes(TODAY)
    assert len(defaults_of(("fg", "owners"))) == 2
    assert defaults_of(("fg", "own_use"), "software") == []
    assert defaults_of(("fg", "own_use"), "patent") == defaults_of(("fg", "own_use"))
    assert defaults_of(("purpose",)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STORED)
def test_any_sheet_can_be_reviewed(stored: dict[str, Any]) -> None:
    sheet = read(stored)
    found = review(sheet)
    for one in found.fired:
        assert "None" not in one.sentence()
        assert one.rule.notes(TODAY)
    for one in found.unknown:
        assert one.asks
        assert label_of(one.asks, sheet)
    assert {one.rule.id for one in found.answers} <= set(BOOK)
    assert found.summary()
