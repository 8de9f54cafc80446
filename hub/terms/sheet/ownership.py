"""Intellectual property: what was there before, what is expected to come of it, and when it may be published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry, Row
from hub.terms.sheet.kinds import Choice


@dataclass(frozen=True, kw_only=True)
class Background(Entry):
    """Background IP (배경 지식재산). What is not listed is not brought in; while ``terms`` is open nobody may use it."""

    owner: str | None = given.party(N_("보유자"))
    kind: str | None = given.one_of(N_("종류"), choices.BACKGROUND_KINDS)
    title: str | None = given.words(N_("명칭과 범위"), 300)
    reg_no: str | None = given.words(N_("등록·출원 번호"), 60)
    co_owners: tuple[str, ...] | None = given.parties(N_("공유자"))
    burdens: str | None = given.words(N_("담보·독점 허락·공공 재원"), 500)
    terms: str | None = given.one_of(N_("쓰는 조건"), choices.BACKGROUND_TERMS)
    price_krw: int | None = given.won(N_("대가"))
    use_field: str | None = given.words(N_("쓰는 분야"), 300)
    territory: str | None = given.words(N_("허락하는 지역"), 120)
    users: tuple[str, ...] | None = given.parties(N_("쓰는 쪽"))
    sublicence: str | None = given.one_of(N_("재실시 허락"), choices.SUBLICENCES)
    until: date | str | None = given.day(N_("기한"), choices.ENDS)
    survives_exit: bool | None = given.yes_no(N_("중도에 끝나도 계속"))


@dataclass(frozen=True, kw_only=True)
class Inventor(Entry):
    """One of those who are expected to invent; initials alone before filing."""

    party: str | None = given.party(N_("소속 당사자"))
    initials: str | None = given.words(N_("머리글자"), 20)
    status: str | None = given.one_of(N_("신분"), choices.INVENTORS)
    assignment: bool | None = given.yes_no(N_("별도의 양도 약속"))


@dataclass(frozen=True, kw_only=True)
class Licence(Entry):
    """A licence of a result."""

    by: str | None = given.party(N_("허락하는 쪽"))
    to: str | None = given.party(N_("허락받는 쪽"))
    type: str | None = given.one_of(N_("종류"), choices.LICENCE_TYPES)
    field: str | None = given.words(N_("분야"), 300)
    territory: str | None = given.words(N_("허락하는 지역"), 120)
    until: date | str | None = given.day(N_("기한"), choices.ENDS)
    fee: str | None = given.one_of(N_("기술료"), choices.FEES)
    exempt_reason: str | None = given.words(N_("기술료 감면 사유"), 300)
    sublicence: str | None = given.one_of(N_("재실시 허락"), choices.SUBLICENCES)
    registered_by: str | None = given.party(N_("등록할 쪽"))
    register_on: date | str | None = given.day(N_("등록할 날"))
    diligence: str | None = given.words(N_("실시 노력 의무"), 300)
    exclusive_ground: str | None = given.words(N_("독점으로 허락하는 이유"), 300)
    makers_offered: bool | None = given.yes_no(N_("만든 기관에 먼저 물음"))


@dataclass(frozen=True, kw_only=True)
class Improvement(Entry):
    """What becomes of an improvement that one side makes."""

    by: str | None = given.party(N_("개량하는 쪽"))
    to: str | None = given.party(N_("받는 쪽"))
    licence_back: str | None = given.one_of(N_("조건"), choices.IMPROVEMENTS)
    mutual: bool | None = given.yes_no(N_("서로 같은 조건"))
    until: date | str | None = given.day(N_("기한"), choices.ENDS)


@dataclass(frozen=True, kw_only=True)
class Result(Entry):
    """An expected result (성과 지식재산); one row is «그 밖의 성과»."""

    title: str | None = given.words(N_("성과"), 300)
    kind: str | None = given.one_of(N_("종류"), choices.RESULT_KINDS)
    makers: dict[str, Fraction] | None = given.shares(N_("만드는 쪽의 기여도"))
    performer: str | None = given.party(N_("수행기관"))
    inventors: tuple[Inventor, ...] | None = given.rows(N_("발명자"), Inventor)
    option: str | None = given.one_of(N_("귀속 방식"), choices.OPTIONS)
    owners: dict[str, Fraction] | None = given.shares(N_("지분"))
    transfer_price_krw: int | None = given.won(N_("지분을 넘기는 대가"))
    applicants: tuple[str, ...] | None = given.parties(N_("출원인"))
    file_by: str | None = given.party(N_("출원을 맡는 쪽"))
    file_on: date | str | None = given.day(N_("출원 예정일"))
    publish_on: date | str | None = given.day(N_("공개 예정일"))
    countries: tuple[str, ...] | None = given.code_list(N_("출원할 나라"), "[A-Z]{2}")
    cost: dict[str, Fraction] | None = given.shares(N_("출원·유지 비용 부담"))
    cost_cap_krw: int | str | None = given.won(N_("비용 한도"), unlimited=True)
    abandon: str | None = given.one_of(N_("포기할 때"), choices.ABANDON)
    abandon_days: int | None = given.days(N_("포기에 답하는 기한"))
    own_use: str | None = given.one_of(N_("공유자의 자기 실시"), choices.OWN_USE)
    own_use_rate: Decimal | None = given.rate(N_("불실시 보상 비율"))
    licence_out: str | None = given.one_of(N_("제3자 실시 허락"), choices.LICENCE_OUT)
    transfer: str | None = given.one_of(N_("지분 양도"), choices.TRANSFERS)
    pledge_planned: bool | None = given.yes_no(N_("지분을 담보로 할 계획"))
    in_kind_planned: bool | None = given.yes_no(N_("지분을 현물출자할 계획"))
    consents: bool | None = given.yes_no(N_("다른 공유자의 동의를 받음"))
    enforcement: str | None = given.words(N_("침해에 대응하는 방법"), 300)
    exercise_rule: str | None = given.words(N_("고치고 배포하고 허락하는 규칙"), 500)
    partition_ban_years: int | None = given.count(N_("분할 금지 기간(년)"), 99)
    licences: tuple[Licence, ...] | None = given.rows(N_("실시 허락"), Licence)
    licence_back: str | None = given.one_of(N_("소유하지 않는 쪽의 사용"), choices.LICENCES_BACK)
    option_days: int | None = given.days(N_("선택권·우선권 기간"))
    option_from: str | None = given.one_of(N_("선택권 기간의 시작"), choices.OPTION_STARTS)
    improvements: tuple[Improvement, ...] | None = given.rows(N_("개량"), Improvement)
    earns: bool | None = given.yes_no(N_("수익이 예정되어 있음"))
    public_funded: bool | None = given.yes_no(N_("공공 재원으로 만든 성과"))
    national: bool | None = given.yes_no(N_("국가연구개발과제의 성과"))
    roles: dict[str, str] | None = given.each(N_("과제에서 맡은 역할"), Choice(labels=choices.TASK_ROLES))
    grade: str | None = given.one_of(N_("과제 등급"), choices.GRADES)
    share_reason: str | None = given.words(N_("지분이 기여도와 다른 이유"), 300)
    transfer_planned: bool | None = given.yes_no(N_("소유권을 이전할 계획"))
    approval: str | None = given.words(N_("이전 승인"), 120)


@dataclass(frozen=True, kw_only=True)
class Publication(Row):
    """Publication (공표). Open is open, and not free."""

    allowed: str | None = given.one_of(N_("공표"), choices.PUBLICATION)
    review_days: int | None = given.days(N_("검토 기간"))
    delay_max_days: int | None = given.days(N_("출원을 위해 미룰 수 있는 기간"))
    thesis_exception: bool | None = given.yes_no(N_("학위논문 예외"))
    objection_grounds: tuple[str, ...] | None = given.some_of(N_("이의 사유"), choices.OBJECTIONS)
    acknowledge: bool | None = given.yes_no(N_("상대의 기여를 밝힘"))
    names_use: bool | None = given.yes_no(N_("상대의 이름을 씀"))
    silence_consents: tuple[str, ...] | None = given.parties(
        N_("답이 없으면 이의 없음으로 보는 데 동의한 쪽")
    )

    def silence_counts(self, parties: Iterable[str]) -> bool | None:
        """Whether no answer within the review counts as no objection: only if all have agreed to it.

        ``None`` while that, or how long the review is, is open: nobody is bound by silence on what was not said.
        """
        if self.silence_consents is None or self.review_days is None:
            return None
        return set(parties) <= set(self.silence_consents)
