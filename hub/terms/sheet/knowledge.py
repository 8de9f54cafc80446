"""Secrets, technology data, data and equipment. No field asks for the secret itself: its name and its extent do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry, Row


@dataclass(frozen=True, kw_only=True)
class Nda(Entry):
    """A promise of secrecy, and which points it has. Who may see the data is counted here, and not named."""

    signed_on: date | str | None = given.day(N_("계약일"))
    name_scope: bool | None = given.yes_no(N_("기술자료의 명칭과 범위"))
    period: bool | None = given.yes_no(N_("사용 기간"))
    staff_list: bool | None = given.yes_no(N_("보유할 임직원 명단"))
    secrecy: bool | None = given.yes_no(N_("비밀유지 의무"))
    purpose_only: bool | None = given.yes_no(N_("목적 외 사용 금지"))
    damages: bool | None = given.yes_no(N_("위반 시 배상"))
    return_destroy: bool | None = given.yes_no(N_("반환·폐기 방법"))
    rights: bool | None = given.yes_no(N_("권리 귀속"))
    price: bool | None = given.yes_no(N_("대가"))
    handover: bool | None = given.yes_no(N_("제공 방법"))
    term_years: int | None = given.count(N_("비밀유지 기간(년)"), 99)
    knowhow_term: str | None = given.words(N_("노하우의 비밀유지 기간"), 120)
    exceptions: str | None = given.words(N_("비밀에서 빼는 것"), 500)
    residuals: bool | None = given.yes_no(N_("기억에 남은 지식의 사용"))
    staff_count: int | None = given.count(N_("보유할 임직원 수"), 100_000)
    staff_sha256: str | None = given.code(N_("명단 문서의 해시"), r"[0-9a-f]{64}", asked=False)


@dataclass(frozen=True, kw_only=True)
class Paper(Row):
    """The paper with which technology data is asked for."""

    purpose: str | None = given.words(N_("요구 목적"), 500)
    rights: str | None = given.words(N_("권리 귀속"), 300)
    price: int | None = given.won(N_("대가와 지급 방법"))
    name_scope: str | None = given.words(N_("명칭과 범위"), 500)
    dates: str | None = given.words(N_("요구일·제공일·제공 방법"), 300)


@dataclass(frozen=True, kw_only=True)
class Tech(Entry):
    """Technology data (기술자료) that goes from one party to another."""

    name: str | None = given.words(N_("명칭"), 200)
    scope: str | None = given.words(N_("범위"), 500)
    owner: str | None = given.party(N_("보유자"))
    receiver: str | None = given.party(N_("받는 쪽"))
    secret: bool | None = given.yes_no(N_("비밀"))
    marked: bool | None = given.yes_no(N_("비밀 표시"))
    access_list: bool | None = given.yes_no(N_("접근자 관리"))
    stage: str | None = given.one_of(N_("단계"), choices.STAGES)
    requested_on: date | str | None = given.day(N_("요구한 날"))
    paper: Paper = given.part(N_("요구 서면"), Paper)
    given_on: date | str | None = given.day(N_("건네는 날"))
    nda: str | None = given.another(N_("비밀유지계약"))
    use_scope: str | None = given.one_of(N_("쓸 수 있는 범위"), choices.USE_SCOPES)
    escrow: str | None = given.words(N_("기술자료 임치"), 120)
    escrow_on: date | str | None = given.day(N_("임치일"))
    core: str | None = given.one_of(N_("국가핵심기술·국가첨단전략기술"), choices.CORE)
    approval: str | None = given.words(N_("국외 이전 승인·신고"), 120)


@dataclass(frozen=True, kw_only=True)
class InfoRequest(Entry):
    """Business information that one side asks of the other."""

    by: str | None = given.party(N_("요구하는 쪽"))
    of: str | None = given.party(N_("요구받는 쪽"))
    kind: str | None = given.one_of(N_("정보"), choices.ASKED)
    reason: str | None = given.words(N_("사유"), 500)


@dataclass(frozen=True, kw_only=True)
class Data(Entry):
    """Data (데이터) that one party gives to another, or that several make."""

    by: str | None = given.party(N_("제공하는 쪽"))
    to: str | None = given.party(N_("받는 쪽"))
    makers: tuple[str, ...] | None = given.parties(N_("함께 만든 쪽"))
    what: str | None = given.words(N_("데이터"), 300)
    personal: bool | None = given.yes_no(N_("개인정보 포함"))
    pseudonymised: bool | None = given.yes_no(N_("가명처리함"))
    sensitive: bool | None = given.yes_no(N_("민감정보 포함"))
    basis: str | None = given.words(N_("제공 근거"), 300)
    on_behalf: bool | None = given.yes_no(N_("처리를 맡기는 것"))
    processing_paper: date | str | None = given.day(N_("처리 위탁 문서의 날"))
    combine_with: str | None = given.words(N_("결합할 상대"), 120)
    combined_by: str | None = given.one_of(N_("결합하는 곳"), choices.COMBINERS)
    country: str | None = given.code(N_("두거나 보는 나라"), "[A-Z]{2}")
    overseas_basis: str | None = given.words(N_("국외 이전 근거"), 300)
    industrial: bool | None = given.yes_no(N_("산업데이터"))
    use_rule: str | None = given.words(N_("이용 약정"), 500)
    terms: str | None = given.one_of(N_("조건"), choices.DATA_TERMS)
    price_krw: int | None = given.won(N_("대가"))
    derived: str | None = given.words(N_("학습한 모델·파생 데이터를 쓰는 쪽"), 300)
    train_ai: bool | None = given.yes_no(N_("인공지능 학습에 사용"))
    until: date | str | None = given.day(N_("기한"), choices.ENDS)
    delete_on: date | str | None = given.day(N_("삭제일"))


@dataclass(frozen=True, kw_only=True)
class Equipment(Entry):
    """Equipment (장비). What its use is worth stands in contributions or in money, never in both."""

    owner: str | None = given.party(N_("소유자"))
    user: str | None = given.party(N_("사용하는 쪽"))
    asset: str | None = given.code(N_("허브에 등록된 장비"))
    mode: str | None = given.one_of(N_("방식"), choices.EQUIPMENT_MODES)
    hours: Decimal | None = given.number(N_("시간"))
    rate_krw_hour: int | None = given.won(N_("시간당 사용료"))
    consumables: str | None = given.words(N_("소모품 부담"), 300)
    operator: str | None = given.words(N_("조작하는 사람"), 120)
    damage: str | None = given.one_of(N_("파손 책임"), choices.DAMAGE)
    insured_krw: int | None = given.won(N_("보험 금액"))
    ends_with: str | None = given.one_of(N_("끝난 뒤"), choices.EQUIPMENT_ENDS)
    publicly_funded: bool | None = given.yes_no(N_("공공 재원으로 산 장비"))
