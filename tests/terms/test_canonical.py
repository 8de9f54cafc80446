"""One form and one hash for one sheet, another for any other."""

from __future__ import annotations

import json
import random
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.terms.sheet.canonical import canonical, digest
from tests.terms.sheets import STORED, read

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
VECTOR: dict[str, Any] = {
    "fg": [{"id": "F1", "owners": {"P1": "2/3", "P2": "1/3"}}],
    "money": {"fixed": [{"amount_krw": 30000000, "id": "M1"}]},
    "parties": [{"id": "P1", "name": "부산정밀"}],
    "prev": None,
    "schema": "terms/1",
    "version": 3,
}
HASH = "04ca64e7aa9eb96aa0afac25a229c441ad81325ccc06c9efc0978c0649c0d1af"


def test_the_vector() -> None:
    assert digest(VECTOR) == HASH
    decomposed = json.loads(json.dumps(VECTOR))
    decomposed["parties"][0]["name"] = unicodedata.normalize("NFD", "부산정밀")
    assert decomposed != VECTOR
    assert digest(decomposed) == HASH


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, shuffled(one, chance)) for key, one in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value


def decomposed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFD", value)
    if isinstance(value, dict):
        return {decomposed(key): decomposed(one) for key, one in value.items()}
    return [decomposed(one) for one in value] if isinstance(value, list) else value


@QUICK
@given(STORED, st.randoms())
def test_the_order_of_keys_and_the_way_letters_are_composed_change_nothing(
    stored: dict[str, Any], chance: random.Random
) -> None:
    written = read(stored).as_json()
    assert digest(shuffled(written, chance)) == digest(written)
    assert digest(decomposed(written)) == digest(written)
    assert digest(read(shuffled(stored, chance)).as_json()) == digest(written)
    assert digest(read(decomposed(stored)).as_json()) == digest(written)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place] + [found for key, one in inner for found in places(one, (*place, key))]


def changed(value: Any, place: tuple[Any, ...]) -> Any:
    """The same with something else at one place."""
    if not place:
        return {"changed": value} if not isinstance(value, str) else value + "."
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(value[place[0]], place[1:])
    return copy


@QUICK
@given(STORED, st.data())
def test_any_change_is_another_hash(stored: dict[str, Any], data: st.DataObject) -> None:
    written = read(stored).as_json()
    place = data.draw(st.sampled_from(places(written)[1:]))
    assert digest(changed(written, place)) != digest(written)


def test_the_kinds_of_empty_have_hashes_of_their_own() -> None:
    hashes = {digest({"x": value}) for value in (None, "none", "n/a", 0, [], {}, "", False, "0")}
    assert len(hashes) == 9
    assert digest({}) != digest({"x": None})


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), float("inf"), {1: 2}, {"x": object()}, b"x", {"\u00e9": 1, "e\u0301": 2}]
)
def test_what_is_no_such_json_has_no_form(value: Any) -> None:
    with pytest.raises(ValueError, match=r"form|key"):
        canonical(value)


def test_the_form_itself() -> None:
    assert canonical({"b": [1, True, None], "a": '가\r\n나\r"\\', "A": {}}) == (
        '{"A":{},"a":"가\\n나\\n\\"\\\\","b":[1,true,null]}'.encode()
    )
    assert canonical({"x": "\u2028"}) == '{"x":"\u2028"}'.encode()
    assert not canonical("가").startswith(b"\xef\xbb\xbf")


def test_half_a_pair_of_letters_has_no_form() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        canonical("\ud800")
