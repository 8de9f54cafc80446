"""Numbers from outside: read in one way, in range, and never a trace."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.database import Database
from hub.desk.decisions import pair_key
from hub.numbers import LARGEST, bounded, whole_number
from hub.problems import NotFound, Problem
from hub.profiles.limits import trl_of
from hub.profiles.lookup import find_profile
from hub.search.query import Query
from hub.settings import Settings
from tests.conftest import PASSWORD, account_for, signed_in

MEMBER = "m@hub.example"
# Digits of other scripts, digits that are no decimal ones, signs, too many, and one more than a column holds.
NO_NUMBER = [
    "²",
    "٣",
    "१",
    "１",
    "+1",
    "-1",
    "1_0",
    "1.0",
    "1e3",
    " 1",
    "1\n",
    "0x1",
    "NaN",
    "x",
    "9" * 5000,
    str(2**31),
]
TOO_LARGE = [str(2**31), str(2**63 - 1), str(2**63), "9" * 20, "9" * 5000]


@given(
    st.one_of(
        st.text(max_size=12), st.integers().map(str), st.text(st.characters(categories=["Nd", "No", "Nl"]))
    )
)
@example("9" * 5000)
@settings(max_examples=500, deadline=None)
def test_a_number_is_what_the_ten_digits_say_in_range(text: str) -> None:
    digits = bool(text) and all(character in "0123456789" for character in text)
    number = whole_number(text)
    assert (number is None) == (not digits or len(text) > 10 or int(text) > LARGEST)
    if number is not None:
        assert number == int(text)
    for least, most in ((1, 9), (0, 0), (5, 400)):
        inner = whole_number(text, least=least, most=most)
        assert inner is None or (least <= inner <= most and inner == int(text))
        assert least <= bounded(text, default=least, least=least, most=most) <= most


@pytest.mark.parametrize("text", NO_NUMBER, ids=lambda text: repr(text)[:12])
def test_each_reader_of_numbers_says_so(text: str) -> None:
    with pytest.raises(Problem, match="TRL"):
        trl_of(text)
    for name in ("trl_from", "trl_to"):
        if text.strip() == "1":  # what is typed into a filter is cleaned first
            assert Query.of({name: text}).filters.trl is not None
            continue
        with pytest.raises(Problem, match="TRL"):
            Query.of({name: text})
    for pair in (f"{text}-1", f"1-{text}"):
        with pytest.raises(Problem, match="추천 쌍이 아닙니다"):
            pair_key(pair)


def test_an_address_with_a_number_that_there_cannot_be_is_not_found(app: Flask) -> None:
    account_for(app, MEMBER, "admin")
    client = signed_in(app, MEMBER)
    for number in [*TOO_LARGE, "²", "٣", "१७", "１７", "0", "-1", "+1", "1.5"]:
        for path in (
            *("/profiles/{}", "/profiles/{}/edit", "/profiles/{}/statements/new", "/statements/{}/edit"),
        ):
            answer = client.get(path.format(number))
            assert answer.status_code == 404, path.format(number)[:60]
            assert 'class="site-header"' in answer.text
        for path in ("/searches/{}/remove", "/statements/{}/withdraw", "/profiles/{}/statements/check"):
            assert client.post(path.format(number)).status_code == 404, path.format(number)[:60]
    # The largest that a column holds is merely not there.
    assert client.get(f"/profiles/{2**31 - 1}").status_code == 404
    assert client.get("/profiles/1").status_code == 200


def test_a_parameter_that_is_no_number_is_said_or_ignored(app: Flask) -> None:
    account_for(app, MEMBER, "staff", region="26")
    client = signed_in(app, MEMBER)
    for number in [*TOO_LARGE, "²", "٣"]:
        for name in ("trl_from", "trl_to"):
            wrong = client.get("/search", query_string={"q": "김치", name: number})
            assert wrong.status_code == 400
            assert "1에서 9까지" in wrong.text
        for path in ("/regions/26", "/regions/26/profiles", "/search?q=김치"):
            mark = "&" if "?" in path else "?"
            assert client.get(f"{path}{mark}page={number}&show={number}&after={number}").status_code == 200
        assert client.get("/compare", query_string={"q": "김치", "s": ["1", number]}).status_code == 200
        pair = client.get("/regions/26/compare", query_string={"pair": f"1-{number}"})
        assert pair.status_code == 400
        assert client.post(f"/regions/26/pairs/{number}-1", data={"decision": ""}).status_code == 400


def test_a_form_with_a_number_that_is_none_is_said_and_loses_no_text(app: Flask) -> None:
    number = account_for(app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(app, MEMBER)
    text = "물김치의 탄산감을 오래 유지하는 저온 숙성 조건을 찾아 드립니다."
    form: dict[str, Any] = {"kind": "capability", "text": text, "visibility": "public", "action": "publish"}
    posted = client.post(f"/profiles/{number}/statements/new", data={**form, "trl": "9"})
    statement = posted.location.rsplit("-", 1)[1]
    for wrong in [*TOO_LARGE, "²", "٣"]:
        answer = client.post(f"/profiles/{number}/statements/new", data={**form, "trl": wrong})
        assert answer.status_code == 400
        assert "1에서 9까지" in answer.text
        assert text in answer.text
        check = {**form, "statement_id": wrong, "trl": wrong}
        assert client.post(f"/profiles/{number}/statements/check", data=check).status_code == 200
        edited = client.post(f"/statements/{statement}/edit", data={**form, "version": wrong})
        assert edited.status_code == 409
        assert text in edited.text
        said = {"asked": "김치", "word": "high", "statement_id": wrong, "verdict": "right"}
        for verdict in ("right", "none"):
            assert client.post("/feedback", data={**said, "verdict": verdict}).status_code == 404


def test_values_that_a_database_refuses_are_said(app: Flask) -> None:
    """PostgreSQL takes no zero byte in a text, SQLite does; neither fails for it."""
    number = account_for(app, MEMBER, "member", profile="세계김치연구소")
    client = signed_in(app, MEMBER)
    visitor = app.test_client()
    for q in ("\x00\x00", "김치\x00", "\x00", "\ufffd\x00\x00"):
        assert visitor.get("/search", query_string={"q": q}).status_code in (200, 400)
    assert visitor.post("/sign-in", data={"email": "a\x00@b.example", "password": "x"}).status_code in (
        400,
        401,
    )
    said = {"asked": "김치\x00포장", "word": "high", "statement_id": "1", "verdict": "right"}
    assert client.post("/feedback", data=said).status_code in (302, 400)
    form = {"kind": "need", "text": "컨테이너 크레인의 흔들림을 예측하는 기술", "visibility": "public"}
    many = [f"{number:x}" for number in range(40_000)]  # more values than one statement of SQL may have
    for fields in (["\x00"], ["LB", "E\x00"], ["x" * 300], ["LB"] * 40_000, many):
        answer = client.post(f"/profiles/{number}/statements/new", data={**form, "fields": fields})
        assert answer.status_code in (302, 400), fields[:2]
    assert client.post("/searches", data={"q": "김치\x00"}).status_code in (302, 400)
    assert client.get("/searches").status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "add", "b@hub.example", "--role", "member", "--profile", "9" * 20),
        ("account", "add", "b@hub.example", "--role", "member", "--profile", "9" * 5000),
        ("account", "add", "b@hub.example", "--role", "member", "--profile", "2147483648"),
        ("account", "add", "b@hub.example", "--role", "member", "--profile", "²"),
        ("search", "김치", "--trl-from", "9" * 5000),
        ("search", "김치", "--trl-to", "²"),
        ("search", "김치", "--limit", "9" * 5000),
        ("search", "김치", "--limit", "٣"),
        ("suggest", "--region", "٢٦"),
        ("suggest", "--region", "26", "--limit", "１"),
        ("serve", "--port", "8_0"),
    ],
    ids=lambda arguments: " ".join(arguments)[-30:],
)
def test_a_command_with_a_number_that_is_none_is_wrong_use(
    sqlite_loaded: Settings, run_hub: Callable[..., CompletedProcess[str]], arguments: tuple[str, ...]
) -> None:
    ended = run_hub(*arguments, stdin=PASSWORD)
    assert ended.returncode == 2
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


def test_an_organisation_is_found_by_its_number_or_name(app: Flask) -> None:
    with app.extensions["hub"][Database].reading() as session:
        found = find_profile(session, "세계김치연구소")
        assert find_profile(session, str(found.id)).id == found.id
        for wanted in [*TOO_LARGE, "²", "٣", "\x00", "\x00\x00", "\udcff", ""]:
            with pytest.raises(NotFound):
                find_profile(session, wanted)
