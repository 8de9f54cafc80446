"""Particles: one of two, by how the word before them ends when it is read aloud."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from markupsafe import Markup

from hub.language import TRANSLATIONS
from hub.particles import PAIRS, with_particles
from tests.conftest import account_for, signed_in


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("«부산»은(는) 없습니다", "«부산»은 없습니다"),
        ("«경기도»은(는) 없습니다", "«경기도»는 없습니다"),
        ("«김치»을(를) 지웠습니다", "«김치»를 지웠습니다"),
        ("«반도체 장비»이(가)", "«반도체 장비»가"),
        ("(주)올곧이(가)", "(주)올곧이"),
        ("«서울»(으)로", "«서울»로"),
        ("«부산»(으)로", "«부산»으로"),
        ("«a@b.kr»(으)로", "«a@b.kr»로"),
        ("«26»은(는)", "«26»은"),
        ("«99»은(는)", "«99»는"),
        ("«1»(으)로", "«1»로"),
        ("«HTML»을(를)", "«HTML»을"),
        ("/srv/hub.db이(가)", "/srv/hub.db가"),
        ("«김치와 밥»과(와)", "«김치와 밥»과"),
        ("«😀»은(는)", "«😀»은(는)"),
        ("은(는)", "은(는)"),
        ("가지 않는 말", "가지 않는 말"),
    ],
)
def test_one_particle_is_chosen(written: str, shown: str) -> None:
    assert with_particles(written) == shown


def test_what_is_safe_stays_safe() -> None:
    assert with_particles(Markup("<b>부산</b> 부산은(는)")).__html__() == "<b>부산</b> 부산은"  # type: ignore[attr-defined]


def test_every_pair_that_texts_use_is_known() -> None:
    with (TRANSLATIONS / "ko" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = [str(message.id) for message in read_po(file) if message.id]
    used = {
        pair
        for text in texts
        for pair in re.findall(r"(?:[가-힣]\([가-힣]\)|\([가-힣]\)[가-힣])(?=[ ,.]|$)", text)
    }
    assert {pair for pair in used if re.match(r"(은|을|이|가|와|과|를|는)\(|\(으\)", pair)} <= set(PAIRS)


def test_no_page_leaves_the_choice_to_its_reader(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "m@hub.example", "member", profile="세계김치연구소")
    member = signed_in(sqlite_app, "m@hub.example")
    assert "지역 코드 «99999»는 없습니다" in member.get("/regions/99999").text
    member.post("/searches", data={"q": "김치 포장"})
    kept = re.search(r"/searches/(\d+)/remove", member.get("/searches").text)
    assert kept is not None
    removed = member.post(kept[0], data={"list": "1"}, headers={"HX-Request": "true"}).text
    assert "«김치 포장»을 지웠습니다" in removed
