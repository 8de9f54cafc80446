"""The two keyboard layouts, key by key."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hub.keyboard
from hub.keyboard import is_rare, reads_as_english, stray_jamo, to_hangul, to_latin

SYLLABLES = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")))


def test_the_examples_in_the_docstrings_hold() -> None:
    failed, tried = doctest.testmod(hub.keyboard)
    assert tried
    assert not failed


@settings(deadline=None)
@given(SYLLABLES)
def test_every_korean_text_comes_back_from_its_keys(text: str) -> None:
    keys = to_latin(text)
    assert keys.isascii()
    assert to_hangul(keys) == text


@settings(deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz 0123456789.,-"))
def test_every_text_in_small_letters_comes_back_from_the_korean_layout(text: str) -> None:
    assert to_latin(to_hangul(text)) == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("rhksRnr", "관꾹"),
        ("ehlsekf", "된달"),
        ("wnltmdkf", "쥐스알"),
        ("dmlwk", "의자"),
        ("rkqt", "값"),
        ("rkqtdms", "값은"),
        ("dkswek", "앉다"),
        ("dlfrek", "읽다"),
        ("WkaQhd", "짬뽕"),
        ("OPop", "ㅒㅖㅐㅔ"),
        ("dOrl", "얘기"),
        ("rkrk rkrrk", "가가 각가"),
        ("SkSH", "나노"),
        ("", ""),
    ],
)
def test_as_an_input_method_writes(keys: str, text: str) -> None:
    assert to_hangul(keys) == text


def test_what_stands_out_of_a_word() -> None:
    assert stray_jamo("김ㅊ") == {"ㅊ"}
    assert stray_jamo("김치") == set()
    assert [letter for letter in "햨셋뷁가" if is_rare(letter)] == ["햨", "뷁"]
    assert not is_rare("a")
    assert not is_rare("㈜")
    english = "work element strength packaging toxicology plastic screw throughput"
    assert all(map(reads_as_english, english.split()))
    assert not any(map(reads_as_english, "rlacl rhkqkfgy vhwkd qksehcp wjsrl wkehdck".split()))
