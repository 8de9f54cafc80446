"""What staff decide of a pair: moved, taken back, for their own region."""

from __future__ import annotations

import pytest

from hub.accounts.passwords import add_account
from hub.desk.decisions import decide, decisions_of, pair_key, take_back
from hub.desk.pairs import DeskPairs, desk_pairs, parse_pair_filters
from hub.index.engine import Engine
from hub.posting import statements
from hub.problems import NotFound, Problem
from hub.suggestions.suggestions import Suggestions, choose
from tests.conftest import PASSWORD

BUSAN = "26"


def desk(engine: Engine, kept: Suggestions, region: str = BUSAN, **filters: object) -> DeskPairs:
    asked = parse_pair_filters(**filters)  # type: ignore[arg-type]
    with engine.database.reading() as session:
        return desk_pairs(engine, session, kept, region, asked, limit=200)


def keys(found: DeskPairs) -> list[tuple[int, int]]:
    return [s.pair.key for s in found.shown]


def put(engine: Engine, kept: Suggestions, key: tuple[int, int], decision: str, account_id: int) -> None:
    with engine.database.writing() as session:
        chosen = choose(engine, session, kept, BUSAN)
        decide(session, BUSAN, chosen.pairs, key, decision, account_id=account_id)


@pytest.fixture
def staff(hub_engine: Engine) -> int:
    with hub_engine.database.writing() as session:
        return add_account(session, "s@hub.example", PASSWORD, "staff", region=BUSAN).id


def test_a_decision_moves_a_pair_and_can_be_taken_back(hub_engine: Engine, staff: int) -> None:
    kept = Suggestions()
    before = desk(hub_engine, kept)
    first, second = keys(before)[:2]
    put(hub_engine, kept, first, "shortlisted", staff)
    put(hub_engine, kept, second, "dismissed", staff)
    after = desk(hub_engine, kept)
    assert keys(after) == keys(before)[2:]
    assert after.counts == {"suggested": before.counts["suggested"] - 2, "shortlisted": 1, "dismissed": 1}
    listed = desk(hub_engine, kept, view="shortlisted").shown[0]
    assert listed.pair.key == first
    assert (listed.pair.strength, listed.distance_km) == (
        before.shown[0].pair.strength,
        before.shown[0].distance_km,
    )
    assert keys(desk(hub_engine, kept, view="dismissed")) == [second]
    put(hub_engine, kept, second, "shortlisted", staff)  # a new decision replaces the old one
    assert keys(desk(hub_engine, kept, view="shortlisted")) == [second, first]
    with hub_engine.database.writing() as session:
        for key in (first, second):
            take_back(session, BUSAN, key)
        take_back(session, BUSAN, first)  # twice is no error
    assert keys(desk(hub_engine, kept)) == keys(before)


def test_each_region_decides_for_itself_and_only_of_what_is_suggested(hub_engine: Engine, staff: int) -> None:
    kept = Suggestions()
    key = keys(desk(hub_engine, kept))[0]
    with pytest.raises(NotFound):
        put(hub_engine, kept, (key[0], 1), "shortlisted", staff)
    with pytest.raises(Problem):
        put(hub_engine, kept, key, "perhaps", staff)
    put(hub_engine, kept, key, "dismissed", staff)
    with hub_engine.database.reading() as session:
        assert decisions_of(session, "11") == {}
    for text in ("", "1", "1-", "-1", "a-b", "1-2-3", "１-２"):
        with pytest.raises(Problem):
            pair_key(text)


def test_a_decided_pair_whose_statement_is_withdrawn_is_shown_nowhere(hub_engine: Engine, staff: int) -> None:
    kept = Suggestions()
    key, other = keys(desk(hub_engine, kept))[:2]
    put(hub_engine, kept, key, "shortlisted", staff)
    assert keys(desk(hub_engine, kept, view="shortlisted")) == [key]
    with hub_engine.database.writing() as session:
        for number in (key[1], other[1]):
            statements.withdraw(session, number)
    assert desk(hub_engine, kept, view="shortlisted").shown == []
    left = keys(desk(hub_engine, kept, strength="any"))
    assert left
    assert not {key[1], other[1]} & {lab for _firm, lab in left}  # nor is what was not decided
    with hub_engine.database.writing() as session:
        statements.publish(session, key[1])
    assert keys(desk(hub_engine, kept, view="shortlisted")) == [key]  # the decision was kept
