"""Rules about what is paid and about commissioned work (대가·거래 조건)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial

from hub.language import N_
from hub.terms.rules.facts import Facts, after, joined, title, word
from hub.terms.rules.laws import ARITHMETIC, ENERGY_COSTS, PRACTICE, in_force_later, read, unchecked
from hub.terms.rules.reading import Whole
from hub.terms.rules.rule import Fires, Level, fires, known, rule
from hub.terms.sheet.choices import COST_SHIFTS, SOURCES
from hub.terms.sheet.money import Commission, Deduction, Milestone, Split
from hub.terms.sheet.sums import off_by
from hub.terms.sheet.values import show_day, show_share

LATEST_PAYMENT = 60  # days from receipt, 상생법 §22①
MAIN_MATERIAL = 10  # percent of the price from which a material is a main one
LINKED_LONGER_THAN = 90  # days, 상생령 §14③
LINKED_ABOVE = 100_000_000  # won, 상생령 §14④
WIDE_GAP = Fraction(1, 5)  # between what is brought and what is received: a setting of ours, no law


@rule(
    "FT-401",
    N_("배분 합계"),
    Level.SUM,
    "splits",
    says=N_("«%(source)s» 수익의 배분 합계가 %(sum)s입니다. %(difference)s."),
    sources=(*ARITHMETIC, *read("민법 §711")),
)
def split_adds_up(d: Split, facts: Facts) -> Fires | None:
    shares = known(d.shares, "shares")
    if off_by(shares) is None:
        return None
    source = word(SOURCES[d.source]) if d.source else title(None)
    total, difference = partial(show_share, sum(shares.values(), Fraction(0))), lambda: off_by(shares) or ""
    return fires(source=source, sum=total, difference=difference)


@rule(
    "FT-402",
    N_("납품대금 지급기일"),
    Level.CARE,
    "commissions",
    says=N_(
        "납품대금 지급기일이 비어 있거나 60일을 넘습니다. 위탁거래라면 받은 날부터 60일 이내에서 가장 짧게 정하도록 "
        "되어 있습니다."
    ),
    sources=(
        *read("상생법 §22①–③", "하도급법 §13①②⑧"),
        *unchecked(N_("지연이자율을 정한 공정거래위원회 고시")),
    ),
)
def paid_late(c: Commission, facts: Facts) -> Fires | None:
    late = facts.consign(c.by, c.to) and (c.pay_days is None or c.pay_days > LATEST_PAYMENT)
    return fires() if late else None


@rule(
    "FT-403",
    N_("일방적 감액 조건"),
    Level.CARE,
    "commissions",
    says=N_(
        "%(by)s이(가) 사정에 따라 대금을 줄일 수 있게 되어 있습니다. 감액의 사유와 기준을 미리 정했는지 확인해 "
        "주십시오."
    ),
    sources=read("하도급법 §11①–③", "상생법 §25①1, §25의2"),
)
def price_cut_at_will(c: Commission, facts: Facts) -> Fires | None:
    cut = facts.consign(c.by, c.to) and c.reduce_clause == "one-sided"
    return fires(by=facts.name(c.by)) if cut else None


@rule(
    "FT-404",
    N_("대금 연동"),
    Level.CHECK,
    "commissions",
    says=N_(
        "주요 원재료(또는 에너지) 비중이 %(pct)s %%입니다. 위탁거래라면 연동 조건을 적거나, 연동하지 않기로 했다면 "
        "취지와 이유를 적도록 되어 있습니다."
    ),
    sources=(
        *read("상생법 §2(12)–(13), §21①4·③·④", "상생령 §14③④", "하도급법 §3②3·④"),
        *in_force_later("상생법 §2(13)", ENERGY_COSTS),
    ),
)
def price_not_linked(c: Commission, facts: Facts) -> Fires | None:
    if not facts.consign(c.by, c.to) or facts.size(c.by) == "small":
        return None
    part = max(known(c.material_pct, "material_pct"), known(c.energy_pct, "energy_pct"))
    said = c.link is not None and (c.link != "waived" or c.waive_reason)
    if part < MAIN_MATERIAL or said or known(c.days, "days") <= LINKED_LONGER_THAN:
        return None
    return fires(pct=f"{part:f}") if known(c.price_krw, "price_krw") > LINKED_ABOVE else None


@rule(
    "FT-405",
    N_("착수 전 서면"),
    Level.CARE,
    "commissions",
    says=N_(
        "작업 시작일(%(start_on)s)까지 계약 서면이 없습니다. 하도급 거래라면 작업을 시작하기 전에 서명한 서면을 "
        "주어야 합니다."
    ),
    sources=read("하도급법 §3①②⑨", "상생법 §21①"),
)
def begun_without_paper(c: Commission, facts: Facts) -> Fires | None:
    if facts.subcon(c.by, c.to) is False or not isinstance(c.start_on, date):
        return None
    late = not c.paper_on or after(c.paper_on, c.start_on)
    return fires(start_on=partial(show_day, c.start_on)) if late else None


@rule(
    "FT-406",
    N_("비용·책임의 전가"),
    Level.CARE,
    "commissions",
    says=N_(
        "%(items)s 비용이나 책임을 %(to)s이(가) 지게 되어 있습니다. 하도급법은 이런 약정 여럿을 부당한 특약으로 봅니다."
    ),
    sources=read("하도급법 §3의4②③", "하도급령 §6의4"),
)
def costs_shifted(c: Commission, facts: Facts) -> Fires | None:
    shifted = [one for one in known(c.cost_shift, "cost_shift") if one != "other"]
    if facts.subcon(c.by, c.to) is False or not shifted:
        return None
    return fires(items=joined(COST_SHIFTS[one] for one in shifted), to=facts.name(c.to))


@rule(
    "FT-407",
    N_("공제 항목의 한도"),
    Level.CHECK,
    "deductions",
    says=N_(
        "순매출 공제 «%(name)s»에 비어 있는 칸이 있습니다: %(gaps)s. 공제가 커지면 실시료가 0원이 될 수 있습니다."
    ),
    sources=(*ARITHMETIC, *PRACTICE),
)
def deduction_without_limit(d: Deduction, facts: Facts) -> Fires | None:
    points = {N_("이름"): not d.name, N_("한도"): d.cap_pct is None and d.kind != "vat"}
    missing = [label for label, lacks in points.items() if lacks]
    return fires(name=title(d.name), gaps=joined(missing)) if missing else None


@rule(
    "FT-408",
    N_("기여와 배분의 차이"),
    Level.NOTE,
    "sheet",
    says=N_(
        "%(party)s의 기여는 %(put)s, 기준 시나리오의 배분은 %(get)s입니다. 20 %%p 이상 차이가 나는 이유를 확인해 "
        "보십시오."
    ),
    sources=(
        *ARITHMETIC,
        *read("상생법 §8①", "산촉법 §24③"),
    ),
)
def receives_less_than_it_brings(s: Whole, facts: Facts) -> Fires | None:
    brought, received = known(s.put, "put"), known(s.get_base, "get_base")
    for party, part in brought.items():
        got = received.get(party, Fraction(0))
        if facts.sme(party) and part - got >= WIDE_GAP:
            return fires(party=facts.name(party), put=partial(show_share, part), get=partial(show_share, got))
    return None


@rule(
    "FT-409",
    N_("책임 한도의 비대칭"),
    Level.CARE,
    "sheet",
    says=N_("%(party)s의 책임에는 한도가 없고 상대방의 책임에는 한도가 있습니다."),
    sources=read("민법 §398②", "약관법 §7, §8", "하도급법 §3의4①"),
)
def liable_without_limit(s: Whole, facts: Facts) -> Fires | None:
    caps = known(s.cap, "cap")
    limited = any(cap != "unlimited" for cap in caps.values())
    bare = [one for one, cap in caps.items() if facts.sme(one) and cap == "unlimited"]
    return fires(party=facts.names(bare)) if bare and limited else None


@rule(
    "FT-410",
    N_("합격 기준 없는 단계금"),
    Level.CHECK,
    "milestones",
    says=N_("%(payer)s이(가) 혼자 합격을 정하고 기준이 비어 있습니다."),
    sources=read("하도급법 §10②2", "상생법 §23, §25①11"),
)
def payer_judges_alone(m: Milestone, facts: Facts) -> Fires | None:
    alone = known(m.judge, "judge") == known(m.payer, "payer") and not m.criterion
    return fires(payer=facts.name(m.payer)) if alone else None
