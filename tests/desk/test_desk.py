"""A region's desk: what its staff decide stays decided, and what the figures say can be counted again."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from sqlmodel import col, select

from hub.accounts.passwords import add_account
from hub.desk import network, supply, techmap
from hub.desk.choropleth import choropleth
from hub.desk.decisions import decide, decisions_of, pair_key, take_back
from hub.desk.pairs import DeskPairs, PairFilters, desk_pairs, parse_pair_filters
from hub.index.engine import Engine
from hub.index.store import Texts
from hub.posting import statements
from hub.problems import NotFound, Problem
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Kind, Profile, Statement, Visibility
from hub.regions.atlas import atlas, inside, province_of
from hub.suggestions.suggestions import Suggestions, choose
from tests.conftest import PASSWORD
from tests.posting.test_statements import post

BUSAN = "26"
FIRM = "토탈소프트"


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


def test_weak_pairs_are_left_out_but_needs_are_not(sqlite_engine: Engine) -> None:
    kept = Suggestions()
    post(sqlite_engine, FIRM, "달팽이 관절염을 점성술로 치료하는 사람을 찾습니다.", kind="need")
    shown, everything = desk(sqlite_engine, kept), desk(sqlite_engine, kept, strength="any")
    assert all(s.pair.word != "low" or s.firm_statement.kind == Kind.NEED for s in shown.shown)
    assert any(s.firm_statement.kind == Kind.NEED for s in shown.shown)
    assert shown.weak == everything.total - shown.total > 0
    near = desk(sqlite_engine, kept, strength="any", within="30", field="EA")
    assert near.shown
    assert all(s.distance_km <= 30 for s in near.shown)
    assert {s.firm_statement.kind for s in desk(sqlite_engine, kept, firm_kind="need").shown} == {Kind.NEED}
    with pytest.raises(Problem, match="zz"):
        parse_pair_filters(field="zz")
    assert parse_pair_filters() == PairFilters()


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


def test_the_network_ties_what_fits_and_hides_who_hides(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.writing() as session:
        owner = find_profile(session, FIRM)
        written = statements.content(
            kind="need",
            text="드론으로 항공교통을 관제하는 기술을 찾습니다.",
            visibility=Visibility.HIDDEN_NAME,
        )
        statements.add(session, owner.id, written, statements.encode(sqlite_engine.encoder, written))
    with sqlite_engine.database.reading() as session:
        hubs = network.network(sqlite_engine, session, Suggestions(), BUSAN).hubs
        graph = network.as_graph(hubs, lambda p: p.name_ko, lambda p: f"/profiles/{p.id}")
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert len(nodes) == len(graph["nodes"]) > 20
    assert len(graph["edges"]) > 20
    assert all(edge["source"] in nodes and edge["target"] in nodes for edge in graph["edges"])
    assert all(edge["word"] != "low" for edge in graph["edges"])
    hidden = [node for node in nodes.values() if node["address"] is None]
    assert [node["name"] for node in hidden] == ["비공개 기업"]
    # Neither the node nor its edges lead to the firm: not its name, not its number, not what it says openly.
    its_own = [edge for edge in graph["edges"] if hidden[0]["id"] in (edge["source"], edge["target"])]
    assert its_own
    told = json.dumps([hidden, its_own, [nodes[edge["target"]] for edge in its_own]], ensure_ascii=False)
    assert owner.name_ko not in told
    assert f"/profiles/{owner.id}" not in told
    assert hidden[0]["id"] != f"p{owner.id}"


def test_the_map_counts_what_there_is(hub_engine: Engine) -> None:
    kept = Suggestions()
    with hub_engine.database.reading() as session:
        country = choropleth(hub_engine, session, kept, "profiles")
        profiles = Counter(province_of(code).code for code in session.exec(select(Profile.region_code)))
        assert {row.place.code: row.count for row in country.rows} == {
            code: profiles[code] for code in atlas() if len(code) == 2
        }
        assert all(row.companies + row.laboratories == row.count for row in country.rows)
        assert {row.shade for row in country.rows} == {1, 2, 3, 4, 5}
        busan = choropleth(hub_engine, session, kept, "capabilities", BUSAN)
        assert len(busan.rows) == 16
        assert {shape.code for shape in busan.drawing.shapes} == {row.place.code for row in busan.rows}
        matches = choropleth(hub_engine, session, kept, "matches", BUSAN)
        assert [row.count for row in matches.rows] == [0] * 16  # listed firms are known by province only
        needs = choropleth(hub_engine, session, kept, "needs")
        assert needs.bounds == []
        assert {row.shade for row in needs.rows} == {0}


def test_the_technology_map_keeps_what_is_alike_together(sqlite_engine: Engine) -> None:
    engine = sqlite_engine
    maps = techmap.Maps()
    assert techmap.is_stale(engine, maps)
    assert techmap.make(engine) == 2615
    maps.open(engine)
    assert not techmap.is_stale(engine, maps)
    made = maps.places(engine)
    owners = engine.store.facts(made.statement_ids.tolist()).profile_id.tolist()
    vectors = engine.store.vectors(Texts.own(made.statement_ids.tolist()))
    assert np.abs(made.places).max() <= 1
    sample = np.arange(0, len(owners), 20)
    near = np.argsort(-vectors[sample] @ vectors.T, axis=1)[:, 1:11]
    apart = np.linalg.norm(made.places[sample][:, None] - made.places[None], axis=2)
    beside = np.argsort(apart, axis=1)[:, 1:11]
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(near.tolist(), beside.tolist(), strict=True)])
    assert kept > 0.3  # by chance 0.004; two principal components keep 0.05
    number = post(engine, "세계김치연구소", "김치 유산균으로 발효를 제어하고 유통기한을 늘립니다.").id
    with engine.database.reading() as session:
        drawn = techmap.as_points(engine, session, maps, "29")
    assert len(drawn["points"]) == drawn["total"] == 2616
    places = maps.places(engine)
    new = places.places[places.statement_ids.tolist().index(number)]
    like = next(
        n for n, owner in zip(made.statement_ids.tolist(), owners, strict=True) if owner == _owner(engine)
    )
    old = made.places[made.statement_ids.tolist().index(like)]
    assert np.linalg.norm(new - old) < 0.2
    assert sum(point[4] for point in drawn["points"]) > 20
    json.dumps(drawn)


def _owner(engine: Engine) -> int:
    with engine.database.reading() as session:
        return find_profile(session, "세계김치연구소").id
