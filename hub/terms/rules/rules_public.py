"""Rules about public research and national R&D (공공연구·국가연구개발).

A result that is said not to be one of a national task decides first: what only such tasks have is then not asked for.
"""

from __future__ import annotations

from hub.language import N_
from hub.terms.rules.facts import Facts, joined
from hub.terms.rules.laws import Certainty, Source, read
from hub.terms.rules.reading import LicenceRead, OptionRead, Whole
from hub.terms.rules.rule import Fires, Level, fires, known, rule
from hub.terms.sheet.ending import NationalUse
from hub.terms.sheet.ownership import Result

ONE_YEAR = 365  # days of first refusal for a funder of public research, 이전령 §26⑤
ACADEMIC = ("university", "institute")


@rule(
    "FT-301",
    N_("과제 밖 기관의 소유"),
    Level.CARE,
    "fg",
    says=N_(
        "국가연구개발과제의 성과는 과제를 수행한 연구개발기관이 소유하는 것이 원칙입니다. %(owner)s은(는) "
        "수행기관이 아닌 것으로 되어 있습니다."
    ),
    sources=read("혁신법 §16①②, §17, §18"),
)
def owned_outside_the_task(f: Result, facts: Facts) -> Fires | None:
    if f.national is False:
        return None
    owners, roles = known(f.owners, "owners"), known(f.roles, "roles")
    outside = [one for one, share in owners.items() if share > 0 and roles.get(one) == "outside"]
    return fires(owner=facts.names(outside)) if f.national and outside else None


@rule(
    "FT-302",
    N_("기여도와 다른 지분"),
    Level.CHECK,
    "fg",
    says=N_(
        "함께 만든 성과의 지분이 적어 둔 기여도와 다릅니다. 협의로 달리 정할 수 있으니 이유를 한 줄 적어 주십시오."
    ),
    sources=read("혁신령 §32①2"),
)
def shares_unlike_making(f: Result, facts: Facts) -> Fires | None:
    if f.national is False:
        return None
    owners, makers = known(f.owners, "owners"), known(f.makers, "makers")
    differs = any(owners.get(one, 0) != share for one, share in makers.items())
    return fires() if f.national and len(makers) > 1 and differs and not f.share_reason else None


@rule(
    "FT-303",
    N_("위탁연구개발기관의 성과"),
    Level.CHECK,
    "fg",
    says=N_(
        "위탁연구개발기관이 만든 성과는 주관연구개발기관이 소유하도록 되어 있습니다. 적은 귀속과 다릅니다."
    ),
    sources=read("혁신령 §32①3"),
)
def commissioned_result_kept(f: Result, facts: Facts) -> Fires | None:
    if f.national is False:
        return None
    owners, makers = known(f.owners, "owners"), known(f.makers, "makers")
    roles = known(f.roles, "roles")
    commissioned = any(roles.get(one) == "commissioned" for one in makers)
    others = any(share > 0 and roles.get(one) != "lead" for one, share in owners.items())
    return fires() if f.national and commissioned and others else None


@rule(
    "FT-304",
    N_("보안과제 성과의 이전"),
    Level.CARE,
    "fg",
    says=N_(
        "보안과제의 성과는 소유권을 이전하지 않는 것이 원칙이며, 특별한 사정이 있으면 사전 승인이 필요합니다."
    ),
    sources=read("혁신법 §21④–⑦"),
)
def secured_result_moved(f: Result, facts: Facts) -> Fires | None:
    if f.national is False:
        return None
    secured = known(f.grade, "grade") == "security" and f.national
    return fires() if secured and f.transfer_planned and not f.approval else None


@rule(
    "FT-305",
    N_("공개 의무와 비공개 약정"),
    Level.CHECK,
    "sheet",
    says=N_(
        "과제가 끝나면 최종보고서 등을 공개해야 합니다. «공표하지 않음»으로 되어 있으니 비공개 승인이 있는지 "
        "확인해 주십시오."
    ),
    sources=read("혁신법 §17②", "혁신령 §35"),
)
def kept_from_the_public(s: Whole, facts: Facts) -> Fires | None:
    return fires() if s.national and s.publication == "no" and not s.nondisclosure_ok else None


