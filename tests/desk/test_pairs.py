"""Which pairs a desk's list shows."""

from __future__ import annotations

import pytest

from hub.desk.pairs import DeskPairs, PairFilters, desk_pairs, parse_pair_filters
from hub.index.engine import Engine
from hub.posting.organisations import particulars, save_profile
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


def test_weak_pairs_are_neither_shown_nor_counted_unless_asked_for(sqlite_engine: Engine) -> None:
    kept = Suggestions()
    post(sqlite_engine, FIRM, "달팽이 관절염을 점성술로 치료하는 사람을 찾습니다.", kind="need")
    post(sqlite_engine, FIRM, "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다.", kind="need")
    shown, everything = desk(sqlite_engine, kept), desk(sqlite_engine, kept, strength="any")
    assert all(s.pair.word != "low" for s in shown.shown)
    assert shown.counts["suggested"] == shown.total == everything.counts["suggested"]
    assert shown.weak == everything.total - shown.total > 0
    assert {s.firm_statement.kind for s in desk(sqlite_engine, kept, firm_kind="need").shown} == {Kind.NEED}


def test_only_what_is_known_to_be_near_is_near(sqlite_engine: Engine) -> None:
    kept = Suggestions()
    # The carried firms of Busan are known by the province alone: none of them is within any distance.
    assert desk(sqlite_engine, kept, strength="any").shown
    assert not desk(sqlite_engine, kept, strength="any", within="200").shown
    name = "가까운정공"
    with sqlite_engine.database.writing() as session:
        save_profile(session, particulars({"kind": "company", "name_ko": name, "region_code": "26350"}))
    post(sqlite_engine, name, "프레스 금형이 자꾸 깨져서 소재와 열처리를 상담할 곳을 찾습니다.", kind="need")
    near = desk(sqlite_engine, kept, strength="any", within="100")
    assert near.shown
    for one in near.shown:
        assert one.distance_km is not None
        assert one.distance_km <= 100


def test_a_filter_that_is_none_is_refused() -> None:
    with pytest.raises(Problem, match="zz"):
        parse_pair_filters(field="zz")
    assert parse_pair_filters() == PairFilters()
