"""What the parties' own scenarios pay: the order of the steps, to the won."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.terms.sheet.ending import NationalUse
from hub.terms.sheet.payouts import (
    YearLine,
    government_royalty,
    government_royalty_until,
    inventors_part,
    scenarios,
)
from hub.terms.sheet.whole import Sheet
from tests.terms.sheets import read

ROYALTY = {
    "id": "R", "by": "S", "to": "U", "source": "product-sales", "base": "net-sales", "rate": "3.5",
    "minimum_year_krw": 20_000_000, "cap_total_krw": 100_000_000,
}  # fmt: skip
RETURNS = {"id": "D1", "name": "반품", "kind": "returns", "cap_pct": "2"}
FREIGHT = {"id": "D2", "name": "운송비", "kind": "freight", "cap_pct": "3"}
SPLIT = {"id": "X", "source": "product-sales", "shares": {"U": "3/5", "S": "2/5"}}


def year(gross: int | None, *deducted: int, **more: Any) -> dict[str, Any]:
    stored = {"case": "base", "source": "product-sales", "year": 2027, "gross_krw": gross}
    return stored | {"deducted": {f"D{number}": one for number, one in enumerate(deducted, 1)}} | more


def sheet_of(*years: dict[str, Any], **money: Any) -> Sheet:
    numbered = [{"id": f"Y{number}"} | one for number, one in enumerate(years)]
    parties = [{"id": "U", "kind": "university", "seq": 1}, {"id": "S", "kind": "company", "seq": 2}]
    usual = {"royalties": [ROYALTY], "deductions": [RETURNS, FREIGHT], "splits": [SPLIT]}
    rounding = money.pop("rounding", None)
    return read({"parties": parties, "rounding": rounding, "money": usual | {"years": numbered} | money})


def lines(*years: dict[str, Any], **money: Any) -> tuple[YearLine, ...]:
    return scenarios(sheet_of(*years, **money))["base"].lines


@pytest.mark.parametrize(
    ("given_year", "net", "royalty", "paid", "raised", "cut"),
    [
        (year(300_000_000, 9_000_000, 3_000_000), 291_000_000, 10_185_000, {"U": 12_000_000, "S": 8_000_000}, True, False),
        (
            year(1_200_000_000, 12_000_000, 24_000_000), 1_164_000_000, 40_740_000,
            {"U": 24_444_000, "S": 16_296_000}, False, False,
        ),
        (
            year(4_000_000_000, 40_000_000, 80_000_000), 3_880_000_000, 135_800_000,
            {"U": 60_000_000, "S": 40_000_000}, False, True,
        ),
    ],
)  # fmt: skip
def test_vectors(
    *, given_year: dict[str, Any], net: int, royalty: int, paid: dict[str, int], raised: bool, cut: bool
) -> None:
    (line,) = lines(given_year)
    assert (line.net, line.royalty, line.raised, line.cut) == (net, royalty, raised, cut)
    assert line.paid is not None
    assert line.paid.parts == paid


def test_a_deduction_is_cut_to_its_part_of_the_gross() -> None:
    (line,) = lines(year(1_000_003, 999_999, 0))
    assert line.deducted == 20_000  # 2 % is 20,000.06
    assert line.net == 980_003


def test_the_limit_is_of_all_years_and_beats_the_minimum() -> None:
    years = [year(2_000_000_000, 0, 0, year=2027 + n) for n in range(3)]
    found = lines(*years)
    assert [one.payable for one in found] == [70_000_000, 30_000_000, 0]
    assert [one.cut for one in found] == [False, True, True]
    whole = scenarios(sheet_of(*years))["base"]
    assert whole.parts == {"U": 60_000_000, "S": 40_000_000}
    assert whole.portions == {"U": Fraction(3, 5), "S": Fraction(2, 5)}


def test_no_limit_is_agreed_and_not_forgotten() -> None:
    (line,) = lines(year(4_000_000_000, 0, 0), royalties=[ROYALTY | {"cap_total_krw": "none"}])
    assert (line.payable, line.cut) == (140_000_000, False)


def test_years_are_taken_in_their_order_however_they_were_entered() -> None:
    forwards = [year(2_000_000_000, 0, 0, year=2027), year(1_000_000_000, 0, 0, year=2028)]
    assert [one.payable for one in lines(*forwards)] == [one.payable for one in lines(*reversed(forwards))]


def test_units_and_gross_are_bases_of_their_own() -> None:
    by_unit = ROYALTY | {"base": "units", "rate": None, "per_unit_krw": 1_250, "minimum_year_krw": 0}
    (line,) = lines(year(10_000_000, 0, 0, units=3_001), royalties=[by_unit])
    assert line.payable == 3_751_250
    gross = ROYALTY | {"base": "gross-sales", "minimum_year_krw": 0}
    (line,) = lines(year(100_000_000, 2_000_000, 0), royalties=[gross])
    assert line.payable == 3_500_000


def test_fractions_of_a_won_are_left_off_once() -> None:
    (line,) = lines(year(33, 0, 0), royalties=[ROYALTY | {"minimum_year_krw": 0}])
    assert line.royalty == Fraction(33 * 35, 1000)
    assert line.payable == 1


def test_a_source_without_a_royalty_divides_its_net() -> None:
    split = SPLIT | {"source": "licence-third-party", "shares": {"U": "1/3", "S": "2/3"}}
    given_year = year(10_000_001, 0, 0, source="licence-third-party")
    (line,) = lines(given_year, splits=[split])
    assert (line.royalty, line.payable) == (None, 10_000_001)
    assert line.paid is not None
    assert line.paid.parts == {"U": 3_333_334, "S": 6_666_667}


def test_without_a_split_it_goes_to_whom_the_royalty_names() -> None:
    (line,) = lines(year(1_200_000_000, 12_000_000, 24_000_000), splits=[])
    assert line.paid is not None
    assert line.paid.parts == {"U": 40_740_000}


def test_outside_its_term_a_royalty_is_not_due() -> None:
    term = ROYALTY | {"from": "2028-06-01", "until": "2029-01-31"}
    years = [year(2_000_000_000, 0, 0, year=2027 + n) for n in range(4)]
    assert [one.payable for one in lines(*years, royalties=[term])] == [0, 70_000_000, 30_000_000, 0]


def test_a_loss_is_carried_only_if_it_was_agreed() -> None:
    costs = {"id": "D1", "name": "비용", "kind": "other", "cap_pct": "100"}
    more = {"id": "D2", "name": "그 밖", "kind": "other", "cap_pct": "100"}
    years = [year(100, 100, 50, year=2027), year(1_000, 0, 0, year=2028)]
    usual = {"royalties": [], "deductions": [costs, more]}
    assert [one.net for one in lines(*years, **usual)] == [0, 1_000]
    assert [one.net for one in lines(*years, **usual, carry_loss=True)] == [0, 950]


def test_what_is_below_the_unit_stands_apart() -> None:
    given_year = year(1_200_000_000, 12_000_000, 24_000_000)
    whole = scenarios(sheet_of(given_year, rounding={"unit_krw": 1_000_000, "rest_to": "U"}))["base"]
    assert whole.parts == {"U": 24_000_000, "S": 16_000_000}
    assert whole.rest == 740_000


OPEN = [
    (year(None, 0, 0), {}, ("money", "years", "Y0", "gross_krw")),
    (year(100, 0), {}, ("money", "years", "Y0", "deducted")),
    (year(100, 0, 0), {"royalties": None}, ("money", "royalties")),
    (year(100, 0, 0), {"deductions": None}, ("money", "deductions")),
    (year(100, 0, 0), {"royalties": [ROYALTY | {"minimum_year_krw": None}]}, ("money", "royalties", "R", "minimum_year_krw")),
    (year(100, 0, 0), {"royalties": [ROYALTY | {"cap_total_krw": None}]}, ("money", "royalties", "R", "cap_total_krw")),
    (year(100, 0, 0), {"royalties": [ROYALTY | {"rate": None}]}, ("money", "royalties", "R", "rate")),
    (year(100, 0, 0), {"deductions": [RETURNS | {"cap_pct": None}]}, ("money", "deductions", "D1", "cap_pct")),
    (year(100, 0, 0), {"splits": [SPLIT | {"shares": {"U": "333/1000"}}]}, ("money", "splits", "X", "shares")),
    (year(100, 0, 0), {"splits": None, "royalties": []}, ("money", "splits")),
    (
        year(100, 0, 0), {"royalties": [ROYALTY | {"base": "units", "per_unit_krw": 5}]},
        ("money", "years", "Y0", "units"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given_year", "money", "place"), OPEN)
def test_what_is_open_is_not_computed_and_says_what_to_fill_in(
    given_year: dict[str, Any], money: dict[str, Any], place: tuple[str, ...]
) -> None:
    whole = scenarios(sheet_of(given_year, **money))["base"]
    assert whole.parts is None
    assert whole.portions is None
    assert place in whole.lines[0].missing
    assert whole.lines[0].payable is None


def test_scenarios_are_the_parties_own() -> None:
    assert scenarios(sheet_of()) == {}
    found = scenarios(sheet_of(year(100, 0, 0, case="low"), year(200, 0, 0, case="high")))
    assert list(found) == ["low", "high"]


amounts = st.integers(0, 10**13)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=4), amounts, amounts, st.booleans()
)
def test_no_year_pays_more_than_the_limit_or_loses_a_won(
    years: list[tuple[int, int, int]], minimum: int, cap: int, carry: bool
) -> None:
    royalty = ROYALTY | {"minimum_year_krw": minimum, "cap_total_krw": cap}
    given_years = [year(gross, one, two, year=2027 + n) for n, (gross, one, two) in enumerate(years)]
    whole = scenarios(sheet_of(*given_years, royalties=[royalty], carry_loss=carry))["base"]
    total = 0
    for line in whole.lines:
        assert line.paid is not None
        assert line.payable is not None
        assert sum(line.paid.parts.values()) + line.paid.rest == line.payable
        assert 0 <= line.net <= line.gross
        total += line.payable
    assert total <= cap
    assert whole.parts is not None
    assert sum(whole.parts.values()) == total


def use(**more: Any) -> NationalUse:
    return NationalUse(id="N", **more)


@pytest.mark.parametrize(
    ("row", "size", "fund", "owed"),
    [
        (use(kind="licensing", income_krw=80_000_000), "small", 150_000_000, 2_000_000),
        (
            use(kind="own-use", income_krw=1_000_000_000, contribution_pct=Decimal(40)),
            "midsize", 10**12, 20_000_000,
        ),
        (
            use(kind="own-use", income_krw=90_000_000_000, contribution_pct=Decimal(40)),
            "medium", 150_000_000, 15_000_000,
        ),
        (use(kind="licensing", income_krw=80_000_000), "large", 10**12, 8_000_000),
        (use(kind="licensing", income_krw=10**12), "large", 100_000_000, 40_000_000),
        (use(kind="licensing", income_krw=10**12), "midsize", 100_000_000, 20_000_000),
        (use(kind="licensing"), "small", 100_000_000, None),
        (use(kind="own-use", income_krw=100), "small", 100_000_000, None),
        (use(income_krw=100), "small", 100_000_000, None),
        (use(kind="licensing", income_krw=0), "small", 100_000_000, 0),
    ],
)  # fmt: skip
def test_what_goes_to_the_government(row: NationalUse, size: str, fund: int, owed: int | None) -> None:
    assert government_royalty(row, size, fund) == owed


def test_what_was_paid_to_the_government_before_counts_for_the_limit() -> None:
    row = use(kind="licensing", income_krw=10**12)
    assert government_royalty(row, "small", 150_000_000, paid=14_000_000) == 1_000_000
    assert government_royalty(row, "small", 150_000_000, paid=20_000_000) == 0


def test_the_government_is_paid_for_five_years_or_until_seven_after_the_task() -> None:
    assert government_royalty_until(date(2028, 5, 1), date(2027, 2, 28)) == date(2033, 12, 31)
    assert government_royalty_until(date(2033, 5, 1), date(2027, 2, 28)) == date(2034, 2, 28)


def test_inventors_are_a_line_beside_and_not_taken_again() -> None:
    stored = [{"id": "U", "kind": "university", "inventor_reward": "60"}, {"id": "S", "kind": "company"}]
    found = inventors_part(read({"parties": stored}), {"U": 12_000_001, "S": 8_000_000})
    assert found == {"U": 7_200_000, "S": None}
