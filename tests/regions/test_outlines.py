"""The outlines that the maps draw."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from hub.regions.atlas import atlas, districts, provinces
from hub.regions.outlines import map_labels, outlines, spot


def rings(path: str) -> list[list[tuple[int, int]]]:
    """A path's rings as points."""
    found = []
    for ring in path.split("z")[:-1]:
        numbers = [int(n) for n in re.findall(r"-?\d+", ring)]
        x, y = numbers[:2]
        points = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        found.append(points)
    return found


def area(points: list[tuple[int, int]]) -> float:
    """The area within a ring (shoelace)."""
    closed = [*points, points[0]]
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(closed))) / 2


@pytest.mark.parametrize("province", [None, *(place.code for place in provinces())])
def test_every_region_has_an_outline_within_the_drawing(province: str | None) -> None:
    drawing = outlines(province)
    expected = provinces() if province is None else districts(province) or [atlas()[province]]
    assert {shape.code for shape in drawing.shapes} == {place.code for place in expected}
    for shape in drawing.shapes:
        for points in rings(shape.path):
            assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points)
        assert sum(area(ring) for ring in rings(shape.path)) > 20
        at = spot(drawing, shape.code)
        assert 0 <= at.x <= drawing.width
        assert 0 <= at.y <= drawing.height


def test_the_provinces_are_as_large_as_their_districts() -> None:
    """What lies inside is left out of a province's outline: no district is counted twice, none is missing."""
    sizes = {shape.code: sum(area(ring) for ring in rings(shape.path)) for shape in outlines().shapes}
    assert sizes["47"] > sizes["51"] > sizes["46"] > sizes["11"]  # 경북, 강원, 전남, 서울
    assert 25 < sizes["47"] / sizes["11"] < 36  # 19,036 and 605 km²


def test_names_do_not_cover_each_other() -> None:
    placed = map_labels(outlines())
    assert len(placed) >= 14
    assert len({(label.x, label.y) for label in placed}) == len(placed)
    assert {"서울", "부산", "제주"} <= {label.text for label in placed}
