"""Answers side by side."""

from __future__ import annotations

from dataclasses import replace

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.search.query import MOST_COMPARED, Query
from hub.search.search import compare, search

KIMCHI = "김치가 과발효로 포장이 부풀어요"


def test_comparing_says_what_searching_says(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        results = search(hub_engine, session, Query(KIMCHI, Filters(), origin="26", weak=True))
        found = results.answers + results.weak
        chosen = [answer.best.statement.id for answer in found[:6:2]]
        assert len(chosen) == 3
        compared = compare(hub_engine, session, Query(KIMCHI, origin="26"), chosen)
        strengths = {answer.best.statement.id: answer.best.hit.strength for answer in found}
        assert {a.best.statement.id for a in compared} == set(chosen)
        assert all(a.best.hit.strength == strengths[a.best.statement.id] for a in compared)
        many = [answer.best.statement.id for answer in found]
        assert len(compare(hub_engine, session, Query(KIMCHI, origin="26"), many)) == 4
        assert compare(hub_engine, session, Query(KIMCHI), [10**9]) == []


def test_distances_count_from_where_the_search_counted_them(hub_engine: Engine) -> None:
    query = Query.of({"q": KIMCHI, "region": "26"})
    with hub_engine.database.reading() as session:
        results = search(hub_engine, session, replace(query, weak=True))
        found = results.answers + results.weak
        away = {answer.best.statement.id: answer.best.hit.distance_km for answer in found}
        compared = compare(hub_engine, session, query, list(away))
        assert {
            answer.best.statement.id: answer.best.hit.distance_km for answer in compared
        }.items() <= away.items()
        assert len(compared) == MOST_COMPARED
        assert all(answer.best.hit.distance_km is not None for answer in compared)
