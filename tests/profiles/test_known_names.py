"""An organisation is found, and told apart, by every name that it is known by."""

from __future__ import annotations

import doctest
import json

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

import hub.profiles.known_names
from hub.database import Database
from hub.index.engine import Engine
from hub.intake import sample
from hub.posting.organisations import NameTaken, namesakes, particulars, save_profile
from hub.problems import NotFound, Problem
from hub.profiles.carried import sample_profiles
from hub.profiles.known_names import carried_names, other_names, written_names
from hub.profiles.lookup import by_name, find_profile
from hub.profiles.names import name_key
from hub.profiles.tables import Profile, ProfileName
from hub.settings import Settings
from tests.conftest import account_for, signed_in
from tests.serving import CORE

GIVEN = {"name_ko": "㈜해담", "kind": "company", "region_code": "26350"}


def save(engine: Engine, profile_id: int | None = None, **changes: str) -> int:
    with engine.database.writing() as session:
        return save_profile(session, particulars({**GIVEN, **changes}), profile_id).id


def names(session: Session, text: str) -> list[str]:
    return [profile.name_ko for profile in by_name(session, text)]


def test_the_examples_in_the_docstrings_hold() -> None:
    failed, tried = doctest.testmod(hub.profiles.known_names)
    assert tried
    assert not failed


ASKED = {
    "한국기계연구원": "한국기계연구원",
    "한국 기계 연구원": "한국기계연구원",
    "(재)한국기계연구원": "한국기계연구원",
    "재단법인 한국기계연구원": "한국기계연구원",
    "KIMM": "한국기계연구원",
    " k i m m ": "한국기계연구원",
    "ＫＩＭＭ": "한국기계연구원",
    "기계연": "한국기계연구원",
    "Korea Institute of Machinery & Materials": "한국기계연구원",
    "korea institute of machinery and materials": "한국기계연구원",
    "WiKim": "세계김치연구소",
    "wikim": "세계김치연구소",
    "World Institute of Kimchi": "세계김치연구소",
    "부산대": "부산대학교",
    "부산대학교 산학협력단": "부산대학교",
    "PNU": "부산대학교",
    "Pusan National Univ.": "부산대학교",
    "서울대": "서울대학교",
    "부경대": "국립부경대학교",
    "부경대학교": "국립부경대학교",
    "국립부경대": "국립부경대학교",
    "이화여대": "이화여자대학교",
    "포항공대": "포항공과대학교",
    "포스텍": "포항공과대학교",
    "서울과기대": "서울과학기술대학교",
    "서울산업대학교": "서울과학기술대학교",
    "경상대학교": "경상국립대학교",
    "전자부품연구원": "한국전자기술연구원",
    "카이스트": "한국과학기술원",
    "kaist": "한국과학기술원",
    "삼성전자 주식회사": "삼성전자",
}


