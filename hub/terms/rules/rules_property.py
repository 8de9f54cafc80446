"""Rules about intellectual property (지식재산)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial

from hub.language import N_
from hub.terms.rules.facts import Facts, after, title, word
from hub.terms.rules.laws import ARITHMETIC, page, read, unchecked
from hub.terms.rules.reading import LicenceRead, Whole
from hub.terms.rules.rule import Fires, Level, Unknown, fires, known, rule
from hub.terms.sheet.choices import PATENT_LIKE
from hub.terms.sheet.money import Royalty
from hub.terms.sheet.ownership import Improvement, Result
from hub.terms.sheet.sums import off_by
from hub.terms.sheet.values import show_day, show_share

MOST_UNDIVIDED = 5  # years for which co-owners may agree not to divide, 민법 §268


def co_owned(f: Result) -> bool:
    """Whether two or more own a patent, a utility model or a design.

    :raises Unknown: while the owners are open, or of a co-owned result what it is.
    """
    owners = [one for one, share in known(f.owners, "owners").items() if share > 0]
    return len(owners) > 1 and known(f.kind, "kind") in PATENT_LIKE


@rule(
    "FT-201",
    N_("지분 합계"),
    Level.SUM,
    "fg",
    says=N_("«%(title)s»의 지분 합계가 %(sum)s입니다. %(difference)s."),
    sources=(*ARITHMETIC, *read("민법 §262②, §278")),
)
def shares_add_up(f: Result, facts: Facts) -> Fires | None:
    owners = known(f.owners, "owners")
    if off_by(owners) is None:
        return None
    total, difference = partial(show_share, sum(owners.values(), Fraction(0))), lambda: off_by(owners) or ""
    return fires(title=title(f.title), sum=total, difference=difference)


@rule(
    "FT-202",
    N_("직접 실시하지 않는 공유자"),
    Level.CARE,
    "fg",
    says=N_(
        "%(owner)s은(는) 직접 실시하지 않는 공유자입니다. 정하지 않으면 다른 공유자는 동의와 대가 없이 실시할 수 "
        "있습니다. 보상 여부를 정해 주십시오."
    ),
    sources=read("특허법 §99③"),
)
def owner_that_does_not_practise(f: Result, facts: Facts) -> Fires | None:
    """Whether an owner works the right itself may be open: then the rule is unknown, unless another one does not."""
    if not co_owned(f) or f.own_use is not None:
        return None
    practises = {one: facts.get(one, "practises") for one in f.owners or {}}
    idle = [one for one, does in practises.items() if does is False]
    for one, does in practises.items():
        if does is None and not idle:
            raise Unknown("practises", ("parties", one, "practises"))
    return fires(owner=facts.names(idle)) if idle else None


@rule(
    "FT-203",
    N_("공유 특허의 실시허락"),
    Level.CARE,
    "fg",
    says=N_(
        "공유 특허를 제3자에게 허락하려면 다른 공유자 모두의 동의가 필요합니다. 그때마다 동의할지, 미리 동의할지, "
        "한쪽이 대표할지 정해 주십시오."
    ),
    sources=(*read("특허법 §99④"), *page(N_("대법원 2013다41578: 동의가 필요한 까닭"))),
)
def licensing_left_open(f: Result, facts: Facts) -> Fires | None:
    return fires() if co_owned(f) and f.licence_out is None else None


@rule(
    "FT-204",
    N_("공유 지분의 양도·담보·현물출자"),
    Level.CHECK,
    "fg",
    says=N_("공유 특허의 지분은 다른 공유자 모두의 동의가 있어야 양도하거나 담보로 할 수 있습니다."),
    sources=(
        *read("특허법 §99②, §37②③"),
        *page(N_("판결을 설명한 자료: 동의 없이는 압류할 수도 없다는 점")),
    ),
)
def share_moved_without_consent(f: Result, facts: Facts) -> Fires | None:
    if not co_owned(f):
        return None
    planned = bool(f.pledge_planned or f.in_kind_planned)
    return fires() if f.transfer == "free" or (planned and not f.consents) else None


@rule(
    "FT-205",
    N_("공유물 분할"),
    Level.NOTE,
    "fg",
    says=N_(
        "공유를 끝내는 방법이 없습니다(또는 5년을 넘습니다). 공유자는 분할을 청구할 수 있고, 나누지 않기로 하는 "
        "약정은 5년까지이며 갱신할 수 있습니다."
    ),
    sources=(
        *read("민법 §268, §278"),
        *page(N_("대법원 2013다41578: 특허의 공유자도 분할을 청구할 수 있고 나누는 방법은 매각이라는 점")),
    ),
)
def no_way_out_of_sharing(f: Result, facts: Facts) -> Fires | None:
    if not co_owned(f):
        return None
    years = f.partition_ban_years
    return fires() if years is None or years > MOST_UNDIVIDED else None


@rule(
    "FT-206",
    N_("출원인과 권리자"),
    Level.CHECK,
    "fg",
    says=N_(
        "출원인(%(applicants)s)과 권리자(%(owners)s)가 다릅니다. 공유라면 공유자 모두가 함께 출원합니다."
    ),
    sources=read("특허법 §44, §33②, §99의2"),
)
def others_apply_than_own(f: Result, facts: Facts) -> Fires | None:
    owners = [one for one, share in known(f.owners, "owners").items() if share > 0]
    applicants = known(f.applicants, "applicants")
    if known(f.kind, "kind") not in PATENT_LIKE or set(applicants) == set(owners):
        return None
    return fires(applicants=facts.names(applicants) or "–", owners=facts.names(owners))


@rule(
    "FT-207",
    N_("직무발명 승계 규정"),
    Level.CHECK,
    "fg",
    says=N_(
        "%(party)s에 직무발명 승계 계약이나 규정이 없다고 되어 있습니다. 발명자의 권리가 기관으로 넘어오는 길을 "
        "먼저 확인해 주십시오."
    ),
    sources=read("발명법 §13, §10①", "발명령 §7"),
)
def no_rule_for_inventions(f: Result, facts: Facts) -> Fires | None:
    own = [one for one in known(f.inventors, "inventors") if one.status in ("employee", "officer")]
    parties = dict.fromkeys(known(one.party, "inventors") for one in own)
    lacking = [one for one in parties if facts.get(one, "invention_rule") is False]
    return fires(party=facts.names(lacking)) if lacking else None


@rule(
    "FT-208",
    N_("종업원이 아닌 발명자"),
    Level.CHECK,
    "fg",
    says=N_(
        "학생·방문 연구자 등 종업원이 아닌 발명자가 있습니다. 별도의 양도 약속이 없으면 권리가 그 사람에게 남을 수 "
        "있습니다."
    ),
    sources=read("발명법 §2(2), §10③", "특허법 §33①"),
)
def inventor_without_assignment(f: Result, facts: Facts) -> Fires | None:
    others = ("student", "visitor", "outsider")
    inventors = known(f.inventors, "inventors")
    return fires() if any(one.status in others and not one.assignment for one in inventors) else None


@rule(
    "FT-209",
    N_("발명자 보상"),
    Level.CHECK,
    "fg",
    says=N_("수익이 예정되어 있지만 %(owner)s의 발명자 보상이 비어 있습니다."),
    sources=read("발명법 §15", "이전법 §19②", "이전령 §24②", "혁신령 §41②"),
)
def inventors_reward_open(f: Result, facts: Facts) -> Fires | None:
    owners = known(f.owners, "owners")
    if not f.earns or not f.inventors:
        return None
    silent = [one for one in owners if facts.get(one, "inventor_reward") is None]
    return fires(owner=facts.names(silent)) if silent else None


@rule(
    "FT-210",
    N_("개량기술의 일방 이전"),
    Level.CARE,
    "improvements",
    says=N_("중소기업 %(by)s의 개량기술이 %(to)s에 무상으로 양도(독점 허락)되고, 반대 방향은 없습니다."),
    sources=(
        *read("공정거래법 §45①6·7, §117"),
        *unchecked(N_("공정거래위원회 지식재산권 지침")),
    ),
)
def improvements_go_one_way(m: Improvement, facts: Facts) -> Fires | None:
    free = m.licence_back in ("assign-free", "exclusive-free")
    if not facts.above(known(m.to, "to"), known(m.by, "by")) or not free or m.mutual:
        return None
    return fires(by=facts.name(m.by), to=facts.name(m.to))


@rule(
    "FT-211",
    N_("권리 소멸 뒤의 실시료"),
    Level.CHECK,
    "royalties",
    says=N_("특허만을 이유로 한 실시료가 마지막 특허의 만료(%(last_expiry)s) 뒤까지 이어집니다."),
    sources=(
        *read("특허법 §88①"),
        *page(N_("공정거래위원회 지침: 만료 뒤의 실시료를 불공정한 예로 든다는 설명")),
    ),
)
def royalty_after_expiry(r: Royalty, facts: Facts) -> Fires | None:
    if r.basis != "patent_only" or not (r.until == "forever" or after(r.until, r.last_expiry)):
        return None
    day = r.last_expiry
    return fires(last_expiry=partial(show_day, day) if isinstance(day, date) else word(N_("미정")))


@rule(
    "FT-212",
    N_("전용실시권 등록"),
    Level.CHECK,
    "licences",
    says=N_("전용실시권은 등록해야 효력이 생깁니다. 누가 언제 등록할지 비어 있습니다."),
    sources=read("특허법 §101①2, §100②"),
)
def nobody_registers(licence: LicenceRead, facts: Facts) -> Fires | None:
    return fires() if licence.type == "exclusive-registered" and not licence.registered_by else None


@rule(
    "FT-213",
    N_("공동 소프트웨어·저작물"),
    Level.CHECK,
    "fg",
    says=N_(
        "함께 만든 프로그램·저작물은 모두의 합의로 행사합니다. 누가 고치고, 배포하고, 허락할 수 있는지 정해 주십시오."
    ),
    sources=(
        *read("저작권법 §48①②, §45②"),
        *unchecked(N_("저작권법 §2: 따로 쓸 수 있는 부분은 공동저작물이 아니라는 점")),
    ),
)
def joint_work_without_rule(f: Result, facts: Facts) -> Fires | None:
    owners = known(f.owners, "owners")
    joint = f.kind in ("software", "work") and len(owners) > 1
    return fires() if joint and f.exercise_rule is None else None


@rule(
    "FT-214",
    N_("출원 전 공개"),
    Level.CARE,
    "fg",
    says=N_(
        "«%(title)s»의 공개 예정일이 출원일보다 빠릅니다. 공개가 먼저면 특허를 받지 못할 수 있고, 국내의 12개월 "
        "예외는 요건이 있으며 외국은 다릅니다."
    ),
    sources=(*read("특허법 §29①, §30"), *unchecked(N_("외국의 법"))),
)
def published_before_filing(f: Result, facts: Facts) -> Fires | None:
    if not f.publish_on or known(f.kind, "kind") not in PATENT_LIKE:
        return None
    return fires(title=title(f.title)) if f.file_on is None or after(f.file_on, f.publish_on) else None


@rule(
    "FT-215",
    N_("성과 귀속 미정"),
    Level.NOTE,
    "fg",
    says=N_(
        "«%(title)s»의 귀속을 아직 정하지 않았습니다. 정하지 않으면 적용될 수 있는 규정을 옆에 표시했습니다."
    ),
    sources=read("민법 §262②, §278", "특허법 §99", "혁신령 §32①2·3", "발명법 §13②③"),
)
def ownership_open(f: Result, facts: Facts) -> Fires | None:
    return fires(title=title(f.title)) if not f.owners or not f.option else None


@rule(
    "FT-216",
    N_("배경 지식재산 목록"),
    Level.NOTE,
    "sheet",
    says=N_("배경 지식재산을 적지 않았습니다. 없다면 «없음»을, 있다면 명칭만이라도 적어 주십시오."),
    sources=page(N_("근거 조문 없음. Horizon Europe은 배경을 서면으로 요구한다는 설명")),
)
def background_not_listed(s: Whole, facts: Facts) -> Fires | None:
    return fires() if s.fg and s.bg is None else None
