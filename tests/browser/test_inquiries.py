"""The owner's way on a phone: a search, «연결 요청», signing in on the way, the staff's answer, and the owner sees it."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import KNOWN_MEMBER, PASSWORD, STAFF, sign_in, wait_until
from tests.serving import Served

PROBLEM = "김치가 과발효로 포장이 부풀어 오르는 것을 막고 싶습니다"
REPLY = "권한 두 곳이 이 문제를 다룹니다. 다음 주에 함께 찾아가 보겠습니다."


def _fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    wait_until(
        page, "document.readyState === 'complete' && document.documentElement.scrollWidth <= innerWidth"
    )


def _sign_in_here(page: Page, email: str) -> None:
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")


def test_an_owner_asks_and_is_answered_on_a_phone(chromium: Browser, site: Served) -> None:
    phone = {"width": 390, "height": 844}
    owners = chromium.new_context(base_url=site.base, viewport=phone, locale="ko-KR")
    page = owners.new_page()
    page.goto("/search")
    page.fill("#q", PROBLEM)
    page.press("#q", "Enter")
    page.wait_for_url("**/search?q=*", wait_until="load")
    wished = page.locator(".result").first.locator("h2")
    name = wished.inner_text().split(" · ")[0]
    _fits(page)
    page.locator(".result a.connect").first.click()
    _sign_in_here(page, KNOWN_MEMBER)  # a visitor's way leads through signing in, and on
    expect(page.locator("h1")).to_have_text("연결 요청")
    expect(page.locator("#text")).to_have_value(PROBLEM)
    expect(page.locator(".partner")).to_contain_text(name)
    _fits(page)
    if page.locator("label[for=need-new]").count():
        page.locator("label[for=need-new]").click()
    page.locator("label[for=visibility-hidden-name]").click()
    page.click("text=담당자에게 보내기")
    expect(page.locator("main")).to_contain_text("이제 이렇게 됩니다")
    expect(page.locator("main")).to_contain_text("부산")
    inquiry = page.url
    _fits(page)
    page.go_back()  # what was sent is not sent again by coming back and sending once more
    page.click("text=담당자에게 보내기")
    expect(page).to_have_url(inquiry)

    desks = chromium.new_context(base_url=site.base, viewport=phone, locale="ko-KR")
    staff = desks.new_page()
    sign_in(staff, STAFF)
    staff.goto("/dashboard")
    staff.click("text=문의 보기")
    _fits(staff)
    staff.click(f"text={PROBLEM}")
    expect(staff.locator("main")).to_contain_text("물은 쪽이 만나고 싶은 곳")
    _fits(staff)
    staff.fill("#reply", REPLY)
    staff.locator("label[for^=proposed-]").first.click()
    staff.click("text=답 보내기")
    expect(staff.locator(".desk-answer")).to_contain_text(REPLY)
    desks.close()

    page.goto("/inquiries")
    expect(page.locator("main")).to_contain_text("답이 왔습니다")
    _fits(page)
    page.click(f"text={PROBLEM}")
    expect(page.locator(".desk-answer")).to_contain_text(REPLY)
    expect(page.locator(".desk-answer .directory")).to_contain_text(name)
    _fits(page)
    owners.close()
