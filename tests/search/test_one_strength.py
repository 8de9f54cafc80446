"""One pair has one strength: on the firm's page, on the laboratory's, among a region's suggestions and in a search."""

from __future__ import annotations

import pytest

from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from hub.profiles.published import read_published
from hub.profiles.tables import Kind, Statement
from hub.search.neighbours import partners_of
from hub.search.query import Query
from hub.search.search import search
from hub.suggestions.suggestions import Suggestions, choose
from tests.posting.test_statements import post

NEEDS = {
    "토탈소프트": "컨테이너 크레인이 바람에 흔들려 하루에 두 시간씩 멈춥니다. 흔들림을 줄이고 싶습니다.",
    "동성화인텍": "액화천연가스 탱크 단열재가 영하 160도에서 갈라져 가스가 샙니다.",
}


def strengths(engine: Engine, said: Statement) -> dict[int, int]:
    """The strength of each statement that its page shows beside this one."""
    with engine.database.reading() as session:
        read = read_published(session, [said.id])
        answers = partners_of(engine, session, list(read.values()), limit=40)[said.id]
        return {answer.best.statement.id: answer.best.hit.strength for answer in answers}


@pytest.mark.parametrize("firm", NEEDS)
def test_a_pair_has_one_strength_wherever_it_is_looked_at(hub_engine: Engine, firm: str) -> None:
    need = post(hub_engine, firm, NEEDS[firm], kind=Kind.NEED)
    of_need = strengths(hub_engine, need)
    assert of_need
    with hub_engine.database.reading() as session:
        pairs = choose(hub_engine, session, Suggestions(), find_profile(session, firm).region_code).pairs
        labs = read_published(session, of_need)
        searched = search(hub_engine, session, Query(need.text, shown=40))
    in_region = {p.lab_statement: p.strength for p in pairs if p.firm_statement == need.id}
    assert in_region
    for lab, strength in in_region.items():
        assert of_need.get(lab, strength) == strength
    for lab, (statement, _owner) in labs.items():
        theirs = strengths(hub_engine, statement)
        assert theirs.get(need.id, of_need[lab]) == of_need[lab]
    asked = {a.best.statement.id: a.best.hit.strength for a in searched.answers}
    # As it was typed the words are the same; the vector was not rounded to half a float.
    assert all(abs(asked[lab] - of_need[lab]) <= 1 for lab in asked.keys() & of_need.keys())
    assert asked.keys() & of_need.keys()


def test_a_laboratorys_page_names_who_needs_it_before_who_makes_something(hub_engine: Engine) -> None:
    need = post(hub_engine, "토탈소프트", NEEDS["토탈소프트"], kind=Kind.NEED)
    lab = next(iter(strengths(hub_engine, need)))
    with hub_engine.database.reading() as session:
        said = list(read_published(session, [lab]).values())
        kinds = [a.best.statement.kind for a in partners_of(hub_engine, session, said, limit=40)[lab]]
    assert kinds[0] == Kind.NEED
    assert kinds == sorted(kinds, key=lambda kind: kind != Kind.NEED)
