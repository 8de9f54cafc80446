"""A region's page, signing in and posting, in a browser: with a mouse, with keys alone, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import MEMBER, OWNER, STAFF, publish, sign_in
from tests.serving import Served

PATHS = [
    "/", "/search?q=김치 포장", "/compare?q=김치 포장&s=1&s=2&s=3", "/regions", "/regions/26", "/regions/26/supply",
    "/regions/26/network", "/regions/26/profiles", "/map", "/searches", "/about", "/sign-in", "/nothing",
]  # fmt: skip


def test_staff_arrive_at_their_region(page: Page) -> None:
    sign_in(page, STAFF)
    expect(page.locator("h1")).to_have_text("부산광역시")
    pairs = page.locator(".pair")
    assert pairs.count() >= 10  # those that reach a sensible strength
    expect(pairs.first).to_contain_text("적합도")
    expect(pairs.first).to_contain_text("거리 모름")
    pairs.first.locator(".side").last.locator("h3 a").click()
    expect(page.locator(".fits").first).to_contain_text("필요로 할 만한 곳")
    page.click("text=내 계정")
    page.click("text=로그아웃")
    expect(page.locator("text=로그아웃했습니다.")).to_be_visible()


def test_a_member_posts_edits_withdraws_and_publishes_again(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    expect(page.locator("h1")).to_have_text(OWNER)
    page.click("text=새로 올리기")
    page.fill("#text", "전복 껍데기의 광택을 석 달 동안 유지하는 가공 기술을 가지고 있습니다.")
    expect(page.locator("#advice")).to_contain_text("수치가 하나라도")
    page.fill(
        "#text", "전복 껍데기의 광택을 석 달 동안 유지하는 가공 기술을 가지고 있습니다. 불량률 2% 이하."
    )
    expect(page.locator("#advice")).not_to_contain_text("수치가 하나라도")
    page.select_option("#trl", "7")
    page.click("text=다른 분야에서 고르기")
    page.locator("label[for=fields-LB]").click()
    publish(page)
    expect(page.locator("text=게시했습니다. 지금부터 검색됩니다.")).to_be_visible()
    posted = page.locator(".statement", has_text="전복 껍데기")
    expect(posted).to_contain_text("TRL 7")
    expect(posted).to_contain_text("농림수산식품")
    visitor = context.browser.new_context(base_url=page.url.split("/profiles")[0])  # type: ignore[union-attr]
    reader = visitor.new_page()
    reader.goto("/search?q=전복 껍데기 광택")
    expect(reader.locator(".result").first).to_contain_text("석 달 동안")

    posted.locator("text=고치기").click()
    page.fill("#text", "전복 껍데기의 광택을 반 년 동안 유지하는 가공 기술을 가지고 있습니다.")
    publish(page)
    reader.reload()
    expect(reader.locator(".result").first).to_contain_text("반 년 동안")

    posted.locator("text=내리기").click()
    reader.reload()
    expect(reader.locator("#results")).not_to_contain_text("반 년 동안")
    posted.locator("button", has_text="다시 게시").click()
    reader.reload()
    expect(reader.locator(".result").first).to_contain_text("반 년 동안")
    visitor.close()


def test_two_tabs_over_one_statement(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    other = context.new_page()
    page.click("text=새로 올리기")
    page.fill("#text", "두 창에서 함께 고쳐 볼 갯벌 생태 복원 기술입니다.")
    page.click("button[value=draft]")
    address = page.locator(".statement").first.locator("text=고치기").get_attribute("href")
    assert address is not None
    page.goto(address)
    other.goto(address)
    page.fill("#text", "첫째 창에서 먼저 고쳐 저장한 갯벌 생태 복원 기술입니다.")
    publish(page)
    other.fill("#text", "둘째 창에서 나중에 저장하려던 갯벌 생태 복원 기술입니다.")
    publish(other)
    expect(other.locator("[role=alert]")).to_contain_text("다른 사람이")
    expect(other.locator(".conflict")).to_contain_text("첫째 창에서")
    expect(other.locator("#text")).to_have_value("둘째 창에서 나중에 저장하려던 갯벌 생태 복원 기술입니다.")
    publish(other)  # having seen both, the second may replace the first
    expect(other.locator("text=둘째 창에서")).to_be_visible()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_nothing_hangs_over_on_a_phone(chromium: Browser, site: Served, language: str) -> None:
    context = chromium.new_context(base_url=site.base, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, MEMBER)
    profile = page.url.removeprefix(site.base)
    for path in [*PATHS, profile, f"{profile}/statements/new", f"{profile}/edit"]:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, (path, width)
    context.close()


def test_enter_saves_an_organisation_that_is_entered(page: Page) -> None:
    """The first button of a form is what Enter presses, and another one hands the firm to another desk."""
    sign_in(page, STAFF)
    page.goto("/profiles/new")
    page.fill("#name_ko", "엔터로넣은정밀")
    page.press("#name_ko", "Enter")
    expect(page.locator("h1")).to_have_text("엔터로넣은정밀")
    page.goto("/profiles/new")
    page.fill("#name_ko", "엔터로넣은정밀")
    expect(page.locator("#alike")).to_contain_text("이 지역에 이미 있는 기관입니다")
    page.press("#name_ko", "Enter")
    expect(page.locator("[role=alert]")).to_contain_text("이미 있습니다")
    page.fill("#name_ko", "엔터로넣은정밀 이공장")
    page.press("#name_ko", "Enter")
    expect(page.locator("h1")).to_have_text("엔터로넣은정밀 이공장")
