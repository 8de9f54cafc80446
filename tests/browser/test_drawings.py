"""The two drawings that a script makes: a region's network and the technology map."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import wait_until
from tests.serving import Served

# What lies where, from the page as it is drawn: every dot and every name with all its lines, in pixels of the window.
PLACES = """() => {
  const svg = document.querySelector('.network svg');
  const box = (one) => { const b = one.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
  return {
    canvas: box(document.querySelector('.network .chart-canvas')),
    dots: [...svg.querySelectorAll('circle')].map(box),
    names: [...svg.querySelectorAll('a, g')].map((node) => {
      const lines = [...node.querySelectorAll('text')].map(box);
      const outer = [0, 1, 2, 3].map((n) => Math[n < 2 ? 'min' : 'max'](...lines.map((line) => line[n])));
      return [node.querySelector('title').textContent, ...outer];
    }),
    size: parseFloat(getComputedStyle(svg.querySelector('text')).fontSize),
  };
}"""
SLACK = 1  # a pixel: glyphs are measured in fractions of one
MAP = {
    "fields": ["기계", "화학(공업)"],
    "x": [0, 500, -500],
    "y": [0, 500, -500],
    "field": [0, 1, 1],
    "kind": [0, 2, 3],
    "here": [0, 0, 0],
    "whose": [0, -1, 0],
    "profiles": [[1, "한국전자통신연구원"]],
    "labels": [[-900, 900, 0], [-890, 900, 1]],
    "total": 3,
    "profile": "/profiles/0",
}


def _overlap(one: list[float], other: list[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > SLACK and down > SLACK


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("wide", [1440, 768, 390, 320])
def test_the_network_is_whole_and_no_name_lies_over_another(
    chromium: Browser, site: Served, wide: int, language: str
) -> None:
    context = chromium.new_context(base_url=site.base, viewport={"width": wide, "height": 900})
    page = context.new_page()
    for region in ("26", "11", "48"):
        page.goto(f"/regions/{region}/network?lang={language}")
        expect(page.locator(".network[data-drawn] svg")).to_have_count(1)
        page.wait_for_load_state("networkidle")
        wait_until(page, "document.fonts.status === 'loaded'")
        page.wait_for_timeout(100)  # drawn again with the fonts
        drawn = page.evaluate(PLACES)
        told = page.request.get(f"/regions/{region}/network.json").json()
        assert len(drawn["dots"]) == len(drawn["names"]) == len(told["nodes"]) >= 15
        assert page.locator(".network line").count() == len(told["edges"])
        assert drawn["size"] >= 12
        left, top, right, bottom = drawn["canvas"]
        boxes = [*drawn["dots"], *(box for _name, *box in drawn["names"])]
        outside = [b for b in boxes if b[0] < left or b[1] < top or b[2] > right or b[3] > bottom]
        assert outside == [], (region, outside)
        names = drawn["names"]
        over = [
            (one[0], other[0]) for n, one in enumerate(names) for other in names[:n] if _overlap(one[1:], other[1:])
        ]  # fmt: skip
        assert over == [], region
        assert not any(_overlap(name[1:], dot) for name in names for dot in drawn["dots"]), region
    context.close()


def test_the_network_follows_the_window_and_leads_on(page: Page) -> None:
    page.goto("/regions/26/network")
    svg = page.locator(".network[data-drawn] svg")
    expect(svg).to_have_count(1)
    before = float(svg.get_attribute("width") or 0)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(svg).not_to_have_attribute("width", f"{before:g}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    first = svg.locator("a").first
    address = first.get_attribute("href") or ""
    first.locator("circle").hover()
    expect(svg).to_have_class("looking")
    first.locator("circle").click()
    page.wait_for_url(f"**{address}")


def _answer(route: Route) -> None:
    route.fulfill(body=json.dumps(MAP), content_type="application/json")


def test_the_map_grows_moves_and_leads_on(page: Page) -> None:
    page.route("**/map.json*", _answer)
    page.goto("/map")
    canvas = page.locator(".chart[data-drawn] canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator(".chart-tip")
    page.mouse.move(*middle)
    expect(tip).to_have_text("한국전자통신연구원\n기계")
    page.mouse.wheel(0, -400)
    expect(canvas).to_have_class("over grown")
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 40, steps=4)
    page.mouse.up()  # moved, not clicked: the page is still here
    page.mouse.move(*middle)
    expect(tip).to_be_hidden()
    page.mouse.move(middle[0] + 60, middle[1] + 40)
    expect(tip).to_be_visible()
    page.mouse.click(middle[0] + 60, middle[1] + 40)
    page.wait_for_url("**/profiles/1")


def test_a_hidden_name_on_the_map_shows_its_field_alone(page: Page) -> None:
    page.route("**/map.json*", _answer)
    page.goto("/map")
    canvas = page.locator(".chart[data-drawn] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    at = (
        box["x"] + box["width"] * (1 + 0.5 / 1.05) / 2,
        box["y"] + box["height"] * (1 - 0.5 / 1.05) / 2,
    )
    page.mouse.move(*at)
    expect(page.locator(".chart-tip")).to_have_text("화학(공업)")
    page.mouse.click(*at)
    expect(page.locator(".chart-tip")).to_be_visible()
    assert page.url.endswith("/map")


def test_a_map_that_is_not_there_yet_says_so(page: Page) -> None:
    page.route("**/map.json*", lambda route: route.fulfill(json={**MAP, "x": []}))
    page.goto("/map")
    expect(page.locator(".chart.failed")).to_contain_text("hub map")


@pytest.mark.parametrize("path", ["/map", "/regions/26/network"])
def test_a_drawing_that_fails_points_to_what_stands_below(page: Page, path: str) -> None:
    page.route("**/*.json*", lambda route: route.fulfill(status=400))
    page.goto(path)
    expect(page.locator(".chart.failed")).to_contain_text("그림을 그리지 못했습니다")
