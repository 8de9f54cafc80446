"""An organisation's particulars: entered once, and every worker hears of a change."""

from __future__ import annotations

import pytest

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.posting.organisations import NameTaken, particulars, save_profile
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.lookup import by_name, find_profile, in_region
from hub.search.query import Query
from hub.search.search import search

GIVEN = {"name_ko": "㈜해담", "kind": "company", "region_code": "26350", "homepage": "haedam.example"}


def save(engine: Engine, profile_id: int | None = None, **changes: str) -> int:
    written = particulars({**GIVEN, **changes})
    with engine.database.writing() as session:
        return save_profile(session, written, profile_id).id


def test_one_name_in_one_region_once(hub_engine: Engine) -> None:
    first = save(hub_engine)
    with pytest.raises(NameTaken, match="이미 있습니다") as told:
        save(hub_engine, name_ko="해담 주식회사")
    assert told.value.existing.id == first
    assert save(hub_engine, name_ko="해담", region_code="26440") != first
    with hub_engine.database.reading() as session:
        assert {p.id for p in by_name(session, "(주)해담")} >= {first}
        with pytest.raises(Problem, match="번호로"):
            find_profile(session, "해담")
        with pytest.raises(NotFound):
            find_profile(session, "없는 기관 이름")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name_ko": " "}, "이름"),
        ({"name_ko": "가" * 121}, "120자"),
        ({"kind": "club"}, "기관 종류"),
        ({"size": "huge"}, "규모"),
        ({"kind": "university", "size": "small"}, "규모"),
        ({"region_code": "99"}, "99"),
        ({"homepage": "javascript:alert(1)"}, "누리집"),
        ({"homepage": "nowhere"}, "누리집"),
    ],
)
def test_what_cannot_be_entered_is_said(hub_engine: Engine, changes: dict[str, str], says: str) -> None:
    with pytest.raises(Problem, match=says):
        save(hub_engine, **changes)


def test_a_moved_organisation_is_found_where_it_is(hub_engine: Engine) -> None:
    def kimchi(region: str) -> bool:
        with hub_engine.database.reading() as session:
            found = search(hub_engine, session, Query("김치 발효", Filters(region=region)))
            return any(a.profile and a.profile.name_ko == "세계김치연구소" for a in found.answers)

    assert kimchi("29")
    assert not kimchi("26")
    with hub_engine.database.reading() as session:
        institute = find_profile(session, "세계김치연구소")
    save(hub_engine, profile_id=institute.id, name_ko="세계김치연구소", kind="institute", region_code="26110")
    assert kimchi("26")
    assert not kimchi("29")


def test_a_regions_directory_is_complete_and_in_pages(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        first, total = in_region(session, "26", None, limit=50, offset=0)
        second, _total = in_region(session, "26", None, limit=50, offset=50)
        third, _total = in_region(session, "26", None, limit=50, offset=100)
        universities, count = in_region(session, "26", "university", limit=50, offset=0)
    assert total == 109
    assert len(first) == 50
    assert len({p.id for p in first + second + third}) == 109
    assert count == len(universities) == 26


def test_a_kind_that_is_not_written_stays_as_it_is_by_then(hub_engine: Engine) -> None:
    """Between reading the form and saving it somebody else may have changed it."""
    number = save(hub_engine)
    with hub_engine.database.reading() as session:
        before = read.profile(session, number)
        written = particulars({**{k: v for k, v in GIVEN.items() if k != "kind"}, "size": "small"}, before)
    save(hub_engine, number, kind="institute")
    with hub_engine.database.writing() as session:
        saved = save_profile(session, written, number)
        assert (saved.kind, saved.size) == ("institute", None)  # which only firms have
