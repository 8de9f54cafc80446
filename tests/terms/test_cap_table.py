"""Shares before and after: exact, fully diluted and by votes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.terms.sheet.cap_table import after_of, cap_table, conditional_range, new_shares, round_of, votes_of
from hub.terms.sheet.equity import Investment, Issue

VECTOR: dict[str, Any] = {
    "holder": "L", "class_": "common", "issued_before": 90_000, "treasury": 0, "nonvoting": 0, "reserved": 10_000,
    "price_krw": 20_000, "invest_krw": 510_007_777, "before": {"창업자": 70_000, "S": 20_000},
}  # fmt: skip


def issue(**more: Any) -> Issue:
    return Issue(id="E", **(VECTOR | more))


def test_the_vector() -> None:
    found = round_of(issue())
    assert found is not None
    assert (found.pre, found.new, found.paid, found.rest, found.post) == (
        2_000_000_000,
        25_500,
        510_000_000,
        7_777,
        2_510_000_000,
    )
    table = cap_table(issue())
    assert table is not None
    investor = table[-1]
    assert investor.diluted_after == Fraction(51, 251)
    assert investor.votes_after == Fraction(17, 77)
    assert (investor.before, investor.votes_before, investor.dilution) == (0, 0, None)
    founder = table[0]
    assert founder.dilution == 1 - Fraction(70_000, 125_500) / Fraction(7, 10)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**7), st.integers(0, 10**13))
def test_identities(issued: int, reserved: int, price: int, invest: int) -> None:
    row = issue(
        issued_before=issued, reserved=reserved, price_krw=price, invest_krw=invest, before={"A": issued}
    )
    found = round_of(row)
    assert found is not None
    assert found.post == found.pre + found.paid
    assert found.paid + found.rest == invest
    assert 0 <= found.rest < price
    table = cap_table(row)
    if table:
        held = sum((one.diluted_after for one in table), Fraction(0))
        assert held == 1 - Fraction(reserved, found.diluted_after)


def test_own_shares_and_those_without_a_vote_do_not_count() -> None:
    found = votes_of(issue(treasury=9_000, nonvoting=1_000), "L")
    assert found == (0, Fraction(25_500, 105_500))
    # who holds those without a vote is not known, so of one that holds any shares nothing is said
    assert votes_of(issue(nonvoting=1_000), "S") is None


def test_new_shares_without_a_vote_give_none() -> None:
    found = votes_of(issue(class_="preferred", new_vote=False), "S")
    assert found == (Fraction(2, 9), Fraction(2, 9))
    assert votes_of(issue(class_="preferred", new_vote=False), "L") == (0, 0)
    assert votes_of(issue(class_="RCPS", new_vote=True), "L") == (0, Fraction(17, 77))


@pytest.mark.parametrize(
    "more",
    [
        {"issued_before": None}, {"treasury": None}, {"nonvoting": None}, {"before": None}, {"class_": "RCPS"},
        {"class_": None}, {"price_krw": None}, {"price_krw": 0}, {"invest_krw": None}, {"issued_before": 0},
    ],
)  # fmt: skip
def test_while_a_number_is_open_no_votes_are_told(more: dict[str, Any]) -> None:
    assert votes_of(issue(**more), "L") is None


def test_no_table_without_the_holders() -> None:
    assert cap_table(issue(before=None)) is None
    assert cap_table(issue(reserved=None)) is None
    assert cap_table(issue(issued_before=0, reserved=0, before={})) is None
    assert round_of(issue(reserved=None)) is None
    assert round_of(issue(price_krw=0)) is None


def test_what_was_entered_goes_before_what_follows() -> None:
    assert new_shares(issue(new_shares=7)) == 7
    assert after_of(issue(after={"A": 1})) == {"A": 1}
    assert after_of(issue()) == {"창업자": 70_000, "S": 20_000, "L": 25_500}
    assert after_of(issue(holder="S")) == {"창업자": 70_000, "S": 45_500}
    assert after_of(issue(holder=None)) is None


def test_a_conditional_investment_is_a_range() -> None:
    row = Investment(id="I", kind="safe", amount_krw=100_000_000, low_price_krw=10_000, high_price_krw=25_000)
    assert conditional_range(row, 96_000) == (Fraction(4_000, 100_000), Fraction(10_000, 106_000))
    assert conditional_range(Investment(id="I", amount_krw=1, low_price_krw=1), 100) is None
    assert conditional_range(row, 0) is None
