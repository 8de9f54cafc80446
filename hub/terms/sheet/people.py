"""Who takes part, who signs, and what each brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.language import N_
from hub.terms.sheet import choices
from hub.terms.sheet import declaring as given
from hub.terms.sheet.fields import Entry


@dataclass(frozen=True, kw_only=True)
class Signer(Entry):
    """Who confirms for a party. What shows the authority is kept as a digest, its kind and its day, and no more."""

    name: str | None = given.words(N_("이름"), 60)
    title: str | None = given.words(N_("직위"), 60)
    role: str | None = given.one_of(N_("역할"), choices.ROLES_OF_SIGNERS)
    authority: str | None = given.one_of(N_("서명 권한"), choices.AUTHORITIES)
    evidence_kind: str | None = given.words(N_("제출한 문서"), 60)
    evidence_on: date | str | None = given.day(N_("제출일"))
    evidence_sha256: str | None = given.code(N_("문서 해시"), r"[0-9a-f]{64}", asked=False)


@dataclass(frozen=True, kw_only=True)
class Partner(Entry):
    """A party (당사자), with the facts on which rules about size and practice rest."""

    seq: int | None = given.count(N_("순서"), 99, asked=False)
    profile: str | None = given.code(N_("허브 프로필"), asked=False)
    name: str | None = given.words(N_("등록된 이름"), 120)
    reg_no: str | None = given.code(N_("사업자·법인등록번호"))
    kind: str | None = given.one_of(N_("구분"), choices.PARTY_KINDS)
    size: str | None = given.one_of(N_("기업 규모"), choices.SIZES)
    size_proof: str | None = given.one_of(N_("규모를 확인한 방법"), choices.SIZE_PROOFS)
    size_proof_on: date | str | None = given.day(N_("규모를 확인한 날"))
    sales_krw: int | None = given.won(N_("직전 사업연도 매출"))
    assets_krw: int | None = given.won(N_("직전 사업연도 자산"))
    group: str | None = given.one_of(N_("기업집단"), choices.GROUPS)
    foreign: bool | None = given.yes_no(N_("외국 기업·기관"))
    practises: bool | None = given.yes_no(N_("제조·판매로 직접 실시"))
    vc: bool | None = given.yes_no(N_("벤처투자회사 등"))
    invention_rule: bool | None = given.yes_no(N_("직무발명 승계 계약·규정"))
    inventor_reward: Decimal | None = given.rate(N_("발명자 보상 비율"))
    resolution: str | None = given.one_of(N_("내부 결의가 필요한가"), choices.RESOLUTIONS)
    resolution_on: date | str | None = given.day(N_("내부 결의일"))
    signers: tuple[Signer, ...] | None = given.rows(N_("서명자"), Signer)

    @property
    def called(self) -> str:
        """Its name, or its id while it has none."""
        return self.name or self.id


@dataclass(frozen=True, kw_only=True)
class Contribution(Entry):
    """What one party brings (기여); public money stands in rows of its own and is nobody's contribution."""

    party: str | None = given.party(N_("기여하는 쪽"), public=True)
    kind: str | None = given.one_of(N_("종류"), choices.CONTRIBUTION_KINDS)
    what: str | None = given.words(N_("기여 내용"), 300)
    value_krw: int | None = given.won(N_("가치"))
    basis: str | None = given.one_of(N_("가치의 근거"), choices.BASES_OF_VALUE)
    person_months: Decimal | None = given.number(N_("인월"), most=100_000)
    rate_krw: int | None = given.won(N_("인월 단가"))
    equipment: str | None = given.another(N_("장비 항목"))
    from_: date | str | None = given.day(N_("시작일"))
    to: date | str | None = given.day(N_("종료일"))
    evidence: str | None = given.words(N_("증빙"), 300)
