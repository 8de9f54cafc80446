"""Searching in a browser: as one types, with the address and the back button, and without JavaScript."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import unquote

from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.browser.conftest import MEMBER, publish, sign_in
from tests.serving import Served

KIMCHI = "김치가 과발효로 포장이 부풀어요"


def test_from_the_first_page_to_an_answer_and_back(page: Page) -> None:
    page.goto("/")
    page.fill("#q", KIMCHI)
    page.press("#q", "Enter")
    first = page.locator(".result").first
    expect(first).to_contain_text("세계김치연구소")
    expect(first).to_contain_text("높음")
    expect(first).to_contain_text("공개 정보로 작성한 예시")
    expect(first.locator("mark").first).to_have_text("김치")
    first.locator("h2 a").click()
    expect(page.locator("h1")).to_have_text("세계김치연구소")
    page.go_back()
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")
    assert page.input_value("#q") == KIMCHI
    page.go_back()
    expect(page.locator("h1")).to_have_text("우리 지역의 문제를 풀 사람을 찾습니다")


def test_results_come_while_typing_and_the_address_follows(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(unquote(r.url)) if "/search?" in r.url else None)
    page.goto("/search")
    page.locator("#q").press_sequentially(KIMCHI, delay=40)
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")
    page.wait_for_url(re.compile("q="))
    assert 1 <= len(asked) <= 4, asked
    assert unquote(page.url).split("q=")[1].split("&")[0].replace("+", " ") == KIMCHI
    page.reload()
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")


def test_an_older_answer_never_covers_a_newer_one(page: Page) -> None:
    """The first answer is held back until long after the second query was typed."""
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if "SiC" in unquote(route.request.url):
            held.append(route)
        else:
            route.continue_()

    page.route("**/search?*", hold_first)
    page.goto("/search")
    page.locator("#q").press_sequentially("SiC 전력반도체")
    expect(page.locator("#results")).to_have_class(re.compile("htmx-request"))
    page.fill("#q", KIMCHI)
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")
    assert held
    for route in held:
        with suppress(Error):  # the page has cancelled it, as it should
            route.continue_()
    page.wait_for_timeout(800)
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")


def test_a_filter_narrows_and_back_widens(page: Page) -> None:
    page.goto("/about")
    page.goto("/search?q=반도체 공정")
    page.select_option("#region", "30")
    expect(page.locator(".result .facts").first).to_contain_text("대전광역시")
    page.wait_for_url(re.compile("region=30"))
    for facts in page.locator(".result .facts").all_inner_texts():
        assert "대전광역시" in facts
    page.select_option("#kind", "capability")
    page.wait_for_url(re.compile("kind=capability"))
    page.go_back()
    expect(page.locator("#region")).to_have_value("30")
    expect(page.locator("#kind")).to_have_value("")
    page.go_forward()
    expect(page.locator("#kind")).to_have_value("capability")
    page.go_back()
    page.go_back()  # at once, as an impatient reader does
    expect(page.locator("#region")).to_have_value("")
    expect(page.locator(".result .facts").first).not_to_contain_text("대전광역시")
    page.go_back()
    expect(page.locator("h1")).to_have_text("이 허브에 대하여")
    page.go_forward()
    expect(page.locator(".result").first).to_be_visible()


def test_without_javascript(chromium: Browser, site: Served) -> None:
    context = chromium.new_context(base_url=site.base, java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto("/search")
    page.fill("#q", KIMCHI)
    page.select_option("#region", "29")
    page.click("form#search button")
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")
    page.goto("/")
    page.select_option("#code", "26")
    page.click("text=열기")
    expect(page.locator("h1")).to_have_text("부산광역시")
    expect(page.locator(".pair").first).to_contain_text("적합도")
    page.goto("/regions/26?strength=any")
    page.click(".krds-pagination .next")
    expect(page.locator("ol.pairs")).to_have_attribute("start", "21")
    sign_in(page, MEMBER)
    page.click("text=새로 올리기")
    page.fill("#text", "스크립트 없이도 올릴 수 있는 갯벌 퇴적물 분석 기술입니다.")
    page.locator("summary", has_text="분야 고르기").click()
    page.locator("label[for=fields-ND]").click()
    publish(page)
    expect(page.locator(".statement", has_text="갯벌 퇴적물")).to_contain_text("지구과학")
    context.close()


def test_the_language_changes_and_the_place_stays(page: Page) -> None:
    page.goto(f"/search?q={KIMCHI}&kind=capability")
    page.click("text=English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".result").first).to_contain_text("Sample compiled from public information")
    expect(page.locator("#kind")).to_have_value("capability")
    page.locator("#q").fill("GLP toxicology")
    expect(page.locator(".result").first).to_contain_text("GLP")
    page.click("text=한국어")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#q")).to_have_value("GLP toxicology")


def test_a_query_that_is_too_short_or_empty_shows_a_hint_not_an_error(page: Page) -> None:
    page.goto("/search?q=김치")
    page.fill("#q", "😀😀")
    expect(page.locator("[role=alert]")).to_contain_text("적어 주십시오")
    page.fill("#q", "")
    expect(page.locator(".empty")).to_contain_text("이렇게 적어 보십시오")


def test_more_answers_come_to_the_end_and_going_back_finds_them(page: Page) -> None:
    page.goto("/search?q=반도체 장비&kind=business")
    page.click("text=더 보기")
    expect(page.locator("#r21")).to_be_focused()
    expect(page.locator(".result")).to_have_count(40)
    expect(page.locator("#count")).to_contain_text("40곳")
    page.wait_for_url(re.compile("show=40"))
    page.locator("#r33 h2 a").click()
    expect(page.locator(".profile-head")).to_be_visible()
    page.go_back()
    expect(page.locator(".result")).to_have_count(40)
    expect(page.locator("#r33")).to_be_in_viewport()


def test_what_is_chosen_stays_chosen_while_the_list_changes(page: Page) -> None:
    page.goto(f"/search?q={KIMCHI}")
    page.locator(".compare-check label").nth(0).click()
    page.locator(".compare-check label").nth(1).click()
    expect(page.locator(".tray")).to_contain_text("세계김치연구소")
    page.fill("#q", "반도체 장비")
    expect(page.locator("#count")).to_contain_text("반도체 장비")
    expect(page.locator(".tray-list li")).to_have_count(2)
    page.locator(".tray .chip-off").nth(1).click()
    expect(page.locator(".tray-list li")).to_have_count(1)
    expect(page.locator(".tray button.primary")).to_be_disabled()
    page.locator(".compare-check label").nth(0).click()
    page.locator(".tray button.primary").click()
    expect(page.locator(".compare thead th")).to_have_count(2)
    expect(page.locator(".compare")).to_contain_text("세계김치연구소")
    assert "반도체" in unquote(page.url)
    for wide in (1440, 390):
        page.set_viewport_size({"width": wide, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= wide


def test_a_first_visit_weighs_little(page: Page) -> None:
    """400 KB over the wire, fonts and all."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    weight: list[float] = []
    client.on("Network.loadingFinished", lambda event: weight.append(event["encodedDataLength"]))
    page.goto(f"/search?q={KIMCHI}")
    page.wait_for_load_state("networkidle")
    assert 20_000 < sum(weight) <= 400_000, sum(weight)
