"""A statement is found by the problems that it solves, and says so; what the bank and trade words add."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.lexical import distinct
from hub.index.engine import Engine
from hub.profiles.tables import Kind
from hub.search.as_json import results_as_json
from hub.search.query import Query
from hub.search.search import Results, search
from hub.search.trade_words import meant, words_of
from tests.posting.test_statements import edit, post

SAYS = "표면 개질과 박막 접착 계면 평가"
PROBLEM = "병에 붙인 스티커가 냉장고에서 하루 만에 들떠 떨어집니다"
ASKED = "냉장 음료병 스티커가 자꾸 떨어져요"


def found(engine: Engine, text: str) -> Results:
    with engine.database.reading() as session:
        return search(engine, session, Query(text, weak=True))


def test_what_says_that_it_solves_a_problem_is_found_by_it_and_the_answer_says_so(hub_engine: Engine) -> None:
    post(hub_engine, "부산대학교", SAYS)
    without = found(hub_engine, ASKED)
    before = max(
        (a.best.hit.strength for a in without.answers + without.weak if a.best.statement.text == SAYS),
        default=0,
    )
    post(hub_engine, "경북대학교", SAYS + " 기술", problems=[PROBLEM, "도장이 벗겨집니다"])
    results = found(hub_engine, ASKED)
    first = results.answers[0].best
    assert first.statement.text == SAYS + " 기술"
    assert first.solves == PROBLEM
    assert first.hit.strength > before + 20
    assert results_as_json(results)["results"][0]["why"]["solves"] == PROBLEM
    other = found(hub_engine, "주차장 도장이 비만 오면 벗겨집니다").answers
    assert next(a for a in other if a.best.statement.text == first.statement.text).best.solves == (
        "도장이 벗겨집니다"
    )


def test_problems_that_have_nothing_to_do_with_it_are_not_named(hub_engine: Engine) -> None:
    post(hub_engine, "경북대학교", SAYS, problems=["소가 새끼를 배지 못합니다"])
    results = found(hub_engine, SAYS)
    named = [a.best for a in results.answers + results.weak if a.best.statement.text == SAYS]
    assert named[0].solves == ""


def test_an_edit_changes_what_it_is_found_by(hub_engine: Engine) -> None:
    said = post(hub_engine, "경북대학교", SAYS, problems=[PROBLEM])
    assert found(hub_engine, ASKED).answers[0].best.statement.id == said.id
    edit(hub_engine, said, SAYS)
    assert all(
        a.best.solves == "" for a in found(hub_engine, ASKED).answers if a.best.statement.id == said.id
    )


def test_what_is_asked_in_english_is_answered_in_english(hub_engine: Engine) -> None:
    known = hub_engine.bank.solved[0].problems[0]
    post(hub_engine, "경북대학교", SAYS, problems=[known[0]], known=hub_engine.bank.wordings)
    assert found(hub_engine, known[2]).answers[0].best.solves == known[2]
    assert found(hub_engine, known[0]).answers[0].best.solves == known[0]


def test_the_bank_lends_what_the_nearest_problems_are_solved_by(hub_engine: Engine) -> None:
    bank, encoder = hub_engine.bank, hub_engine.encoder
    for solved in bank.solved[::150]:
        text = solved.problems[1][0]
        lent = bank.lend(encoder.encode([text]), [distinct(text)])
        assert lent.vectors.shape == (1, encoder.dimension)
        assert np.linalg.norm(lent.vectors[0]) == pytest.approx(1, abs=1e-5)
        own = encoder.encode([solved.capability])[0]
        others = encoder.encode([one.capability for one in bank.solved[::37] if one is not solved])
        assert float(lent.vectors[0] @ own) > float((others @ lent.vectors[0]).mean())
    together = bank.lend(encoder.encode([PROBLEM, ASKED]), [distinct(PROBLEM), distinct(ASKED)])
    for at, text in enumerate((PROBLEM, ASKED)):
        alone = bank.lend(encoder.encode([text]), [distinct(text)])
        np.testing.assert_allclose(alone.vectors[0], together.vectors[at], atol=1e-3)


def test_a_question_that_belongs_elsewhere_is_weaker_than_a_problem(hub_engine: Engine) -> None:
    for text in ("여권 재발급 수수료가 얼마인가요", "지게차 운전기사 구합니다"):
        answers = found(hub_engine, text).answers
        assert all(answer.best.hit.word == "low" for answer in answers), text


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("제품에 기스가 나요", "흠집"),
        ("빠우 자국", "연마"),
        ("노기스 교정", "캘리퍼스"),
        ("나사야마가 뭉개짐", "나사산"),
    ],
)
def test_trade_words_are_looked_for_by_what_they_mean_too(text: str, means: str) -> None:
    assert means in meant(text)
    assert distinct(text) < words_of(text)
    assert distinct(means) <= words_of(text)


@pytest.mark.parametrize("text", ["바리스타 학원", "요실금 팬티", "비빔밥", "", "burr 🙂"])
def test_part_of_another_word_is_no_trade_word(text: str) -> None:
    assert meant(text) == ""
    assert words_of(text) == distinct(text)


def test_a_need_has_no_problems_that_it_solves(hub_engine: Engine) -> None:
    said = post(hub_engine, "토탈소프트", PROBLEM, kind=Kind.NEED)
    assert said.problems == []
