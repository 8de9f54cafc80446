"""What is paid: fixed sums, stages, royalties, the split of income, commissioned work, and the parties' own scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry, Row
from hub.terms.sheet.kinds import Id, Won


@dataclass(frozen=True, kw_only=True)
class Payment(Entry):
    """A fixed sum."""

    payer: str | None = given.party(N_("내는 쪽"))
    payee: str | None = given.party(N_("받는 쪽"))
    amount_krw: int | None = given.won(N_("금액"))
    vat: str | None = given.one_of(N_("부가가치세"), choices.VAT)
    due_event: str | None = given.words(N_("지급할 때"), 200)
    due_on: date | str | None = given.day(N_("지급일"))
    pay_days: int | None = given.days(N_("지급 기한"))
    equipment: str | None = given.another(N_("장비 항목"))


@dataclass(frozen=True, kw_only=True)
class Milestone(Entry):
    """A sum that is due when something has been reached."""

    payer: str | None = given.party(N_("내는 쪽"))
    payee: str | None = given.party(N_("받는 쪽"))
    amount_krw: int | None = given.won(N_("금액"))
    event: str | None = given.words(N_("단계"), 200)
    criterion: str | None = given.words(N_("합격 기준"), 500)
    judge: str | None = given.party(N_("합격을 정하는 쪽"))
    long_stop: date | str | None = given.day(N_("마지막 기한"))


@dataclass(frozen=True, kw_only=True)
class Royalty(Entry):
    """A royalty (실시료) on the income of one source."""

    by: str | None = given.party(N_("내는 쪽"))
    to: str | None = given.party(N_("받는 쪽"))
    source: str | None = given.one_of(N_("수익원"), choices.SOURCES)
    base: str | None = given.one_of(N_("산정 기준"), choices.ROYALTY_BASES)
    rate: Decimal | None = given.rate(N_("요율"))
    per_unit_krw: int | None = given.won(N_("1개당 금액"))
    minimum_year_krw: int | None = given.won(N_("해마다 최저액"))
    cap_total_krw: int | str | None = given.won(N_("총 한도"), unlimited=True)
    basis: str | None = given.one_of(N_("실시료의 근거"), choices.ROYALTY_GROUNDS)
    from_: date | str | None = given.day(N_("시작일"))
    until: date | str | None = given.day(N_("종료일"), choices.FOREVER)
    last_expiry: date | str | None = given.day(N_("마지막 특허의 만료일"))
    report_months: int | None = given.count(N_("보고 간격(개월)"), 60)
    pay_days: int | None = given.days(N_("지급 기한"))
    audits_a_year: int | None = given.count(N_("한 해 장부 확인 횟수"), 12)
    audit_years_back: int | None = given.count(N_("장부 확인 기간(년)"), 20)
    audit_paid_by: str | None = given.one_of(N_("장부 확인 비용"), choices.SIDES)


@dataclass(frozen=True, kw_only=True)
class Deduction(Entry):
    """What is taken off the gross before a royalty is reckoned; of all sources where ``source`` is open."""

    name: str | None = given.words(N_("공제 항목"), 120)
    kind: str | None = given.one_of(N_("종류"), choices.DEDUCTIONS)
    source: str | None = given.one_of(N_("수익원"), choices.SOURCES)
    cap_pct: Decimal | None = given.rate(N_("총매출에 대한 한도"))
    evidence: str | None = given.words(N_("증빙"), 300)


@dataclass(frozen=True, kw_only=True)
class Split(Entry):
    """Who gets which part of the income of one source."""

    source: str | None = given.one_of(N_("수익원"), choices.SOURCES)
    shares: dict[str, Fraction] | None = given.shares(N_("배분"))


@dataclass(frozen=True, kw_only=True)
class Commission(Entry):
    """Work that one party commissions from another (위탁)."""

    by: str | None = given.party(N_("맡기는 쪽"))
    to: str | None = given.party(N_("맡는 쪽"))
    work: str | None = given.one_of(N_("일"), choices.WORKS)
    price_krw: int | None = given.won(N_("대금"))
    start_on: date | str | None = given.day(N_("작업 시작일"))
    paper_on: date | str | None = given.day(N_("계약 서면의 날"))
    days: int | None = given.days(N_("거래 기간"))
    pay_days: int | None = given.days(N_("지급 기한"))
    material_pct: Decimal | None = given.rate(N_("주요 원재료 비중"))
    energy_pct: Decimal | None = given.rate(N_("주요 에너지 비중"))
    link: str | None = given.one_of(N_("대금 연동"), choices.LINKS)
    waive_reason: str | None = given.words(N_("연동하지 않는 이유"), 500)
    reduce_clause: str | None = given.one_of(N_("감액 조건"), choices.REDUCTIONS)
    cost_shift: tuple[str, ...] | None = given.some_of(N_("맡는 쪽이 지는 비용·책임"), choices.COST_SHIFTS)


@dataclass(frozen=True, kw_only=True)
class Year(Entry):
    """One year of one scenario, as the parties typed it; the hub proposes no figure."""

    case: str | None = given.one_of(N_("시나리오"), choices.CASES)
    source: str | None = given.one_of(N_("수익원"), choices.SOURCES)
    year: int | None = given.count(N_("연도"), 2200)
    gross_krw: int | None = given.won(N_("총매출"))
    units: int | None = given.count(N_("수량"), 10**12)
    deducted: dict[str, int] | None = given.each(N_("공제한 금액"), Won(), Id())


@dataclass(frozen=True, kw_only=True)
class Money(Row):
    """Everything that is paid (대가)."""

    fixed: tuple[Payment, ...] | None = given.rows(N_("고정 금액"), Payment)
    milestones: tuple[Milestone, ...] | None = given.rows(N_("단계금"), Milestone)
    royalties: tuple[Royalty, ...] | None = given.rows(N_("실시료"), Royalty)
    deductions: tuple[Deduction, ...] | None = given.rows(N_("순매출 공제"), Deduction)
    splits: tuple[Split, ...] | None = given.rows(N_("수익 배분"), Split)
    carry_loss: bool | None = given.yes_no(N_("손실을 다음 해로 넘김"))
    commissions: tuple[Commission, ...] | None = given.rows(N_("위탁 거래"), Commission)
    years: tuple[Year, ...] | None = given.rows(N_("매출 시나리오"), Year)


@dataclass(frozen=True, kw_only=True)
class Rounding(Row):
    """To which unit of won amounts are divided, and who holds what is below it (단수 차액)."""

    unit_krw: int | None = given.won(N_("나누는 단위"))
    rest_to: str | None = given.party(N_("단수 차액을 갖는 쪽"))
