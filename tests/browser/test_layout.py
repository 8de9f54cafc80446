"""Where things stand: on a phone nothing covers, hides or comes too late; on an office screen columns are in line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import FIRM_MEMBER, sign_in
from tests.serving import Served

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


def write(page: Page) -> None:
    sign_in(page, FIRM_MEMBER)
    page.click("text=새로 올리기")
    page.locator("label[for=kind-need]").click()
    page.fill("#text", NEED)
    expect(page.locator("#finders")).to_have_text("이 글에 답할 곳")


@pytest.mark.parametrize("width", [390, 820])
def test_who_answers_is_seen_before_the_buttons(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    write(page)
    aside, publish = page.locator(".posting-aside"), page.locator("p.row > button[value=publish]:visible")
    assert box(page.locator("#step-4"))["bottom"] <= box(aside)["top"]
    assert box(aside)["bottom"] <= box(publish)["top"]
    page.locator("#visibility-public").focus()
    passed = []
    for _step in range(20):
        page.keyboard.press("Tab")
        passed.append(str(page.evaluate("document.activeElement.textContent.trim()")))
        if passed[-1] == "게시":
            break
    assert passed[-1] == "게시"
    assert "세계김치연구소" in passed


def test_who_answers_stands_beside_the_form_on_an_office_screen(page: Page) -> None:
    write(page)
    aside, form = page.locator(".posting-aside"), page.locator(".posting-form")
    publish = page.locator("p.row > button[value=publish]:visible")
    assert box(form)["right"] < box(aside)["left"]
    assert abs(box(form)["top"] - box(aside)["top"]) <= 1
    assert box(publish)["left"] == box(form)["left"]
    assert box(publish)["top"] - box(form)["bottom"] < 60
    publish.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator("#finders")).to_be_in_viewport()  # it comes along


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_strengths_of_those_who_answer_are_in_line(page: Page, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    write(page)
    if language == "en":
        address = re.sub(r"[?#].*", "", page.url)
        page.goto(f"{address}?lang=en")
        page.fill("#text", NEED + " ")
        expect(page.locator("#finders")).to_have_text("Who would answer this")
    lines = page.locator(".finder").all()
    assert len(lines) >= 2
    edges = [
        (
            round(box(line.locator("strong"))["left"]),
            round(box(line.locator("meter"))["left"]),
            round(box(line.locator(".number"))["right"]),
        )
        for line in lines
    ]
    assert len(set(edges)) == 1, edges
    for line in lines:
        assert box(line.locator("strong"))["right"] <= box(line.locator(".strength"))["left"]


def test_without_javascript_the_form_has_its_buttons_and_no_empty_box(
    chromium: Browser, site: Served
) -> None:
    context = chromium.new_context(base_url=site.base, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, FIRM_MEMBER)
    page.click("text=새로 올리기")
    expect(page.locator(".posting-aside")).to_be_hidden()
    page.fill("#text", "나물을 데친 물에서 나는 냄새를 없애는 방법을 찾습니다.")
    page.locator("button[value=draft]:visible").click()
    expect(page.locator(".statement.draft", has_text="데친 물")).to_be_visible()
    context.close()
