"""The laws that rules cite: which text was read, as of when, and from when a newer one is known to be in force.

Both texts are copies of law.go.kr kept by volunteers. Nothing is quoted: a rule cites articles, this file links them,
and whoever needs the words reads them there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from hub.language import N_, _, current_language
from hub.terms.sheet.values import show_day

_READ = date(2026, 6, 8)  # the state of the copy in which all but one of these laws were read


class Certainty(StrEnum):
    """How sure a statement about a source is."""

    READ = "read"  # the article itself was read in a stored copy
    PAGE = "page"  # only a page that describes it
    TBC = "tbc"  # from memory: to be checked before anybody relies on it


@dataclass(frozen=True)
class Law:
    """A law or decree. ``changes_on``: the day from which a text that was not read is known to be in force."""

    name: str
    as_of: date = _READ
    changes_on: date | None = None


LAWS = {
    "하도급법": Law(N_("하도급거래 공정화에 관한 법률"), changes_on=date(2027, 9, 9)),
    "하도급령": Law(N_("하도급거래 공정화에 관한 법률 시행령")),
    "상생법": Law(N_("대ㆍ중소기업 상생협력 촉진에 관한 법률"), as_of=date(2026, 9, 29)),
    "상생령": Law(N_("대ㆍ중소기업 상생협력 촉진에 관한 법률 시행령")),
    "상생칙": Law(N_("대ㆍ중소기업 상생협력 촉진에 관한 법률 시행규칙")),
    "공정거래법": Law(N_("독점규제 및 공정거래에 관한 법률"), changes_on=date(2027, 9, 1)),
    "공정거래령": Law(N_("독점규제 및 공정거래에 관한 법률 시행령")),
    "혁신법": Law(N_("국가연구개발혁신법")),
    "혁신령": Law(
        N_("국가연구개발혁신법 시행령"), changes_on=date(2026, 8, 1)
    ),  # the act it follows has changed
    "산촉법": Law(N_("산업교육진흥 및 산학연협력촉진에 관한 법률")),
    "발명법": Law(N_("발명진흥법")),
    "발명령": Law(N_("발명진흥법 시행령")),
    "특허법": Law(N_("특허법"), changes_on=date(2027, 3, 1)),
    "부경법": Law(N_("부정경쟁방지 및 영업비밀보호에 관한 법률"), changes_on=date(2027, 3, 1)),
    "이전법": Law(N_("기술의 이전 및 사업화 촉진에 관한 법률")),
    "이전령": Law(N_("기술의 이전 및 사업화 촉진에 관한 법률 시행령")),
    "벤투법": Law(N_("벤처투자 촉진에 관한 법률")),
    "벤투칙": Law(N_("벤처투자 촉진에 관한 법률 시행규칙")),
    "벤처법": Law(N_("벤처기업육성에 관한 특별법")),
    "상법": Law(N_("상법")),
    "상법령": Law(N_("상법 시행령")),
    "개보법": Law(N_("개인정보 보호법"), changes_on=date(2027, 3, 1)),
    "데이터법": Law(N_("데이터 산업진흥 및 이용촉진에 관한 기본법")),
    "데이터령": Law(N_("데이터 산업진흥 및 이용촉진에 관한 기본법 시행령")),
    # Since 2026-07-01 it goes by another name (… 및 인공지능 활용 촉진법), in a text that was not read.
    "산디법": Law(N_("산업 디지털 전환 촉진법"), changes_on=date(2026, 7, 1)),
    "민법": Law(N_("민법")),
    "저작권법": Law(N_("저작권법")),
    "중재법": Law(N_("중재법")),
    "중기법": Law(N_("중소기업기본법")),
    "중기령": Law(N_("중소기업기본법 시행령")),
    "기술보호법": Law(N_("중소기업기술 보호 지원에 관한 법률")),
    "산기법": Law(N_("산업기술의 유출방지 및 보호에 관한 법률")),
    "첨단법": Law(N_("국가첨단전략산업 경쟁력 강화 및 보호에 관한 특별조치법")),
    "출연법": Law(N_("과학기술분야 정부출연연구기관 등의 설립ㆍ운영 및 육성에 관한 법률")),
    "약관법": Law(N_("약관의 규제에 관한 법률")),
}

_CIRCLED = {chr(0x2460 + n): f"({n + 1})" for n in range(20)}
_ITEMS = dict(zip("가나다라마바사아자차카타파하", "abcdefghijklmn", strict=True))


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: articles of one law, or in ``note`` something else, and how sure it is.

    ``from_on``: the day from which it is in force, where that is later than the reading.
    """

    law: str = ""
    articles: str = ""
    note: str = ""
    certainty: Certainty = Certainty.READ
    from_on: date | None = None

    @property
    def url(self) -> str | None:
        """The first of the articles at law.go.kr."""
        if not self.law:
            return None
        place = f"법령/{re.sub(' ', '', LAWS[self.law].name)}"
        if found := re.search(r"§(\d+)(?:의(\d+))?", self.articles):
            place += f"/제{found[1]}조" + (f"의{found[2]}" if found[2] else "")
        return f"https://www.law.go.kr/{quote(place)}"

    def said(self, on: date) -> str:
        """The source in the reader's language, with its day and with what is not certain about it.

        :param on: the day on which it is read.
        """
        law = LAWS.get(self.law)
        said = f"{_(law.name)} {_article(self.articles)}" if law else _(self.note)
        marks = [_("%(day)s 기준", day=show_day(law.as_of))] if law else []
        if law and self.note:
            marks.append(_(self.note))
        if self.certainty is Certainty.PAGE:
            marks.append(_("설명한 자료로만 확인"))
        if self.certainty is Certainty.TBC:
            marks.append(_("원문 확인 필요"))
        if self.from_on and on < self.from_on:
            marks.append(_("%(day)s부터 시행", day=show_day(self.from_on)))
        if law and law.changes_on and on >= law.changes_on:
            marks.append(_("법령 개정 확인 중"))
        return f"{said} ({'; '.join(marks)})" if marks else said


