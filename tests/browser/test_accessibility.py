"""Nobody is kept out: axe-core over every page, in both languages, all palettes, on a screen and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hub import create_app
from hub.settings import Settings
from tests.browser.addresses import ADDRESSES, EDITORS, READERS
from tests.browser.conftest import KNOWN_FIRM, MEMBER, READERS_BY_NAME, STAFF, enter, sign_in
from tests.serving import Served

# What is no page: data, files, and addresses that lead elsewhere.
NO_PAGE = {
    "accounts.session",
    *(
        f"accounts.oidc_{name}" for name in ("start", "return", "failed", "offer", "open")
    ),  # tests/browser/test_oidc.py
    "static",
    "home.healthz",
    "posting.photo",
    "home.robots",
    "home.sitemap",
    "desk.region_network_data",
    "desk.technology_map_data",
    "desk.open_region",
    "leaving.export",
}
PALETTES = ("light", "dark", "high-contrast")


AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on a page as it stands; these rules only, where some are named."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"][:3]
    ]


@pytest.fixture(params=[("ko", 1440), ("ko", 390), ("en", 1440), ("en", 390)], ids=lambda p: f"{p[0]}-{p[1]}")
def reader(request: pytest.FixtureRequest, chromium: Browser, site: Served) -> Iterator[tuple[Page, str]]:
    """A page of some width in some language, whose staff account is signed in."""
    language, width = request.param
    context = chromium.new_context(
        base_url=site.base, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"/?lang={language}")
    yield page, language
    context.close()


def test_the_list_above_has_every_route(sqlite_loaded: Settings) -> None:
    app = create_app(sqlite_loaded)
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes - NO_PAGE == {endpoint for endpoint in ADDRESSES if endpoint}


def test_every_page_in_every_palette(reader: tuple[Page, str], site: Served) -> None:
    page, language = reader
    signed_out = ["search.find", "home.index"]
    found = {path: _in_all_palettes(page, path) for endpoint in signed_out for path in ADDRESSES[endpoint]}
    sign_in(page, STAFF)
    known = _known(page)
    for endpoint, paths in ADDRESSES.items():
        if endpoint in EDITORS or endpoint in READERS:
            continue
        for path in paths:
            found[path] = _in_all_palettes(page, path.format(**known))
    for endpoint, name in READERS.items():
        page.context.clear_cookies(name="session")
        page.goto(f"/?lang={language}")
        if name is not None:
            enter(page, READERS_BY_NAME[name])
        for path in ADDRESSES[endpoint]:
            found[path] = _in_all_palettes(page, path.format(**known, **site.links))
    page.context.clear_cookies(name="session")
    page.goto(f"/?lang={language}")
    sign_in(page, MEMBER)
    known["own"] = page.url.rsplit("/", 1)[1]
    known["statement"] = str(page.locator(".statement").first.get_attribute("id")).removeprefix("statement-")
    asset = page.locator(".of-kind:has(#kind-asset) .statement").first
    known["asset"] = str(asset.get_attribute("id")).removeprefix("statement-")
    known["unit"] = str(page.locator('a[href^="/units/"]').first.get_attribute("href")).rsplit("/", 1)[1]
    for endpoint in ("posting.profile", *EDITORS):
        for path in ADDRESSES[endpoint]:
            found[path] = _in_all_palettes(page, path.format(**known))
    assert {path: faults for path, faults in found.items() if faults} == {}


def _known(page: Page) -> dict[str, str]:
    page.goto("/regions/26")
    pairs = [str(one.get_attribute("id")).removeprefix("pair-") for one in page.locator(".pair").all()[:2]]
    page.goto(f"/search?q={KNOWN_FIRM}")
    firm = str(page.locator('.named a[href^="/profiles/"]').first.get_attribute("href")).rsplit("/", 1)[1]
    page.goto("/memberships")
    unseen = str(page.locator('a[href^="/memberships/profiles/"]').first.get_attribute("href"))
    known = {"pair": pairs[0], "other": pairs[1], "own": "1", "contacted": firm, "referral": "1"}
    return {**known, "claim": "1", "inquiry": "1", "unseen": unseen.rsplit("/", 1)[1]}


def _in_all_palettes(page: Page, path: str) -> list[str]:
    """Everything in the light palette; in the others what a palette can break."""
    page.goto(path)
    if page.locator("[data-chart]").count():
        expect(page.locator(".chart[data-drawn], .chart.failed").first).to_be_visible()
    expect(page.locator(".htmx-request")).to_have_count(
        0
    )  # a form that opens with a text asks about it at once
    found = []
    for palette in PALETTES:
        page.evaluate("mode => document.documentElement.dataset.krdsMode = mode", palette)
        rules = () if palette == "light" else ("color-contrast", "link-in-text-block")
        found += [f"{palette} {fault}" for fault in violations(page, *rules)]
    return found


@pytest.mark.parametrize("width", [1440, 390])
def test_after_swaps_and_with_everything_open(chromium: Browser, site: Served, width: int) -> None:
    context = chromium.new_context(
        base_url=site.base, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, STAFF)
    steps = {}
    page.locator(".menu > summary").first.click()
    steps["display menu"] = violations(page)
    page.keyboard.press("Escape")
    page.locator(".menu > summary").last.click()
    steps["account menu"] = violations(page)
    page.keyboard.press("Escape")
    page.locator("#measure-capabilities").click()
    expect(page.locator("#measure-capabilities")).to_have_attribute("aria-current", "true")
    expect(page.locator("#map")).not_to_have_class(re.compile("htmx"))
    steps["map swapped"] = violations(page)
    pair = page.locator(".pair").nth(2)
    pair.locator("summary").click()
    steps["why open"] = violations(page)
    number = str(pair.get_attribute("id"))
    pair.locator("button[value=dismissed]").click()
    expect(page.locator(f"#{number}.decided")).to_be_visible()
    steps["pair dismissed"] = violations(page)
    page.locator(f"#{number} button").click()
    expect(page.locator(f"#{number} .side").first).to_be_visible()
    for box in page.locator(".compare-check label").all()[:2]:
        box.click()
    expect(page.locator(".tray button.krds-btn")).to_contain_text("(2)")
    steps["tray"] = violations(page)
    page.goto("/search?kind=business")
    page.fill("#q", "반도체 장비")
    expect(page.locator(".result").first).to_be_visible()
    steps["results"] = violations(page)
    page.click("text=더 보기")
    expect(page.locator("#r21")).to_be_focused()
    steps["more results"] = violations(page)
    page.locator(".result summary").first.click()
    page.locator(".result .feedback button").first.click()
    expect(page.locator(".result .feedback [aria-pressed=true]").first).to_be_visible()
    page.locator(".result .feedback [aria-pressed=true]").first.click()
    page.click("text=이 검색 저장")
    expect(page.locator("text=저장 지우기")).to_be_focused()
    steps["saved"] = violations(page)
    page.click("text=저장 지우기")
    page.click("summary:has-text('더 좁히기')")
    page.select_option("#field", "LB")
    page.wait_for_url(re.compile("field=LB"))
    steps["narrowed"] = violations(page)
    context.close()
    assert {step: faults for step, faults in steps.items() if faults} == {}


def test_while_somebody_writes(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    page.click("text=새로 올리기")
    page.fill("#text", "갯벌의 탄소 흡수량을 드론 영상으로 추정하는 기술을 가지고 있습니다.")
    expect(page.locator("#finders")).to_be_visible()
    page.click("summary:has-text('다른 분야에서 고르기')")
    page.click("summary:has-text('다른 말로도')")
    assert violations(page) == []
    page.emulate_media(reduced_motion="reduce")  # it fades, and the palette changes, at once
    page.wait_for_timeout(700)  # what the last key asked has begun
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate("document.querySelector('#advice').classList.add('htmx-request')")
    for palette in PALETTES:
        page.evaluate("mode => document.documentElement.dataset.krdsMode = mode", palette)
        assert violations(page, "color-contrast") == [], palette
