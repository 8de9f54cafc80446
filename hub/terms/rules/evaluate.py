"""All rules over a whole sheet: what is pointed out, what could not be checked, and what is to be filled in for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.language import _
from hub.terms.rules.book import BOOK
from hub.terms.rules.facts import Facts
from hub.terms.rules.reading import Reading, stands
from hub.terms.rules.rule import RULE_SET, Answer, Rule, SetAside, Unknown, Verdict
from hub.terms.sheet.fields import Place, Row
from hub.terms.sheet.whole import Sheet


def ask(rule: Rule, row: Row | None, place: Place, reading: Reading) -> Answer:
    """What one rule answers about one row; about a part that nobody has begun it is unknown."""
    if row is None:
        return Answer(rule, place, Verdict.UNKNOWN, asks=place)
    facts = Facts(reading)
    try:
        found = rule.test(facts.watched(row, place), facts)
    except Unknown as unknown:
        asked = unknown.place or stands(row, place, unknown.name)
        return Answer(rule, place, Verdict.UNKNOWN, asks=asked, reads=tuple(facts.reads))
    except SetAside as aside:
        return Answer(rule, place, Verdict.SILENT, asks=aside.place, reads=tuple(facts.reads))
    if found is None:
        return Answer(rule, place, Verdict.SILENT, reads=tuple(facts.reads))
    return Answer(rule, place, Verdict.FIRES, found.values, reads=tuple(facts.reads))


@dataclass(frozen=True)
class Review:
    """What all rules answer about a sheet, in the order of the rules and of the rows."""

    answers: tuple[Answer, ...]

    @property
    def fired(self) -> list[Answer]:
        """What is pointed out."""
        return [one for one in self.answers if one.verdict is Verdict.FIRES]

    @property
    def unknown(self) -> list[Answer]:
        """What could not be checked (확인하지 못한 항목), each with the field to fill in."""
        return [one for one in self.answers if one.verdict is Verdict.UNKNOWN]

    @property
    def set_aside(self) -> list[Answer]:
        """What was not looked at because a field was marked as one that cannot apply here."""
        return [one for one in self.answers if one.set_aside]

    @property
    def to_fill(self) -> dict[Place, list[str]]:
        """The fields to fill in, each with the rules that wait for it."""
        found: dict[Place, list[str]] = {}
        for one in self.unknown:
            waiting = found.setdefault(one.asks or one.place, [])
            if one.rule.id not in waiting:
                waiting.append(one.rule.id)
        return found

    def summary(self) -> str:
        """One line for the head of the list. It never says that something is fair, lawful or without fault."""
        n, k = len(BOOK), len({one.rule.id for one in self.unknown})
        counts: dict[str, Any] = {"n": n, "m": n - k, "k": k}
        if not self.fired:
            return _(
                "표시된 확인 사항이 없습니다 (규칙 %(n)d개 중 %(m)d개를 확인했고 %(k)d개는 정보가 없어 확인하지 못했습니다).",
                **counts,
            )
        return _(
            "확인 사항 %(count)d건 (규칙 %(n)d개 중 %(m)d개를 확인했고 %(k)d개는 정보가 없어 확인하지 못했습니다).",
            count=len(self.fired),
            **counts,
        )

    def as_json(self) -> dict[str, Any]:
        """What is kept and hashed with a confirmation: the rule set, what fired and what was unknown, what was read."""
        return {
            "rule_set": RULE_SET,
            "fired": [_as_json(one) for one in self.fired],
            "unknown": [_as_json(one) for one in self.unknown],
            "set_aside": [_as_json(one) for one in self.set_aside],
        }


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "rule": answer.rule.id,
        "at": "/".join(answer.place),
        "asks": "/".join(answer.asks) if answer.asks else None,
        "reads": ["/".join(one) for one in dict.fromkeys(answer.reads)],
    }


def review(sheet: Sheet) -> Review:
    """Every rule over every row that it reads."""
    reading = Reading(sheet)
    found = []
    for rule in BOOK.values():
        for place, row in reading.rows(rule.each):
            found.append(ask(rule, row, place, reading))
    return Review(tuple(found))
