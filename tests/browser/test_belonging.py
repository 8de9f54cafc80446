"""How an owner and a professor come to their organisation, and how the desk lets them, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import STAFF, publish, sign_in
from tests.browser.test_accessibility import violations
from tests.conftest import PASSWORD
from tests.serving import Served

FIRM, UNIVERSITY = "부산산업", "부산대학교"


def enter(page: Page, email: str) -> None:
    """Signs in; without an organisation one lands on one's own page."""
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("내 자리")


@pytest.fixture(params=[1440, 390])
def sized(context: BrowserContext, page: Page, request: pytest.FixtureRequest) -> Page:
    """The same at an office screen and on a phone."""
    page.set_viewport_size({"width": int(request.param), "height": 900})
    return page


@pytest.fixture
def desk(chromium: Browser, site: Served) -> Iterator[Page]:
    """Another browser, in which the staff of Busan are signed in."""
    context = chromium.new_context(base_url=site.base, locale="ko-KR")
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, STAFF)
    yield page
    context.close()


def fits(page: Page) -> None:
    """The page is no wider than the window, and axe finds nothing."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert violations(page) == [], page.url


def test_an_owner_finds_the_firm_and_the_staff_let_them(sized: Page, desk: Page) -> None:
    email = f"owner{sized.viewport_size['width']}@naver.com"  # type: ignore[index]
    enter(sized, email)
    fits(sized)
    sized.click("main >> text=소속 기관 고르기")
    sized.fill("#name", "부산산")
    expect(sized.locator("#found li").first).to_contain_text(FIRM)
    fits(sized)
    sized.click(f"#found >> text={FIRM}")
    expect(sized.locator("#part-whole")).to_be_checked()
    sized.fill("#note", "대표 이부산입니다. 회사 전화 051-000-0000")
    fits(sized)
    sized.click("main form.narrow button[type=submit]")
    expect(sized.locator("#claim")).to_contain_text("담당자가 보고 있습니다")
    fits(sized)
    desk.goto("/memberships")
    desk.click(f"main >> text={email}")
    expect(desk.locator(".result").first).to_contain_text("대표 이부산입니다")
    fits(desk)
    desk.click("button[value=grant]")
    expect(desk.locator("main")).to_contain_text("승인했습니다")
    sized.goto("/dashboard")
    expect(sized.locator(".own-place")).to_have_text(FIRM)
    sized.click(".own-place")
    expect(sized.locator(".statement >> text=고치기").first).to_be_visible()


def test_a_professor_opens_a_laboratory_at_once(sized: Page) -> None:
    name = f"해양구조연구실{sized.viewport_size['width']}"  # type: ignore[index]
    email = f"prof{sized.viewport_size['width']}@ee.pusan.ac.kr"  # type: ignore[index]
    enter(sized, email)
    sized.goto("/organisation")
    sized.fill("#name", UNIVERSITY)
    sized.click(f"#found >> text={UNIVERSITY}")
    sized.click("label[for=part-new]")
    sized.fill("#unit_name", name)
    sized.press("#unit_name", "Enter")
    expect(sized.locator("main .notice").first).to_contain_text("소속이 확인되었습니다")
    expect(sized.locator("main .facts").first).to_contain_text(name)
    sized.click("text=새로 올리기")
    sized.locator("label[for=kind-capability]").click()
    sized.fill("#text", "부유식 해양 구조물의 계류선 피로 수명을 모형 시험으로 잽니다.")
    sized.locator("label[for=visibility-public]").click()
    publish(sized)
    expect(sized.locator(".statement").first).to_contain_text("계류선")
    expect(sized.locator("h1")).to_contain_text(name)


def test_a_new_firm_waits_and_is_shown_when_it_is_seen(sized: Page, desk: Page) -> None:
    width = sized.viewport_size["width"]  # type: ignore[index]
    name, email = f"새물도금{width}", f"new{width}@saemul.example"
    enter(sized, email)
    sized.goto("/organisation")
    sized.fill("#name", name)
    sized.click("#found >> text=새 기관 넣기")
    expect(sized.locator("#name_ko")).to_have_value(name)
    sized.select_option("#kind", "company")
    sized.select_option("#region_code", "26200")
    fits(sized)
    sized.click("main form.narrow button[type=submit]")
    expect(sized.locator("main")).to_contain_text("담당자가 새 기관을 확인하고 있습니다")
    sized.click("text=새로 올리기")
    sized.locator("label[for=kind-business]").click()
    sized.fill("#text", f"{width}번 라인에서 자동차 볼트에 아연 도금을 합니다.")
    sized.locator("label[for=visibility-public]").click()
    publish(sized)
    expect(sized.locator(".statement").first).to_contain_text("담당자 확인을 기다림")
    fits(sized)
    sized.goto("/dashboard")
    fits(sized)
    sized.click("text=확인 상태 보기")
    fits(sized)
    desk.goto("/memberships")
    desk.click(f"text={name}")
    fits(desk)
    desk.click("button[value=seen]")
    expect(desk.locator("main")).to_contain_text("게시했습니다")
    desk.context.clear_cookies(name="session")
    desk.reload()
    expect(desk.locator("h1")).to_contain_text(name)
    expect(desk.locator(".statement").first).to_contain_text(re.compile("아연 도금"))


def test_without_scripts_the_way_is_the_same(chromium: Browser, site: Served) -> None:
    context = chromium.new_context(base_url=site.base, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    enter(page, "plain@naver.com")
    page.click("main >> text=소속 기관 고르기")
    page.fill("#name", FIRM)
    page.press("#name", "Enter")
    page.click(f"#found >> text={FIRM}")
    page.press("#unit_name", "Enter")
    expect(page.locator("#claim")).to_contain_text("담당자가 보고 있습니다")
    page.click("#claim summary")
    page.click("#claim button")
    expect(page.locator("main .notice").first).to_contain_text("거두었습니다")
    context.close()