def _article(articles: str) -> str:
    """Articles as the reader's language writes them: ``§12의3①`` is ``§12-3(1)`` in English."""
    if current_language() == "ko":
        return articles
    plain = re.sub(r"(?<=\d)의(?=\d)", "-", articles)
    plain = re.sub(f"[{''.join(_CIRCLED)}]", lambda found: _CIRCLED[found[0]], plain)
    return re.sub(r"[가-하](?![가-힣])", lambda found: f"({_ITEMS.get(found[0], found[0])})", plain)


def read(*cited: str) -> tuple[Source, ...]:
    """Articles that were read, each as «하도급법 §12의3①②»."""
    return tuple(_cited(one, Certainty.READ) for one in cited)


def in_force_later(cited: str, from_on: date) -> tuple[Source, ...]:
    """An article that was read and is not in force yet."""
    law, articles = cited.split(" ", 1)
    return (Source(law, articles, from_on=from_on),)


def page(note: str) -> tuple[Source, ...]:
    """Something that only a page about it was read of."""
    return (Source(note=note, certainty=Certainty.PAGE),)


def unchecked(note: str) -> tuple[Source, ...]:
    """Something from memory, to be checked."""
    return (Source(note=note, certainty=Certainty.TBC),)


def no_article(note: str) -> tuple[Source, ...]:
    """Arithmetic or practice: no law says so."""
    return (Source(note=note),)


def _cited(cited: str, certainty: Certainty) -> Source:
    law, articles = cited.split(" ", 1)
    if law not in LAWS:
        raise ValueError(f"{law} is in no list of laws")
    return Source(law, articles, certainty=certainty)


ARITHMETIC = no_article(N_("셈"))
PRACTICE = no_article(N_("실무 관행이며 근거 조문은 없음"))
ACTS_BEFORE_CONTRACT = date(
    2028, 2, 1
)  # 상생법 §25②, as changed by Act 21377: two years after its promulgation
ENERGY_COSTS = date(2026, 12, 3)  # in the price linkage of 상생법