@rule(
    "FT-306",
    N_("국가과제 성과의 무상 실시"),
    Level.CHECK,
    "licences",
    says=N_(
        "국가연구개발 성과의 실시를 허락할 때에는 기술료를 받도록 되어 있습니다. 감면 사유가 비어 있습니다."
    ),
    sources=read("혁신법 §18①③"),
)
def licensed_for_nothing(licence: LicenceRead, facts: Facts) -> Fires | None:
    return fires() if licence.national and licence.fee == "none" and not licence.exempt_reason else None


@rule(
    "FT-307",
    N_("정부납부기술료 줄"),
    Level.CHECK,
    "national_use",
    says=N_(
        "%(by)s이(가) 국가과제 성과로 기술료를 받거나 직접 실시합니다. 정부납부기술료 줄이 비어 있습니다"
        "(중소 2.5 %%, 중견 5 %%, 그 밖의 기업 10 %%, 상한 있음)."
    ),
    sources=read("혁신법 §18②", "혁신령 §38③, §39②"),
)
def government_royalty_open(n: NationalUse, facts: Facts) -> Fires | None:
    return fires(by=facts.name(n.by)) if facts.firm(n.by) and n.gov_royalty is None else None


@rule(
    "FT-308",
    N_("만든 기관의 우선 실시"),
    Level.CHECK,
    "licences",
    says=N_(
        "성과를 만든 기관이 먼저 실시할 기회를 갖도록 되어 있습니다. 제3자 독점 허락 전에 물었는지 확인해 주십시오."
    ),
    sources=read("혁신령 §34②③"),
)
def makers_not_asked_first(licence: LicenceRead, facts: Facts) -> Fires | None:
    if not licence.national or not licence.exclusive or not licence.makers:
        return None
    outsider = known(licence.to, "to") not in licence.makers
    return fires() if outsider and not licence.makers_offered else None


@rule(
    "FT-309",
    N_("공공연구기관의 독점 허락"),
    Level.CHECK,
    "licences",
    says=N_(
        "공공 연구개발 성과는 통상실시가 원칙입니다. 독점으로 허락하는 이유(등록 후 희망자 없음, 기술 특성, 다른 "
        "법령·협약)를 적어 주십시오."
    ),
    sources=(
        *read("이전령 §26④"),
        Source("이전령", "§26④", N_("계약으로 독점하는 경우에도 해당하는지"), Certainty.TBC),
    ),
)
def public_result_made_exclusive(licence: LicenceRead, facts: Facts) -> Fires | None:
    if not licence.public_funded or facts.known(licence.by, "kind") not in ACADEMIC:
        return None
    return fires() if licence.exclusive and not licence.exclusive_ground else None


@rule(
    "FT-310",
    N_("우선권 기간"),
    Level.CHECK,
    "options",
    says=N_(
        "공공기술 개발에 투자한 기업의 우선권은 연구 종료 후 1년 범위입니다. %(days)s일로 되어 있으니 다른 법령이나 "
        "협약의 근거를 확인해 주십시오."
    ),
    sources=read("이전법 §24⑤", "이전령 §26⑤"),
)
def option_lasts_too_long(o: OptionRead, facts: Facts) -> Fires | None:
    if not o.public_funded or facts.known(known(o.by, "by"), "kind") not in ACADEMIC:
        return None
    days = known(o.days_after_end, "days_after_end")
    return fires(days=f"{days:,}") if days > ONE_YEAR else None


@rule(
    "FT-311",
    N_("산학연협력계약의 필수 항목"),
    Level.CHECK,
    "sheet",
    says=N_(
        "대학(산학협력단)과의 계약에는 비용 부담과 성과의 귀속·배분이 들어가야 합니다. 비어 있는 칸: %(gaps)s"
    ),
    sources=read("산촉법 §24③④, §35③"),
)
def university_contract_incomplete(s: Whole, facts: Facts) -> Fires | None:
    if not any(facts.known(one, "kind") == "university" for one in s.parties):
        return None
    points = {N_("비용 부담"): s.cost_bearing, N_("성과의 귀속·배분"): s.attribution}
    missing = [label for label, said in points.items() if not said]
    return fires(gaps=joined(missing)) if missing else None
