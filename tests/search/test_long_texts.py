"""What an organisation says counts alike wherever it stands in its text, however much else is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Change, Texts, Wording
from hub.profiles.limits import LONGEST
from hub.profiles.tables import Kind, ProfileKind, Statement
from hub.search.answers import Match
from hub.search.query import Query
from hub.search.ranking import rank
from hub.search.search import compare, search
from hub.suggestions.suggestions import Suggestions, suggest
from tests.posting.test_statements import post

OWNER = "국립목포대학교"
KOREAN = (
    "두부 응고제 배합; 선박 도료 방오 시험; 굴 껍데기 석회 제조; 골프공 회전 측정; 유아 의자 안전 검사; 한옥 창호 단열; "
    "드론 배송 경로 계획; 전통주 누룩 균주; 양말 편직 기계 제어; 지하철 소음 지도; 고서 종이 복원; 장미 품종 육성; "
    "안경 렌즈 연마; 해녀 잠수복 보온; 악기 현 장력 계측; 눈길 제설제 살포; 목재 방부 처리; 사과 저장 창고 환기; "
    "도자기 유약 색상; 가축 분뇨 퇴비화; 치과 보철물 가공; 태권도 보호구 충격; 볼펜 잉크 점도; 터널 환기 팬; "
    "인삼 홍삼 증숙; 유리창 청소 로봇; 승강기 와이어 점검; 소금 결정 크기; 커피 원두 배전; 자전거 변속기 조립; "
    "우산 방수 원단; 벼 이앙기 자동 조향; 병원 식단 영양 분석; 열차 시간표 최적화; 낚시 찌 부력; 온천수 성분 분석; "
    "책 제본 접착제; 김 양식 갯병; 무대 조명 제어; 반려견 사료 기호성; 타일 줄눈 시공; 호박엿 성형; 시계 태엽 열처리"
).split("; ")
ENGLISH = (
    "tofu coagulant blending; anti-fouling ship paint; oyster shell lime; golf ball spin measurement; child seat "
    "tests; hanok window insulation; drone delivery routing; rice wine yeast strains; sock knitting machines; "
    "subway noise maps; old paper restoration; rose breeding; spectacle lens polishing; wetsuit insulation; string "
    "tension sensing; road de-icing; wood preservation; apple storage ventilation; ceramic glaze colours; manure "
    "composting; dental prosthesis milling; taekwondo protector impact; pen ink viscosity; tunnel fans; red ginseng "
    "steaming; window cleaning robots; lift rope inspection; salt crystal size; coffee roasting; bicycle gears; "
    "umbrella fabrics; rice transplanter steering; hospital menus; train timetables; fishing float buoyancy; hot "
    "spring analysis; book binding glue; laver farming disease; stage light control; dog food taste; tile grouting"
).split("; ")
# What is listed, and who asks for it.
ASKED = {
    "ko": ("수소 배관 용접부의 수소 취성 진단", "수소 배관 용접부가 갈라지는지 진단하고 싶습니다", KOREAN),
    "en": (
        "hydrogen embrittlement diagnosis of pipe welds",
        "We must find out whether hydrogen pipe welds get brittle",
        ENGLISH,
    ),
}
SENTENCE = {"ko": "저희는 {} 일을 오래 해 왔습니다.", "en": "We have done {} for many years."}
JOINED = {"ko": " 다루고 ", "en": " then "}  # no comma, no full stop


def match_of(engine: Engine, asked: str, statement: Statement) -> Match:
    """How a statement answers."""
    with engine.database.reading() as session:
        return compare(engine, session, Query(asked), [statement.id])[0].best


def strength(engine: Engine, asked: str, text: str, **changes: str) -> int:
    return match_of(engine, asked, post(engine, OWNER, text, **changes)).hit.strength


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize("separator", [", ", "; ", "\n"])
def test_every_item_of_a_list_counts_alike(sqlite_engine: Engine, language: str, separator: str) -> None:
    item, asked, others = ASKED[language]
    eighth = strength(sqlite_engine, asked, separator.join([*others[:7], item]))
    assert eighth >= 90
    for count, place in ((9, 0), (9, 8), (12, 9), (40, 0), (40, 8), (40, 20), (40, 39)):
        items = others[: count - 1]
        posted = post(sqlite_engine, OWNER, separator.join([*items[:place], item, *items[place:]]))
        match = match_of(sqlite_engine, asked, posted)
        assert abs(match.hit.strength - eighth) <= 2, (count, place)
        assert match.why.nearest == item
        assert any(span.near and span.text in item for span in match.why.spans)
        with sqlite_engine.database.reading() as session:
            first = search(sqlite_engine, session, Query(asked, Filters())).answers[0]
        assert first.profile is not None
        assert first.profile.name_ko == OWNER


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), language=st.sampled_from(sorted(ASKED)), asking=st.integers(0, 39))
def test_any_item_at_any_place_among_any_number(
    sqlite_engine: Engine, data: st.DataObject, language: str, asking: int
) -> None:
    """Each of the items may be the one that is asked for."""
    _item, _asked, items = ASKED[language]
    item = items[asking]
    others = [other for other in items if other != item]
    count = data.draw(st.integers(5, len(others)))
    place = data.draw(st.integers(0, count))
    chosen = data.draw(st.permutations(others))[:count]
    few = match_of(sqlite_engine, item, post(sqlite_engine, OWNER, ", ".join([item, *others[:7]])))
    posted = post(sqlite_engine, OWNER, ", ".join([*chosen[:place], item, *chosen[place:]]))
    match = match_of(sqlite_engine, item, posted)
    assert match.why.nearest == item
    assert abs(match.hit.strength - few.hit.strength) <= 5


def long_text(language: str, length: int, share: float, form: str) -> str:
    """A text of this many letters; what is asked for stands after this share of it."""
    item, _asked, others = ASKED[language]
    if form == "sentences":
        said, fill, joint = (
            SENTENCE[language].format(item),
            [SENTENCE[language].format(o) for o in others],
            " ",
        )
    else:
        said, fill, joint = item, others, JOINED[language]
    fill = [part for turn in range(6) for part in (fill if turn % 2 else fill[::-1])]
    while len(joint.join([*fill, said])) > length:
        fill.pop()
    at = round(share * len(fill))
    return joint.join([*fill[:at], said, *fill[at:]])


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize("form", ["sentences", "one sentence"])
@pytest.mark.parametrize("length", [589, LONGEST])
def test_a_long_text_is_found_by_its_beginning_its_middle_and_its_end(
    sqlite_engine: Engine, language: str, form: str, length: int
) -> None:
    item, asked, _others = ASKED[language]
    strengths = []
    for share in (0, 0.25, 0.5, 0.9, 1):
        text = long_text(language, length, share, form)
        assert length - 80 < len(text) <= length
        match = match_of(sqlite_engine, asked, post(sqlite_engine, OWNER, text))
        strengths.append(match.hit.strength)
        if form == "sentences":
            assert match.why.nearest == SENTENCE[language].format(item)
        else:  # a window of words, most of which are the item's
            shared = set(match.why.nearest.split()) & set(item.split())
            assert 2 * len(shared) > len(item.split())
    assert min(strengths) >= 85
    assert max(strengths) - min(strengths) <= (2 if form == "sentences" else 12)


def test_the_translation_counts_to_its_end_too(sqlite_engine: Engine) -> None:
    korean, _asked, others = ASKED["ko"]
    english, asked, other_things = ASKED["en"]
    text = ", ".join([*others[:39], korean])
    first = strength(sqlite_engine, asked, text, translation=", ".join([english, *other_things[:39]]))
    posted = post(sqlite_engine, OWNER, text, translation=", ".join([*other_things[:39], english]))
    match = match_of(sqlite_engine, asked, posted)
    assert first >= 90
    assert abs(match.hit.strength - first) <= 2
    assert (match.wording, match.why.nearest) == (1, english)


def test_a_long_text_that_says_nothing_of_it_is_not_called_right(sqlite_engine: Engine) -> None:
    text = ", ".join(KOREAN)
    for asked in (
        "블록체인 부동산 등기",
        "항암제 후보물질의 독성 시험",
        "quantum astrology",
        "별자리 궁합 상담",
    ):
        assert strength(sqlite_engine, asked, text) < 20, asked


def test_a_long_text_is_a_candidate_among_very_many(sqlite_engine: Engine) -> None:
    """Its whole is farther than that of hundreds of others, and no word of the query helps."""
    item, asked, others = ASKED["ko"]
    posted = post(sqlite_engine, OWNER, ", ".join([*others[:39], item]))
    store, encoder = sqlite_engine.store, sqlite_engine.encoder
    with sqlite_engine.database.reading() as session:
        sqlite_engine.sync(session)
    query = encoder.encode_one(asked)
    (whole,) = store.vectors(Texts.own([posted.id]))
    random = np.random.default_rng(5)
    crowd = whole + 0.15 * query + 0.01 * random.standard_normal((3000, len(query)))
    crowd = (crowd / np.linalg.norm(crowd, axis=1, keepdims=True)).astype(np.float16)
    store.apply(
        [
            Change(10**6 + n, 10**6 + n, Kind.CAPABILITY, ProfileKind.INSTITUTE, "26", False, (wording,))
            for n, wording in enumerate(Wording("x", vector[None]) for vector in crowd)
        ]
    )
    filters = Filters(kinds=frozenset({Kind.CAPABILITY}))
    corrected = sqlite_engine.background.correct(query)
    ((_cosines, by_whole),) = store.neighbours(corrected[None], filters, 1000, whole=True)
    assert posted.id not in by_whole.ids
    hits = rank(sqlite_engine, Query("-", filters).encoded(encoder, query), 20)
    assert hits[0].statement_id == posted.id


def test_what_a_laboratory_lists_last_is_suggested_to_the_firm_that_needs_it(sqlite_engine: Engine) -> None:
    item, asked, others = ASKED["ko"]
    need = post(sqlite_engine, "토탈소프트", asked, kind=Kind.NEED)
    kept = Suggestions()
    with sqlite_engine.database.reading() as session:
        suggest(sqlite_engine, session, kept, "26")
    # Both when a list is made anew and when a new statement enters it.
    posted = post(sqlite_engine, OWNER, ", ".join([*others[:39], item]))
    for suggestions in (kept, Suggestions()):
        with sqlite_engine.database.reading() as session:
            found = suggest(sqlite_engine, session, suggestions, "26", limit=200).shown
        pairs = {(s.firm_statement.id, s.lab_statement.id): s for s in found}
        assert (need.id, posted.id) in pairs
        assert pairs[need.id, posted.id].why.nearest == item
