"""Which language a text is written in."""

from __future__ import annotations

import pytest

from hub.profiles.script import language_of


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
