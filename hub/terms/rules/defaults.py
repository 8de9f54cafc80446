"""What the law fills in where the sheet is silent: shown beside an empty field as «정하지 않으면».

Each stands beside the field that it is about. It is what may apply, and no more: an agreement, the articles of a
company or another act may say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.language import N_, _
from hub.terms.rules.laws import Source, page, read
from hub.terms.sheet.fields import Place


@dataclass(frozen=True)
class Default:
    """What may apply while a field is open; ``kinds`` limits it to rows of such a kind."""

    fields: tuple[Place, ...]
    says: str
    sources: tuple[Source, ...]
    kinds: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What it says, in the reader's language."""
        return _(self.says)

    def notes(self, on: date) -> list[str]:
        """Its sources, in the reader's language, with their days and what is not certain."""
        return [one.said(on) for one in self.sources]


PATENTS = ("patent", "utility", "design")
_COURT = page(N_("대법원 2013다41578: 공유 특허에도 민법의 공유 규정을 적용한다는 설명"))

DEFAULTS = (
    Default(
        (("fg", "owners"),),
        N_("공유하면 지분은 같은 것으로 추정합니다."),
        (*read("민법 §262②, §278"), *_COURT),
    ),
    Default(
        (("fg", "own_use"),),
        N_("공유자는 다른 공유자의 동의와 대가 없이 특허를 직접 실시할 수 있습니다."),
        read("특허법 §99③"),
        PATENTS,
    ),
    Default(
        (("fg", "licence_out"), ("fg", "transfer")),
        N_(
            "실시 허락, 지분의 양도와 담보에는 다른 공유자 모두의 동의가 필요합니다. 출원 중인 권리도 같습니다."
        ),
        read("특허법 §99②④, §37③"),
        PATENTS,
    ),
    Default(
        (("fg", "partition_ban_years"),),
        N_("공유자는 분할을 청구할 수 있고, 나누지 않기로 하는 약정은 5년까지이며 갱신할 수 있습니다."),
        (*read("민법 §268"), *page(N_("현물이 아니라 매각하여 나눈다는 설명"))),
    ),
    Default(
        (("fg", "exercise_rule"),),
        N_("공동저작물은 모두의 합의로 행사하고, 이익은 이바지한 정도로, 분명하지 않으면 똑같이 나눕니다."),
        read("저작권법 §48"),
        ("software", "work"),
    ),
    Default(
        (("fg", "transfer_price_krw"),),
        N_(
            "저작재산권을 모두 넘겨도 2차적저작물을 만들 권리는 남는 것으로 추정합니다. 프로그램은 함께 넘긴 것으로 "
            "추정합니다."
        ),
        read("저작권법 §45②"),
        ("software", "work"),
    ),
    Default(
        (("data", "use_rule"), ("data", "derived")),
        N_("함께 만든 산업데이터는 만든 쪽이 각자, 건넨 산업데이터는 받은 쪽도 쓸 수 있습니다."),
        read("산디법 §9②③"),
    ),
    Default(
        (("fg", "owners"), ("fg", "option")),
        N_(
            "국가연구개발과제에서 함께 만든 성과의 지분은 기여도에 따르고, 위탁연구개발기관의 성과는 주관연구개발기관이 "
            "소유합니다. 협약이 먼저입니다."
        ),
        read("혁신령 §32①2·3"),
    ),
    Default(
        (("fg", "inventors"), ("parties", "invention_rule")),
        N_("승계 규정이 없으면 발명은 종업원의 것이고, 사용자는 알림을 받고 4개월 안에 승계할지 알립니다."),
        read("발명법 §13②③", "발명령 §7"),
    ),
    Default(
        (("money", "commissions", "pay_days"),),
        N_("납품대금은 받은 날이 지급기일이 되고, 60일을 넘겨 정하면 60일째 되는 날이 지급기일이 됩니다."),
        read("상생법 §22②", "하도급법 §13②"),
    ),
    Default(
        (("money", "splits"), ("money", "splits", "shares")),
        N_("조합이라면 손익은 출자한 가액의 비율로 나누고, 하나만 정했으면 둘에 같은 것으로 추정합니다."),
        read("민법 §711"),
    ),
    Default(
        (("money", "fixed", "payee"), ("money", "fixed", "payer")),
        N_("받을 사람이나 낼 사람이 여럿이면 몫은 같습니다."),
        read("민법 §408"),
    ),
    Default(
        (("money", "fixed", "pay_days"), ("money", "royalties", "pay_days")),
        N_("늦게 낸 돈의 법정이율은 연 5 %, 상행위로 생긴 채무는 연 6 %입니다."),
        read("민법 §379", "상법 §54"),
    ),
    Default(
        (("fg", "licences", "registered_by"),),
        N_("전용실시권은 등록하지 않으면 효력이 생기지 않습니다."),
        read("특허법 §101①2"),
    ),
    Default(
        (("dispute", "way"),),
        N_("서면으로 한 중재합의가 없으면 중재로 풀 수 없습니다."),
        read("중재법 §8②"),
    ),
)


def defaults_of(field: Place, kind: str | None = None) -> list[Default]:
    """What may apply while a field is open.

    :param field: where it stands, without the ids of rows: ``("fg", "owners")``.
    :param kind: of its row, for a result: a patent has other defaults than a program.
    """
    found = [one for one in DEFAULTS if field in one.fields]
    return [one for one in found if not one.kinds or kind is None or kind in one.kinds]
