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
    assert machinery.needs == 0  # the carried firms say what they make, and ask for nothing
    assert machinery.businesses > 5
    assert machinery.supply > 2


def test_needs_that_nobody_answers_stand_first_among_the_gaps(sqlite_engine: Engine) -> None:
    kimchi = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."
    snails = "달팽이 관절염을 점성술로 치료하는 사람을 찾습니다."
    for need in (kimchi, snails):
        post(sqlite_engine, FIRM, need, kind="need")
    with sqlite_engine.database.reading() as session:
        found = supply.gaps(sqlite_engine, session, Suggestions(), BUSAN)
    assert [one.statement.text for one in found.needs] == [snails, kimchi]
    assert found.needs_total == 2
    nowhere, elsewhere = found.needs
    assert nowhere.elsewhere is None
    assert elsewhere.elsewhere is not None
    assert elsewhere.elsewhere.lab.name_ko == "세계김치연구소"
    assert {one.firm.name_ko for one in found.needs if one.firm} == {FIRM}
    busan = inside(BUSAN)
    assert found.businesses
    assert all(one.statement.kind == Kind.BUSINESS for one in found.businesses)
    assert all(
        one.elsewhere is not None
        and one.elsewhere.lab.region_code not in busan
        and one.elsewhere.pair.word in ("high", "very-high")
        for one in found.businesses
    )
    assert found.unasked
    assert all(one.profile.region_code in busan for one in found.unasked)
    answers = [(one.profile, answer) for one in found.unasked for answer in one.elsewhere]
    assert answers
    assert all(answer.profile is None or answer.profile.id != own.id for own, answer in answers)
