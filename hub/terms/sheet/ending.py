"""Warranties, how it ends, disputes, restrictions, and what belongs to a national R&D task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry, Row
from hub.terms.sheet.kinds import Limit


@dataclass(frozen=True, kw_only=True)
class Warranty(Entry):
    """What one party vouches for, and how far each answers."""

    by: str | None = given.party(N_("보증하는 쪽"))
    about: str | None = given.one_of(N_("보증"), choices.WARRANTIES)
    cap: dict[str, int | str] | None = given.each(N_("책임 한도"), Limit())
    excluded: tuple[str, ...] | None = given.lines(N_("한도에서 빼는 것"))
    penalty_krw: int | None = given.won(N_("위약금"))
    indemnity: str | None = given.words(N_("면책"), 500)


@dataclass(frozen=True, kw_only=True)
class Outcome(Entry):
    """What becomes of something at the end."""

    object: str | None = given.one_of(N_("대상"), choices.OBJECTS)
    outcome: str | None = given.one_of(N_("처리"), choices.OUTCOMES)
    on: date | str | None = given.day(N_("기한"))


@dataclass(frozen=True, kw_only=True)
class Exit(Row):
    """How it ends (종료)."""

    may_end_at_will: tuple[str, ...] | None = given.parties(N_("이유 없이 끝낼 수 있는 쪽"))
    notice_days: int | None = given.days(N_("미리 알리는 기간"))
    cure_days: int | None = given.days(N_("고칠 기회"))
    causes: tuple[str, ...] | None = given.lines(N_("끝낼 수 있는 사유"))
    outcomes: tuple[Outcome, ...] | None = given.rows(N_("끝난 뒤의 처리"), Outcome)


@dataclass(frozen=True, kw_only=True)
class Dispute(Row):
    """How disputes are settled (분쟁)."""

    way: str | None = given.one_of(N_("해결 방법"), choices.DISPUTES)
    body: str | None = given.words(N_("분쟁 해결 기관"), 200)
    seat: str | None = given.words(N_("중재지"), 120)
    rules: str | None = given.words(N_("규칙"), 200)
    law: str | None = given.words(N_("준거법"), 120)
    language: str | None = given.words(N_("언어"), 60)
    escalation_days: int | None = given.days(N_("협의 기간"))


@dataclass(frozen=True, kw_only=True)
class Restriction(Entry):
    """What one side may not do."""

    by: str | None = given.party(N_("제한하는 쪽"))
    on: str | None = given.party(N_("제한받는 쪽"))
    kind: str | None = given.one_of(N_("제한"), choices.RESTRICTIONS)
    reason: str | None = given.words(N_("이유"), 500)
    until: date | str | None = given.day(N_("기한"))
    competitors: bool | None = given.yes_no(N_("서로 경쟁하는 사업자"))


@dataclass(frozen=True, kw_only=True)
class NationalUse(Entry):
    """Income from results of a national R&D task, of which a company may owe the government a part."""

    by: str | None = given.party(N_("실시하거나 허락하는 쪽"))
    kind: str | None = given.one_of(N_("방식"), choices.NATIONAL_USES)
    income_krw: int | None = given.won(N_("받은 기술료 또는 매출"))
    contribution_pct: Decimal | None = given.rate(N_("기술기여도"))
    first_income_on: date | str | None = given.day(N_("첫 수익이 난 날"))
    gov_royalty: int | None = given.won(N_("정부납부기술료"))


@dataclass(frozen=True, kw_only=True)
class National(Row):
    """The national R&D task (국가연구개발과제), if it is one."""

    is_national: bool | None = given.yes_no(N_("국가연구개발과제임"))
    task_no: str | None = given.words(N_("과제 번호"), 60)
    ministry: str | None = given.words(N_("부처"), 60)
    agreement_on: date | str | None = given.day(N_("협약일"))
    gov_fund_krw: int | None = given.won(N_("정부지원연구개발비"))
    grade: str | None = given.one_of(N_("과제 등급"), choices.GRADES)
    final_report_on: date | str | None = given.day(N_("최종보고서 제출일"))
    nondisclosure_until: date | str | None = given.day(N_("비공개 승인 기한"))
    uses: tuple[NationalUse, ...] | None = given.rows(N_("성과의 활용"), NationalUse)


@dataclass(frozen=True, kw_only=True)
class Attachment(Entry):
    """A file that belongs to the sheet, by its digest."""

    name: str | None = given.words(N_("파일 이름"), 200)
    bytes: int | None = given.count(N_("크기"))
    sha256: str | None = given.code(N_("해시"), r"[0-9a-f]{64}")
