"""Saved searches, comparing, other orders than fit, and the technology field that a text lies in."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from hub.accounts.passwords import add_account
from hub.database import now
from hub.fields.carried import DATA, FIELDS_OF_LABEL, field_codes
from hub.fields.nearest import proposed_fields
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.posting.statements import touch
from hub.problems import Problem
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Kind
from hub.search.neighbours import finders
from hub.search.query import Query
from hub.search.saved import MOST_SAVED, remove, save, saved_by
from hub.search.search import compare, search
from tests.conftest import PASSWORD
from tests.posting.test_statements import post

KIMCHI = "김치가 과발효로 포장이 부풀어요"


def test_saving_twice_keeps_one_and_nobody_else_sees_it(hub_engine: Engine) -> None:
    with hub_engine.database.writing() as session:
        one, other = (
            add_account(session, f"{name}@hub.example", PASSWORD, "staff", region="26").id for name in "ab"
        )
    with hub_engine.database.writing() as session:
        first = save(session, one, Query.of({"q": KIMCHI, "kind": "capability", "show": "40", "lang": "en"}))
        again = save(session, one, Query.of({"q": f" {KIMCHI} ", "kind": "capability", "region": ""}))
        assert first.id == again.id
        assert first.query.given == {"q": KIMCHI, "kind": "capability"}
        with pytest.raises(Problem):
            save(session, one, Query.of({"q": "  "}))
    with hub_engine.database.writing() as session:
        assert remove(session, other, first.id) is None
        assert saved_by(session, other) == []
        assert [search.query.text for search in saved_by(session, one)] == [KIMCHI]
        for number in range(MOST_SAVED - 1):
            save(session, one, Query.of({"q": f"찾을 것 {number}"}))
        with pytest.raises(Problem, match=str(MOST_SAVED)):
            save(session, one, Query.of({"q": "하나 더"}))
        assert remove(session, one, first.id) is not None
        save(session, one, Query.of({"q": "하나 더"}))


def test_comparing_says_what_searching_says(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        found = search(hub_engine, session, Query(KIMCHI, Filters(), origin="26")).answers
        chosen = [answer.best.statement.id for answer in found[:6:2]]
        assert len(chosen) == 3
        compared = compare(hub_engine, session, Query(KIMCHI, origin="26"), chosen)
        strengths = {answer.best.statement.id: answer.best.hit.strength for answer in found}
        assert {a.best.statement.id for a in compared} == set(chosen)
        assert all(a.best.hit.strength == strengths[a.best.statement.id] for a in compared)
        many = [answer.best.statement.id for answer in found]
        assert len(compare(hub_engine, session, Query(KIMCHI, origin="26"), many)) == 4
        assert compare(hub_engine, session, Query(KIMCHI), [10**9]) == []


def test_other_orders_hold_what_fits_only(sqlite_engine: Engine) -> None:
    # The sample data was loaded in one day: give what answers days of its own, against the order of fit.
    with sqlite_engine.database.writing() as session:
        for day, answer in enumerate(
            search(sqlite_engine, session, Query(KIMCHI, Filters(), shown=5)).answers
        ):
            answer.best.statement.updated_at = now() - timedelta(days=10 - day)
            session.add(answer.best.statement)
            touch(session, answer.best.statement.profile_id)
    posted = post(sqlite_engine, "한국식품연구원", "김치 포장의 가스 배출을 조절하는 필름을 만듭니다.")
    with sqlite_engine.database.reading() as session:
        near = search(sqlite_engine, session, Query(KIMCHI, Filters(), origin="46", sort="distance")).answers
        new = search(sqlite_engine, session, Query(KIMCHI, Filters(), origin="46", sort="newest")).answers
    away = [answer.best.hit.distance_km for answer in near]
    assert away == sorted(away)
    assert len(set(away)) > 1
    assert {answer.best.statement.id for answer in near} == {answer.best.statement.id for answer in new}
    assert all(answer.best.hit.word != "low" for answer in near + new)
    assert posted.id in {answer.best.statement.id for answer in new}
    days = [answer.best.statement.updated_at.date() for answer in new]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 2


def test_a_question_in_english_shows_english_first(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.reading() as session:
        english = search(
            sqlite_engine, session, Query("kimchi packaging swells", Filters(kinds=frozenset({"capability"})))
        )
        korean = search(sqlite_engine, session, Query(KIMCHI, Filters(kinds=frozenset({"capability"}))))
        abbreviation = search(sqlite_engine, session, Query("SiC", Filters()))
    assert english.english
    assert not korean.english
    assert not abbreviation.english
    assert len(english.answers) >= 5
    assert korean.answers
    for answer in english.answers[:5]:
        assert answer.best.statement.said(answer.best.wording) == answer.best.statement.translation
        assert "".join(span.text for span in answer.best.why.spans) == answer.best.statement.translation
    assert all(answer.best.wording == 0 for answer in korean.answers)


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


def test_the_field_of_a_text_is_among_those_proposed(sqlite_engine: Engine) -> None:
    """Of the carried capabilities whose field is known nine in ten have it among the three."""
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["field"] in FIELDS_OF_LABEL]
    right = 0
    for row in rows:
        proposed = [
            field.code
            for field in proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, row["capability"])
        ]
        assert len(proposed) == 3
        right += any(code in FIELDS_OF_LABEL[row["field"]] for code in proposed)
    assert right / len(rows) > 0.85
    assert proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, "") == []
    assert proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, "12345") == []


def test_a_field_that_the_poster_confirmed_goes_before_the_nearest(sqlite_engine: Engine) -> None:
    text = "김치 유산균으로 발효를 제어하는 기술을 가지고 있습니다."
    plain = post(sqlite_engine, "세계김치연구소", text)
    confirmed = post(sqlite_engine, "세계김치연구소", text, fields=("EF", "S02"))
    with sqlite_engine.database.reading() as session:
        sqlite_engine.sync(session)
    fields = sqlite_engine.store.facts(one.id for one in (plain, confirmed)).field
    assert [field_codes()[number] for number in fields] == ["LB", "EF"]
