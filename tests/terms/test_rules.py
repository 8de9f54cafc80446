"""Every rule: that it is there, its two examples, what it needs, what it says, and how sure that is."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import date
from typing import Any

import pytest

from hub.language import LANGUAGES
from hub.terms.confirming import NO_CONTRACT, SENTENCE
from hub.terms.rules import book, defaults
from hub.terms.rules.book import BOOK
from hub.terms.rules.defaults import DEFAULTS
from hub.terms.rules.laws import LAWS, Certainty, Source
from hub.terms.rules.rule import DISCLAIMER, LEVELS, RULE_SET, TO_CHECK, Level, Verdict, rule
from hub.terms.sheet.canonical import digest
from hub.terms.sheet.fields import declared
from hub.terms.sheet.whole import Sheet
from tests.terms.cast import answer, cast
from tests.terms.examples import EXAMPLES, Example

TODAY = date(2026, 11, 26)
NUMBERS = (
    *(f"FT-10{n}" for n in range(1, 10)),
    *(f"FT-2{n:02d}" for n in range(1, 17)),
    *(f"FT-3{n:02d}" for n in range(1, 12)),
    *(f"FT-4{n:02d}" for n in range(1, 11)),
    *(f"FT-5{n:02d}" for n in range(1, 12)),
    *(f"FT-60{n}" for n in range(1, 7)),
    *(f"FT-70{n}" for n in range(1, 8)),
)
# What the reference marks as read from a page alone, or as to be checked.
PAGES = {"FT-102", "FT-203", "FT-204", "FT-205", "FT-211", "FT-216"}
TO_BE_CHECKED = {"FT-109", "FT-210", "FT-213", "FT-214", "FT-309", "FT-402", "FT-506", "FT-707"}
# Never to be said: that something is fair, lawful, valid, or has been looked at by somebody with authority.
NEVER = re.compile(
    r"공정합니다|문제 ?없|적법|위법|무효|법률 검토|정부 인증|보장|시세|관행상 요율"
    r"|compliant|enforceable|guaranteed|approved by|lawful|unlawful"
)


def ids(example: Example) -> str:
    return example.number


def test_every_rule_is_there_and_no_other() -> None:
    assert len(NUMBERS) == 70
    assert set(BOOK) == set(NUMBERS) == {one.number for one in EXAMPLES}
    assert tuple(BOOK) == NUMBERS
    functions = [one.test for one in BOOK.values()]
    assert len(set(functions)) == len(functions)
    assert {one.test.__module__ for one in BOOK.values()} == {file.__name__ for file in book.FILES}


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_each_rule_reads_what_it_should_on_its_level(example: Example) -> None:
    assert BOOK[example.number].level is example.level
    assert BOOK[example.number].each == example.each


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_the_example_that_fires_fires_and_can_be_said(example: Example) -> None:
    found = answer(example.number, example.fires)
    assert found.verdict is Verdict.FIRES
    said = found.sentence()
    assert not re.search(r"%\(|%%|\{|None|Fraction|N_", said), said
    assert not re.search(r"[은는이가을를와과]\([은는이가을를와과]\)", said), said  # a particle was chosen
    assert said.endswith((".", "항목", "배분")) or ": " in said, said


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_the_other_example_is_silent(example: Example) -> None:
    assert answer(example.number, example.silent).verdict is Verdict.SILENT


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.needs], ids=ids)
def test_without_what_it_needs_a_rule_is_unknown_and_says_what_to_fill_in(example: Example) -> None:
    for name in example.needs.split():
        less = {key: value for key, value in example.fires.items() if key != name}
        found = answer(example.number, less)
        assert found.verdict is Verdict.UNKNOWN, name
        assert found.asks is not None


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_a_row_in_which_everything_is_open_never_fires_by_accident(example: Example) -> None:
    """What an untouched row makes a rule say is said because it is open: nobody has to read «None»."""
    found = answer(example.number, {})
    if found.verdict is Verdict.FIRES:
        assert example.number in {"FT-215", "FT-407", "FT-703", "FT-706"}
        assert "None" not in found.sentence()
    if found.verdict is Verdict.UNKNOWN:
        assert found.asks


SIZED = (
    *("FT-101", "FT-102", "FT-103", "FT-107", "FT-108", "FT-109", "FT-210", "FT-402", "FT-403", "FT-404"),
    *("FT-405", "FT-406", "FT-408", "FT-409", "FT-506", "FT-605", "FT-701"),
)


@pytest.mark.parametrize("number", SIZED)
def test_where_a_company_has_not_said_its_size_the_rule_is_unknown(number: str) -> None:
    example = next(one for one in EXAMPLES if one.number == number)
    found = answer(number, example.fires | {"_P": {"S": {"size": None}}})
    assert found.verdict is Verdict.UNKNOWN
    assert found.asks == ("parties", "S", "size")


def test_every_field_that_is_asked_for_is_one_of_the_sheet() -> None:
    """A reader is sent to a field that there is."""
    names = {one.name for kind in _kinds(Sheet) for one in declared(kind)}
    for example in EXAMPLES:
        for given in ({}, example.fires, *_each_left_out(example.fires)):
            asks = answer(example.number, given).asks
            assert asks is None or asks[-1] in names, (example.number, asks)


def _each_left_out(example: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in example.items() if key != left} for left in example]


def _kinds(kind: Any) -> set[Any]:
    found = {kind}
    for one in declared(kind):
        if inner := getattr(one.kind, "of", None):
            found |= _kinds(inner)
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_every_rule_says_where_it_comes_from_and_how_sure_that_is(example: Example) -> None:
    one = BOOK[example.number]
    assert one.sources
    assert (one.certainty is Certainty.PAGE) == (one.id in PAGES)
    assert (one.certainty is Certainty.TBC) == (one.id in TO_BE_CHECKED)
    notes = one.notes(TODAY)
    assert notes[-1] == DISCLAIMER
    assert (TO_CHECK in notes) == (one.id in PAGES | TO_BE_CHECKED)
    unsure = {Certainty.PAGE: "설명한 자료로만 확인", Certainty.TBC: "원문 확인 필요"}
    for source in one.sources:
        said = source.said(TODAY)
        assert source.law or source.note
        assert source.law == "" or "기준" in said
        for certainty, mark in unsure.items():
            assert (mark in said) == (source.certainty is certainty)


def test_what_was_never_read_is_not_shown_as_an_article() -> None:
    for one in BOOK.values():
        for source in one.sources:
            if source.certainty is not Certainty.READ:
                assert source.note


def test_laws_are_linked_and_dated() -> None:
    assert Source("하도급법", "§12의3①②").url == (
        "https://www.law.go.kr/%EB%B2%95%EB%A0%B9/%ED%95%98%EB%8F%84%EA%B8%89%EA%B1%B0%EB%9E%98%EA%B3%B5%EC%A0%95"
        "%ED%99%94%EC%97%90%EA%B4%80%ED%95%9C%EB%B2%95%EB%A5%A0/%EC%A0%9C12%EC%A1%B0%EC%9D%983"
    )
    assert Source("민법", "§262②").said(TODAY) == "민법 §262② (2026. 6. 8. 기준)"
    assert Source(note="셈").url is None
    cited = {source.law for one in (*BOOK.values(), *DEFAULTS) for source in one.sources if source.law}
    assert cited == set(LAWS)


def test_a_law_that_has_changed_since_it_was_read_says_so() -> None:
    source = Source("특허법", "§99")
    assert "법령 개정 확인 중" not in source.said(date(2027, 2, 28))
    assert "법령 개정 확인 중" in source.said(date(2027, 3, 1))
    assert "법령 개정 확인 중" in Source("산디법", "§9").said(TODAY)  # renamed since


def test_what_is_not_in_force_yet_says_from_when() -> None:
    later = [source for source in BOOK["FT-104"].sources if source.from_on]
    assert [one.law for one in later] == ["상생법"]
    assert "2028. 2. 1.부터 시행" in later[0].said(TODAY)
    assert "부터 시행" not in later[0].said(date(2028, 2, 1))


def test_articles_are_written_as_the_reader_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANGUAGE", "en")
    assert "§12-3(1)(2)" in Source("하도급법", "§12의3①②").said(TODAY)
    assert "§2(1)(j), §4(3), §14-2(6)" in Source("부경법", "§2(1)차, §4③, §14의2⑥").said(TODAY)
    for one in BOOK.values():
        for source in filter(lambda source: source.law, one.sources):
            articles = source.said(TODAY).partition("§")[2].partition(" (")[0]
            assert not re.search("[가-힣①-⑳]", articles), articles


def constants(module: Any) -> list[str]:
    """Every text in a file but its docstrings."""
    tree = ast.parse(inspect.getsource(module))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def test_nothing_is_called_fair_or_lawful_or_worth_a_score() -> None:
    texts = [text for module in (*book.FILES, defaults) for text in constants(module)]
    assert len(texts) > 400
    assert [text for text in (*texts, SENTENCE, NO_CONTRACT) if NEVER.search(text)] == []


def test_levels_have_their_names() -> None:
    assert set(LEVELS) == set(Level)
    assert set(LANGUAGES) == {"ko", "en"}


def test_a_number_is_given_once() -> None:
    with pytest.raises(ValueError, match="FT-101"):
        rule("FT-101", "", Level.NOTE, "sheet", says="", sources=())(lambda row, facts: None)
    assert len(BOOK) == 70


def test_a_changed_rule_goes_into_a_new_rule_set() -> None:
    """What was confirmed names the rule set: give it another name in ``rule.py`` with each change of these."""
    told = [
        [one.id, one.title, one.level, one.each, one.says, [f"{source}" for source in one.sources]]
        for one in BOOK.values()
    ]
    assert (RULE_SET, digest(told)[:16]) == ("ft/2026-11-26", "33a45d2876b590f8")


def test_the_cast_is_a_sheet() -> None:
    assert [one.id for one in cast().ordered] == ["L", "M", "T", "S", "K", "U", "G", "X"]
