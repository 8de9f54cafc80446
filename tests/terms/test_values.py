"""What people type: read in one way or asked again, and shown as it was meant."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.problems import Problem
from hub.terms.sheet import values


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12,345,678원", 12_345_678),
        ("12345678", 12_345_678),
        ("１２，３４５원", 12_345),
        ("₩1,000", 1_000),
        ("1억 2,000만 원", 120_000_000),
        ("1억2천만원", 120_000_000),
        ("12.5억", 1_250_000_000),
        ("1조 2천억", 1_200_000_000_000),
        ("3천만", 30_000_000),
        ("천만 원", 10_000_000),
        ("만원", 10_000),
        ("2천5백", 2_500),
        ("1천5백만원", 15_000_000),
        ("금 500만원정", 5_000_000),
        ("KRW 30 million", 30_000_000),
        ("1.2bn", 1_200_000_000),
        ("2 thousand won", 2_000),
        ("0", 0),
        ("0원", 0),
        ("무상", 0),
        ("1000조", 10**15),
    ],
)
def test_amounts_as_people_write_them(typed: str, amount: int) -> None:
    assert values.parse_won(typed) == amount


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "원",
            "12,34",
            "12 345",
            "1e6",
            "-5",
            "△5",
            "(5)",
            "1억 2억",
            "1만 2억",
            "1억 만",
            "12.5원",
            "٣",
            "0x10",
        ),
        *(
            "협의",
            "1,000만원(VAT 별도)",
            "1001조",
            "9" * 5000,
            "1억 12,000만",
            "만억",
            "$30",
            "1.2.3",
            "1/3억",
        ),
    ],
)
def test_no_amount_is_guessed(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_won(typed)


@given(st.integers(0, 10**15))
def test_an_amount_that_is_shown_is_read_again(amount: int) -> None:
    assert values.parse_won(values.show_won(amount)) == amount


@given(st.integers(0, 9_999), st.integers(0, 9_999), st.integers(0, 9_999))
def test_units_add_up(large: int, middle: int, small: int) -> None:
    said = f"{large}억 {middle}만 {small}"
    assert values.parse_won(said) == large * 10**8 + middle * 10**4 + small


@pytest.mark.parametrize(
    ("typed", "share"),
    [
        ("33.3 %", "333/1000"),
        ("33.3%", "333/1000"),
        ("60 퍼센트", "3/5"),
        ("60", "3/5"),
        ("100", "1"),
        ("0", "0"),
        ("1/3", "1/3"),
        ("2/6", "1/3"),
        ("3분의 1", "1/3"),
        ("절반", "1/2"),
        ("전부", "1"),
        ("all", "1"),
        ("1 %", "1/100"),
        ("0.0001 %", "1/1000000"),
        ("３３．３％", "333/1000"),
    ],
)
def test_shares_as_people_write_them(typed: str, share: str) -> None:
    assert values.parse_share(typed) == Fraction(share)


@pytest.mark.parametrize(
    "typed",
    ["1", "0.5", "1.0", "101 %", "2/1", "1/0", "-10 %", "33.33333 %", "1/1000001", "", "⅓개", "1e1 %"],
)
def test_no_share_is_guessed(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_share(typed)


def test_three_thirds_typed_in_percent_are_no_whole() -> None:
    assert 3 * values.parse_share("33.3 %") == Fraction(999, 1000)


@given(st.fractions(0, 1, max_denominator=1_000_000))
def test_a_share_is_shown_as_percent_and_never_as_nothing_or_all_when_it_is_neither(share: Fraction) -> None:
    shown = values.show_share(share)
    if 0 < share < 1:
        assert shown not in ("0.00 %", "100.00 %")
    if shown.endswith(" %"):
        assert abs(Fraction(shown.removesuffix(" %")) / 100 - share) <= Fraction(1, 20_000)
    else:
        assert Fraction(shown) == share


@pytest.mark.parametrize(
    ("typed", "rate"), [("3.5", "3.5"), ("3.50 %", "3.5"), ("100", "100"), ("0.0001%", "0.0001"), ("0", "0")]
)
def test_rates(typed: str, rate: str) -> None:
    found = values.parse_decimal(typed, places=4, most=100)
    assert f"{found:f}" == rate


@pytest.mark.parametrize(
    "typed", ["100.1", "-1", "1.00001", "x", "", "1,5", "1e1", "NaN", "Infinity", "9" * 5000]
)
def test_no_rate(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_decimal(typed, places=4, most=100)


def test_the_same_number_has_one_form() -> None:
    forms = {
        f"{values.check_decimal(Decimal(one), places=4, most=100):f}" for one in ("10", "10.0", "10.0000")
    }
    assert forms == {"10"}


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "2027-01-04",
            "2027. 1. 4.",
            "2027.1.4",
            "2027/01/04",
            "2027년 1월 4일",
            "20270104",
            "２０２７－０１－０４",
        ),
        *("4 January 2027", "Jan 4, 2027", "4 Jan. 2027", "january 4 2027"),
    ],
)
def test_days_as_people_write_them(typed: str) -> None:
    assert values.parse_day(typed) == date(2027, 1, 4)


@pytest.mark.parametrize(
    "typed", ["1/4/2027", "04-01-2027", "27.1.4", "2027-02-29", "2027-13-01", "내년 초", "", "0000-01-01"]
)
def test_no_day_is_guessed(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_day(typed)


@given(st.dates())
def test_a_day_that_is_kept_is_read_again(day: date) -> None:
    assert values.read_day(day.isoformat()) == day


@pytest.mark.parametrize("stored", ["2027. 1. 4.", "20270104", "2027-1-4", "٢٠٢٧-٠١-٠٤"])
def test_a_day_is_kept_in_one_form(stored: str) -> None:
    with pytest.raises(Problem):
        values.read_day(stored)


@pytest.mark.parametrize(
    ("day", "months", "ends"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-15", 12, "2028-01-15"),
        ("2027-08-31", 1, "2027-09-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
    ],
)
def test_a_term_in_months_ends_on_the_same_day_or_the_last_of_the_month(
    day: str, months: int, ends: str
) -> None:
    assert values.months_later(date.fromisoformat(day), months) == date.fromisoformat(ends)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_months_later_is_that_month(day: date, months: int) -> None:
    later = values.months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("typed", "days"),
    [("60", 60), ("60일", 60), ("60 일 이내", 60), ("8주", 56), ("2 weeks", 14), ("1 day", 1)],
)
def test_days_are_of_the_calendar(typed: str, days: int) -> None:
    assert values.parse_days(typed) == days


@pytest.mark.parametrize(
    "typed", ["영업일 10일", "10 business days", "working 5", "근무일 3일", "3개월", "", "-1", "1.5일"]
)
def test_business_days_and_months_are_not_counted_for_anybody(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_days(typed)


@pytest.mark.parametrize(("typed", "count"), [("25,500주", 25_500), ("3", 3), ("0", 0), ("12 shares", 12)])
def test_counts(typed: str, count: int) -> None:
    assert values.parse_count(typed, most=10**12) == count


@pytest.mark.parametrize("typed", ["1,00", "1.5", "-1", "", "삼"])
def test_no_count(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_count(typed, most=10**12)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("", "open"), ("  ", "open"), ("미정", "open"), ("TBD", "open"), ("없음", "none"), ("None", "none"),
        ("해당 없음", "n/a"), ("해당없음", "n/a"), ("N/A", "n/a"), ("0", None), ("없음요", None),
    ],
)  # fmt: skip
def test_three_kinds_of_empty(typed: str, kind: str | None) -> None:
    assert values.emptiness(typed) == kind


@pytest.mark.parametrize(
    ("typed", "said"),
    [("예", True), ("네", True), ("YES", True), ("아니요", False), ("아니오", False), ("no", False)],
)
def test_yes_and_no(typed: str, said: bool) -> None:
    assert values.parse_yes(typed) is said


def test_maybe_is_neither() -> None:
    with pytest.raises(Problem):
        values.parse_yes("글쎄요")


def test_words_are_composed_and_trimmed() -> None:
    decomposed = unicodedata.normalize("NFD", " 시험 성적서\r\n사본 ")
    assert values.parse_text(decomposed, "증빙") == "시험 성적서\n사본"


def test_words_may_not_be_too_long() -> None:
    with pytest.raises(Problem, match="2001"):
        values.parse_text("가" * 2001, "목적")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "담당 900101-1234567",
            "９００１０１－１２３４５６７",
            "010203-3123456",
            "9001011234567",
            "홍길동(900101 - 2234567)",
        ),
        *(
            "기업은행 110-234-567890",
            "계좌 12345678901",
            "Bank account 110-234-567890",
            "농협 302-0000-1234-51",
        ),
    ],
)
def test_no_number_of_a_person_or_an_account_is_kept(typed: str) -> None:
    with pytest.raises(Problem):
        values.parse_text(typed, "내용")


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "법인 110111-1234567",
            "출원 10-2026-0012345",
            "은행 담당 02-1234-5678",
            "은행 보증 2027-01-04까지",
            "도면 900101호",
        ),
        *("은행 사업자번호 123-45-67890", "우체국 소인 2026-12-01", "1234567890123456", "공정 온도 1234567"),
    ],
)
def test_other_numbers_are_kept(typed: str) -> None:
    assert values.parse_text(typed, "내용") == typed


def test_the_other_language_reads_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANGUAGE", "en")
    assert values.show_day(date(2027, 1, 4)) == "Jan 4, 2027"
    assert values.show_share(Fraction(1, 3)) == "33.33 %"
