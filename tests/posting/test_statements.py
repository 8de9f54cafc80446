"""Writing, editing, publishing and withdrawing, on both databases, through the search that readers use."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from embeddings.encoder import Encoder
from hub.fields.tables import StatementField
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.posting import statements
from hub.posting.advice import advice
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Kind, Statement, Vector, Visibility
from hub.search.neighbours import similar
from hub.search.query import Query
from hub.search.search import search

TEXT = "굴 껍데기를 태워 만든 석회로 산성 토양을 중화하는 기술을 보유하고 있습니다."


def post(engine: Engine, owner: str, text: str = TEXT, **changes: object) -> Statement:
    """Posts a capability of an organisation."""
    values: dict[str, object] = {"kind": Kind.CAPABILITY, "text": text, "visibility": "public"}
    written = statements.content(**{**values, **changes})  # type: ignore[arg-type]
    encoded = statements.encode(engine.encoder, written)
    with engine.database.writing() as session:
        return statements.add(session, find_profile(session, owner).id, written, encoded)


def edit(engine: Engine, statement: Statement, text: str, **changes: object) -> Statement:
    """Edits a statement from the version that was read."""
    values: dict[str, object] = {
        "kind": statement.kind,
        "text": text,
        "visibility": statement.visibility,
    }
    written = statements.content(**{**values, **changes})  # type: ignore[arg-type]
    encoded = statements.encode(engine.encoder, written)
    with engine.database.writing() as session:
        return statements.edit(session, statement.id, statement.version, written, encoded)


def found(engine: Engine, text: str) -> list[int]:
    """The statements that a search shows."""
    with engine.database.reading() as session:
        answers = search(engine, session, Query(text, Filters(), shown=10)).answers
        return [match.statement.id for answer in answers for match in answer.matches]


def vectors(session: Session, statement_id: int) -> list[bytes]:
    """A statement's stored vectors."""
    return list(session.exec(select(Vector.data).where(Vector.statement_id == statement_id)))


def test_what_is_posted_is_found_and_what_is_withdrawn_is_not(hub_engine: Engine) -> None:
    posted = post(hub_engine, "국립목포대학교")
    assert found(hub_engine, "굴 껍데기 재활용")[0] == posted.id
    with hub_engine.database.writing() as session:
        statements.withdraw(session, posted.id)
    assert posted.id not in found(hub_engine, "굴 껍데기 재활용")
    with hub_engine.database.writing() as session:
        statements.publish(session, posted.id)
    assert found(hub_engine, "굴 껍데기 재활용")[0] == posted.id


def test_a_draft_is_found_only_once_published(hub_engine: Engine) -> None:
    draft = post(hub_engine, "국립목포대학교", visibility=Visibility.DRAFT)
    assert draft.id not in found(hub_engine, TEXT)
    with hub_engine.database.writing() as session:
        statements.publish(session, draft.id)
    assert found(hub_engine, TEXT)[0] == draft.id


def test_an_edit_is_found_by_its_new_words_and_not_by_its_old(hub_engine: Engine) -> None:
    posted = post(hub_engine, "국립목포대학교")
    edit(hub_engine, posted, "한우 사육장의 악취를 줄이는 미생물 제제를 만들 수 있습니다.")
    assert found(hub_engine, "한우 사육장 악취를 줄이는 미생물")[0] == posted.id
    assert found(hub_engine, "굴 껍데기 석회")[0] != posted.id


def test_only_a_changed_text_is_encoded_again(hub_engine: Engine, encoder: Encoder) -> None:
    posted = post(hub_engine, "국립목포대학교")
    with hub_engine.database.reading() as session:
        before = vectors(session, posted.id)
    same_text = edit(hub_engine, posted, TEXT, trl=5, fields=("LB", "EB"))
    with hub_engine.database.reading() as session:
        assert vectors(session, posted.id) == before
        chosen = session.exec(
            select(StatementField.field_code).where(StatementField.statement_id == posted.id)
        )
        assert sorted(chosen) == ["EB", "LB"]
    new_text = "산성 토양을 중화하는 다른 방법을 찾았습니다."
    edit(hub_engine, same_text, new_text)
    with hub_engine.database.reading() as session:
        after = vectors(session, posted.id)
    assert after == [encoder.encode_parts([new_text])[0].astype("<f2").tobytes()]
    assert after != before


