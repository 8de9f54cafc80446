"""Rules about shares, investments and deals with insiders (지분). Thresholds are tested on votes."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from hub.language import N_
from hub.terms.rules.facts import Facts, joined
from hub.terms.rules.laws import ARITHMETIC, read, unchecked
from hub.terms.rules.reading import IssueRead
from hub.terms.rules.rule import Fires, Level, fires, known, rule
from hub.terms.sheet.equity import Contract, Investment
from hub.terms.sheet.values import show_share, show_won

TWO_WEEKS = 14  # days of notice before payment, 상법 §418④
SMALL_IN_KIND = 50_000_000  # won, up to which no inspection is asked for, 상법령 §14
MERGER_LARGE, MERGER_SMALL = 300_000_000_000, 30_000_000_000  # won, 공정거래령 §18
MERGER_VOTES, MERGER_VOTES_LISTED = Fraction(20, 100), Fraction(15, 100)
AFFILIATE_VOTES, AFFILIATE_ASSETS = Fraction(30, 100), 500_000_000_000  # 중기령 §3①2나
RESOLUTION_LINES = (Fraction(1, 3), Fraction(1, 2), Fraction(2, 3))  # 상법 §434, §368①


@rule(
    "FT-501",
    N_("지분표 합계"),
    Level.SUM,
    "equity",
    says=N_("주주별 주식 수의 합이 발행주식 수와 다릅니다."),
    sources=ARITHMETIC,
)
def holders_add_up(e: IssueRead, facts: Facts) -> Fires | None:
    before, after = known(e.before, "before"), known(e.after, "after")
    issued = known(e.issued_before, "issued_before")
    if sum(before.values()) != issued:
        return fires()
    return fires() if sum(after.values()) != issued + known(e.new_shares, "new_shares") else None


@rule(
    "FT-502",
    N_("액면 미달"),
    Level.CHECK,
    "equity",
    says=N_("1주 발행가(%(price)s)가 액면(%(par)s)보다 낮습니다."),
    sources=read("상법 §330, §417, §329③"),
)
def issued_below_par(e: IssueRead, facts: Facts) -> Fires | None:
    price, par = known(e.price_krw, "price_krw"), known(e.par_krw, "par_krw")
    return fires(price=partial(show_won, price), par=partial(show_won, par)) if price < par else None


@rule(
    "FT-503",
    N_("제3자 배정"),
    Level.CHECK,
    "equity",
    says=N_(
        "기존 주주가 아닌 %(holder)s에 신주를 배정합니다. 정관 근거·경영상 목적·납입 2주 전 통지(공고) 가운데 "
        "비어 있거나 모자라는 것: %(gaps)s."
    ),
    sources=read("상법 §418①②④, §424, §424의2"),
)
def issued_to_an_outsider(e: IssueRead, facts: Facts) -> Fires | None:
    if not known(e.to_outsider, "to_outsider") or not e.new_shares:
        return None
    points = {
        N_("정관 근거"): bool(e.articles_basis),
        N_("경영상 목적"): bool(e.purpose),
        N_("납입 2주 전 통지"): e.notice_days is not None and e.notice_days >= TWO_WEEKS,
    }
    missing = [label for label, given in points.items() if not given]
    return fires(holder=facts.name(e.holder), gaps=joined(missing)) if missing else None


@rule(
    "FT-504",
    N_("현물출자 평가"),
    Level.CHECK,
    "equity",
    says=N_("기술·설비 등 현물출자 %(value)s에 검사나 감정이 없습니다."),
    sources=read("상법 §422", "상법령 §14", "이전법 §23", "벤처법 §6", "산촉법 §36의2③"),
)
def in_kind_not_appraised(e: IssueRead, facts: Facts) -> Fires | None:
    value = e.in_kind_krw
    if not value or e.appraisal:
        return None
    large = value > SMALL_IN_KIND or value * 5 > known(e.capital_krw, "capital_krw")
    return fires(value=partial(show_won, value)) if large else None


def crosses(e: IssueRead, line: Fraction) -> bool:
    """Whether the holder's votes reach a line with this issue.

    :raises Unknown: while the votes are open.
    """
    return known(e.vote_before, "vote_before") < line <= known(e.vote_after, "vote_after")


def big_pair(e: IssueRead, facts: Facts) -> bool:
    """Whether one of the two companies is as large, and the other at least as large, as a merger's notice asks.

    :raises Unknown: while amounts are open that would decide it.
    """
    holder = facts.largest_of(e.holder)
    issuer = (
        (e.issuer_size, e.issuer_size)
        if e.issuer_size is not None
        else facts.largest_of(known(e.issuer, "issuer"))
    )

    def reached(side: int) -> bool:
        """With every open amount as small as it can be (0), or as large as it can be (1)."""
        sizes = sorted((holder[side], issuer[side]))
        return sizes[0] >= MERGER_SMALL and sizes[1] >= MERGER_LARGE

    if reached(0) != reached(1):
        open_one = e.issuer if issuer[0] != issuer[1] else e.holder
        facts.known(open_one, "assets_krw")
        facts.known(open_one, "sales_krw")
    return reached(0)


@rule(
    "FT-505",
    N_("기업결합 신고 기준"),
    Level.CHECK,
    "equity",
    says=N_(
        "%(holder)s의 의결권 지분이 %(line)s 이상이 됩니다. 회사 규모에 따라 기업결합 신고 대상일 수 있습니다."
    ),
    sources=read("공정거래법 §11①1·③·⑥·⑧, §9⑤", "공정거래령 §18"),
)
def merger_may_be_notified(e: IssueRead, facts: Facts) -> Fires | None:
    """While it is open whether the issuer is listed, the rule is unknown only where the two lines differ."""
    if crosses(e, MERGER_VOTES_LISTED) != crosses(e, MERGER_VOTES):
        known(e.listed, "listed")
    line = MERGER_VOTES_LISTED if e.listed else MERGER_VOTES
    if not crosses(e, line) or not big_pair(e, facts):
        return None
    return fires(holder=facts.name(e.holder), line=partial(show_share, line))


@rule(
    "FT-506",
    N_("중소기업 지위"),
    Level.CARE,
    "equity",
    says=N_(
        "%(holder)s이(가) 30 %% 이상을 가진 최다출자자가 됩니다. %(issuer)s의 중소기업 해당 여부와 지원사업 자격이 "
        "달라질 수 있습니다."
    ),
    sources=(
        *read("중기법 §2①", "중기령 §3①2나", "공정거래령 §4①1"),
        *unchecked(N_("유예 기간과 벤처투자의 예외")),
    ),
)
def may_cease_to_be_sme(e: IssueRead, facts: Facts) -> Fires | None:
    largest = known(e.largest, "largest")
    if not facts.sme(e.issuer) or known(e.vote_after, "vote_after") < AFFILIATE_VOTES or not largest:
        return None
    wealthy = facts.known(e.holder, "assets_krw") >= AFFILIATE_ASSETS
    if not wealthy and facts.known(e.holder, "group") not in ("disclosure", "mutual"):
        return None
    return fires(holder=facts.name(e.holder), issuer=facts.name(e.issuer))


@rule(
    "FT-507",
    N_("의결권 문턱"),
    Level.NOTE,
    "equity",
    says=N_(
        "%(holder)s의 의결권이 %(lines)s을(를) 넘습니다. 특별결의 저지·보통결의·특별결의와 관련된 선입니다."
    ),
    sources=read("상법 §434, §368①, §369, §366, §466"),
)
def votes_pass_a_line(e: IssueRead, facts: Facts) -> Fires | None:
    before, after = known(e.vote_before, "vote_before"), known(e.vote_after, "vote_after")
    passed = [str(line) for line in RESOLUTION_LINES if before <= line < after]
    return fires(holder=facts.name(e.holder), lines=", ".join(passed)) if passed else None


@rule(
    "FT-508",
    N_("발행예정주식총수"),
    Level.SUM,
    "equity",
    says=N_("발행할 주식이 정관의 발행예정주식총수를 %(n)s주 넘습니다."),
    sources=read("상법 §289①3, §346④, §434"),
)
def more_than_authorised(e: IssueRead, facts: Facts) -> Fires | None:
    issued, new = known(e.issued_before, "issued_before"), known(e.new_shares, "new_shares")
    over = issued + new + known(e.reserved, "reserved") - known(e.authorised, "authorised")
    return fires(n=f"{over:,}") if over > 0 else None


@rule(
    "FT-509",
    N_("제3자 연대책임"),
    Level.CARE,
    "investments",
    says=N_(
        "투자계약에서 회사의 의무를 창업자 등 제3자가 함께 지게 되어 있습니다. 벤처투자회사 등에는 제한이 있고 예외 "
        "사유가 정해져 있습니다."
    ),
    sources=read("벤투법 §39①2의2, §27①2의2, §14②4의2, §52②4의2"),
)
def founder_answers_too(i: Investment, facts: Facts) -> Fires | None:
    venture = facts.get(i.investor, "vc") is True
    return fires() if venture and i.joint_liability and not i.joint_ground else None


@rule(
    "FT-510",
    N_("조건부지분인수(SAFE)의 주주 동의"),
    Level.CHECK,
    "investments",
    says=N_("조건부지분인수(전환)계약에는 주주 전원의 동의가 요건으로 되어 있습니다."),
    sources=read("벤투법 §2(1)라·마", "벤투칙 §3, §3의2"),
)
def holders_not_agreed(i: Investment, facts: Facts) -> Fires | None:
    return fires() if i.kind in ("safe", "conditional_note") and not i.all_holders_agree else None


@rule(
    "FT-511",
    N_("이사·주요주주와의 거래"),
    Level.CHECK,
    "contracts",
    says=N_(
        "회사의 이사나 주요주주(또는 그 회사)와의 거래로 표시되어 있습니다. 이사회 승인이 비어 있습니다."
    ),
    sources=read("상법 §398, §393"),
)
def board_has_not_approved(c: Contract, facts: Facts) -> Fires | None:
    return fires() if c.with_insider and not c.board_two_thirds else None
