"""What was meant by a query that was typed with the other keyboard layout on: offered, never put in its place."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from subprocess import CompletedProcess

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from hub.fields.carried import DATA
from hub.index.engine import Engine
from hub.keyboard import to_hangul, to_latin
from hub.search.meant import did_you_mean, offer
from hub.search.query import LONGEST_QUERY
from hub.settings import Settings
from tests.conftest import REPOSITORY

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def meant(sqlite_engine: Engine) -> Iterator[Callable[[str], str | None]]:
    with sqlite_engine.database.reading() as session:
        sqlite_engine.sync(session)
        yield lambda query: did_you_mean(sqlite_engine, session, query)


def test_the_other_layout_is_offered(meant: Callable[[str], str | None]) -> None:
    for typed, text in {
        "rlacl rhkqkfgy": "김치 과발효",
        "RLACL RHKQKFGY": "김치 과발효",
        "Rlacl rhkqkfgy": "김치 과발효",
        "rlacl": "김치",
        "rhkqkfgyfh vhwkddl qnvnfdjdy": "과발효로 포장이 부풀어요",
        "qksehcp wjsfur": "반도체 전력",
        "3D vmflsxld, AI qksehcp!": "3D 프린팅, AI 반도체!",
        "rlacl 포장": "김치 포장",
        "thwo": "소재",
        "ㅔㅁ참햐ㅜㅎ": "packaging",
        "ㅔㅁ참햐ㅜㅎ 필름": "packaging 필름",
        "ㅎㅣㅔ 시험": "glp 시험",
        "ㄴ두내ㄱ": "sensor",
        "ㅔㅣㅁㄴ샻": "plastic",
        "햨 셋ㄷ": "giz tpte",
        "zkdltmxm": "카이스트",
        "ZKDLTMXM": "카이스트",
        "qntkseogkrry": "부산대학교",
        "ㅏㅑㅡㅡ": "kimm",
        "쟈ㅏㅑㅡ": "wikim",
        "ㅕㅜㅑㄴㅅ": "unist",
    }.items():
        assert meant(typed) == text, typed


@pytest.mark.parametrize(
    "query",
    [
        *(
            "GLP",
            "SiC",
            "test",
            "work",
            "element",
            "VHDL",
            "vhdl",
            "EPFL",
            "ESS",
            "AI",
            "KIMM",
            "kimchi",
            "hello world",
        ),
        *(
            "theory of everything",
            "We need GLP toxicology studies",
            "β-Ga2O3",
            "http://hub.example/a?b=c",
            "x" * 900,
        ),
        *(
            "ㅋㅋ",
            "ㅋㅋㅋㅋ",
            "ㅠㅠ",
            "ㅎㅎ 김치",
            "ㅇㅇ",
            "ㄱㄴㄷ",
            "ㅡㅡ",
            "김ㅊ",
            "김치ㄱ",
            "포ㅈ",
            "재료ㄱ",
            "가나다",
            "뷁",
        ),
        *("김치 과발효", "2차전지", "반도체 test", "人工知能", "1234", "!?"),
    ],
)
def test_ordinary_text_is_left_alone(query: str, meant: Callable[[str], str | None]) -> None:
    assert meant(query) is None


def test_of_the_projects_own_texts(meant: Callable[[str], str | None]) -> None:
    lines = (REPOSITORY / "tests/benchmarks/needs-train.jsonl").read_text(encoding="utf-8").splitlines()
    needs = [json.loads(line)["need"] for line in lines]
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = needs + [
        row[name] for row in rows for name in ("capability", "capability_en", "name_ko", "name_en")
    ]
    assert [text for text in written if meant(text)] == []
    korean = [text for text in needs if not re.search("[A-Za-z]", text)]
    assert sum(meant(to_latin(text)) == text for text in korean) / len(korean) > 0.97
    english = {word for row in rows for word in re.findall("[a-z]{6,}", row["capability_en"])}
    assert sum(meant(to_hangul(word)) == word for word in english) / len(english) > 0.9


def test_what_would_be_too_long_is_not_offered(meant: Callable[[str], str | None]) -> None:
    assert meant("ㅔㅁ참햐ㅜㅎ") == "packaging"
    assert meant("ㅔㅁ참햐ㅜㅎ " * (LONGEST_QUERY // 7)) is None


@pytest.mark.parametrize(
    ("text", "particle"),
    [
        ("김치 과발효", "를"),
        ("포장", "을"),
        ("packaging", "을"),
        ("sensor", "를"),
        ("steel", "을"),
        ("김치!", "를"),
    ],
)
def test_the_particle_fits(text: str, particle: str) -> None:
    assert offer(text) == f"혹시 «{text}»{particle} 찾으셨습니까?"


def test_the_page_offers_it_and_keeps_the_filters(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    asked = {"q": "rlacl rhkqkfgy", "kind": "capability", "near": "26", "show": "40"}
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get("/search", query_string=asked, headers=headers)
        page = BeautifulSoup(answer.text, "html.parser")
        link = page.select_one(".meant a")
        assert link is not None
        assert link.text == "혹시 «김치 과발효»를 찾으셨습니까?"
        assert "rlacl" in answer.text  # what was typed was searched
        address = unescape(str(link["href"]))
        followed = client.get(address)
        assert followed.status_code == 200
        for kept in ("kind=capability", "near=26"):
            assert kept in address
        assert "show=" not in address
        assert "meant" not in followed.text
        assert "세계김치연구소" in followed.text
    assert "meant" not in client.get("/search", query_string={"q": "<b>GLP</b> 시험"}).text


def test_the_command_offers_it(sqlite_loaded: Settings, run_hub: Run) -> None:
    ended = run_hub("search", "rlacl rhkqkfgy", "--limit", "1")
    assert ended.returncode == 0
    assert "혹시 «김치 과발효»를 찾으셨습니까?" in ended.stderr
    assert "혹시" not in ended.stdout
    values = json.loads(run_hub("search", "rlacl rhkqkfgy", "--limit", "1", "--json").stdout)
    assert (values["query"], values["did_you_mean"]) == ("rlacl rhkqkfgy", "김치 과발효")
    assert json.loads(run_hub("search", "김치", "--limit", "1", "--json").stdout)["did_you_mean"] is None
