"""맞음 / 아님: kept, taken back, moving only one's own results, told to staff as sums."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from embeddings.encoder import Encoder
from hub.accounts.passwords import add_account
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.problems import NotFound, Problem
from hub.profiles.lookup import find_profile
from hub.search import feedback
from hub.search.judged import MOST
from hub.search.query import Query
from hub.search.search import Results, search
from tests.conftest import PASSWORD

NEED = "배터리 수명을 늘리는 소재"
CAPABILITIES = Filters(kinds=frozenset({"capability"}))


def account(engine: Engine, email: str, **where: object) -> int:
    with engine.database.writing() as session:
        role = "staff" if "region" in where else "member"
        return add_account(session, email, PASSWORD, role, **where).id  # type: ignore[arg-type]


def ask(engine: Engine, text: str, account_id: int | None) -> Results:
    with engine.database.reading() as session:
        results = search(engine, session, Query(text, CAPABILITIES, shown=30, weak=True), account_id)
        return replace(results, answers=results.answers + results.weak)


def order(results: Results) -> list[int]:
    return [answer.best.statement.id for answer in results.answers]


def say(engine: Engine, who: int, statement_id: int, verdict: str, asked: str = NEED) -> None:
    with engine.database.writing() as session:
        feedback.say(session, engine.encoder, who, statement_id, asked, verdict=verdict, word="high")


def test_it_moves_ones_own_later_results_and_nobody_elses(hub_engine: Engine) -> None:
    mine = account(hub_engine, "staff@busan.example", region="26")
    other = account(hub_engine, "staff@seoul.example", region="11")
    before = order(ask(hub_engine, NEED, None))
    assert order(ask(hub_engine, NEED, mine)) == before
    say(hub_engine, mine, before[0], "wrong")
    say(hub_engine, mine, before[4], "right")
    after = order(ask(hub_engine, NEED, mine))
    assert after.index(before[4]) < 4
    assert after.index(before[0]) > 0
    # A like question is moved alike; an unlike one, a colleague and a visitor see what they saw.
    alike = "전지의 수명을 길게 하는 재료"
    assert order(ask(hub_engine, alike, mine)) != order(ask(hub_engine, alike, None))
    unlike = "김치 포장이 부풀어요"
    assert order(ask(hub_engine, unlike, mine)) == order(ask(hub_engine, unlike, None))
    assert order(ask(hub_engine, NEED, other)) == before
    assert order(ask(hub_engine, NEED, None)) == before


def test_it_is_taken_back_and_changed_without_a_trace(hub_engine: Engine) -> None:
    mine = account(hub_engine, "staff@busan.example", region="26")
    before = order(ask(hub_engine, NEED, mine))
    say(hub_engine, mine, before[0], "wrong")
    say(hub_engine, mine, before[0], "wrong")
    say(hub_engine, mine, before[0], "right")
    with hub_engine.database.reading() as session:
        assert feedback.said_of(session, mine, [NEED]) == {(NEED, before[0]): "right"}
        assert [(s.right, s.wrong) for s in feedback.sums(session, "26")] == [(1, 0)]
    with hub_engine.database.writing() as session:
        feedback.take_back(session, mine, before[0], NEED)
        feedback.take_back(session, mine, before[0], NEED)
    assert order(ask(hub_engine, NEED, mine)) == before
    with hub_engine.database.reading() as session:
        assert feedback.sums(session, "26") == []


def test_it_is_bounded_however_much_is_said(hub_engine: Engine) -> None:
    mine = account(hub_engine, "staff@busan.example", region="26")
    plain = {a.best.statement.id: a.best.hit for a in ask(hub_engine, NEED, None).answers}
    for number, statement_id in enumerate(list(plain)[:10]):
        for variant in range(5):
            say(hub_engine, mine, statement_id, "wrong" if number % 2 else "right", f"{NEED} {variant}")
    moved = []
    for answer in ask(hub_engine, NEED, mine).answers:
        was = plain.get(answer.best.statement.id)
        if was is not None:
            moved.append(abs(answer.best.hit.rank_score - was.rank_score))
            assert answer.best.hit.strength == was.strength
    assert len(moved) > 15
    assert 0.1 * MOST < max(moved) <= MOST + 1e-4


def test_sums_are_of_the_regions_own_people(hub_engine: Engine) -> None:
    first = order(ask(hub_engine, NEED, None))[0]
    with hub_engine.database.reading() as session:
        firm = find_profile(session, "오리엔탈정공")  # in Busan
    people = [
        account(hub_engine, "staff@busan.example", region="26"),
        account(hub_engine, "member@firm.example", profile_id=firm.id),
        account(hub_engine, "staff@seoul.example", region="11"),
    ]
    for who in people:
        say(hub_engine, who, first, "right")
    with hub_engine.database.reading() as session:
        assert [(s.word, s.right, s.wrong) for s in feedback.sums(session, "26")] == [("high", 2, 0)]
        assert [(s.word, s.right, s.wrong) for s in feedback.sums(session, "11")] == [("high", 1, 0)]


def test_what_is_no_verdict_is_refused(hub_engine: Engine) -> None:
    mine = account(hub_engine, "staff@busan.example", region="26")
    with pytest.raises(Problem):
        say(hub_engine, mine, order(ask(hub_engine, NEED, None))[0], "maybe")
    with pytest.raises(NotFound):
        say(hub_engine, mine, 10**9, "right")
    long = "가" * 1000  # as long as a query may be: too long for a database's index
    say(hub_engine, mine, order(ask(hub_engine, NEED, None))[0], "right", long)
    with hub_engine.database.reading() as session:
        assert list(feedback.said_of(session, mine, [long]).values()) == ["right"]


def test_who_has_judged_much_waits_for_no_model(hub_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked is encoded once, when it is judged, and not again by each process that comes to know of it."""
    mine = account(hub_engine, "m@hub.example", region="26")
    first = order(ask(hub_engine, NEED, None))[0]
    for number in range(30):
        say(hub_engine, mine, first, "wrong", f"{NEED} {number}번째")
    encoded: list[str] = []
    encode_one = Encoder.encode_one
    monkeypatch.setattr(
        Encoder, "encode_one", lambda self, text: encoded.append(text) or encode_one(self, text)
    )
    with hub_engine.database.reading() as session:
        judged = feedback.judged_by(hub_engine, session, mine)
    assert judged is not None
    assert len(judged.statements) == 30
    assert encoded == []


def test_judgements_from_before_are_given_their_vectors_by_reindexing(hub_engine: Engine) -> None:
    mine = account(hub_engine, "m@hub.example", region="26")
    first = order(ask(hub_engine, NEED, None))[0]
    for number in range(12):
        say(hub_engine, mine, first, "wrong", f"{NEED} {number}번째")
    with hub_engine.database.writing() as session:
        for said in session.exec(select(feedback.Feedback)):
            said.model = said.vector = None
    with hub_engine.database.reading() as session:
        before = feedback.judged_by(hub_engine, session, mine)
        assert feedback.lacking_vector(session, hub_engine.encoder.fingerprint, 1)
    feedback.remember_all(hub_engine.database, hub_engine.encoder)
    with hub_engine.database.reading() as session:
        after = feedback.judged_by(hub_engine, session, mine)
        assert feedback.lacking_vector(session, hub_engine.encoder.fingerprint, 1) == []
    assert before is not None
    assert after is not None
    assert (len(before.statements), len(after.statements)) == (feedback.ENCODED_AT_ONCE, 12)
