"""The outlines of regions as SVG paths: the country by provinces, or a province by districts.

From the TopoJSON that the project carries (https://github.com/topojson/topojson-specification). Borders
that two regions share are drawn once for both, so that no gap opens between them.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from hub.language import in_language
from hub.regions.atlas import atlas, districts, provinces
from hub.settings import DATA

SIZE = 800  # units of the drawing's longer side; what is finer than one is left out
MARGIN = 8
Point = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """One region: its outline as the ``d`` of a path."""

    code: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """A map of ``width`` by ``height`` units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    # How degrees become units: x = ax + bx * longitude, y = ay + by * latitude.
    scale: tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    """A point on a map."""

    x: int
    y: int


@dataclass(frozen=True)
class _Topology:
    arcs: list[list[Point]]  # on the file's own grid
    rings: dict[str, list[list[int]]]  # of each district: rings of arcs, ~n for arc n backwards
    scale: Point
    origin: Point


@lru_cache(maxsize=1)
def _topology() -> Any:
    file = json.loads((DATA / "korea-districts.topo.json").read_text(encoding="utf-8"))
    arcs = []
    for deltas in file["arcs"]:
        x = y = 0
        points = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            points.append((x, y))
        arcs.append(points)
    rings: dict[str, list[list[int]]] = defaultdict(list)
    for shape in file["objects"]["districts"]["geometries"]:
        parts = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings[shape["id"]] += [ring for part in parts for ring in part]
    return _Topology(arcs, rings, tuple(file["transform"]["scale"]), tuple(file["transform"]["translate"]))


def _walk(arcs: list[list[Point]], number: int) -> list[Point]:
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def _border(topology: _Topology, codes: Iterable[str]) -> Iterator[list[Point]]:
    """The rings around these districts together: what two of them share lies inside and is left out."""
    used = [number for code in codes for ring in topology.rings[code] for number in ring]
    times = Counter(number if number >= 0 else ~number for number in used)
    outer = [_walk(topology.arcs, n) for n in used if times[n if n >= 0 else ~n] == 1]
    starting: dict[Point, list[int]] = defaultdict(list)
    for number, points in enumerate(outer):
        starting[points[0]].append(number)
    for number, first in enumerate(outer):
        if number not in starting[first[0]]:
            continue
        starting[first[0]].remove(number)
        ring = list(first)
        while ring[-1] != ring[0] and starting[ring[-1]]:
            ring += outer[starting[ring[-1]].pop()][1:]
        yield ring


def _path(rings: Iterable[list[Point]], place: Any, least: int) -> str:
    """Rings as path data in whole units, each point relative to the last.

    :param least: islets that measure less, width and height together, are left out.
    """
    parts = []
    for ring in rings:
        points = [place(x, y) for x, y in ring]
        points = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        if len(points) < 4 or max(xs) - min(xs) + max(ys) - min(ys) < least:
            continue
        steps = (f"{bx - ax} {by - ay}" for (ax, ay), (bx, by) in pairwise(points[:-1]))
        parts.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z")
    return "".join(parts)


@lru_cache
def outlines(province: str | None = None) -> Drawing:
    """The districts of a province, or the provinces of the country."""
    topology = _topology()
    places = provinces() if province is None else (districts(province) or [atlas()[province]])
    members = {
        place.code: [code for code in topology.rings if code == place.code or code.startswith(place.code)]
        for place in places
    }
    rings = {code: list(_border(topology, inside)) for code, inside in members.items()}
    (scale_x, scale_y), (west, south) = topology.scale, topology.origin
    xs = [x for shape in rings.values() for ring in shape for x, _y in ring]
    ys = [y for shape in rings.values() for ring in shape for _x, y in ring]
    left, top = min(xs), max(ys)
    # Equirectangular around the middle: at this size no other projection can be told from it.
    squeeze = math.cos(math.radians(south + scale_y * (min(ys) + top) / 2))
    width, height = (max(xs) - left) * scale_x * squeeze, (top - min(ys)) * scale_y
    unit = SIZE / max(width, height)

    def place_at(x: float, y: float) -> Point:
        return MARGIN + round((x - left) * scale_x * squeeze * unit), MARGIN + round(
            (top - y) * scale_y * unit
        )

    least = 8 if province is None else 2
    b_x, b_y = squeeze * unit, -unit
    scale = (MARGIN - (west + left * scale_x) * b_x, b_x, MARGIN - (south + top * scale_y) * b_y, b_y)
    shapes = tuple(Shape(one.code, _path(rings[one.code], place_at, least)) for one in places)
    return Drawing(round(width * unit) + 2 * MARGIN, round(height * unit) + 2 * MARGIN, shapes, scale)


@dataclass(frozen=True)
class Label:
    """A region's name on a map, centred."""

    x: int
    y: int
    text: str


# What everybody calls the provinces; the map has no room for more.
SHORT_NAMES = {
    "11": ("서울", "Seoul"),
    "26": ("부산", "Busan"),
    "27": ("대구", "Daegu"),
    "28": ("인천", "Incheon"),
    "29": ("광주", "Gwangju"),
    "30": ("대전", "Daejeon"),
    "31": ("울산", "Ulsan"),
    "36": ("세종", "Sejong"),
    "41": ("경기", "Gyeonggi"),
    "43": ("충북", "Chungbuk"),
    "44": ("충남", "Chungnam"),
    "46": ("전남", "Jeonnam"),
    "47": ("경북", "Gyeongbuk"),
    "48": ("경남", "Gyeongnam"),
    "50": ("제주", "Jeju"),
    "51": ("강원", "Gangwon"),
    "52": ("전북", "Jeonbuk"),
}
LETTER = 24  # units: the height of a letter, and the width of a Korean one


def map_labels(drawing: Drawing) -> list[Label]:
    """The names that fit on a map without covering each other, in the reader's language."""
    placed: list[tuple[Label, float]] = []
    for shape in drawing.shapes:
        text = in_language(
            *SHORT_NAMES.get(shape.code, (atlas()[shape.code].name_ko, atlas()[shape.code].name_en))
        )
        at = spot(drawing, shape.code)
        half = len(text) * LETTER * (0.5 if text[0] > "가" else 0.28)
        x = round(min(max(at.x, half), drawing.width - half))
        # Where the point itself is taken, a line beside it may be free: 충북 lies at Sejong's very door.
        for y in (at.y, at.y - LETTER - 1, at.y + LETTER + 1):
            if all(abs(y - other.y) > LETTER or abs(x - other.x) > half + width for other, width in placed):
                placed.append((Label(x, y, text), half))
                break
    return [label for label, _width in placed]


def spot(drawing: Drawing, code: str) -> Spot:
    """Where a region's representative point lies on a map."""
    here = atlas()[code]
    a_x, b_x, a_y, b_y = drawing.scale
    return Spot(round(a_x + b_x * here.longitude), round(a_y + b_y * here.latitude))
