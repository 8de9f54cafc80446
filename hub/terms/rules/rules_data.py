"""Rules about data (데이터)."""

from __future__ import annotations

from hub.language import N_
from hub.terms.rules.facts import Facts
from hub.terms.rules.laws import read
from hub.terms.rules.rule import Fires, Level, fires, known, rule
from hub.terms.sheet.knowledge import Data


@rule(
    "FT-601",
    N_("개인정보 제공 근거"),
    Level.CARE,
    "data",
    says=N_(
        "개인정보가 들어 있는 데이터를 %(to)s에 제공하지만 근거(동의, 법률, 가명처리 등)가 비어 있습니다."
    ),
    sources=read("개보법 §17①②④, §18, §28의2, §58의2"),
)
def personal_data_without_ground(d: Data, facts: Facts) -> Fires | None:
    if not known(d.personal, "personal") or known(d.to, "to") == known(d.by, "by"):
        return None
    return fires(to=facts.name(d.to)) if not d.on_behalf and not d.basis else None


@rule(
    "FT-602",
    N_("가명정보의 결합"),
    Level.CARE,
    "data",
    says=N_("서로 다른 기관의 가명정보를 결합합니다. 결합은 지정된 전문기관이 하도록 되어 있습니다."),
    sources=read("개보법 §28의3①②"),
)
def combined_by_the_parties(d: Data, facts: Facts) -> Fires | None:
    return fires() if d.pseudonymised and d.combine_with and d.combined_by != "designated" else None


@rule(
    "FT-603",
    N_("개인정보 국외 이전"),
    Level.CARE,
    "data",
    says=N_("개인정보가 국외(%(country)s)로 나가거나 국외에서 조회됩니다. 근거가 비어 있습니다."),
    sources=read("개보법 §28의8"),
)
def personal_data_abroad(d: Data, facts: Facts) -> Fires | None:
    if not known(d.personal, "personal"):
        return None
    country = known(d.country, "country")
    return fires(country=country) if country != "KR" and not d.overseas_basis else None


@rule(
    "FT-604",
    N_("산업데이터 이용 약정"),
    Level.CHECK,
    "data",
    says=N_("산업데이터의 이용 약정이 없습니다. 정하지 않으면 만든 쪽과 받은 쪽이 각자 쓸 수 있습니다."),
    sources=read("산디법 §9②③⑤"),
)
def industrial_data_without_rule(d: Data, facts: Facts) -> Fires | None:
    shared = d.industrial and (d.to or len(d.makers or ()) > 1)
    return fires() if shared and not d.use_rule else None


@rule(
    "FT-605",
    N_("데이터 권리의 일방 양도"),
    Level.CARE,
    "data",
    says=N_("중소기업 %(by)s의 데이터 권리가 %(to)s에 대가 없이 양도되는 것으로 되어 있습니다."),
    sources=read("데이터법 §17②", "데이터령 §17", "산디법 §9⑤", "부경법 §2(1)카"),
)
def data_given_away(d: Data, facts: Facts) -> Fires | None:
    if d.terms != "assignment" or not facts.above(known(d.to, "to"), known(d.by, "by")) or d.price_krw:
        return None
    return fires(by=facts.name(d.by), to=facts.name(d.to))


@rule(
    "FT-606",
    N_("처리 위탁 문서"),
    Level.CHECK,
    "data",
    says=N_("개인정보 처리를 맡기지만 위탁 문서가 없습니다."),
    sources=read("개보법 §26①②④⑥"),
)
def processed_without_paper(d: Data, facts: Facts) -> Fires | None:
    return fires() if d.personal and d.on_behalf and not d.processing_paper else None