def test_an_organisation_is_found_by_each_of_its_names(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        for text, name in ASKED.items():
            assert names(session, text)[:1] == [name], text
            assert find_profile(session, text).name_ko == name, text
        # Whoever begins so comes behind whoever is called so, and each once.
        assert names(session, "한국전자기술연구원")[:2] == [
            "한국전자기술연구원",
            "한국전자기술연구원 전북본부",
        ]
        assert len(by_name(session, "연구원")) == 5


def test_letters_in_the_middle_of_a_long_name_are_not_a_name(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        for text in ("SiC", "test", "AI", "GLP", "ins", "%", "_", "", "ㆍ", "가" * 200):
            assert names(session, text) == [], text
        assert "한국기계연구원" in names(session, "machinery")


def test_every_carried_name_is_of_what_is_carried_and_found(hub_engine: Engine) -> None:
    carried = {profile.name_ko for profile in sample_profiles(CORE)}
    assert set(carried_names()) <= carried
    with hub_engine.database.reading() as session:
        for name, others in carried_names().items():
            for _kind, other in others:
                assert name in [p.name_ko for p in by_name(session, other, limit=50)], other
        for profile in session.exec(select(Profile).where(col(Profile.name_en).is_not(None))):
            assert profile.name_ko in [p.name_ko for p in by_name(session, profile.name_en or "", limit=50)]


def test_a_name_that_several_have_is_asked_about(hub_engine: Engine) -> None:
    save(hub_engine, other_names="해담공업\nHDM")
    save(hub_engine, name_ko="해담 이화학", other_names="HDM", region_code="11")
    with hub_engine.database.reading() as session:
        assert find_profile(session, "해담공업").name_ko == "㈜해담"
        with pytest.raises(Problem, match="번호로"):
            find_profile(session, "hdm")
        with pytest.raises(NotFound):
            find_profile(session, "해담공")
    own = save(hub_engine, name_ko="HDM", region_code="50110")
    with hub_engine.database.reading() as session:
        assert find_profile(session, "hdm").id == own  # called so itself


@pytest.mark.parametrize(
    ("again", "existing"),
    [
        ({"name_ko": "해담 협동조합"}, "㈜해담"),
        ({"name_ko": "( 주 ) 해 담"}, "㈜해담"),
        ({"name_ko": "해담\u3164 Co., Ltd."}, "㈜해담"),
        ({"name_ko": "Haedam Limited"}, "㈜해담"),
        ({"name_ko": "새 이름", "name_en": "HAEDAM CORP."}, "㈜해담"),
        ({"name_ko": "해담공업"}, "㈜해담"),
        ({"name_ko": "해담", "region_code": "26"}, "㈜해담"),  # the whole of what 26350 lies in
        ({"name_ko": "부산대학교 산학협력단", "kind": "institute", "region_code": "26"}, "부산대학교"),
        ({"name_ko": "부산대", "kind": "university", "region_code": "26410"}, "부산대학교"),
        ({"name_ko": "재단법인 KIMM", "kind": "institute", "region_code": "30200"}, "한국기계연구원"),
        ({"name_ko": "Korea Institute of Machinery and Materials", "region_code": "30"}, "한국기계연구원"),
    ],
)
def test_whoever_enters_an_organisation_again_is_told(
    again: dict[str, str], existing: str, sqlite_engine: Engine
) -> None:
    save(sqlite_engine, name_en="Haedam", other_names="해담공업")
    with pytest.raises(NameTaken, match="이미 있습니다") as told:
        save(sqlite_engine, **again)
    assert told.value.existing.name_ko == existing


def test_a_name_in_another_region_is_a_hint_only(hub_engine: Engine) -> None:
    first = save(hub_engine)
    other = save(hub_engine, name_ko="해담(주)", region_code="26440")
    with hub_engine.database.reading() as session:
        branch = session.get(Profile, other)
        assert branch is not None
        assert [one.id for one in namesakes(session, branch)] == [first]


def test_what_an_organisation_is_called_can_be_written_and_taken_back(hub_engine: Engine) -> None:
    number = save(hub_engine, other_names="HDM, 해담공업，Haedam Co., Ltd.\n hdm \n\u3164\n㈜해담")
    with hub_engine.database.reading() as session:
        assert [row.name for row in other_names(session, number)] == ["HDM", "Haedam Co., Ltd.", "해담공업"]
    save(hub_engine, number, name_en="Haedam")  # the form of another page says nothing of them
    save(hub_engine, number, name_ko="해솔", other_names="해담공업;해담")
    with hub_engine.database.reading() as session:
        assert [row.name for row in other_names(session, number)] == ["해담", "해담공업"]
        assert names(session, "해담")[0] == "해솔"
        assert names(session, "hdm") == []
        kinds = {
            row.name: row.kind
            for row in session.exec(select(ProfileName).where(ProfileName.profile_id == number))
        }
    assert kinds == {"해솔": "korean", "해담": "other", "해담공업": "other"}
    with hub_engine.database.reading() as session:
        institute = find_profile(session, "한국재료연구원")
        known = ", ".join(row.name for row in other_names(session, institute.id))
    save(
        hub_engine,
        institute.id,
        name_ko="한국재료연구원",
        kind="institute",
        region_code=institute.region_code,
        other_names=known,
    )
    with hub_engine.database.reading() as session:
        kept = {row.name: row.kind for row in other_names(session, institute.id)}
    assert kept["재료연구소"] == "former"
    assert kept["재료연"] == "short"


@pytest.mark.parametrize("written", ["가" * 161, "\n".join(f"이름 {n}" for n in range(21))])
def test_too_many_or_too_long_names_are_said(written: str, sqlite_engine: Engine) -> None:
    with pytest.raises(Problem, match="다른 이름은 20개까지"):
        save(sqlite_engine, other_names=written)
    with sqlite_engine.database.reading() as session:
        assert names(session, "해담") == []
    assert written_names(" ,;\n、") == []


def test_a_comma_in_a_name_that_stands_parts_nothing(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.writing() as session:
        owner = find_profile(session, "KIMM")
        session.add(
            ProfileName(
                profile_id=owner.id, name_key="machinesdaejeon", name="Machines, Daejeon", kind="short"
            )
        )
    written = "Machines, Daejeon\n기계연, 새 이름"
    place = {"name_ko": owner.name_ko, "kind": owner.kind, "region_code": owner.region_code}
    save(sqlite_engine, owner.id, **place, other_names=written)
    with sqlite_engine.database.reading() as session:
        kept = [row.name for row in other_names(session, owner.id)]
    assert kept == ["Machines, Daejeon", "기계연", "새 이름"]


def test_an_organisation_that_registered_by_another_name_is_not_entered_again(empty: Settings) -> None:
    database = Database(empty.database)
    with database.writing() as session:
        own = {
            "name_ko": "세계김치연구소 (WiKim)",
            "kind": "institute",
            "region_code": "29",
            "other_names": "세계김치연구소",
        }
        save_profile(session, particulars(own))
        save_profile(session, particulars({**own, "name_ko": "KIMM", "other_names": ""}))
    sample._load_profiles(database, sample_profiles(CORE))
    assert sample._load_profiles(database, sample_profiles(CORE)) == 0
    with database.reading() as session:
        assert len([p for p in by_name(session, "세계김치연구소") if p.region_code.startswith("29")]) == 1
        assert find_profile(session, "한국기계연구원").region_code == "30200"  # KIMM of Gwangju is another


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    account_for(app, "s@hub.example", "staff", region="30")
    return signed_in(app, "s@hub.example")


def test_the_form_and_the_page_show_them(app: Flask, staff: FlaskClient) -> None:
    with app.extensions["hub"][Database].reading() as session:
        institute = find_profile(session, "KIMM")
    address = f"/profiles/{institute.id}"
    form = BeautifulSoup(staff.get(f"{address}/edit").text, "html.parser")
    box = form.select_one("textarea#other_names")
    assert box is not None
    assert box.text.split("\n") == ["기계연", "Korea Institute of Machinery & Materials"]
    data = {
        **{"name_ko": "한국기계연구원", "name_en": "KIMM", "kind": "institute", "region_code": "30200"},
        "other_names": "기계연\r\n<b>기계</b>, 한국기계금속연구소",
    }
    assert staff.post(f"{address}/edit", data=data).status_code == 302
    for language, label in (("ko", "다른 이름"), ("en", "")):
        page = staff.get(f"{address}?lang={language}")
        terms = BeautifulSoup(page.text, "html.parser").select(".particulars div")
        shown = {term.dt.text: term.dd.text for term in terms if term.dt and term.dd}
        assert "기계연 · <b>기계</b> · 한국기계금속연구소" in shown.values()
        assert label in "".join(shown)
        known = json.loads(
            BeautifulSoup(page.text, "html.parser").select('script[type="application/ld+json"]')[-1].text
        )
        assert known["alternateName"] == ["KIMM", "기계연", "<b>기계</b>", "한국기계금속연구소"]
    found = app.test_client().get("/search", query_string={"q": "한국기계금속연구소"})
    assert f'href="{address}"' in found.text


def test_the_form_says_who_it_is_and_gives_back_what_was_written(app: Flask, staff: FlaskClient) -> None:
    data = {"name_ko": "재단법인 기계연", "kind": "institute", "region_code": "30", "other_names": "새 약칭"}
    answer = staff.post("/profiles/new", data=data)
    assert answer.status_code == 409
    assert "«한국기계연구원»이 이미 있습니다" in answer.text
    assert "새 약칭</textarea>" in answer.text
    with app.extensions["hub"][Database].reading() as session:
        institute = find_profile(session, "KIMM")
    assert f'href="/profiles/{institute.id}"' in answer.text
    entered = staff.post(
        "/profiles/new", data={**data, "name_ko": "부산대학교 산학협력단"}, follow_redirects=True
    )
    assert entered.status_code == 200
    assert "부산광역시 금정구에도 «부산대학교»가 있습니다" in entered.text


def test_two_that_stand_alike_can_both_be_edited(hub_engine: Engine) -> None:
    """As the migration leaves two organisations whose names are now alike."""
    first, second = save(hub_engine), save(hub_engine, name_ko="다른 이름")
    with hub_engine.database.writing() as session:
        one = session.get(Profile, second)
        assert one is not None
        one.name_ko, one.name_key = "해담 협동조합", f"해담~{second}"
        row = session.exec(select(ProfileName).where(ProfileName.profile_id == second)).one()
        row.name_key, row.name = name_key("해담"), "해담 협동조합"
        session.add_all((one, row))
    save(hub_engine, second, name_ko="해담 협동조합", homepage="haedam.example")
    save(hub_engine, first, homepage="haedam.example")
    with hub_engine.database.reading() as session:
        assert {p.id for p in by_name(session, "해담")} == {first, second}
    save(hub_engine, first, name_ko="해솔")
    with pytest.raises(NameTaken):
        save(hub_engine, first, name_ko="해담")
