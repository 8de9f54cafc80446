"""A query is read from an address, a form or a command, and written back by itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from hub.index.filters import Filters
from hub.problems import NotFound, Problem
from hub.search.query import NAMES, PARAMETERS, Query


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "적어"), ("   \n", "적어"), ("!!! 😀", "적어"), ("가" * 10_000, "10000자"), ("\x00", "적어")],
)
def test_a_query_that_cannot_be_searched_is_said(text: str, says: str) -> None:
    with pytest.raises(Problem, match=says):
        Query.of({"q": text}).checked()


def test_unknown_filters_are_named() -> None:
    with pytest.raises(NotFound, match="99999"):
        Query.of({"region": "99999"})
    with pytest.raises(Problem, match="capability"):
        Query.of({"kind": "wishes"})
    assert Query.of({"kind": "any"}).filters == Filters()
    nothing_chosen = Query.of({"region": "", "kind": ""}).filters
    assert nothing_chosen == Query.of({}).filters == Filters(kinds=frozenset({"capability", "asset"}))
    assert Query.of({"kind": "alike"}).filters == Filters(kinds=frozenset({"business", "need"}))


FULL = {
    "q": "김치 & 포장?=%2B+😀 #50",
    "kind": "alike",
    "region": "26110",
    "near": "29",
    "profile_kind": "company",
    "size": "small",
    "field": "LB",
    "trl_from": "3",
    "trl_to": "7",
    "language": "ko",
    "visibility": "public",
    "sort": "distance",
}


def test_an_address_is_read_as_it_was_written() -> None:
    assert tuple(FULL) == NAMES  # whoever adds a parameter adds it here
    query = Query.of(FULL)
    assert query.given == FULL
    again = Query.of(dict(parse_qsl(query.address)))
    assert again == query
    assert again.filters == query.filters
    assert (again.origin, again.sort, again.address) == ("29", "distance", query.address)
    assert Query.of({"region": "26110"}).origin == "26110"
    assert Query.of({"region": "26110"}, home="29").origin == "29"


def test_each_chip_takes_away_its_own_and_nothing_else() -> None:
    query = Query.of(FULL)
    taken = [set(query.given) - set(fewer.given) for _name, fewer in query.chips()]
    assert taken == [
        {"kind"}, {"region"}, {"profile_kind"}, {"size"}, {"field"}, {"trl_from", "trl_to"}, {"language"}, {"visibility"},
    ]  # fmt: skip
    assert all(query.given | fewer.given == query.given for _name, fewer in query.chips())
    assert Query.of({"q": "김치"}).chips() == []
    assert Query.of({"q": "김치", "near": "29", "sort": "newest"}).chips() == []
    assert [name for name, _fewer in Query.of({"trl_to": "4"}).chips()] == ["TRL 1–4"]
    assert query.without(*PARAMETERS).given == {"q": FULL["q"]}


def test_one_made_without_a_check_has_its_filters_once_checked() -> None:
    query = Query.of(FULL | {"show": "60"}, check=False)
    assert query.filters.region is None
    assert query.checked() == Query.of(FULL | {"show": "60"})
    assert query.asking("다른 글").checked().filters == Query.of(FULL).filters
    assert Query.of({"q": "김치"}, home="29", check=False).checked().origin == "29"
    assert replace(query, sort="newest").checked().sort == "newest"
    with pytest.raises(NotFound, match="99999"):
        Query.of(FULL | {"region": "99999"}, check=False).checked()
    with pytest.raises(Problem, match="거꾸로"):
        Query.of(FULL | {"trl_from": "9"}, check=False).checked()
