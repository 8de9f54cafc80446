"""Search finds, explains and keeps secrets."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import col, select

from embeddings.parts import PartStore
from hub.database import now
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.replica import Replica
from hub.posting.statements import touch
from hub.profiles.tables import Kind, Profile, Statement
from hub.regions.atlas import inside
from hub.search.query import Query
from hub.search.search import compare, search
from tests.posting.test_statements import post
from tests.search.asking import SECRET, names, partners, ranked


@pytest.mark.parametrize(
    ("text", "name", "among"),
    [
        ("김치가 과발효로 포장이 부풀어요", "세계김치연구소", 1),
        ("We need a lab for GLP toxicology studies", "안전성평가연구소", 3),
        ("김치 수출 중 과발효로 포장이 부풀어 오르는 문제", "세계김치연구소", 1),
        ("medical image AI", "가천대학교", 3),
    ],
)
def test_who_answers(hub_engine: Engine, text: str, name: str, among: int) -> None:
    assert name in names(ranked(hub_engine, text))[:among]


@pytest.mark.parametrize("region", ["26", "41", "11", "30200", "48120"])
@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"capability"}), frozenset({"business"})])
def test_filters_are_exact_and_change_no_strength(
    hub_engine: Engine, region: str, kinds: frozenset[str]
) -> None:
    filters = Filters(region=region, kinds=kinds)
    filtered = ranked(hub_engine, "반도체 공정 장비", filters, shown=400)
    # By the database: the organisations of the region that say something of these kinds, all of them.
    chosen = [col(Profile.region_code).in_(inside(region))] + (
        [col(Statement.kind).in_(kinds)] if kinds else []
    )
    query = select(Profile.id).join(Statement, col(Statement.profile_id) == Profile.id).where(*chosen)
    with hub_engine.database.reading() as session:
        expected = set(session.exec(query))
    assert len(expected) > 400 or {a.profile.id for a in filtered.answers if a.profile} == expected
    assert len(filtered.answers) == min(len(expected), 400)
    for answer in filtered.answers:
        assert answer.profile is not None
        assert answer.profile.id in expected
        for match in answer.matches:
            assert not kinds or match.statement.kind in kinds
    # Without the filter the same statements are as strong: the first, the last and two between.
    some = filtered.answers[:: max(1, len(filtered.answers) // 3)][:4]
    with hub_engine.database.reading() as session:
        ids = [answer.best.statement.id for answer in some]
        alone = compare(hub_engine, session, Query("반도체 공정 장비", origin=region), ids)
    strengths = {answer.best.statement.id: answer.best.hit.strength for answer in alone}
    assert strengths == {answer.best.statement.id: answer.best.hit.strength for answer in some}
    assert strengths or not expected


def test_pages_follow_each_other_without_a_gap_or_a_repeat(hub_engine: Engine) -> None:
    whole = names(ranked(hub_engine, "이차전지 소재", shown=60))
    assert len(whole) == 60
    pages = [ranked(hub_engine, "이차전지 소재", shown=offset + 20, after=offset) for offset in (0, 20, 40)]
    assert [name for page in pages for name in names(page)] == whole
    assert all(page.more for page in pages)


def test_statements_of_one_profile_stand_together(hub_engine: Engine) -> None:
    for number in range(30):
        post(hub_engine, "국립목포대학교", f"해상풍력 하부구조물의 부식을 {number}가지 방법으로 평가합니다.")
    found = ranked(hub_engine, "해상풍력 하부구조물 부식 평가", shown=5)
    assert names(found)[0] == "국립목포대학교"
    assert len(set(names(found))) == 5
    strengths = [match.hit.score for match in found.answers[0].matches]
    assert strengths == sorted(strengths, reverse=True)


def test_of_two_alike_the_near_one_comes_first_but_not_only_near_ones(hub_engine: Engine) -> None:
    text = "전복 양식장의 폐사를 예측하는 수질 분석 기술을 가지고 있습니다."
    for owner in ("국립목포대학교", "제주대학교"):
        post(hub_engine, owner, text)
    near_mokpo = ranked(hub_engine, text, origin="46840")
    near_jeju = ranked(hub_engine, text, origin="50")
    assert names(near_mokpo)[:2] == ["국립목포대학교", "제주대학교"]
    assert names(near_jeju)[:2] == ["제주대학교", "국립목포대학교"]
    best = near_jeju.answers[0].best.hit
    assert best.distance_km is not None
    assert best.distance_km < 60
    assert names(ranked(hub_engine, "김치 발효", origin="50"))[0] == "세계김치연구소"


def test_a_hidden_name_is_found_by_its_words_and_never_told(hub_engine: Engine) -> None:
    owner = "토탈소프트"
    posted = post(hub_engine, owner, SECRET, kind=Kind.NEED, visibility="hidden-name")
    found = ranked(hub_engine, "수소 배관 용접부 수소 취성 진단")
    answer = found.answers[0]
    assert answer.best.statement.id == posted.id
    assert answer.profile is None
    assert answer.best.hit.region_code == "26"
    from hub.search.as_json import answer_as_json

    told = answer_as_json(answer)
    assert (told["name"], told["profile"], told["region"]) == (None, None, "26")
    # Of all answers the firm's name stands only with what it says openly, and never beside what it hides.
    openly = "컨테이너 배관 용접부의 수소 취성을 함께 진단할 곳을 찾습니다."
    shown = post(hub_engine, owner, openly, kind=Kind.NEED)
    found = ranked(hub_engine, "수소 배관 용접부 수소 취성 진단", shown=400)
    said = {match.statement.id: answer for answer in found.answers for match in answer.matches}
    assert said[shown.id].profile is not None
    assert said[posted.id].profile is None
    for answer in found.answers:
        ids = {match.statement.id for match in answer.matches}
        if posted.id in ids:
            assert owner not in json.dumps(answer_as_json(answer), ensure_ascii=False)
            assert shown.id not in ids
    with hub_engine.database.reading() as session:
        capability = session.get(Statement, posted.id)
        assert capability is not None
        assert partners(hub_engine, session, capability)


@pytest.mark.parametrize(
    "text", ["a", "가", "x" * 1000, "' OR 1=1 --", "<script>", "कम्पोजिट सामग्री", "😀 김치"]
)
def test_any_other_query_is_answered(hub_engine: Engine, text: str) -> None:
    assert ranked(hub_engine, text).answers


def test_search_is_the_same_however_the_rows_lie(hub_engine: Engine) -> None:
    before = [(a.best.statement.id, a.best.hit.score) for a in ranked(hub_engine, "금형 소재").answers]
    assert len(before) > 5
    rows = hub_engine.store.rows
    order = np.random.default_rng(3).permutation(len(rows))
    shuffled = Replica(hub_engine.store.dimension, hub_engine.store.model)
    packed = {"vectors": rows.index.halves()[order]}
    packed |= {f"columns_{n}": a[order] for n, a in rows.columns.items()}
    packed |= {f"words_{n}": a for n, a in rows.words.pack(order).items()}
    packed["words_words"] = rows.words.pack_words()
    parts = PartStore(hub_engine.store.dimension)
    parts.add([rows.parts.of(row) for row in order.tolist()])
    packed |= {f"parts_{n}": a for n, a in parts.pack(np.arange(len(order))).items()}
    problems = PartStore(hub_engine.store.dimension)
    problems.add([rows.problems.of(row) for row in order.tolist()])
    packed |= {f"problems_{n}": a for n, a in problems.pack(np.arange(len(order))).items()}
    packed |= {f"problem_words_{n}": a for n, a in rows.problem_words.pack(order).items()}
    packed["problem_words_words"] = rows.problem_words.pack_words()
    shuffled.unpack(packed, hub_engine.store.revision)
    hub_engine.store = shuffled
    after = [(a.best.statement.id, a.best.hit.score) for a in ranked(hub_engine, "금형 소재").answers]
    assert [i for i, _s in after] == [i for i, _s in before]
    assert [s for _i, s in after] == pytest.approx([s for _i, s in before], abs=1e-4)


KIMCHI = "김치가 과발효로 포장이 부풀어요"


def test_other_orders_hold_what_fits_only(sqlite_engine: Engine) -> None:
    # The sample data was loaded in one day: give what answers days of its own, against the order of fit.
    for owner in ("경북대학교", "부산대학교", "국립목포대학교"):
        post(sqlite_engine, owner, f"김치가 과발효로 부풀어 포장이 터지는 문제를 {owner} 방식으로 막습니다.")
    with sqlite_engine.database.writing() as session:
        for day, answer in enumerate(
            search(sqlite_engine, session, Query(KIMCHI, Filters(), shown=5)).answers
        ):
            answer.best.statement.updated_at = now() - timedelta(days=10 - day)
            session.add(answer.best.statement)
            touch(session, answer.best.statement.profile_id)
    posted = post(sqlite_engine, "한국식품연구원", "김치 포장의 가스 배출을 조절하는 필름을 만듭니다.")
    with sqlite_engine.database.reading() as session:
        fit = search(sqlite_engine, session, Query(KIMCHI, Filters(), origin="46")).answers
        near = search(sqlite_engine, session, Query(KIMCHI, Filters(), origin="46", sort="distance")).answers
        new = search(sqlite_engine, session, Query(KIMCHI, Filters(), origin="46", sort="newest")).answers
    away = [answer.best.hit.distance_km for answer in near]
    assert away == sorted(away, key=lambda km: math.inf if km is None else km)
    assert len(set(away)) > 1
    found = [{answer.best.statement.id for answer in answers} for answers in (fit, near, new)]
    assert found[0] == found[1] == found[2]  # another order drops nothing
    assert all(answer.best.hit.word != "low" for answer in near + new)
    assert posted.id in {answer.best.statement.id for answer in new}
    days = [answer.best.statement.updated_at.date() for answer in new]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 2


def test_a_question_in_english_shows_english_first(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.reading() as session:
        english = search(
            sqlite_engine,
            session,
            Query("kimchi packaging swells", Filters(kinds=frozenset({"capability"})), weak=True),
        )
        korean = search(sqlite_engine, session, Query(KIMCHI, Filters(kinds=frozenset({"capability"}))))
        abbreviation = search(sqlite_engine, session, Query("SiC", Filters()))
    assert english.english
    assert not korean.english
    assert not abbreviation.english
    shown = english.answers + english.weak
    assert len(shown) >= 5
    assert korean.answers
    for answer in shown[:5]:
        assert answer.best.statement.said(answer.best.wording) == answer.best.statement.translation
        assert "".join(span.text for span in answer.best.why.spans) == answer.best.statement.translation
    assert all(answer.best.wording == 0 for answer in korean.answers)
