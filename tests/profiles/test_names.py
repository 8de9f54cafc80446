"""One organisation writes its name in many ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.profiles.names import LONGEST_KEY, name_key


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


FORMS = [
    *"㈜ ㈔ ㈶ ㈳ ㈲ ㈱ (주) （주） [주] (유) (사) (재) (학) (합) 주식회사 유한회사 유한책임회사 합자회사 사단법인".split(),
    *"재단법인 농업회사법인 영농조합법인 어업회사법인 협동조합 사회적협동조합 학교법인 의료법인 (사단법인) 株式会社".split(),
    "( 주 )",
]


FORMS_BEFORE = [*FORMS, "주)"]


FORMS_BEHIND = [*FORMS, "(주", "산학협력단"]


FORMS_BEHIND_ENGLISH = [
    *(
        "Co., Ltd.",
        "co.,ltd",
        "Co. Ltd",
        "CO LTD",
        "Company Limited",
        "Limited",
        "Ltd.",
        "ltd",
        "LLC",
        "L.L.C.",
        "llp",
    ),
    *(
        "Corp.",
        "corp",
        "Corporation",
        "Inc.",
        "INC",
        "Incorporated",
        "Co., Inc.",
        "GmbH",
        "Pte. Ltd.",
        "Ｌｔｄ．",
    ),
]


BLANK = st.sampled_from(["", " ", "  ", "\u3000", "\t"])


@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from(
        ["지에스", "한국기계연구원", "해담", "부산대학교", "Haedam", "3S소재", "에이치앤비"]
    ),
    before=st.lists(st.sampled_from(FORMS_BEFORE), max_size=2),
    behind=st.lists(st.sampled_from(FORMS_BEHIND), max_size=1),
    english=st.lists(st.sampled_from(FORMS_BEHIND_ENGLISH), max_size=1),
    blank=BLANK,
    upper=st.booleans(),
)
@example(name="지에스", before=[], behind=["(주"], english=["Co., Inc."], blank="", upper=False)
def test_an_organisation_is_the_same_with_any_legal_form(
    *, name: str, before: list[str], behind: list[str], english: list[str], blank: str, upper: bool
) -> None:
    written = blank.join([*before, name, *behind])
    # Latin behind Latin needs a blank: «Haedamco» would be another name.
    written += "".join((blank if not written[-1].isascii() else " ") + form for form in english)
    assert name_key(written.upper() if upper else written) == name_key(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "한국협동조합연구소",
            "협동조합연구소",
            "협동조합 연합회",
            "산학협력단협의회",
            "한국사단법인협의회",
            "부산농업협동조합",
        ),
        *(
            "중소기업협동조합중앙회",
            "신용협동조합",
            "Corporate Express",
            "Corpus",
            "Limitless",
            "Incheon",
            "Coway",
            "LLCube",
        ),
        *(
            "Unlimited",
            "Holdings Income",
            "주성엔지니어링",
            "유한양행",
            "재영솔루텍",
            "사조산업",
            "한국주식회사연구소",
        ),
    ],
)
def test_what_only_looks_like_a_legal_form_stays(name: str) -> None:
    assert name_key(name) == re.sub(r"\s", "", name).casefold()


@pytest.mark.parametrize(
    "form", ["(주)", "주식회사", "협동조합", "산학협력단", "㈜", "Corp", "Ltd.", "co., ltd.", "LLC"]
)
def test_a_name_that_is_only_a_legal_form_stays(form: str) -> None:
    assert name_key(form)
    assert name_key(f"{form} {form}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Korea Institute of Machinery & Materials", "korea institute of machinery and materials"),
        ("Pusan National Univ.", "PUSAN NATIONAL UNIVERSITY"),
        ("The Catholic University of Korea", "Catholic University of Korea"),
        ("㈜해담 ", "해\u200b담"),
        ("해담·소재", "해담ㆍ소재"),
        ("농업회사법인 주식회사 해담", "농업회사법인(주)해담"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(st.text(max_size=60))
def test_a_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert len(name_key(name * 10)) <= LONGEST_KEY


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from([*FORMS_BEHIND, *FORMS_BEHIND_ENGLISH, "주식", "회사", "가나", " ", "(", "and"]),
        max_size=8,
    )
)
def test_a_key_of_forms_is_itself_too(parts: list[str]) -> None:
    key = name_key("".join(parts))
    assert name_key(key) == key
