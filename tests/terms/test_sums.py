"""Sums are exact or unknown, and what is divided adds up to the last won."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.terms.sheet.sums import (
    Total,
    allocate,
    brought,
    equal_shares,
    in_order,
    off_by,
    put,
    worth,
    worth_of_use,
)
from tests.terms.sheets import read

PERCENT = {"A": Fraction(35, 100), "B": Fraction(15, 100), "C": Fraction(1, 2)}


@pytest.mark.parametrize(
    ("amount", "shares", "unit", "parts", "rest"),
    [
        (10_000_001, equal_shares("ABC"), 1, [3_333_334, 3_333_334, 3_333_333], 0),
        (100, {"A": Fraction(1, 6), "B": Fraction(1, 3), "C": Fraction(1, 2)}, 1, [17, 33, 50], 0),
        (12_345_678, PERCENT, 10, [4_320_980, 1_851_850, 6_172_840], 8),
        (-5, equal_shares("AB"), 1, [-3, -2], 0),
        (0, PERCENT, 1, [0, 0, 0], 0),
        (7, {"A": Fraction(1)}, 10, [0], 7),
        (-27, {"A": Fraction(1, 2), "B": Fraction(1, 2)}, 10, [-10, -10], -7),
        (1, {"A": Fraction(0), "B": Fraction(1)}, 1, [0, 1], 0),
        (2, equal_shares("ABC"), 1, [1, 1, 0], 0),
        (10**15, equal_shares("ABCDEFG"), 1, [142857142857143] * 6 + [142857142857142], 0),
    ],
)
def test_vectors(amount: int, shares: dict[str, Fraction], unit: int, parts: list[int], rest: int) -> None:
    found = allocate(amount, shares, unit)
    assert list(found.parts.values()) == parts
    assert found.rest == rest


weights = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)
shares_of_one = weights.map(
    lambda listed: {f"P{number}": Fraction(one, sum(listed)) for number, one in enumerate(listed)}
)


@given(st.integers(-(10**15), 10**15), shares_of_one, st.sampled_from([1, 10, 100, 1000]))
def test_nothing_is_lost_and_nobody_is_a_unit_off(
    amount: int, shares: dict[str, Fraction], unit: int
) -> None:
    found = allocate(amount, shares, unit)
    assert sum(found.parts.values()) + found.rest == amount
    assert abs(found.rest) < unit
    assert list(found.parts) == list(shares)
    for name, part in found.parts.items():
        assert part % unit == 0
        assert abs(part - (amount - found.rest) * shares[name]) < unit
        assert part == 0 or (part > 0) == (amount > 0)
        assert shares[name] > 0 or part == 0


@given(st.integers(0, 10**12), shares_of_one)
def test_a_larger_share_never_gets_less_and_equal_ones_differ_by_one(
    amount: int, shares: dict[str, Fraction]
) -> None:
    parts = allocate(amount, shares).parts
    ranked = sorted(shares, key=lambda name: shares[name])
    for lower, higher in pairwise(ranked):
        assert parts[lower] <= parts[higher] + (shares[lower] == shares[higher])


@given(st.integers(0, 10**12), shares_of_one)
def test_taking_back_is_giving_with_another_sign(amount: int, shares: dict[str, Fraction]) -> None:
    assert allocate(-amount, shares).parts == {
        name: -part for name, part in allocate(amount, shares).parts.items()
    }


@pytest.mark.parametrize(
    ("shares", "unit"),
    [
        ({"A": Fraction(999, 1000)}, 1),
        ({"A": Fraction(3, 2), "B": Fraction(-1, 2)}, 1),
        ({}, 1),
        ({"A": Fraction(1)}, 0),
    ],
)
def test_what_is_no_whole_is_never_normalised(shares: dict[str, Fraction], unit: int) -> None:
    with pytest.raises(ValueError, match="add to"):
        allocate(100, shares, unit)


def test_what_misses_one_is_said_with_its_amount() -> None:
    assert off_by(equal_shares("ABC")) is None
    assert off_by(dict.fromkeys("ABC", Fraction(333, 1000))) == "0.10 % 모자랍니다"
    assert off_by({"A": Fraction(1), "B": Fraction(1, 1_000_000)}) == "1/1000000 넘칩니다"
    assert off_by({}) == "100.00 % 모자랍니다"
    with pytest.raises(ValueError, match="nobody"):
        equal_shares([])


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**12)), max_size=8))
def test_a_sum_with_something_open_is_unknown(amounts: list[int | None]) -> None:
    found = Total.of(amounts)
    assert (found.amount is None) == (None in amounts)
    assert found.known == sum(one for one in amounts if one is not None)
    assert ("미정" in found.said()) == (None in amounts)


def test_a_sum_says_how_much_of_it_is_open() -> None:
    assert Total.of([1_000, None, None]).said() == "1,000원 (미정 항목 2건 제외)"
    assert Total.of([]).said() == "0원"


def sheet(*rows: dict[str, Any], parties: tuple[str, ...] = ("A", "B")) -> Any:
    listed = [{"id": name, "seq": number, "kind": "company"} for number, name in enumerate(parties)]
    stored = [{"id": f"C{number}"} | row for number, row in enumerate(rows)]
    return read({"parties": listed, "contributions": stored})


def test_what_each_brings() -> None:
    found = sheet(
        {"party": "A", "kind": "cash", "value_krw": 30_000_000},
        {"party": "A", "kind": "people", "person_months": "1.5", "rate_krw": 6_000_000},
        {"party": "B", "kind": "cash", "value_krw": 0},
        {"party": "B", "kind": "equipment-use", "value_krw": 13_000_000},
        {"party": "public-money", "kind": "cash", "value_krw": 100_000_000},
    )
    assert put(found) == {"A": Fraction(39, 52), "B": Fraction(13, 52)}
    brings = brought(found)
    assert (brings["A"].cash.amount, brings["A"].in_kind.amount, brings["A"].together.amount) == (
        30_000_000,
        9_000_000,
        39_000_000,
    )
    assert list(brings) == ["A", "B", "public-money"]
    assert brings["public-money"].together.amount == 100_000_000


def test_while_one_worth_is_open_there_is_no_ratio() -> None:
    cash = {"party": "A", "kind": "cash", "value_krw": 10}
    assert put(sheet(cash, {"party": "B", "kind": "ip"})) is None
    assert put(sheet(cash, {"kind": "cash", "value_krw": 5})) is None
    assert put(read({"parties": [{"id": "A", "kind": "company"}]})) is None
    assert (
        put(sheet({"party": "A", "kind": "cash", "value_krw": 0})) is None
    )  # nothing of nothing is no ratio
    assert put(sheet(cash)) == {"A": 1, "B": 0}


def test_person_months_leave_off_a_part_of_a_won_once() -> None:
    found = sheet({"party": "A", "person_months": "0.33", "rate_krw": 1_000_001})
    assert worth(found.contributions[0]) == 330_000


def test_the_use_of_equipment_is_hours_by_their_rate() -> None:
    found = read(
        {"equip": [{"id": "E", "hours": "12.5", "rate_krw_hour": 30_001}, {"id": "F", "hours": "1"}]}
    )
    assert [worth_of_use(one) for one in found.equip or ()] == [375_012, None]


def test_ties_go_by_the_order_of_the_parties() -> None:
    found = sheet(parties=("Z", "A"))
    shares = in_order(found, {"A": Fraction(1, 2), "Z": Fraction(1, 2)})
    assert list(shares) == ["Z", "A"]
    assert allocate(1, shares).parts == {"Z": 1, "A": 0}
