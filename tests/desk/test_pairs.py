"""Which pairs a desk's list shows."""

from __future__ import annotations

import pytest

from hub.desk.pairs import DeskPairs, PairFilters, desk_pairs, parse_pair_filters
from hub.index.engine import Engine
from hub.problems import Problem
from hub.profiles.tables import Kind
from hub.suggestions.suggestions import Suggestions
from tests.posting.test_statements import post

BUSAN = "26"


FIRM = "토탈소프트"


def desk(engine: Engine, kept: Suggestions, region: str = BUSAN, **filters: object) -> DeskPairs:
    asked = parse_pair_filters(**filters)  # type: ignore[arg-type]
    with engine.database.reading() as session:
        return desk_pairs(engine, session, kept, region, asked, limit=200)


def test_weak_pairs_are_left_out_but_needs_are_not(sqlite_engine: Engine) -> None:
    kept = Suggestions()
    post(sqlite_engine, FIRM, "달팽이 관절염을 점성술로 치료하는 사람을 찾습니다.", kind="need")
    shown, everything = desk(sqlite_engine, kept), desk(sqlite_engine, kept, strength="any")
    assert all(s.pair.word != "low" or s.firm_statement.kind == Kind.NEED for s in shown.shown)
    assert any(s.firm_statement.kind == Kind.NEED for s in shown.shown)
    assert shown.weak == everything.total - shown.total > 0
    near = desk(sqlite_engine, kept, strength="any", within="30", field="EA")
    assert near.shown
    assert all(s.distance_km <= 30 for s in near.shown)
    assert {s.firm_statement.kind for s in desk(sqlite_engine, kept, firm_kind="need").shown} == {Kind.NEED}
    with pytest.raises(Problem, match="zz"):
        parse_pair_filters(field="zz")
    assert parse_pair_filters() == PairFilters()
