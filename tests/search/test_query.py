"""A query is read from an address, a form or a command, and written back by itself."""

from __future__ import annotations

import pytest

from hub.index.filters import Filters
from hub.problems import NotFound, Problem
from hub.search.query import Query


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
