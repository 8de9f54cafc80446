"""Why a text answers."""

from __future__ import annotations

from hub.index.engine import Engine
from hub.search.explain import telling_words, why


def test_why_marks_what_is_shared_and_nothing_else(hub_engine: Engine) -> None:
    words = hub_engine.store.words
    because = why(
        telling_words("2차전지용 배터리셀 패드가 필요합니다", words),
        "이차전지 소재·공정, 배터리 안전 진단",
        words,
    )
    assert because.shared == ("이차전지", "배터리")
    assert because.sentence == "이차전지 소재·공정, 배터리 안전 진단"
    two = why(telling_words("김치 포장", words), "우리는 반도체를 합니다. 김치 포장 기술도 있습니다.", words)
    assert two.sentence == "김치 포장 기술도 있습니다."
    none = why(telling_words("필요합니다", words), "연구가 필요합니다", words)
    assert none.shared == ()
    assert "".join(span.text for span in none.spans) == "연구가 필요합니다"


def test_a_word_that_only_has_letters_of_the_query_within_is_not_shared(hub_engine: Engine) -> None:
    words = hub_engine.store.words
    asked = telling_words("산업단지의 폐수와 도금품질이 걱정입니다", words)
    said = why(asked, "기업단체 회원사의 단지 조성과 폐수처리, 도금의 품질 시험", words)
    assert said.shared == ("단지", "폐수", "도금", "품질")  # how the query's words begin and end
