"""Names compare, and a text's language is told by its letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.profiles.names import name_key
from hub.profiles.script import language_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈜지에스", "주식회사 지에스"),
        ("지에스(주)", "(주) 지에스"),
        ("Samsung Electronics Co., Ltd.", "SAMSUNG ELECTRONICS"),
        ("한양대학교 ERICA", "한양대학교(erica)"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_one_organisation_has_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_organisations_have_different_keys() -> None:
    assert name_key("경북대학교") != name_key("전북대학교")
    assert name_key("(주)") == "(주)"  # a name that is nothing but its legal form stays itself


@given(st.text(max_size=60))
def test_a_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("SiC 기반 MOSFET 전력반도체 모듈", "ko"),
        ("We need GLP toxicology studies", "en"),
        ("キムチの発酵を制御する技術", "ja"),
        ("控制发酵的技术", "zh"),
        ("технология ферментации", "ru"),
        ("تقنية التخمير", "ar"),
        ("ტექნოლოგია", "xx"),
        ("12345 !!! 😀", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language
