"""A region's suggestions: real, spread, near first but never only near, and kept until it matters."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.matching import suggest as suggestions
from hub.matching.engine import Engine
from hub.matching.suggest import Suggestion, SuggestionCache, suggest
from hub.problems import NotFound
from hub.profiles import posting
from hub.profiles.tables import Kind
from hub.regions.atlas import inside
from tests.profiles.test_posting import post


def pairs(
    engine: Engine, region: str, cache: SuggestionCache | None = None, limit: int = 200
) -> list[Suggestion]:
    with engine.database.reading() as session:
        return suggest(engine, session, cache or SuggestionCache(), region, limit=limit)[0]


def test_busan(hub_engine: Engine) -> None:
    found = pairs(hub_engine, "26", limit=30)
    assert len(found) >= 20
    busan = inside("26")
    assert all(s.firm is not None and s.firm.region_code in busan and s.firm.kind == "company" for s in found)
    assert all(s.lab.kind in ("university", "institute") for s in found)
    assert any(s.lab.region_code not in busan for s in found)
    assert any(s.lab.region_code in busan for s in found)
    assert all(s.pair.distance_km >= 0 and 0 <= s.pair.strength <= 100 and s.why.sentence for s in found)


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


def test_pairs_are_kept_until_something_that_matters_changes(
    hub_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    original = suggestions.compute_pairs

    def counted(engine: Engine, session: object, region: str) -> object:
        computed.append(region)
        return original(engine, session, region)  # type: ignore[arg-type]

    monkeypatch.setattr(suggestions, "compute_pairs", counted)
    cache = SuggestionCache()
    pairs(hub_engine, "26", cache)
    pairs(hub_engine, "26", cache)
    assert computed == ["26"]
    post(hub_engine, "삼성전자", "초순수 필터를 국산화할 파트너를 찾습니다.", kind=Kind.NEED)  # in Gyeonggi
    pairs(hub_engine, "26", cache)
    assert computed == ["26"]
    need = "선박 평형수 처리 장치의 자외선 램프 수명을 늘리고 싶습니다."
    posted = post(hub_engine, "오리엔탈정공", need, kind=Kind.NEED)
    assert need in [s.firm_statement.text for s in pairs(hub_engine, "26", cache)]
    assert computed == ["26", "26"]
    capability = "선박 평형수 처리용 자외선 램프의 수명을 평가합니다."
    post(hub_engine, "국립한국해양대학교", capability)
    found = pairs(hub_engine, "26", cache)
    assert (need, capability) == (found[0].firm_statement.text, found[0].lab_statement.text)
    with hub_engine.database.writing() as session:
        posting.withdraw(session, posted.id)
    assert need not in [s.firm_statement.text for s in pairs(hub_engine, "26", cache)]


def test_a_hidden_need_is_suggested_without_its_name(hub_engine: Engine) -> None:
    need = "선박 평형수 처리 장치의 자외선 램프 수명을 늘리고 싶습니다."
    post(hub_engine, "오리엔탈정공", need, kind=Kind.NEED, visibility="hidden-name")
    hidden = [s for s in pairs(hub_engine, "26") if s.firm_statement.text == need]
    assert hidden
    assert all(s.firm is None for s in hidden)