def test_a_translation_is_found_in_its_own_language_and_shown_as_what_matched(hub_engine: Engine) -> None:
    english = "We turn oyster shells into lime that neutralises acid soil."
    posted = post(hub_engine, "국립목포대학교", translation=english)
    with hub_engine.database.reading() as session:
        best = search(hub_engine, session, Query("lime from oyster shells", Filters())).answers[0].best
        assert (best.statement.id, best.why.sentence) == (posted.id, english)
        best = search(hub_engine, session, Query("굴 껍데기 석회", Filters())).answers[0].best
        assert (best.statement.id, best.why.sentence) == (posted.id, TEXT)
    edit(hub_engine, posted, TEXT, translation="")
    with hub_engine.database.reading() as session:
        best = search(hub_engine, session, Query("lime from oyster shells", Filters())).answers[0].best
        assert best.why.sentence != english


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(hub_engine: Engine) -> None:
    opened = post(hub_engine, "국립목포대학교")
    edit(hub_engine, opened, "첫째 편집자가 먼저 고쳐서 저장한 내용입니다.")
    with pytest.raises(statements.Conflict) as told:
        edit(hub_engine, opened, "둘째 편집자가 나중에 저장하려던 내용입니다.")
    assert told.value.current.text == "첫째 편집자가 먼저 고쳐서 저장한 내용입니다."
    with hub_engine.database.reading() as session:
        assert read.statement(session, opened.id).text == "첫째 편집자가 먼저 고쳐서 저장한 내용입니다."


def test_a_member_who_edits_a_sample_makes_it_its_own(hub_engine: Engine) -> None:
    with hub_engine.database.reading() as session:
        owner = find_profile(session, "세계김치연구소")
        sample = session.exec(select(Statement).where(Statement.profile_id == owner.id)).first()
    assert sample is not None
    assert (sample.source, sample.label) == ("sample", "food")
    edited = edit(hub_engine, sample, sample.text + " 연구")
    assert (edited.source, edited.label) == ("member", None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": "짧다"}, "2자뿐"),
        ({"text": "가" * 2345}, "내용: 2345자입니다. 2000자까지 적을 수 있으니 345자를"),
        ({"text": "1234567890 !!! 😀😀"}, "글자가 없습니다"),
        ({"kind": "wish"}, "등록 종류"),
        ({"visibility": "everyone"}, "공개 범위"),
        ({"visibility": "hidden-name"}, "수요·애로기술뿐"),
        ({"trl": 10}, "1에서 9"),
        ({"translation": "굴 껍데기로 만든 석회입니다."}, "다른 말로"),
        ({"translation": "x" * 2001}, "번역: 2001자입니다. 2000자까지 적을 수 있으니 1자를"),
    ],
)
def test_what_cannot_be_posted_is_said(changes: dict[str, object], says: str) -> None:
    values: dict[str, object] = {"kind": "capability", "text": TEXT, "visibility": "public"}
    with pytest.raises(Problem, match=says):
        statements.content(**{**values, **changes})  # type: ignore[arg-type]


def test_an_unknown_field_keeps_nothing(hub_engine: Engine) -> None:
    with pytest.raises(Problem, match="ZZ"):
        post(hub_engine, "국립목포대학교", fields=("LB", "ZZ"))
    with hub_engine.database.reading() as session:
        assert session.exec(select(Statement).where(col(Statement.text) == TEXT)).first() is None
    with pytest.raises(NotFound), hub_engine.database.reading() as session:
        read.statement(session, 10**9)


def test_a_text_in_another_script_is_stored_whole_and_found(hub_engine: Engine) -> None:
    text = "カキの殻から作った石灰で酸性土壌を中和する技術 🦪"
    posted = post(hub_engine, "국립목포대학교", text)
    assert (posted.text, posted.language) == (text, "ja")
    assert posted.id in found(hub_engine, "カキの殻 石灰")


def test_what_says_nearly_the_same_is_named_before_it_is_posted_twice(hub_engine: Engine) -> None:
    posted = post(hub_engine, "국립목포대학교")
    other_words = "굴 껍질을 태워서 만든 석회로 산성 토양을 중화하는 기술이 있습니다."

    def doubles(text: str, kind: str = "capability", **options: int) -> list[int]:
        with hub_engine.database.reading() as session:
            found = similar(hub_engine, session, text, kind, posted.profile_id, **options)
            return [answer.best.statement.id for answer in found]

    assert doubles(other_words) == [posted.id]
    assert doubles(other_words, apart_from=posted.id) == []
    assert doubles(other_words, "need") == []
    assert doubles("한우 사육장의 악취를 줄이는 미생물 제제") == []
    assert doubles("!!!") == doubles("") == []
    assert doubles("반도체 장비", "business") == []  # many firms make the same thing


@pytest.mark.parametrize(
    ("kind", "text", "trl", "says"),
    [
        ("need", "포장이 부풀어요", "", ["한 문장", "수치", "상대", "TRL"]),
        (
            "need",
            "영하 10도에서 배터리 용량이 절반으로 떨어집니다. 음극 소재를 함께 바꿀 연구실을 찾습니다.",
            "4",
            [],
        ),
        ("capability", "굴 껍데기 석회, 토양 3종", "6", ["한 문장", "나아지는지"]),
        ("business", "반도체 장비", "", ["한 문장", "수치"]),
        ("capability", "  ", "", []),
    ],
)
def test_advice_names_what_a_text_leaves_open(kind: str, text: str, trl: str, says: list[str]) -> None:
    given = advice(kind, text, trl)
    assert len(given) == len(says)
    assert all(word in line for word, line in zip(says, given, strict=True))
