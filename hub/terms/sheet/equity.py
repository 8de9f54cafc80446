"""Shares in companies, investments, and deals with insiders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry, Row
from hub.terms.sheet.kinds import Count, Text

MOST_SHARES = 10**12


@dataclass(frozen=True, kw_only=True)
class Rights(Row):
    """What goes with new shares."""

    liquidation: Decimal | None = given.number(N_("청산 우선 배수"), most=100)
    participating: bool | None = given.yes_no(N_("참가적"))
    anti_dilution: str | None = given.words(N_("희석 방지"), 300)
    board_seat: bool | None = given.yes_no(N_("이사 지명"))
    vetoes: tuple[str, ...] | None = given.lines(N_("동의권 목록"))
    tag_drag: str | None = given.words(N_("동반 매도"), 300)
    first_refusal: bool | None = given.yes_no(N_("우선 매수"))
    lock_up: str | None = given.words(N_("처분 제한"), 300)


@dataclass(frozen=True, kw_only=True)
class Issue(Entry):
    """New shares of one company for one holder (지분). Holders that are no party stand under their own names."""

    issuer: str | None = given.party(N_("발행 회사"))
    holder: str | None = given.party(N_("인수하는 쪽"))
    class_: str | None = given.one_of(N_("주식의 종류"), choices.CLASSES)
    issuer_size: int | None = given.won(N_("발행 회사와 그 계열의 자산·매출 중 큰 금액"))
    listed: bool | None = given.yes_no(N_("상장 회사"))
    par_krw: int | None = given.won(N_("액면"))
    authorised: int | None = given.count(N_("발행예정주식총수"), MOST_SHARES)
    issued_before: int | None = given.count(N_("발행주식 수(지금)"), MOST_SHARES)
    treasury: int | None = given.count(N_("자기주식"), MOST_SHARES)
    nonvoting: int | None = given.count(N_("의결권 없는 주식"), MOST_SHARES)
    reserved: int | None = given.count(N_("선택권·전환 예정 주식"), MOST_SHARES)
    price_krw: int | None = given.won(N_("1주 발행가"))
    invest_krw: int | None = given.won(N_("투자금"))
    in_kind_krw: int | None = given.won(N_("현물출자"))
    appraisal: str | None = given.words(N_("검사·감정"), 300)
    capital_krw: int | None = given.won(N_("자본금"))
    new_shares: int | None = given.count(N_("새 주식 수"), MOST_SHARES)
    new_vote: bool | None = given.yes_no(N_("새 주식에 의결권이 있음"))
    before: dict[str, int] | None = given.each(
        N_("주주별 주식(지금)"), Count(most=MOST_SHARES), Text(most=80)
    )
    after: dict[str, int] | None = given.each(N_("주주별 주식(나중)"), Count(most=MOST_SHARES), Text(most=80))
    largest: bool | None = given.yes_no(N_("최다출자자가 됨"))
    to_outsider: bool | None = given.yes_no(N_("기존 주주가 아님"))
    articles_basis: str | None = given.words(N_("정관 근거"), 200)
    purpose: str | None = given.words(N_("경영상 목적"), 300)
    notice_days: int | None = given.days(N_("납입 전 통지·공고"))
    rights: Rights = given.part(N_("함께 갖는 권리"), Rights)


@dataclass(frozen=True, kw_only=True)
class Investment(Entry):
    """An investment agreement; one that gives shares later (SAFE) has none until then."""

    investor: str | None = given.party(N_("투자하는 쪽"))
    company: str | None = given.party(N_("투자받는 회사"))
    kind: str | None = given.one_of(N_("종류"), choices.INVESTMENTS)
    amount_krw: int | None = given.won(N_("투자금"))
    low_price_krw: int | None = given.won(N_("1주 가격(낮게)"))
    high_price_krw: int | None = given.won(N_("1주 가격(높게)"))
    joint_liability: bool | None = given.yes_no(N_("제3자가 함께 책임짐"))
    joint_ground: str | None = given.words(N_("함께 책임지는 사유"), 300)
    all_holders_agree: bool | None = given.yes_no(N_("주주 모두 동의함"))


@dataclass(frozen=True, kw_only=True)
class Contract(Entry):
    """A deal that follows from the sheet and that an organisation may have to approve inside."""

    what: str | None = given.words(N_("거래"), 300)
    with_insider: bool | None = given.yes_no(N_("이사·주요주주와의 거래"))
    board_two_thirds: date | str | None = given.day(N_("이사회 승인일"))
