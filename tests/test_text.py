"""What enters is cleaned once, the same way everywhere: what looks alike is alike."""

from __future__ import annotations

import doctest
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

import hub.text
from embeddings.lexical import DOTS, tokens
from embeddings.phrases import phrases
from hub.accounts.passwords import add_account, check
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.posting import statements
from hub.posting.advice import advice
from hub.problems import Problem
from hub.profiles import limits
from hub.profiles.lookup import find_profile
from hub.profiles.names import name_key
from hub.profiles.script import language_of
from hub.profiles.tables import Kind, Statement
from hub.search.feedback import Feedback, said_of
from hub.search.neighbours import finders, similar
from hub.search.query import Query
from hub.search.saved import saved_by
from hub.search.search import search
from hub.settings import Settings
from hub.text import clean, email_form, has_words, one_line, password_form
from tests.conftest import PASSWORD, account_for, signed_in
from tests.posting.test_statements import post

Run = Callable[..., CompletedProcess[str]]
UNSEEN = [
    *map(chr, (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x3164, 0xFFA0, 0xFEFF, 0xE0001, 0xE0041, 0x17B4)),
    *map(chr, [*range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F)]),
    *map(chr, [*range(0x2060, 0x2065), *range(0x2066, 0x2070), *range(0xFE00, 0xFE10)]),
]
CONTROLS = [chr(number) for number in (*range(0x0A), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))]
BLANKS = [" ", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u2800", "\u3000", "\n", "\u2028", "\u2029"]
UNSTORABLE = ["\ud800", "\udfff", "\ue000", "\U000f0000", "\ufdd0", "\uffff", "\U0010ffff"]
ALIKE = st.sampled_from([*UNSEEN, *UNSTORABLE])
APART = st.sampled_from([*CONTROLS, *BLANKS])
WORDS = st.sampled_from(["김치", "발효", "GLP", "ＳｉＣ", "2차", "μm", "café"])


def test_the_examples_in_the_docstrings_hold() -> None:
    failed, tried = doctest.testmod(hub.text)
    assert tried
    assert not failed


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_whatever_stands_unseen_in_and_between_words_a_text_is_the_same(
    words: list[str], data: st.DataObject
) -> None:
    between = st.lists(APART, min_size=1, max_size=3).map("".join)
    inside = st.lists(ALIKE, max_size=2).map("".join)
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    written = data.draw(st.one_of(st.just(""), between))
    for number, word in enumerate(words):
        letters = unicodedata.normalize(form, word)
        written += data.draw(between) if number else ""
        written += data.draw(inside) + "".join(letter + data.draw(inside) for letter in letters)
    assert one_line(written) == " ".join(unicodedata.normalize("NFC", word) for word in words)


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing_and_nothing_unseen_is_left(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert one_line(one_line(text)) == one_line(text) == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    kinds = {unicodedata.category(c) for c in cleaned if c not in "\n\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    cleaned.encode()
    assert cleaned == cleaned.strip()


def test_lines_are_kept_and_a_tab_parts_words() -> None:
    assert clean("  가\x00나\u200b \t 다\r\n라\r\n\r\n마\u2028바  \n") == "가 나 다\n라\n\n마\n바"
    assert one_line("표면\t처리\x0b기술\x85끝") == "표면 처리 기술 끝"


@pytest.mark.parametrize(
    "text", ["", *UNSEEN, *CONTROLS, *BLANKS, *UNSTORABLE, "".join(UNSEEN), "\u3164 \u200b\n"]
)
def test_a_text_with_nothing_to_see_is_empty(text: str) -> None:
    assert clean(text) == one_line(text) == email_form(text) == ""
    with pytest.raises(Problem, match="찾을 내용"):
        Query.of({"q": text}).checked()
    with pytest.raises(Problem, match="자뿐"):
        statements.content(kind="need", text=text * 20, visibility="public")
    assert advice("need", text, "") == []


@pytest.mark.parametrize("picture", ["👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "👩🏽‍🚀", "❤️", "🫩"])
def test_pictures_that_are_joined_stay_joined(picture: str) -> None:
    assert clean(f"발효 {picture} 기술") == f"발효 {picture} 기술"
    assert one_line(f"{picture}\u200d") == picture


@pytest.mark.parametrize("dot", [*"ㆍ·・･‧•∙⋅ᆞ"])
def test_dots_between_words_are_alike(dot: str, sqlite_engine: Engine) -> None:
    text = f"발효{dot}포장{dot}GLP 시험"
    assert tokens(text) == ["발효", "포장", "glp", "시험"]
    assert phrases(text) == ["발효", "포장", "GLP 시험"]
    assert name_key(f"가나{dot}다라") == name_key("가나 다라")
    assert language_of(dot * 12) is None
    assert not has_words(dot)
    with pytest.raises(Problem):
        Query.of({"q": dot}).checked()
    with pytest.raises(Problem, match="글자가 없습니다"):
        statements.content(kind="need", text=dot * 12, visibility="public")
    posted = post(
        sqlite_engine, "세계김치연구소", f"굴껍데기{dot}불가사리{dot}ＺＰＸＱ로 만든 비료 기술입니다."
    )
    with sqlite_engine.database.reading() as session:
        found = search(sqlite_engine, session, Query(f"zpxq{dot}불가사리", Filters())).answers[0].best
    assert found.statement.id == posted.id
    assert set(found.why.shared) >= {"불가사리", "ＺＰＸＱ"}
    assert dot in DOTS


@pytest.mark.parametrize(
    ("wide", "plain"),
    [("ＧＬＰ ｔｏｘｉｃｉｔｙ", "GLP toxicity"), ("𝐆𝐋𝐏 𝒕𝒐𝒙𝒊𝒄𝒊𝒕𝒚", "GLP toxicity"), ("ﾡￂﾤￂ", "가나")],
)
def test_letters_of_other_widths_are_those_letters(wide: str, plain: str, sqlite_engine: Engine) -> None:
    assert language_of(wide) == language_of(plain)
    assert tokens(wide) == tokens(plain)
    with sqlite_engine.database.reading() as session:
        assert search(sqlite_engine, session, Query(wide, Filters())).english == (plain != "가나")


@pytest.mark.parametrize("password", ["비밀 번호가 아주 길어요", "pässwörd né café", "Å ångström ǖ ấ ự"])
def test_a_password_opens_from_every_keyboard(password: str, empty: Settings) -> None:
    composed, apart = (unicodedata.normalize(form, password) for form in ("NFC", "NFD"))
    assert composed != apart
    with Database(empty.database).writing() as session:
        one = add_account(session, "a@hub.example", composed, "admin")
        other = add_account(session, "b@hub.example", apart, "admin")
        for typed in (composed, apart, apart.replace(" ", "\u00a0"), f"\ufeff{apart}\u200b"):
            assert check(session, "a@hub.example", typed) is one
            assert check(session, "b@hub.example", typed) is other
        assert check(session, "a@hub.example", composed.replace(" ", "")) is None
        assert check(session, "a@hub.example", f" {composed}") is None


def test_an_older_hash_still_opens_and_more_than_the_longest_never_does(empty: Settings) -> None:
    apart = unicodedata.normalize("NFD", "예전에 맥에서 적은 비밀번호")
    with Database(empty.database).writing() as session:
        account = add_account(session, "a@hub.example", PASSWORD, "admin")
        account.password_hash = PasswordHasher().hash(apart)
        assert check(session, "a@hub.example", apart) is account
        letters = "가나다라마" * 40
        longest = add_account(session, "b@hub.example", letters, "admin")
        assert check(session, "b@hub.example", unicodedata.normalize("NFD", letters)) is longest
        assert check(session, "b@hub.example", letters + "나") is None
        with pytest.raises(Problem, match="비밀번호"):
            add_account(session, "c@hub.example", "짧은말" + "\u200b" * 10, "admin")
    assert password_form("가 나") == "가 나"


@pytest.mark.parametrize(
    "typed",
    ["Kim＠WiKim.example", "\u200bkim@wikim.example ", "ＫＩＭ@ｗｉｋｉｍ．example", "kim@wikim。example"],
)
def test_an_address_is_one_however_it_is_typed(typed: str, empty: Settings) -> None:
    with Database(empty.database).writing() as session:
        account = add_account(session, typed, PASSWORD, "admin")
        assert account.email == "kim@wikim.example"
        assert check(session, typed, PASSWORD) is check(session, account.email, PASSWORD) is account
        with pytest.raises(Problem, match="이미"):
            add_account(session, "kim@wikim.example", PASSWORD, "admin")


def test_guesses_count_for_the_account_however_it_is_typed(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    answers = [
        client.post(
            "/sign-in", data={"email": "\u200b" * number + "x@hub.example", "password": "wrong"}
        ).status_code
        for number in range(12)
    ]
    assert answers[-1] == 429


def test_one_search_is_saved_once(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "s@hub.example", "staff", region="26")
    client = signed_in(sqlite_app, "s@hub.example")
    apart = unicodedata.normalize("NFD", "김치 발효")
    for text in ("김치 발효", " 김치  발효 ", "김치\t발효", apart, "김\u200b치\u3000발효", "김치\r\n발효"):
        data = {"q": text, "kind": " need", "region": "26\u200b"}
        assert client.post("/searches", data=data).status_code == 302
        page = client.get("/search", query_string=data).text
        assert "저장 지우기" in page
    with sqlite_app.extensions["hub"][Database].reading() as session:
        number = session.exec(select(Account.id).where(Account.email == "s@hub.example")).one()
        kept = saved_by(session, number)
    assert [search.query.given for search in kept] == [{"q": "김치 발효", "kind": "need", "region": "26"}]


def test_what_was_said_of_a_match_is_of_the_text_however_it_is_typed(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "s@hub.example", "staff", region="26")
    client = signed_in(sqlite_app, "s@hub.example")
    said = {"statement_id": "1", "word": "high"}
    texts = ["김치 발효", " 김치\t발효", unicodedata.normalize("NFD", "김\u00ad치 발효")]
    for text in texts:
        answer = client.post("/feedback", data={**said, "asked": text, "verdict": "right"})
        assert answer.status_code == 302
    with sqlite_app.extensions["hub"][Database].reading() as session:
        row = session.exec(select(Feedback)).one()
        assert row.asked == "김치 발효"
        assert said_of(session, row.account_id, ["김치\n발효"]) == {("김치\n발효", 1): "right"}
    client.post("/feedback", data={**said, "asked": texts[2], "verdict": "none"})
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Feedback)).all() == []


def test_nothing_unseen_reaches_the_database_from_an_address(app: Flask) -> None:
    client = app.test_client()
    names = ("near", "region", "kind", "profile_kind", "size", "field", "language", "s", "measure", "sort")
    for path in ("/search", "/compare", "/regions/26", "/regions/26/profiles", "/regions"):
        plain = client.get(path, query_string={"q": "김치 발효"})
        for odd in ("\x00", "\u3164", "\u2028\x1f\ufdd0"):
            # What nobody sees is as if it were not there.
            asked = {"q": f"김{odd[1:]}치 발효{odd}", **dict.fromkeys(names, odd)}
            assert client.get(path, query_string=asked).status_code == plain.status_code, (path, odd)


def test_nothing_unseen_reaches_the_database_from_a_form(app: Flask) -> None:
    number = account_for(app, "m@hub.example", "member", profile="세계김치연구소")
    client = signed_in(app, "m@hub.example")
    text = unicodedata.normalize("NFD", "김치\x00의 발\u200b효를\t늦추는 유산균\r\n기술입니다.\x0c")
    data = {
        "kind": "capability\x00",
        "visibility": "public\u200b",
        "text": text,
        "action": "publish",
        "trl": "3\x00",
    }
    assert client.post(f"/profiles/{number}/statements/new", data=data).status_code == 302
    client.post(f"/profiles/{number}/statements/check", data={**data, "statement_id": "²"})
    with app.extensions["hub"][Database].reading() as session:
        newest = session.exec(select(Statement).order_by(Statement.id.desc())).first()  # type: ignore[attr-defined]
    assert newest is not None
    assert (newest.text, newest.trl) == ("김치 의 발효를 늦추는 유산균\n기술입니다.", 3)


def test_lengths_count_what_is_kept() -> None:
    assert statements.content(kind="need", text="가\u200b" * limits.LONGEST, visibility="public").text == (
        "가" * limits.LONGEST
    )
    apart = unicodedata.normalize("NFD", "각" * limits.LONGEST)
    assert len(statements.content(kind="need", text=apart, visibility="public").text) == limits.LONGEST
    with pytest.raises(Problem, match="9자뿐"):
        statements.content(kind="need", text="가\u3164" * 9, visibility="public")
    assert Query.of({"q": "나\x00" * 500}).checked().text == " ".join("나" * 500)


def test_rules_that_read_a_text_read_it_clean(sqlite_engine: Engine) -> None:
    need = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."
    odd = unicodedata.normalize("NFD", need).replace(" ", "\t\u200b")
    with sqlite_engine.database.reading() as session:
        owner = find_profile(session, "\u200b풀무원\x00")
        one, other = (
            [a.best.statement.id for a in finders(sqlite_engine, session, text, Kind.NEED, owner)]
            for text in (need, odd)
        )
        assert one == other
        assert similar(sqlite_engine, session, "\u3164", Kind.NEED, owner.id) == []
    assert Query.of({"region": "26\u200b", "kind": " need\x00"}) == Query.of({"region": "26", "kind": "need"})


def test_what_a_command_is_given_is_clean(sqlite_loaded: Settings, run_hub: Run, tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "김\u200b치\t발효\u3164")
    ended = run_hub("search", apart, "--region", "29\u200b ", "--kind", "capability\t", "--json")
    assert ended.returncode == 0, ended.stderr
    values = json.loads(ended.stdout)
    assert values["query"] == "김치 발효"
    assert {answer["region"][:2] for answer in values["results"]} == {"29"}
    added = run_hub(
        *("account", "add", "\u200bKim＠hub.example", "--role", "member", "--profile", " Wi\u200bKim\t"),
        stdin=f"\ufeff{unicodedata.normalize('NFD', '비밀번호가 아주 길어요')}\n",
    )
    assert added.stdout.strip() == "kim@hub.example 계정을 만들었습니다."
    with Database(sqlite_loaded.database).reading() as session:
        assert check(session, "kim@hub.example", "비밀번호가 아주 길어요") is not None
        text = session.exec(select(Statement.text).where(Statement.kind == Kind.CAPABILITY)).first() or ""
    needs = tmp_path / "needs.jsonl"
    line = {"need": apart, "relevant": {unicodedata.normalize("NFD", f"\ufeff{text} "): 3}}
    needs.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    assert json.loads(run_hub("evaluate", str(needs), "--json").stdout)["n"] == 1
