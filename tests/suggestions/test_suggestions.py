"""A region's suggestions: real, spread, near but never only near, and kept until it matters."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlmodel import select

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.fields.strategic import set_strategic_fields, strategic_fields
from hub.index.engine import Engine
from hub.posting import statements
from hub.problems import NotFound
from hub.profiles.tables import Kind, Source, Statement
from hub.regions.atlas import inside
from hub.suggestions import pairs as pair_rules
from hub.suggestions.candidates import FEWEST
from hub.suggestions.suggestions import Suggestion, Suggestions, suggest
from tests.conftest import PASSWORD
from tests.posting.test_statements import post


def pairs(engine: Engine, region: str, kept: Suggestions | None = None, limit: int = 200) -> list[Suggestion]:
    with engine.database.reading() as session:
        return suggest(engine, session, kept or Suggestions(), region, limit=limit).shown


def said(found: list[Suggestion]) -> list[tuple[int, int]]:
    return [(s.firm_statement.id, s.lab_statement.id) for s in found]


def test_busan(hub_engine: Engine) -> None:
    found = pairs(hub_engine, "26", limit=30)
    assert len(found) >= 20
    busan = inside("26")
    assert all(s.firm is not None and s.firm.region_code in busan and s.firm.kind == "company" for s in found)
    assert all(s.lab.kind in ("university", "institute") for s in found)
    assert any(s.lab.region_code not in busan for s in found)
    assert any(s.lab.region_code in busan for s in found)
    assert all(s.distance_km is None and 0 <= s.pair.strength <= 100 and s.why.sentence for s in found)


@pytest.mark.parametrize("region", ["26", "11", "50", "36"])
def test_nobody_crowds_out_the_rest(hub_engine: Engine, region: str) -> None:
    found = pairs(hub_engine, region)
    assert found
    assert max(Counter(s.lab.id for s in found).values()) <= 4
    assert max(Counter(s.firm.id for s in found if s.firm).values()) <= 2
    met = [(s.firm and s.firm.id, s.lab.id) for s in found]
    assert len(met) == len(set(met))


def test_a_district_without_firms_has_no_pairs_and_no_region_is_not_one(hub_engine: Engine) -> None:
    assert pairs(hub_engine, "26110") == []
    with pytest.raises(NotFound):
        pairs(hub_engine, "00")


NEED = "선박 평형수 처리 장치의 자외선 램프 수명을 늘리고 싶습니다."
CAPABILITY = "선박 평형수 처리용 자외선 램프의 수명을 평가합니다."


def test_pairs_are_kept_until_something_that_matters_changes(
    hub_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[int] = []
    original = pair_rules._spread

    def counted(candidates: list[tuple[float, int, int]]) -> list[int]:
        chosen.append(len(candidates))
        return original(candidates)

    monkeypatch.setattr(pair_rules, "_spread", counted)
    kept = Suggestions()
    pairs(hub_engine, "26", kept)
    pairs(hub_engine, "26", kept)
    assert len(chosen) == 1
    post(hub_engine, "삼성전자", "초순수 필터를 국산화할 파트너를 찾습니다.", kind=Kind.NEED)  # in Gyeonggi
    pairs(hub_engine, "26", kept)
    assert len(chosen) == 1
    posted = post(hub_engine, "오리엔탈정공", NEED, kind=Kind.NEED)
    assert NEED in [s.firm_statement.text for s in pairs(hub_engine, "26", kept)]
    assert len(chosen) == 2
    post(hub_engine, "국립한국해양대학교", CAPABILITY)
    found = pairs(hub_engine, "26", kept)
    assert (found[0].firm_statement.text, found[0].lab_statement.text) == (NEED, CAPABILITY)
    with hub_engine.database.writing() as session:
        statements.withdraw(session, posted.id)
    assert NEED not in [s.firm_statement.text for s in pairs(hub_engine, "26", kept)]


def nearest(engine: Engine, kept: Suggestions, region: str) -> dict[int, set[int]]:
    """Of each thing that the region's firms say, the laboratories' thirty nearest statements."""
    ids, entries = kept.candidates.of(engine.store, region)
    return {
        number: set(own["lab"][:FEWEST].tolist()) for number, own in zip(ids.tolist(), entries, strict=True)
    }


def test_what_is_brought_up_to_date_is_what_is_made_anew(hub_engine: Engine) -> None:
    kept = Suggestions()
    regions = ("26", "41", "30")

    def compare() -> None:
        for region in regions:
            anew = Suggestions()
            ours, theirs = said(pairs(hub_engine, region, kept)), said(pairs(hub_engine, region, anew))
            assert theirs
            assert nearest(hub_engine, kept, region) == nearest(hub_engine, anew, region)
            # How rare a word is changes with every posting; what was scored before keeps its score, so
            # that two pairs of nearly the same rank can change places.
            assert len(set(ours) & set(theirs)) >= 0.9 * len(theirs)

    for region in regions:
        pairs(hub_engine, region, kept)
    posted = [post(hub_engine, "국립한국해양대학교", f"{CAPABILITY} 방법 {n}가지.") for n in range(3)]
    post(hub_engine, "오리엔탈정공", NEED, kind=Kind.NEED)
    compare()
    with hub_engine.database.reading() as session:
        ids = [s.id for s in session.exec(select(Statement).where(Statement.source == Source.SAMPLE))]
    with hub_engine.database.writing() as session:
        for statement_id in [posted[0].id, *ids[::9]]:
            statements.withdraw(session, statement_id)
    compare()
    with hub_engine.database.writing() as session:
        for statement_id in ids[::9]:
            statements.publish(session, statement_id)
    compare()


def test_candidates_outlive_the_process_and_take_in_what_came_since(hub_engine: Engine) -> None:
    kept = Suggestions()
    with hub_engine.database.reading() as session:
        hub_engine.sync(session)
        everywhere = kept.prepare(hub_engine, session, None)
        kept.keep(hub_engine, session)
    assert len(everywhere) == 246
    post(hub_engine, "국립한국해양대학교", CAPABILITY)
    post(hub_engine, "오리엔탈정공", NEED, kind=Kind.NEED)
    again, opened = Engine(hub_engine.settings, Database(hub_engine.settings.database)), Suggestions()
    with again.database.reading() as session:
        opened.open(again, session)
    assert len(opened.candidates) == len(kept.candidates)
    found = pairs(again, "26", opened)
    assert (found[0].firm_statement.text, found[0].lab_statement.text) == (NEED, CAPABILITY)


def test_a_region_prefers_its_own_fields(hub_engine: Engine) -> None:
    def in_food(found: list[Suggestion]) -> int:
        return sum(s.lab_statement.label in ("food", "agriculture") for s in found[:30])

    before = in_food(pairs(hub_engine, "26"))
    with hub_engine.database.writing() as session:
        staff = add_account(session, "staff@busan.example", PASSWORD, "staff", region="26")
        set_strategic_fields(session, "26", ["LB"], staff.id)
    assert in_food(pairs(hub_engine, "26")) > before
    with hub_engine.database.reading() as session:
        assert strategic_fields(session, "26110") == {"LB"}  # a district follows its province
        assert strategic_fields(session, "11") == frozenset()


def test_a_hidden_need_is_suggested_without_its_name(hub_engine: Engine) -> None:
    need = "선박 평형수 처리 장치의 자외선 램프 수명을 늘리고 싶습니다."
    post(hub_engine, "오리엔탈정공", need, kind=Kind.NEED, visibility="hidden-name")
    hidden = [s for s in pairs(hub_engine, "26") if s.firm_statement.text == need]
    assert hidden
    assert all(s.firm is None for s in hidden)
