"""Evaluation and re-indexing through the rules that the commands call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.index.engine import Engine
from hub.measure.quality import Need, Score, evaluate, read_needs
from hub.problems import Problem
from hub.text import clean
from tests.posting.test_statements import post

NEED = Need(
    "김치 포장이 부풀어요",
    {
        "김치 유산균, 발효 제어, 김치 포장과 유통기한 연장 기술": 3,
        "발효식품, 식품 기능성 소재, 식품 저장·유통 및 가공 기술": 2,
    },
)


def test_a_need_that_is_answered_scores(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        score = evaluate(hub_engine, session, [NEED])
    assert (score.n, score.top1) == (1, 1.0)
    assert 0.9 < score.ndcg_at_10 <= 1
    with hub_engine.database.reading() as session, pytest.raises(Problem, match="없는 글"):
        evaluate(hub_engine, session, [Need("김치", {"없는 글": 3})])


def test_what_nobody_graded_is_left_out_where_a_source_is_given(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        alone = evaluate(hub_engine, session, [NEED])
        assert evaluate(hub_engine, session, [NEED], "sample") == alone
    for number in range(3):  # each answers better than anything that was graded
        post(
            hub_engine,
            ("국립목포대학교", "부산대학교", "경북대학교")[number],
            f"{NEED.text}: 김치 포장 팽창 해결 {number}",
        )
    with hub_engine.database.reading() as session:
        assert evaluate(hub_engine, session, [NEED]).top1 == 0
        assert evaluate(hub_engine, session, [NEED], "sample") == alone
        with pytest.raises(Problem, match="없습니다"):
            evaluate(hub_engine, session, [NEED], "listed")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "하나도 없습니다"),
        ('{"need": "김치", "relevant": {"글": 3}}\n{"need": 3', "2번째 줄"),
        ('{"need": "김치"}', "1번째 줄"),
        ('["김치"]', "1번째 줄"),
        ('\n\r\n{"need": "김치", "relevant": []}', "3번째 줄"),
        ("[" * 100_000, "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": NaN}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": Infinity}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": -1}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": true}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": "3"}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": 12345678901234567890}}', "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": ' + "9" * 400 + "}}", "1번째 줄"),
        ('{"need": "김치", "relevant": {"글": ' + "9" * 5000 + "}}", "1번째 줄"),
        ('{"need": 3, "relevant": {"글": 3}}', "1번째 줄"),
        ('{"need": null, "relevant": {"글": 3}}', "1번째 줄"),
        ('{"need": "\\ud800 김치", "relevant": {"글": 3}}', "1번째 줄"),
        ('{"need": " ", "relevant": {"글": 3}}', "1번째 줄: 찾을 내용을"),
        ('{"need": "' + "김" * 5000 + '", "relevant": {"글": 3}}', "1번째 줄: 검색어: 5000자"),
        ('{"need": "김치",\n"relevant": {"글": 3}}', "1번째 줄"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "needs.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Problem, match=says):
        read_needs(file)
    file.write_bytes("김치".encode("cp949"))
    with pytest.raises(Problem, match="UTF-8"):
        read_needs(file)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "needs.jsonl"
    file.write_text("\ufeff" + json.dumps({"need": "김치", "relevant": {"글": 3}}), encoding="utf-8")
    assert read_needs(file) == [Need("김치", {"글": 3.0})]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, separator: str) -> None:
    file = tmp_path / "needs.jsonl"
    row = {"need": f"김치{separator}포장", "relevant": {f"글{separator}하나": 3}}
    for text in (json.dumps(row), json.dumps(row, ensure_ascii=False)):
        for end in ("\n", "\r\n"):
            file.write_bytes(f"\n{text}{end}{end}  {end}{text}".encode())
            text_of = {"need": clean(f"김치{separator}포장"), "statement": clean(f"글{separator}하나")}
            assert read_needs(file) == [Need(text_of["need"], {text_of["statement"]: 3.0})] * 2


def test_a_graded_text_is_found_as_posting_has_kept_it(sqlite_engine: Engine, tmp_path: Path) -> None:
    posted = post(sqlite_engine, "국립목포대학교", "김 양식장의\u2028수질을 재는 센서")
    assert posted.text == "김 양식장의\n수질을 재는 센서"
    file = tmp_path / "needs.jsonl"
    graded = {"need": "김 양식장 수질", "relevant": {"김 양식장의\u2028수질을 재는 센서": 3}}
    file.write_text(json.dumps(graded, ensure_ascii=False), encoding="utf-8")
    with sqlite_engine.database.reading() as session:
        score = evaluate(sqlite_engine, session, read_needs(file))
    assert score == Score(1, 1.0, 1.0)
