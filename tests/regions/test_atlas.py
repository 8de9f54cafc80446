"""The tree of regions, its distances and its outlines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.problems import NotFound
from hub.regions.atlas import DATA, atlas, distance_km, districts, inside, place, province_of, provinces

codes = st.sampled_from(sorted(atlas()))


def test_seventeen_provinces_and_229_districts() -> None:
    assert len(provinces()) == 17
    assert [place.code for place in provinces()][8:13] == ["41", "51", "43", "44", "52"]
    assert sum(place.level == "district" for place in atlas().values()) == 229
    assert len(districts("26")) == 16
    assert {place.code for place in districts("26")} | {"26"} == inside("26")
    assert inside("26350") == {"26350"}
    assert province_of("26350").code == "26"
    assert place("26110").full_name == "부산광역시 중구"


def test_every_district_has_an_outline() -> None:
    shapes = json.loads((DATA / "korea-districts.topo.json").read_text(encoding="utf-8"))
    outlined = {shape["id"] for shape in shapes["objects"]["districts"]["geometries"]}
    assert outlined == {place.code for place in atlas().values() if place.level == "district"}
    assert len(outlined) == 229


@given(codes, codes)
def test_distance_is_a_distance(one: str, other: str) -> None:
    assert distance_km(one, one) == 0
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))
    assert distance_km(one, other) < 700


def test_seoul_to_busan() -> None:
    assert distance_km("11", "26") == pytest.approx(320, abs=20)


def test_an_unknown_code_says_what_a_code_looks_like() -> None:
    with pytest.raises(NotFound, match="시군구 5자리"):
        place("9" * 500)
