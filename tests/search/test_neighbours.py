"""Whom a statement is near to."""

from __future__ import annotations

from sqlmodel import select

from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Kind, Statement
from hub.search.neighbours import finders
from tests.posting.test_statements import post
from tests.search.asking import partners


def test_who_would_find_a_text_before_it_is_posted(sqlite_engine: Engine) -> None:
    need = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."
    with sqlite_engine.database.reading() as session:
        owner = find_profile(session, "풀무원")
        before = finders(sqlite_engine, session, need, Kind.NEED, owner)
        assert before[0].profile is not None
        assert before[0].profile.name_ko == "세계김치연구소"
        assert finders(sqlite_engine, session, "😀", Kind.NEED, owner) == []
        own = find_profile(session, "세계김치연구소")
        others = finders(sqlite_engine, session, need, Kind.NEED, own)
    assert others
    assert all(answer.profile is None or answer.profile.id != own.id for answer in others)


def test_partners_in_both_directions(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        institute = find_profile(session, "세계김치연구소")
        (capability,) = list(session.exec(_of(institute.id)))
        firms = partners(hub_engine, session, capability)
        assert firms
        assert all(a.profile and a.profile.kind == "company" for a in firms)
        firm = firms[0].profile
        assert firm is not None
        (business,) = list(session.exec(_of(firm.id)))
        labs = partners(hub_engine, session, business)
        assert labs
        assert all(a.best.statement.kind == "capability" for a in labs)
        # Of the firm the province alone is known.
        assert all(a.best.hit.distance_km is None for a in (*firms, *labs))
    kimchi = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."
    posted = post(hub_engine, "부산대학교", kimchi, kind="need")
    with hub_engine.database.reading() as session:
        helpers = partners(hub_engine, session, posted)
        assert helpers
        assert all(a.best.hit.distance_km is not None for a in helpers)


def _of(profile_id: int) -> object:
    return select(Statement).where(Statement.profile_id == profile_id)
