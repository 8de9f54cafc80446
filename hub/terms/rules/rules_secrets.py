"""Rules about technology data and secrets (기술자료·비밀)."""

from __future__ import annotations

from hub.language import N_, _
from hub.terms.rules.facts import Facts, after, gaps, labels_of, title, word
from hub.terms.rules.laws import ACTS_BEFORE_CONTRACT, in_force_later, page, read, unchecked
from hub.terms.rules.reading import TechRead
from hub.terms.rules.rule import Fires, Level, Said, fires, known, rule
from hub.terms.sheet.choices import ASKED
from hub.terms.sheet.knowledge import InfoRequest, Nda, Paper
from hub.terms.sheet.ownership import Background, Result

SEVEN_POINTS = "name_scope period staff_list secrecy purpose_only damages return_destroy"  # 하도급령 §7의4


@rule(
    "FT-101",
    N_("기술자료 요구 서면"),
    Level.CARE,
    "tech",
    says=N_(
        "%(receiver)s이(가) %(owner)s의 기술자료 «%(name)s»을(를) 요구하지만 %(gaps)s이(가) 비어 있습니다. "
        "하도급 거래라면 요구하기 전에 협의해 서면으로 주도록 되어 있습니다."
    ),
    sources=read("하도급법 §12의3①②", "하도급령 §7의3"),
)
def asked_without_paper(t: TechRead, facts: Facts) -> Fires | None:
    if not t.requested_on or facts.subcon(t.receiver, t.owner) is False:
        return None
    missing = gaps(t.paper, "purpose rights price name_scope dates")
    if not missing:
        return None
    return fires(
        receiver=facts.name(t.receiver),
        owner=facts.name(t.owner),
        name=title(t.name),
        gaps=labels_of(Paper, missing),
    )


@rule(
    "FT-102",
    N_("비밀유지계약 시점과 내용"),
    Level.CARE,
    "tech",
    says=N_(
        "위탁거래라면 비밀 기술자료 «%(name)s»을(를) 받는 날까지 서면으로 비밀유지계약을 맺도록 되어 있습니다. "
        "지금 상태: %(state)s."
    ),
    sources=(
        *read("상생법 §21의2①", "상생령 §14의2", "하도급법 §12의3③", "하도급령 §7의4"),
        *page(N_("공정거래위원회 표준 비밀유지계약서")),
    ),
)
def secrecy_late_or_incomplete(t: TechRead, facts: Facts) -> Fires | None:
    if not known(t.secret, "secret") or not facts.consign(t.receiver, t.owner):
        return None
    if t.promise is None:
        return fires(name=title(t.name), state=word(N_("비밀유지계약 없음")))
    if after(t.promise.signed_on, t.given_on):
        return fires(name=title(t.name), state=word(N_("계약일이 받는 날보다 늦음")))
    missing = gaps(t.promise, SEVEN_POINTS)
    return fires(name=title(t.name), state=_left_out(missing)) if missing else None


@rule(
    "FT-103",
    N_("중소기업 배경 지식재산의 무상 양도"),
    Level.CARE,
    "bg",
    says=N_(
        "중소기업 %(owner)s의 배경 지식재산 «%(title)s»이(가) 대가 없이(또는 대가 미정으로) 양도되는 것으로 "
        "되어 있습니다. 사용 허락으로 충분한지 확인해 보십시오."
    ),
    sources=read("하도급법 §12의2, §12의3", "공정거래법 §45①6"),
)
def background_given_away(b: Background, facts: Facts) -> Fires | None:
    if b.terms != "assignment" or not facts.sme(b.owner) or b.price_krw:
        return None
    return fires(owner=facts.name(b.owner), title=title(b.title))


