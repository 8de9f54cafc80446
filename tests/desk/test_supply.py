"""Demand and supply by field, and the gaps between them."""

from __future__ import annotations

from collections import Counter

from sqlmodel import col, select

from hub.desk import supply
from hub.index.engine import Engine
from hub.profiles.tables import Kind, Profile, Statement
from hub.regions.atlas import inside
from hub.suggestions.suggestions import Suggestions
from tests.posting.test_statements import post

BUSAN = "26"


FIRM = "토탈소프트"


def test_demand_and_supply_count_every_statement_once(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.reading() as session:
        counted = supply.by_field(sqlite_engine, session, BUSAN)
        codes = inside(BUSAN)
        kinds = Counter(
            session.exec(
                select(Statement.kind)
                .join(Profile, col(Profile.id) == Statement.profile_id)
                .where(col(Profile.region_code).in_(codes))
            )
        )
    assert sum(row.businesses for row in counted) == kinds[Kind.BUSINESS]
    assert sum(row.capabilities for row in counted) == kinds[Kind.CAPABILITY]
    machinery = next(row for row in counted if row.field.code == "EA")
    assert machinery.demand > 5
    assert machinery.supply > 2


def test_a_need_that_only_others_answer_stands_first_among_the_gaps(sqlite_engine: Engine) -> None:
    post(sqlite_engine, FIRM, "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다.", kind="need")
    with sqlite_engine.database.reading() as session:
        found = supply.gaps(sqlite_engine, session, Suggestions(), BUSAN)
    first = found.unanswered[0]
    assert first.firm is not None
    assert (first.firm.name_ko, first.lab.name_ko) == (FIRM, "세계김치연구소")
    busan = inside(BUSAN)
    assert all(
        s.lab.region_code not in busan and s.pair.word in ("high", "very-high") for s in found.unanswered
    )
    assert found.unasked
    assert all(one.profile.region_code in busan for one in found.unasked)
    elsewhere = [(one.profile, answer) for one in found.unasked for answer in one.elsewhere]
    assert elsewhere
    assert all(answer.profile is None or answer.profile.id != own.id for own, answer in elsewhere)
