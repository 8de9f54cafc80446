"""One pair has one strength: on the firm's page, on the laboratory's, among a region's suggestions and in a search."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlmodel import Session, select

from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from hub.profiles.published import read_published
from hub.profiles.tables import Kind, Profile, Statement
from hub.search.neighbours import partners_of
from hub.search.query import Query
from hub.search.search import compare, search
from hub.suggestions.pairs import pair
from hub.suggestions.suggestions import Suggestions, choose
from tests.posting.test_statements import post

Run = Callable[..., CompletedProcess[str]]
HARD = Path(__file__).parents[1] / "benchmarks" / "needs-hard-form.jsonl"

NEEDS = {
    "토탈소프트": "컨테이너 크레인이 바람에 흔들려 하루에 두 시간씩 멈춥니다. 흔들림을 줄이고 싶습니다.",
    "동성화인텍": "액화천연가스 탱크 단열재가 영하 160도에서 갈라져 가스가 샙니다.",
}


def strengths(engine: Engine, said: Statement) -> dict[int, int]:
    """The strength of each statement that its page shows beside this one."""
    with engine.database.reading() as session:
        read = read_published(session, [said.id])
        answers = partners_of(engine, session, list(read.values()), limit=40)[said.id]
        return {answer.best.statement.id: answer.best.hit.strength for answer in answers}


@pytest.mark.parametrize("firm", NEEDS)
def test_a_pair_has_one_strength_wherever_it_is_looked_at(hub_engine: Engine, firm: str) -> None:
    need = post(hub_engine, firm, NEEDS[firm], kind=Kind.NEED)
    of_need = strengths(hub_engine, need)
    assert of_need
    with hub_engine.database.reading() as session:
        pairs = choose(hub_engine, session, Suggestions(), find_profile(session, firm).region_code).pairs
        labs = read_published(session, of_need)
        searched = search(hub_engine, session, Query(need.text, shown=40))
    in_region = {p.lab_statement: p.strength for p in pairs if p.firm_statement == need.id}
    assert in_region
    for lab, strength in in_region.items():
        assert of_need.get(lab, strength) == strength
    for lab, (statement, _owner) in labs.items():
        theirs = strengths(hub_engine, statement)
        assert theirs.get(need.id, of_need[lab]) == of_need[lab]
    asked = {a.best.statement.id: a.best.hit.strength for a in searched.answers}
    assert asked.keys() & of_need.keys()
    assert all(asked[lab] == of_need[lab] for lab in asked.keys() & of_need.keys())


@pytest.mark.slow
def test_three_hundred_pairs_of_chance_have_each_one_strength(sqlite_engine: Engine, run_hub: Run) -> None:
    """A hundred and fifty of what firms need and as many of what they make, each asked in every way there is."""
    engine, chance = sqlite_engine, random.Random(12)
    with engine.database.reading() as session:
        firms = list(
            session.exec(
                select(Profile.name_ko).where(Profile.region_code == "27", Profile.kind == "company")
            )
        )
    needs = [json.loads(line)["need"] for line in HARD.read_text(encoding="utf-8").splitlines()]
    for need in chance.sample(needs, 20):
        post(engine, chance.choice(firms), need, kind=Kind.NEED)
    kept = Suggestions()
    with engine.database.reading() as session:
        engine.sync(session)
        kept.prepare(engine, session, "27")
        says, entries = kept.candidates.of(engine.store, "27")
        said = read_published(session, says.tolist())
    listed: dict[tuple[int, int], int] = {}  # as a region's desk, network, supply and exports have it
    for kind in (Kind.NEED, Kind.BUSINESS):
        rows = [at for at in range(len(says)) if said[int(says[at])][0].kind == kind]
        chosen = chance.sample([(at, one) for at in rows for one in range(10)], 150)
        for at, one in chosen:
            entry = entries[at, one]
            key = int(says[at]), int(entry["lab"])
            listed[key] = pair(*key, entry["score"], entry["level"]).strength
    assert len(listed) == 300

    def shown_beside(session: Session, number: int) -> dict[int, int]:
        """What its own page says of each statement beside this one."""
        partners = partners_of(engine, session, list(read_published(session, [number]).values()), limit=400)
        return {answer.best.statement.id: answer.best.hit.strength for answer in partners[number]}

    def found(session: Session, asked: Query) -> dict[int, int]:
        results = search(engine, session, replace(asked, shown=400, weak=True))
        answers = (*results.answers, *results.weak)
        return {answer.best.statement.id: answer.best.hit.strength for answer in answers}

    def everywhere(keys: list[tuple[int, int]]) -> dict[tuple[int, int], set[int]]:
        """What is said of each pair: by comparing, by the search, on the firm's page and on the laboratory's."""
        told: dict[tuple[int, int], set[int]] = defaultdict(set)
        beside: dict[int, dict[int, int]] = {}
        with engine.database.reading() as session:
            for firm, lab in keys:
                statement, owner = said[firm]
                makes = statement.kind == Kind.BUSINESS
                asked = Query(statement.text, origin=owner.region_code, makes=makes)
                (compared,) = compare(engine, session, asked, [lab])
                told[firm, lab].add(compared.best.hit.strength)
                if -firm not in beside:
                    beside[-firm] = found(session, asked)
                for number in (firm, lab):
                    if number not in beside:
                        beside[number] = shown_beside(session, number)
                every = (beside[-firm].get(lab), beside[firm].get(lab), beside[lab].get(firm))
                told[firm, lab] |= {strength for strength in every if strength is not None}
        return told

    keys = list(listed)
    forth, back = everywhere(keys), everywhere(keys[::-1])
    assert {key: (listed[key], told) for key, told in forth.items() if told != {listed[key]}} == {}
    assert forth == back
    for firm in dict.fromkeys(firm for firm, _lab in keys[:4]):
        command = run_hub("search", said[firm][0].text, "--weak", "--limit", "100", "--json")
        assert command.returncode == 0, command.stderr
        answers = json.loads(command.stdout)
        both = (*answers["results"], *answers["weak"]["results"])
        shown = {one["statement"]["id"]: one["strength"] for one in both}
        assert {lab: shown.get(lab, n) for (f, lab), n in listed.items() if f == firm} == {
            lab: n for (f, lab), n in listed.items() if f == firm
        }


def test_a_laboratorys_page_names_who_needs_it_before_who_makes_something(hub_engine: Engine) -> None:
    need = post(hub_engine, "토탈소프트", NEEDS["토탈소프트"], kind=Kind.NEED)
    lab = next(iter(strengths(hub_engine, need)))
    with hub_engine.database.reading() as session:
        said = list(read_published(session, [lab]).values())
        kinds = [a.best.statement.kind for a in partners_of(hub_engine, session, said, limit=40)[lab]]
    assert kinds[0] == Kind.NEED
    assert kinds == sorted(kinds, key=lambda kind: kind != Kind.NEED)
