"""The tree of regions, its distances and its outlines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.problems import NotFound
from hub.regions.atlas import (
    DATA,
    atlas,
    distance_from,
    distance_km,
    distances_km,
    districts,
    districts_known,
    inside,
    is_district_known,
    place,
    places_called,
    province_of,
    provinces,
)

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
    there, back = distance_km(one, other), distance_km(other, one)
    if is_district_known(one) and is_district_known(other):
        assert there is not None
        assert distance_km(one, one) == 0
        assert there == pytest.approx(back)
        assert there == pytest.approx(
            float(distances_km()[list(atlas()).index(one), list(atlas()).index(other)])
        )
        assert there < 700
    else:
        assert there is None
        assert back is None
    assert distance_from(one, other) is None or is_district_known(other)


def test_seoul_to_busan() -> None:
    assert distance_km("11140", "26110") == pytest.approx(320, abs=20)
    assert distance_from("11", "26110") == pytest.approx(320, abs=20)  # a reader may look from a province
    assert distance_km("11", "26110") is None  # a firm of which no more is known is nowhere in it
    assert distance_km("36", "26110") == distance_km("36110", "26110")  # 세종 has one district
    assert districts_known().sum() == 230


def test_an_unknown_code_says_what_a_code_looks_like() -> None:
    with pytest.raises(NotFound, match="시군구 5자리"):
        place("9" * 500)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        *(
            (text, ["48250"])
            for text in ("김해", "김해시", " 경남 김해 ", "경상남도 김해시", "Gimhae-si", "GIMHAE")
        ),
        ("경남", ["48"]),
        ("세종", ["36"]),
        ("부산 중구", ["26110"]),
        ("광주", ["29", "41610"]),
        ("광주시", ["29", "41610"]),
        *((text, ["26"]) for text in ("부산시", "부산", "부산광역시")),
        *((text, ["50"]) for text in ("제주도", "제주특별자치도")),
        ("제주", ["50", "50110"]),
        *((text, ["51"]) for text in ("강원도", "강원")),
        *((text, ["52"]) for text in ("전라북도", "전북", "전북도")),
        *((text, ["48"]) for text in ("경남도", "경상남도")),
        ("서울시", ["11"]),
        ("세종시", ["36"]),
        ("부산시 해운대구", ["26350"]),
        ("강원도 춘천시", ["51110"]),
        ("중", []),
        ("김해 도금", []),
        ("", []),
    ],
)
def test_a_region_is_known_by_what_people_call_it(text: str, codes: list[str]) -> None:
    assert [one.code for one in places_called(text)] == codes