@rule(
    "FT-104",
    N_("비밀유지 약속 전의 제안 자료"),
    Level.CHECK,
    "tech",
    says=N_(
        "제안·협의 단계에서 «%(name)s»을(를) 넘기지만 비밀유지 약속이 없습니다. 제공 목적을 적어 두면 나중에 "
        "확인하기 쉽습니다."
    ),
    sources=(
        *read("부경법 §2(1)차, §4③, §14의2⑥", "하도급법 §12의3④"),
        *in_force_later("상생법 §25②", ACTS_BEFORE_CONTRACT),
    ),
)
def proposed_without_promise(t: TechRead, facts: Facts) -> Fires | None:
    early = t.stage in ("proposal", "negotiation")
    if not early or known(t.receiver, "receiver") == known(t.owner, "owner") or t.promise is not None:
        return None
    return fires(name=title(t.name))


@rule(
    "FT-105",
    N_("목적을 넘는 사용"),
    Level.CARE,
    "tech",
    says=N_("%(receiver)s이(가) «%(name)s»을(를) 목적 제한 없이 쓸 수 있게 되어 있습니다."),
    sources=read("하도급법 §12의3④, §35②2", "상생법 §25②, §40의2②2"),
)
def used_for_anything(t: TechRead, facts: Facts) -> Fires | None:
    scope = known(t.use_scope, "use_scope")
    if known(t.receiver, "receiver") == known(t.owner, "owner") or scope != "any":
        return None
    return fires(receiver=facts.name(t.receiver), name=title(t.name))


@rule(
    "FT-106",
    N_("비밀 관리 표시"),
    Level.CHECK,
    "tech",
    says=N_(
        "비밀로 표시했지만 비밀 표시나 접근자 관리가 «아니요»입니다. 비밀로 관리된 자료인지가 보호의 요건입니다."
    ),
    sources=read("부경법 §2(2)", "하도급법 §2⑮", "상생법 §21의2①"),
)
def secret_not_managed(t: TechRead, facts: Facts) -> Fires | None:
    unmanaged = known(t.secret, "secret") and (t.marked is False or t.access_list is False)
    return fires() if unmanaged else None


@rule(
    "FT-107",
    N_("기술자료 임치 안내"),
    Level.NOTE,
    "tech",
    says=N_("중소기업의 핵심 기술자료를 건네기 전에 기술자료 임치를 이용할 수 있습니다."),
    sources=read("상생법 §24의2, §24의3②, §25①13"),
)
def escrow_is_there(t: TechRead, facts: Facts) -> Fires | None:
    secret = known(t.secret, "secret")
    return fires() if secret and facts.sme(t.owner) and not facts.sme(t.receiver) and not t.escrow else None


@rule(
    "FT-108",
    N_("경영상 정보 요구"),
    Level.CHECK,
    "info_requests",
    says=N_("%(by)s이(가) %(of)s의 %(kind)s 정보를 요구하지만 사유가 비어 있습니다."),
    sources=read("상생법 §25①13의2", "상생칙 §5의4", "하도급법 §18②3"),
)
def business_information_asked(q: InfoRequest, facts: Facts) -> Fires | None:
    if not facts.consign(q.by, q.of) or q.kind in (None, "other") or q.reason:
        return None
    return fires(by=facts.name(q.by), of=facts.name(q.of), kind=word(ASKED[q.kind]))


@rule(
    "FT-109",
    N_("혼자 만든 성과의 공유"),
    Level.CARE,
    "fg",
    says=N_("%(maker)s만 만드는 것으로 적은 성과 «%(title)s»에 %(owner)s의 지분이 있지만 대가가 없습니다."),
    sources=(
        *read("특허법 §33①"),
        *unchecked(N_("공정거래위원회 지침: 혼자 개발한 기술을 함께 출원하자고 요구하는 경우")),
    ),
)
def shared_though_made_alone(f: Result, facts: Facts) -> Fires | None:
    makers, owners = known(f.makers, "makers"), known(f.owners, "owners")
    if len(makers) != 1 or not all(facts.sme(maker) for maker in makers):
        return None
    others = [one for one, share in owners.items() if one not in makers and facts.firm(one) and share > 0]
    if not others or f.transfer_price_krw:
        return None
    return fires(maker=facts.names(makers), title=title(f.title), owner=facts.names(others))


def _left_out(missing: list[str]) -> Said:
    """The points that a promise of secrecy leaves out."""
    labels = labels_of(Nda, missing)
    return lambda: _("빠진 항목: %(points)s", points=labels())
