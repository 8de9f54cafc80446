"""What keeps a row from being saved: what contradicts itself. No law is in it, and nothing here is a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hub.language import _
from hub.terms.sheet.fields import Fault, Given, Place, Row, declared, walk
from hub.terms.sheet.kinds import PUBLIC, Each, Party, Several
from hub.terms.sheet.money import Royalty
from hub.terms.sheet.ownership import Result
from hub.terms.sheet.sums import worth
from hub.terms.sheet.values import show_won
from hub.terms.sheet.whole import Sheet

Check = Callable[[Sheet], Iterator[Fault]]


def faults_of(sheet: Sheet, files: Mapping[str, str] | None = None) -> list[Fault]:
    """Everything in a sheet that contradicts itself, each with where it stands.

    :param files: the digest of each attached file as it lies there now, by the row's id; ``None`` where nobody looked.
    """
    found = [fault for check in _CHECKS for fault in check(sheet)]
    return found + list(_files(sheet, files)) if files is not None else found


def _parties(sheet: Sheet) -> Iterator[Fault]:
    for one in sheet.parties or ():
        if one.id == PUBLIC:
            yield Fault(("parties", one.id), _("이 번호는 공공 재원의 것입니다. 다른 번호를 쓰십시오."))
        if one.kind is None:
            yield Fault(("parties", one.id, "kind"), _("당사자의 구분을 고르십시오."))


def _known_parties(sheet: Sheet) -> Iterator[Fault]:
    for place, row in walk(sheet):
        for one in declared(type(row)):
            unknown = [name for name in _named(row, one) if name not in sheet.names]
            if unknown:
                yield Fault((*place, one.name), _("당사자에 없습니다: %(names)s.", names=", ".join(unknown)))


def _named(row: Row, one: Given) -> list[str]:
    """The parties that a field names; public money where it may stand is no party that could be missing."""
    value: Any = getattr(row, one.attribute)
    if not value:
        return []
    if isinstance(one.kind, Party):
        return [] if one.kind.public and value == PUBLIC else [value]
    if isinstance(one.kind, Several) and isinstance(one.kind.part, Party):
        return list(value)
    if isinstance(one.kind, Each) and isinstance(one.kind.key, Party):
        return list(value)
    return []


def _days(sheet: Sheet) -> Iterator[Fault]:
    for place, row in walk(sheet):
        begins = getattr(row, "from_", None)
        for name in ("to", "until"):
            ends = getattr(row, name, None)
            if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
                yield Fault((*place, name), _("끝나는 날이 시작하는 날보다 앞섭니다."))


def _references(sheet: Sheet) -> Iterator[Fault]:
    known = {
        "nda": {one.id for one in sheet.nda or ()},
        "equipment": {one.id for one in sheet.equip or ()},
    }
    for place, row in walk(sheet):
        for name, ids in known.items():
            value = getattr(row, name, None)
            if isinstance(value, str) and value and value not in ids:
                yield Fault((*place, name), _("«%(id)s» 항목이 없습니다.", id=value))
    taken = {one.id for one in sheet.money.deductions or ()}
    for year in sheet.money.years or ():
        if unknown := sorted(set(year.deducted or {}) - taken):
            place = ("money", "years", year.id, "deducted")
            yield Fault(place, _("«%(id)s» 항목이 없습니다.", id=", ".join(unknown)))


def _secrets(sheet: Sheet) -> Iterator[Fault]:
    if sheet.nda == () and sheet.tech:
        yield Fault(("tech",), _("비밀을 주고받지 않기로 했다면 기술자료를 적지 않습니다."))


def _contributions(sheet: Sheet) -> Iterator[Fault]:
    for row in sheet.contributions or ():
        product = worth(row)
        if row.value_krw is not None and product is not None and product != row.value_krw:
            told = _("가치가 인월 × 단가(%(won)s)와 다릅니다.", won=show_won(product))
            yield Fault(("contributions", row.id, "value_krw"), told)
    twice = {row.equipment for row in sheet.contributions or () if row.equipment}
    for payment in sheet.money.fixed or ():
        if payment.equipment in twice:
            told = _("같은 장비 사용이 기여와 대가에 모두 있습니다. 한쪽에서 지우십시오.")
            yield Fault(("money", "fixed", payment.id, "equipment"), told)


def _results(sheet: Sheet) -> Iterator[Fault]:
    for one in sheet.fg or ():
        place: Place = ("fg", one.id)
        if one.owners == {}:
            yield Fault((*place, "owners"), _("성과에는 권리자가 있습니다. 정하지 않았다면 비워 두십시오."))
        elif told := _misfit(one):
            yield Fault((*place, "option"), told)
        if one.partition_ban_years is not None and one.option != "J":
            told = _("분할 금지 기간은 귀속 방식이 «공유»일 때만 적습니다.")
            yield Fault((*place, "partition_ban_years"), told)
        for licence in one.licences or ():
            if one.owners is not None and licence.by and not one.owners.get(licence.by):
                told = _("이 성과에 지분이 없는 쪽은 실시를 허락할 수 없습니다.")
                yield Fault((*place, "licences", licence.id, "by"), told)


def _misfit(row: Result) -> str | None:
    """Where a way of owning (귀속 방식) and the owners disagree: what to do."""
    if row.option is None or row.owners is None:
        return None
    held = [name for name, share in row.owners.items() if share > 0]
    performer = row.performer or (next(iter(row.makers)) if row.makers and len(row.makers) == 1 else None)
    alone = len(held) == 1 and row.owners[held[0]] == Fraction(1)
    if row.option == "J":
        return None if len(held) > 1 else _("공유라면 권리자를 둘 이상 적으십시오.")
    if not alone:
        return _("이 귀속 방식에서는 한 권리자의 지분이 전부(1)입니다.")
    if row.option in ("A", "B", "C") and performer not in (None, held[0]):
        return _("이 귀속 방식에서는 수행기관이 권리자입니다.")
    if row.option in ("D", "E") and performer == held[0]:
        return _("이 귀속 방식에서는 수행기관의 상대가 권리자입니다.")
    return None


def _money(sheet: Sheet) -> Iterator[Fault]:
    for royalty in sheet.money.royalties or ():
        if _says_no_rate(royalty):
            told = _("실시료의 요율이나 1개당 금액을 적으십시오.")
            yield Fault(("money", "royalties", royalty.id, "rate"), told)
    sources: set[str] = set()
    for split in sheet.money.splits or ():
        if split.source in sources:
            told = _("이 수익원의 배분이 두 번 있습니다.")
            yield Fault(("money", "splits", split.id, "source"), told)
        sources |= {split.source} if split.source else set()
    years: set[tuple[Any, ...]] = set()
    for year in sheet.money.years or ():
        key = (year.case, year.source, year.year)
        if key in years and None not in key:
            yield Fault(("money", "years", year.id), _("같은 시나리오의 같은 해가 두 번 있습니다."))
        years.add(key)


def _says_no_rate(row: Royalty) -> bool:
    return row.rate is None and row.per_unit_krw is None


def _equity(sheet: Sheet) -> Iterator[Fault]:
    for issue in sheet.equity or ():
        if issue.new_shares is None or issue.invest_krw is None or not issue.price_krw:
            continue
        whole = issue.invest_krw // issue.price_krw
        if whole != issue.new_shares:
            told = _("새 주식 수가 투자금 ÷ 발행가(%(n)s주)와 다릅니다.", n=f"{whole:,}")
            yield Fault(("equity", issue.id, "new_shares"), told)


def _files(sheet: Sheet, files: Mapping[str, str]) -> Iterator[Fault]:
    for one in sheet.attachments or ():
        if one.id not in files:
            yield Fault(("attachments", one.id), _("첨부 파일이 없습니다."))
        elif files[one.id] != one.sha256:
            yield Fault(("attachments", one.id), _("첨부 파일의 내용이 바뀌었습니다."))


_CHECKS: tuple[Check, ...] = (
    *(_parties, _known_parties, _days, _references, _secrets),
    *(_contributions, _results, _money, _equity),
)
