"""The two-level tree of regions and the distances in it, from the data that the project carries."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hub.language import _, in_language
from hub.problems import NotFound
from hub.settings import DATA

EARTH_RADIUS_KM = 6371.0
FORMER_CODES = {"51": "42", "52": "45"}  # before they became special self-governing provinces


SHORTEST_BARE = 2  # 중구 is not called 중


@dataclass(frozen=True)
class Place:
    """One region: a province has no parent."""

    code: str
    parent_code: str | None
    name_ko: str
    name_en: str
    latitude: float
    longitude: float

    @property
    def level(self) -> str:
        """``province`` or ``district``."""
        return "district" if self.parent_code else "province"

    @property
    def name(self) -> str:
        """In the reader's language, without its province."""
        return in_language(self.name_ko, self.name_en)

    @property
    def full_name(self) -> str:
        """With its province: many districts share a name (중구 stands six times)."""
        if self.parent_code is None:
            return self.name
        parent = atlas()[self.parent_code]
        return in_language(f"{parent.name_ko} {self.name_ko}", f"{self.name_en}, {parent.name_en}")


@lru_cache(maxsize=1)
def atlas() -> dict[str, Place]:
    """Every region by its code: provinces first, each level in the order of the codes."""
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        places = [
            Place(
                row["code"],
                row["parent"] or None,
                row["name_ko"],
                row["name_en"],
                float(row["lat"]),
                float(row["lon"]),
            )
            for row in csv.DictReader(file)
        ]
    places.sort(key=lambda one: (one.parent_code is not None, one.code))
    return {one.code: one for one in places}


def place(code: str) -> Place:
    """The region of this code.

    :raises NotFound: when there is none.
    """
    try:
        return atlas()[code]
    except KeyError:
        raise NotFound(
            _(
                "지역 코드 «%(code)s»은(는) 없습니다. 시도 2자리나 시군구 5자리 코드를 쓰십시오.",
                code=code[:20],
            )
        ) from None


def provinces() -> list[Place]:
    """The 17 provinces in the order that every form has them: Gangwon and Jeonbuk kept their places, not their codes."""
    found = [one for one in atlas().values() if one.parent_code is None]
    return sorted(found, key=lambda one: FORMER_CODES.get(one.code, one.code))


def districts(province: str) -> list[Place]:
    """The districts of a province, by name; none for a district."""
    found = [one for one in atlas().values() if one.parent_code == province]
    return sorted(found, key=lambda one: one.name)


def inside(code: str) -> set[str]:
    """The codes of a region and of every region in it."""
    return {code} | {one.code for one in atlas().values() if one.parent_code == code}


def province_of(code: str) -> Place:
    """The province that a region is or lies in."""
    here = atlas()[code]
    return atlas()[here.parent_code] if here.parent_code else here


@lru_cache(maxsize=512)
def is_district_known(code: str) -> bool:
    """Whether this says in which district something is: a district, or a province that has but one (세종)."""
    return atlas()[code].parent_code is not None or len(districts(code)) < 2


def distance_km(one: str, other: str) -> float | None:
    """The distance between two places, in km; ``None`` where of one of them the province alone is known."""
    return distance_from(one, other) if is_district_known(one) else None


def distance_from(origin: str, other: str) -> float | None:
    """The distance of a place from where a reader looks from, which may be the middle of a province, in km.

    ``None`` where of the place the province alone is known.
    """
    return _great_circle_km(origin, other) if is_district_known(other) else None


def _great_circle_km(one: str, other: str) -> float:
    """Between the representative points of two regions (haversine)."""
    a, b = atlas()[one], atlas()[other]
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


@lru_cache(maxsize=1)
def distances_km() -> npt.NDArray[np.float32]:
    """Between the points of all regions, in the order of :func:`atlas`, ``(regions, regions)``: what distance is
    weighed by. A province is its middle here; said of a place is only what :func:`distance_km` gives."""
    codes = list(atlas())
    return np.asarray([[_great_circle_km(one, other) for other in codes] for one in codes], dtype=np.float32)


@lru_cache(maxsize=1)
def districts_known() -> npt.NDArray[np.bool_]:
    """:func:`is_district_known` of all regions, in the order of :func:`atlas`, ``(regions,)``."""
    return np.asarray([is_district_known(code) for code in atlas()])


def places_called(text: str) -> list[Place]:
    """The regions that a text names and nothing else: 김해, 김해시, 경남 김해시, Gimhae-si."""
    key = _name_key(text)
    return [one for one in atlas().values() if key in _names().get(one.code, ())] if key else []


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    """What each region is called, as it compares: with its rank and without, a district with its province and without."""
    found = {one.code: set(_called(one.name_ko, one.name_en)) for one in provinces()}
    for one in (each for each in atlas().values() if each.parent_code):
        province = atlas()[str(one.parent_code)]
        if one.name_ko != province.name_ko:  # 세종 is one of its own
            own = _called(one.name_ko, one.name_en)
            found[one.code] = {
                *own,
                *(f"{whole}{name}" for whole in _called(province.name_ko) for name in own),
            }
    return {code: frozenset(map(_name_key, names)) for code, names in found.items()}


def _called(korean: str, english: str = "") -> list[str]:
    """경상남도, 경상남, 경남; 김해시, 김해, Gimhae-si, Gimhae; 중구 alone is not called 중."""
    names = [korean, english, english.partition("-")[0]]
    if metropolis := re.fullmatch("(.+?)(특별|광역|특별자치)시", korean):
        names.append(f"{metropolis[1]}시")
    if own_rule := re.fullmatch("(.+)특별자치도", korean):
        names += [f"{own_rule[1]}도", *(["전라북도"] if own_rule[1] == "전북" else [])]
    if part := re.fullmatch("(.).([남북])도", korean):
        names += [f"{part[1]}{part[2]}", f"{part[1]}{part[2]}도"]
    if len(korean) > SHORTEST_BARE:
        names.append(re.sub("(특별자치|특별|광역)?(시|도|군|구)$", "", korean))
    return [name for name in dict.fromkeys(names) if name]


def _name_key(text: str) -> str:
    return re.sub(r"[\s,-]+", "", text).casefold()
