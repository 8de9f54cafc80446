"""The collections of carried data: what is in each, that each goes in and out by itself, and stands where it belongs."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import col, func, select

from hub.accounts.passwords import add_account
from hub.accounts.tables import Account, Claim
from hub.database import Database, current_revision, now
from hub.desk.decisions import PairDecision
from hub.intake import sample
from hub.intake.unload import Unloaded, unload
from hub.posting import statements
from hub.posting.statements import content
from hub.problems import Problem
from hub.profiles import read, vectors
from hub.profiles.carried import sample_profiles
from hub.profiles.collections import COLLECTIONS, NAMES
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Profile, Statement, Unit
from hub.regions.addresses import region_of_address
from hub.regions.atlas import is_district_known
from hub.search.feedback import Feedback
from hub.settings import DATA, Settings
from hub.setup import set_up
from tests.benchmarks import carried
from tests.conftest import PASSWORD, REPOSITORY
from tests.intake.lists import write_lists
from tests.remembering import Remembering

LABORATORIES, OFFERS = 150, 461


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts(database: Database) -> tuple[int, int, int]:
    """Profiles, units, statements."""
    with database.reading() as session:
        return tuple(  # type: ignore[return-value]
            int(session.exec(select(func.count()).select_from(table)).one())
            for table in (Profile, Unit, Statement)
        )


def test_every_university_stands_where_its_address_is() -> None:
    universities = {row["name_ko"]: row for row in rows("universities.csv")}
    assert len(universities) > 380
    for name, row in universities.items():
        assert region_of_address(row["address"]) == row["region_code"], name
        assert is_district_known(row["region_code"]), name
    for row in rows("research-capabilities.csv"):
        if row["kind"] == "university":
            assert row["region_code"] == universities[row["name_ko"]]["region_code"], row["name_ko"]


def test_every_venture_firm_stands_in_its_district() -> None:
    listed = rows("venture-firms.csv")
    assert len(listed) == 4317
    assert all(is_district_known(row["region_code"]) for row in listed)
    assert "대표자" not in listed[0]
    joined = [row["name"] for row in listed if row["stock_code"]]
    assert len(joined) == 6
    firms = sample_profiles(("listed", "ventures"))
    assert Counter(one.source_key.split(":")[0] for one in firms) == {"krx": 2516, "venture": 4311}
    megion = next(one for one in firms if one.name_ko == "메지온")
    assert (megion.region_code, len(megion.statements)) == (
        "11680",
        2,
    )  # its district, and what both lists say
    # Of one name, and another firm: neither its province nor what it makes agrees.
    assert sum(one.name_ko.endswith(("유니슨", "대동")) for one in firms) == 4


def test_every_technology_on_offer_has_its_holder() -> None:
    for one in sample_profiles(("offers", "listed")):
        for said in one.statements:
            assert said.text.strip()
    offered = [s for one in sample_profiles() for s in one.statements if (s.key or "").startswith("offer:")]
    assert len(offered) == OFFERS
    held = {one.name_ko for one in sample_profiles(("offers",))}
    assert {"국립금오공과대학교", "국립군산대학교", "세계김치연구소", "한국과학기술연구원"} <= held
    names = Counter(one.name_ko.removeprefix("국립") for one in sample_profiles() if one.kind != "company")
    assert [name for name, times in names.items() if times > 1] == []  # each organisation stands once


def test_each_goes_in_and_out_by_itself(
    sqlite_app: Flask, sqlite_loaded: Settings, remembering: Remembering
) -> None:
    """And whoever answers learns of it at the next request."""
    database = Database(sqlite_loaded.database)
    before, page = counts(database), sqlite_app.test_client()
    asked = "/search?q=웨어러블 로봇과 외골격 로봇의 제어&weak=1"
    assert "연구실" not in found_units(page.get(asked).text)

    def load() -> sample.Loaded:
        return sample.load(database, lambda: remembering, only=("laboratories", "offers"))  # type: ignore[arg-type, return-value]

    assert load().statements == LABORATORIES + OFFERS
    full = counts(database)
    assert (full[1], full[2] - before[2]) == (LABORATORIES, LABORATORIES + OFFERS)
    assert load() == sample.Loaded(0, 0)
    shown = page.get(asked).text
    assert "연구실" in found_units(shown)
    assert "공식 홈페이지 공개 정보로 작성한 예시" in shown
    assert "공개 목록 기준 · 특허" in page.get("/search?q=하이브리드 유체 베어링").text
    assert "새로 올라온 글" in page.get("/").text
    assert "공식 홈페이지" not in page.get("/").text  # a list is no news
    gone = unload(database, "laboratories")
    assert gone == Unloaded(0, LABORATORIES, LABORATORIES, 0, 0)
    assert "연구실" not in found_units(page.get(asked).text)
    assert unload(database, "offers").statements == OFFERS
    assert counts(database) == before
    assert unload(database, "offers") == Unloaded(0, 0, 0, 0, 0)
    assert load().statements == LABORATORIES + OFFERS  # numbers are given a second time
    assert counts(database) == full
    assert "연구실" in found_units(page.get(asked).text)
    health = page.get("/healthz").get_json()
    assert health["statements"] == health["indexed"] == full[2]
    with pytest.raises(Problem):
        unload(database, "others")


def found_units(page: str) -> str:
    return " ".join(head.get_text() for head in BeautifulSoup(page, "html.parser").select(".result h2 .unit"))


def test_what_its_own_people_have_made_of_it_stays(sqlite_loaded: Settings, remembering: Remembering) -> None:
    database = Database(sqlite_loaded.database)
    sample.load(database, lambda: remembering, only=("laboratories",))  # type: ignore[arg-type, return-value]
    with database.writing() as session:
        owner = find_profile(session, "대구경북과학기술원")
        first, second, third, fourth = session.exec(
            select(Statement).where(col(Statement.source_key).startswith("laboratory:")).limit(4)
        ).all()
        written = content(
            kind="capability",
            text="우리 연구실의 말로 고쳐 적었습니다.",
            visibility="public",
            unit_id=first.unit_id,
        )
        encoded = vectors.encode(remembering.encoder, [vectors.Said(written.text)])[0]
        statements.edit(session, first.id, first.version, written, encoded)
        add_account(
            session, "lab@hub.example", PASSWORD, "member", profile_id=owner.id, unit_id=second.unit_id
        )
        edited, unit, other = first.id, first.unit_id, second.unit_id
        statements.withdraw(session, third.id)
        account = session.exec(select(Account)).one()
        firm = session.exec(select(Statement).where(Statement.kind == "business")).first()
        assert firm is not None
        session.add(
            Feedback(
                account_id=account.id,
                statement_id=fourth.id,
                asked="로봇",
                asked_key="k",
                verdict="right",
                word="high",
            )
        )
        session.add(
            PairDecision(
                region_code="27",
                firm_statement_id=firm.id,
                lab_statement_id=fourth.id,
                decision="shortlisted",
                score=1.0,
                level=1.0,
                account_id=account.id,
            )
        )
        read.unit(session, fourth.unit_id).updated_at += timedelta(minutes=5)  # its head was named
        before = current_revision(session)
    gone = unload(database, "laboratories")
    assert gone == Unloaded(0, LABORATORIES - 4, LABORATORIES - 2, 2, 2)
    with database.reading() as session:
        assert session.get(Statement, edited) is not None
        assert session.get(Unit, unit) is not None
        assert session.get(Unit, other) is not None  # it has a member
        assert current_revision(session) == before + 1
    again = sample.load(database, lambda: remembering, only=("laboratories",))  # type: ignore[arg-type, return-value]
    assert again.statements == LABORATORIES - 2  # not what its own people have written over or withdrawn


def _claimed(database: Database, is_answered: bool) -> dict[str, int]:
    """Somebody claims an organisation and a unit of it, and has claimed another one in its place."""
    with database.writing() as session:
        unit = session.exec(select(Unit).where(col(Unit.source_key).is_not(None))).first()
        whole = find_profile(session, "한국과학기술연구원")
        left = find_profile(session, "세계김치연구소")
        account = add_account(session, "c@hub.example", PASSWORD, "member")
        answer = {"answered_at": now(), "granted": False} if is_answered else {}
        assert unit is not None
        for of in (
            {"profile_id": unit.profile_id, "unit_id": unit.id},
            {"profile_id": whole.id, "instead_of_id": left.id},
        ):
            session.add(Claim(account_id=account.id, **of, **answer))
        return {"unit": unit.id, "of_unit": unit.profile_id, "whole": whole.id, "left": left.id}


@pytest.mark.parametrize("is_answered", [True, False])
def test_what_somebody_waits_to_belong_to_stays(
    empty: Settings, remembering: Remembering, is_answered: bool
) -> None:
    database = Database(empty.database)
    sample.load(database, lambda: remembering, only=("laboratories", "offers"))  # type: ignore[arg-type, return-value]
    claimed = _claimed(database, is_answered)
    for name in ("laboratories", "offers"):
        unload(database, name)
    with database.reading() as session:
        waits = session.exec(select(Claim)).all()
        held = {name: session.get(Unit if name == "unit" else Profile, n) for name, n in claimed.items()}
        assert [name for name, one in held.items() if one is None] == (list(claimed) if is_answered else [])
        assert len(waits) == (0 if is_answered else 2)
    database.engine.dispose()


def test_a_firm_of_two_lists_stands_once_however_they_are_loaded() -> None:
    joint = {row["number"]: row["stock_code"] for row in rows("venture-firms.csv") if row["stock_code"]}
    for only in (("ventures",), ("listed", "ventures"), NAMES):
        said = {s.key: one.source_key for one in sample_profiles(only) for s in one.statements}
        assert {said[f"venture:{number}"] for number in joint} == {f"krx:{code}" for code in joint.values()}
    holders = {one.source_key for one in sample_profiles(("offers",))}
    assert "krx:015760" in holders  # a listed company that offers technologies, with or without the list


def test_one_that_came_alone_leaves_nothing_behind(settings: Settings, remembering: Remembering) -> None:
    set_up(settings, print)
    database = Database(settings.database)
    sample.load(database, lambda: remembering, only=("offers",))  # type: ignore[arg-type, return-value]
    assert counts(database)[2] == OFFERS
    assert unload(database, "offers").profiles > 50  # universities too, whose list is not loaded
    assert counts(database) == (0, 0, 0)


def test_each_is_named_with_its_source_and_terms(sqlite_app: Flask) -> None:
    page = BeautifulSoup(sqlite_app.test_client().get("/about").text, "html.parser")
    for one in COLLECTIONS:
        row = page.select_one(f"tr#{one.name}")
        assert row is not None
        for said in (one.title, one.source, one.terms, one.as_of, one.note or ""):
            assert said in row.get_text()
    assert page.select_one("#compiled .n").get_text() == "101"  # type: ignore[union-attr]
    assert "`hub unload NAME`" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_carried_lists_are_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of what they tell of the public lists: the same, byte for byte."""
    given, made = tmp_path / "given", tmp_path / "made"
    for folder in (given, made):
        folder.mkdir()
    write_lists(given)
    monkeypatch.setattr(sys, "argv", ["carried", str(given), "--to", str(made)])
    carried.main()
    lists = sorted(file.name for file in made.iterdir())
    assert len(lists) == 7
    for name in lists:
        read = [file.read_text(encoding="utf-8").replace("\r\n", "\n") for file in (made / name, DATA / name)]
        assert read[0] == read[1], name
