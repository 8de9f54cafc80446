"""Where things stand: on a phone nothing covers, hides or comes too late; on an office screen columns are in line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 390, "height": 844}
TOUCH = 44  # what a finger hits, in pixels
NEED = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."
LISTS = ["/search?q=반도체 장비", "/regions/26"]


def box(one: Locator) -> dict[str, float]:
    """The edges of an element within the window."""
    edges: dict[str, float] = one.evaluate("one => one.getBoundingClientRect().toJSON()")
    return edges


def choose(page: Page, path: str, several: int) -> list[str]:
    """Puts the first of a list on the tray; gives their whole names."""
    page.goto(path)
    checks = page.locator(".compare-check")
    for n in range(several):
        checks.nth(n).locator("label").click()
    expect(page.locator(".tray button.primary")).to_contain_text(f"({several})")
    return [str(checks.nth(n).locator("input").get_attribute("data-title")) for n in range(several)]


def compare(page: Page, path: str, several: int) -> list[list[Locator]]:
    """The rows of a comparison, each with its cells."""
    choose(page, path, several)
    page.locator(".tray button.primary").click()
    expect(page.get_by_role("columnheader")).to_have_count(several)
    rows = page.locator(".compare tbody tr").all()
    assert len(rows) >= 8
    cells = [row.get_by_role("cell").all() for row in rows]
    assert {len(row) for row in cells} == {several}
    assert page.get_by_role("rowheader").count() == len(rows)
    return cells


@pytest.mark.parametrize("path", LISTS)
def test_the_tray_stays_small_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    names = choose(page, path, 4)
    tray = box(page.locator(".tray"))
    assert tray["bottom"] == PHONE["height"]
    assert tray["height"] <= PHONE["height"] / 6
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    items = page.locator(".tray-list li")
    assert {round(box(item)["top"]) for item in items.all()} == {round(box(items.first)["top"])}
    for name, item in zip(names, items.all(), strict=True):
        shown = item.locator(".tray-name")
        expect(shown).to_have_attribute("title", name)
        expect(shown).to_have_text(name)
        for line in shown.locator("> *").all():  # not broken: one line each
            assert line.evaluate("one => one.getClientRects().length") == 1
            assert box(line)["height"] < 25
        off = box(item.get_by_role("button", name=f"{name} ✕"))
        assert min(off["width"], off["height"]) >= TOUCH
    assert box(page.locator(".tray button.primary"))["height"] >= TOUCH
    expect(items.last).to_be_in_viewport(ratio=0.9)  # what was chosen last
    items.first.get_by_role("button").focus()
    expect(items.first).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("Enter")
    expect(items).to_have_count(3)
    expect(items.first.get_by_role("button")).to_be_focused()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert box(page.locator(".site-footer"))["bottom"] <= box(page.locator(".tray"))["top"] + 1


@pytest.mark.parametrize("path", LISTS)
def test_two_are_compared_on_a_phone_without_scrolling_sideways(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    for row in compare(page, path, 2):
        first, second = map(box, row)
        assert first["left"] >= 0
        assert first["right"] <= second["left"] + 1
        assert second["right"] <= PHONE["width"]
        assert abs(first["width"] - second["width"]) <= 1
        assert abs(first["top"] - second["top"]) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".compare tbody tr").last.scroll_into_view_if_needed()
    for name in page.get_by_role("columnheader").all():  # whose cells these are is still seen
        expect(name).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("path", LISTS)
def test_four_are_compared(page: Page, path: str) -> None:
    for row in compare(page, path, 4):
        edges = [box(cell) for cell in row]
        assert edges[-1]["right"] <= 1440
        widths = [edge["width"] for edge in edges]
        assert max(widths) - min(widths) <= 1
    for number in page.locator(".compare .strength .number").all():
        assert box(number)["height"] < 40  # "100" on one line
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    heads = page.get_by_role("columnheader").all()
    assert box(heads[1])["right"] <= PHONE["width"]
    assert box(heads[2])["left"] < PHONE["width"] - 30 < box(heads[2])["right"]  # there is more, one sees
    page.locator(".side-by-side").evaluate("one => one.scrollLeft = one.scrollWidth")
    assert box(heads[3])["right"] <= PHONE["width"]
    for name in page.get_by_role("rowheader").all():
        assert 0 <= box(name)["left"] < 40  # the rows' names come along
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    assert box(page.locator(".compare"))["right"] <= 680
