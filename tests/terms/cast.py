"""The parties of the examples, and the rows of the examples as the rules read them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any

from hub.terms.rules.book import BOOK
from hub.terms.rules.evaluate import ask
from hub.terms.rules.reading import IssueRead, LicenceRead, OptionRead, Reading, SignerRead, TechRead, Whole
from hub.terms.rules.rule import Answer
from hub.terms.sheet.ending import NationalUse, Restriction
from hub.terms.sheet.equity import Contract, Investment
from hub.terms.sheet.fields import Fault, Row, declared
from hub.terms.sheet.kinds import Number
from hub.terms.sheet.knowledge import Data, InfoRequest, Nda
from hub.terms.sheet.money import Commission, Deduction, Milestone, Royalty, Split
from hub.terms.sheet.ownership import Background, Improvement, Result
from hub.terms.sheet.whole import Sheet, read_sheet

BILLION = 10**9
# Large, mid-size, medium, small; a venture investor; a university foundation, an institute; a foreign company.
PARTIES: list[dict[str, Any]] = [
    {
        "id": "L", "name": "(주)대한중공업", "kind": "company", "size": "large", "assets_krw": 900 * BILLION,
        "group": "disclosure", "practises": True, "foreign": False,
    },
    {
        "id": "M", "name": "중견정밀", "kind": "company", "size": "midsize", "assets_krw": 300 * BILLION,
        "sales_krw": 350 * BILLION, "group": "none", "practises": True, "foreign": False,
    },
    {"id": "T", "name": "중형소재", "kind": "company", "size": "medium", "sales_krw": 6 * BILLION, "practises": True},
    {"id": "S", "name": "소형기술", "kind": "company", "size": "small", "sales_krw": 2 * BILLION, "practises": True},
    {"id": "K", "name": "한빛벤처투자", "kind": "company", "size": "midsize", "vc": True},
    {"id": "U", "name": "부산대 산학협력단", "kind": "university", "practises": False},
    {"id": "G", "name": "한국기계연구원", "kind": "institute", "practises": False},
    {"id": "X", "name": "Acme Inc.", "kind": "company", "size": "large", "foreign": True},
]  # fmt: skip
COMMISSIONS = [
    {"id": "C1", "by": "L", "to": "S", "work": "manufacture"},
    {"id": "C2", "by": "T", "to": "S", "work": "manufacture"},
    {"id": "C3", "by": "M", "to": "T", "work": "technical-development"},
]
KINDS: dict[str, type[Row]] = {
    "tech": TechRead, "bg": Background, "info_requests": InfoRequest, "fg": Result, "improvements": Improvement,
    "royalties": Royalty, "licences": LicenceRead, "sheet": Whole, "national_use": NationalUse,
    "options": OptionRead, "splits": Split, "commissions": Commission, "deductions": Deduction,
    "milestones": Milestone, "equity": IssueRead, "investments": Investment, "contracts": Contract, "data": Data,
    "restrictions": Restriction, "signers": SignerRead,
}  # fmt: skip
SHARES = {"vote_before", "vote_after"}
NATIONAL_FLAGS = {"national", "public_funded"}


def sheet_of(**parts: Any) -> Sheet:
    """A sheet of the cast with further parts, as JSON holds them. Everything in it can be read."""
    stored = {"schema": "terms/1", "parties": deepcopy(PARTIES), "money": {"commissions": COMMISSIONS}}
    sheet, faults = read_sheet(stored | parts)
    assert faults == []
    return sheet


def cast(changes: dict[str, dict[str, Any]] | None = None, **parts: Any) -> Sheet:
    """The same, with some facts of its parties changed."""
    parties = [one | (changes or {}).get(one["id"], {}) for one in PARTIES]
    return sheet_of(**({"parties": parties} | parts))


def row_of(each: str, example: dict[str, Any]) -> Row:
    """An example as the row that a rule reads."""
    return whole_of(example) if each == "sheet" else _row_of(KINDS[each], example)


def _row_of(kind: type[Row], example: dict[str, Any]) -> Row:
    known = {one.name: one.kind for one in declared(kind)}
    stored: dict[str, Any] = {"id": "E"}
    more: dict[str, Any] = {}
    for name, value in example.items():
        if name == "nda":
            more["promise"] = Nda.from_json(
                {"id": "N"} | {key: yes(one) for key, one in value.items()}, (), []
            )
        elif name == "exclusive":
            stored["type"] = "exclusive-contract"
        elif name == "inventors":
            stored[name] = [{"id": f"I{number}"} | one for number, one in enumerate(value)]
        elif name not in known:
            more[name] = Fraction(value) if name in SHARES else tuple(value) if name == "makers" else value
        else:
            stored[name] = str(value) if isinstance(known[name], Number) else value
    faults: list[Fault] = []
    row = kind.from_json(stored, (), faults)
    assert faults == []
    return type(row)(**({one.name: getattr(row, one.name) for one in fields(row)} | more))


def yes(value: Any) -> Any:
    """The document writes 1 for yes."""
    return True if value == 1 else value


def whole_of(example: dict[str, Any]) -> Whole:
    """An example of the sheet as a whole."""
    found = dict(example)
    for name in ("put", "get_base"):
        if name in found:
            found[name] = {party: Fraction(share) for party, share in found[name].items()}
    for name in ("parties", "fg", "bg", "may_end_at_will"):
        if name in found:
            found[name] = tuple(map(str, found[name]))
    if "nondisclosure_ok" in found:
        found["nondisclosure_ok"] = date.fromisoformat(found["nondisclosure_ok"])
    return Whole(**found)


def answer(number: str, example: dict[str, Any], **parts: Any) -> Answer:
    """What a rule answers about an example, among the cast."""
    rule = BOOK[number]
    changes = example.get("_P", {})
    plain = {name: value for name, value in example.items() if name != "_P"}
    row = row_of(rule.each, plain)
    place = () if rule.each == "sheet" else (rule.each, "E")
    return ask(rule, row, place, Reading(cast(changes, **parts)))
