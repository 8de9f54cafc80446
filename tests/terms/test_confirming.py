"""What is confirmed, and whose confirmations count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hub.terms import confirming
from hub.terms.confirming import (
    LAPSE,
    Confirmation,
    State,
    computed,
    document_hash,
    evidence,
    hashed,
    sentence,
    standing,
    still_computes,
)
from hub.terms.sheet.people import Signer
from tests.terms.cast import sheet_of
from tests.terms.sheets import STORED, read

START = datetime(2026, 12, 1, tzinfo=UTC)
HASH, OTHER = "a" * 64, "b" * 64


def confirmed(party: str, day: float, account: str = "", **more: Any) -> Confirmation:
    more = {"document_hash": HASH} | more
    return Confirmation(
        party, account or f"account of {party}", confirmed_at=START + timedelta(days=day), **more
    )


def state(*confirmations: Confirmation, day: float = 1, parties: str = "LS") -> State:
    return standing(parties, HASH, confirmations, START + timedelta(days=day)).state


def test_all_is_all() -> None:
    assert state() is State.PROPOSED
    assert state(confirmed("L", 0)) is State.CONFIRMED_BY_SOME
    assert state(confirmed("L", 0), confirmed("S", 1)) is State.CONFIRMED_BY_ALL
    assert state(confirmed("L", 0), confirmed("S", 1), parties="LSU") is State.CONFIRMED_BY_SOME
    assert state(confirmed("L", 0), confirmed("X", 1)) is State.CONFIRMED_BY_SOME
    found = standing("LSU", HASH, [confirmed("L", 0), confirmed("S", 1)], START + timedelta(days=2))
    assert (found.confirmed, found.missing) == (("L", "S"), ("U",))
    assert found.lapses_at == START + LAPSE


def test_another_version_counts_for_nothing() -> None:
    assert state(confirmed("L", 0, document_hash=OTHER), confirmed("S", 1)) is State.CONFIRMED_BY_SOME


def test_nobody_confirms_for_two() -> None:
    assert state(confirmed("L", 0, "one"), confirmed("S", 1, "one")) is State.CONFIRMED_BY_SOME
    assert (
        state(confirmed("L", 0, "one"), confirmed("S", 1, "one"), confirmed("S", 1, "two"))
        is State.CONFIRMED_BY_ALL
    )


def test_it_lapses_after_thirty_days_and_may_be_asked_again() -> None:
    assert state(confirmed("L", 0), day=30) is State.CONFIRMED_BY_SOME
    assert state(confirmed("L", 0), day=31) is State.PROPOSED
    assert state(confirmed("L", 0), confirmed("S", 31), day=31) is State.CONFIRMED_BY_SOME
    assert state(confirmed("L", 0), confirmed("S", 31), confirmed("L", 32), day=32) is State.CONFIRMED_BY_ALL


def test_what_all_have_confirmed_stands() -> None:
    late = START + timedelta(days=3)
    both = [confirmed("L", 0, void_at=late), confirmed("S", 1)]
    assert state(*both, day=400) is State.CONFIRMED_BY_ALL
    assert state(*both, confirmed("L", 300), day=400) is State.CONFIRMED_BY_ALL


def test_authority_that_ends_before_the_last_takes_its_confirmation_along() -> None:
    gone = confirmed("L", 0, void_at=START + timedelta(days=1))
    assert state(gone, confirmed("S", 2), day=2) is State.CONFIRMED_BY_SOME
    assert state(gone, day=0.5) is State.CONFIRMED_BY_SOME
    assert state(gone, day=2) is State.PROPOSED


def test_an_account_that_was_taken_over_never_counted() -> None:
    taken = confirmed("L", 0, void_at=START + timedelta(days=9), compromised=True)
    assert state(taken, confirmed("S", 1), day=2) is State.CONFIRMED_BY_ALL  # nobody knew yet
    assert state(taken, confirmed("S", 1), day=10) is State.CONFIRMED_BY_SOME


events = st.lists(
    st.builds(
        confirmed,
        st.sampled_from("LSU"),
        st.integers(0, 90),
        st.sampled_from(["one", "two", "three", ""]),
        document_hash=st.sampled_from([HASH, OTHER]),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(events, st.integers(0, 90), st.randoms())
def test_standing_does_not_depend_on_how_the_records_are_listed(listed: Any, day: int, chance: Any) -> None:
    moments = [one.confirmed_at for one in listed]
    assume(len(set(moments)) == len(moments))
    at = START + timedelta(days=day)
    found = standing("LSU", HASH, listed, at)
    mixed = list(listed)
    chance.shuffle(mixed)
    assert standing("LSU", HASH, mixed, at) == found
    assert set(found.confirmed) | set(found.missing) == set("LSU")
    if found.state is State.CONFIRMED_BY_ALL:
        assert standing("LSU", HASH, listed, at + timedelta(days=400)).state is State.CONFIRMED_BY_ALL


def test_the_document_has_what_was_shown() -> None:
    sheet = sheet_of(version=3, bg=[{"id": "B1", "owner": "S", "terms": "assignment", "title": "배합"}])
    document = hashed(sheet)
    assert document["sheet"] == sheet.as_json()
    assert "FT-103" in {one["rule"] for one in document["rules"]["fired"]}
    assert "bg/B1/price_krw" in document["open"]
    said = sentence(sheet, document, "소형기술")
    assert f"버전 3, 해시 앞 8자리 {document_hash(document)[:8]}" in said
    assert "소형기술을 대신하여" in said
    assert f"확인 사항 {len(document['rules']['fired'])}건" in said
    assert "계약서를 대신하지 않으며" in said


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(STORED, STORED)
def test_another_sheet_is_another_document(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = read(one), read(other)
    same = first.as_json() == second.as_json()
    assert (document_hash(hashed(first)) == document_hash(hashed(second))) == same
    assert still_computes(hashed(first), first)


def test_a_change_of_arithmetic_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = {
        "id": "E", "issuer": "S", "holder": "L", "issued_before": 10, "reserved": 0, "price_krw": 1, "invest_krw": 5,
        "before": {"S": 10},
    }  # fmt: skip
    sheet = sheet_of(equity=[issue])
    document = hashed(sheet)
    assert computed(sheet)["cap_tables"]["E"][1] == ["L", 0, 5, "1/3", None]
    assert still_computes(document, sheet)
    before = confirming.cap_table
    monkeypatch.setattr(
        confirming,
        "cap_table",
        lambda issue: tuple(replace(one, after=one.after + 1) for one in before(issue) or ()),
    )
    assert not still_computes(document, sheet)


def test_what_was_handed_in_is_told_and_not_judged() -> None:
    signer = Signer(id="A", evidence_kind="위임장", evidence_on=date(2026, 11, 20))
    assert evidence(signer) == "2026. 11. 20.에 위임장을 제출했습니다."
    assert evidence(Signer(id="A")) is None
    assert evidence(Signer(id="A", evidence_kind="위임장", evidence_on="")) is None
