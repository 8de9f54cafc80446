"""Rules about restrictions, how it ends, disputes and authority (제한·종료·분쟁·권한)."""

from __future__ import annotations

from hub.language import N_
from hub.terms.rules.facts import Facts, word
from hub.terms.rules.laws import read, unchecked
from hub.terms.rules.reading import SignerRead, TechRead, Whole
from hub.terms.rules.rule import Fires, Level, fires, known, rule
from hub.terms.sheet.choices import RESTRICTIONS
from hub.terms.sheet.ending import Restriction


@rule(
    "FT-701",
    N_("거래 상대·수출 제한"),
    Level.CARE,
    "restrictions",
    says=N_("%(on)s의 거래 상대나 기술 수출을 제한하지만 이유가 비어 있습니다."),
    sources=read("하도급법 §18②1·2", "공정거래법 §45①7"),
)
def dealing_restricted(x: Restriction, facts: Facts) -> Fires | None:
    kinds = ("exclusive_dealing", "no_export", "no_other_supplier")
    if not facts.above(known(x.by, "by"), known(x.on, "on")) or x.kind not in kinds or x.reason:
        return None
    return fires(on=facts.name(x.on))


@rule(
    "FT-702",
    N_("한쪽만의 해지권"),
    Level.CHECK,
    "sheet",
    says=N_("%(party)s만 이유 없이 끝낼 수 있게 되어 있습니다."),
    sources=read("공정거래법 §45①6", "약관법 §9", "민법 §543–§544, §551"),
)
def only_one_may_end(s: Whole, facts: Facts) -> Fires | None:
    free = known(s.may_end_at_will, "may_end_at_will")
    return fires(party=facts.names(free)) if len(s.parties) > 1 and len(free) == 1 else None


@rule(
    "FT-703",
    N_("분쟁 해결 방법"),
    Level.NOTE,
    "sheet",
    says=N_(
        "분쟁 해결 방법이 비어 있습니다. 사안에 따라 수·위탁분쟁조정협의회, 하도급분쟁조정협의회, "
        "중소기업기술분쟁조정·중재위원회, 산업재산권분쟁조정위원회, 데이터분쟁조정위원회를 이용할 수 있습니다."
    ),
    sources=read("상생법 §28, §28의5", "하도급법 §24", "기술보호법 §23", "발명법 §41", "데이터법 §34"),
)
def no_way_to_settle(s: Whole, facts: Facts) -> Fires | None:
    return fires() if not s.dispute else None


@rule(
    "FT-704",
    N_("중재를 고른 경우"),
    Level.CHECK,
    "sheet",
    says=N_(
        "중재를 골랐지만 중재지나 규칙이 비어 있습니다. 유효한 중재합의가 있으면 법원에 낸 소는 각하될 수 있습니다."
    ),
    sources=read("중재법 §8, §9①"),
)
def arbitration_without_seat(s: Whole, facts: Facts) -> Fires | None:
    return fires() if s.dispute == "arbitration" and not (s.seat and s.rules) else None


@rule(
    "FT-705",
    N_("경쟁자 사이의 가격·지역 약정"),
    Level.CARE,
    "restrictions",
    says=N_("서로 경쟁하는 사업자 사이에 %(kind)s을(를) 정하고 있습니다."),
    sources=read("공정거래법 §40①②④⑤"),
)
def competitors_agree(x: Restriction, facts: Facts) -> Fires | None:
    kinds = ("price", "territory", "output", "customers")
    if not known(x.competitors, "competitors") or x.kind not in kinds:
        return None
    return fires(kind=word(RESTRICTIONS[x.kind]))


@rule(
    "FT-706",
    N_("서명 권한"),
    Level.CHECK,
    "signers",
    says=N_(
        "%(name)s님의 서명 권한이 확인되지 않았습니다. 대학은 산학협력단의 단장, 회사는 대표이사나 위임받은 사람이 "
        "서명합니다."
    ),
    sources=read("산촉법 §24②, §25②, §28③", "상법 §389, §209, §11, §15", "출연법 §11②", "민법 §114, §130"),
)
def authority_not_shown(a: SignerRead, facts: Facts) -> Fires | None:
    name = a.name or word(N_("서명자"))
    if a.authority in (None, "none"):
        return fires(name=name)
    university = facts.known(a.party, "kind") == "university"
    alone = university and a.role == "professor" and a.authority != "mandate"
    return fires(name=name) if alone else None


@rule(
    "FT-707",
    N_("국가핵심·전략기술의 국외 이전"),
    Level.CARE,
    "tech",
    says=N_(
        "국가핵심기술(국가첨단전략기술)로 표시된 자료를 국외 기업에 넘깁니다. 사전 승인이나 신고가 필요한지 확인해 "
        "주십시오."
    ),
    sources=(
        *read("산기법 §11①④, §11의2", "첨단법 §12①"),
        *unchecked(N_("대외무역법의 전략물자")),
    ),
)
def core_technology_abroad(t: TechRead, facts: Facts) -> Fires | None:
    """Whether the receiver is a foreign one may be open: then the rule is unknown."""
    if known(t.core, "core") not in ("national-core", "strategic"):
        return None
    return fires() if facts.known(t.receiver, "foreign") is True and not t.approval else None
