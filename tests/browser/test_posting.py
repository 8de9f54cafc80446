"""The posting form while somebody writes: nothing is lost, and who would find it is seen beforehand."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import FIRM_MEMBER, MEMBER, PASSWORD, publish, sign_in

TEXT = "전복 종패의 폐사를 수온 센서로 미리 알아내는 양식 관리 기술을 가지고 있습니다."


def open_form(page: Page) -> str:
    page.click("text=새로 올리기")
    expect(page.locator("h1")).to_have_text("새로 올리기")
    return page.url


def test_a_closed_tab_loses_nothing_and_what_is_posted_is_no_draft_any_more(
    page: Page, context: BrowserContext
) -> None:
    sign_in(page, MEMBER)
    address = open_form(page)
    page.fill("#text", TEXT)
    page.select_option("#trl", "5")
    expect(page.locator("#draft-note")).to_contain_text("임시로 저장했습니다")
    page.close()
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#text")).to_have_value("")  # offered, not put in
    other.click("#drafts [data-do=take]")
    expect(other.locator("#text")).to_have_value(TEXT)
    expect(other.locator("#trl")).to_have_value("5")
    expect(other.locator("#draft-note")).to_contain_text("되살렸습니다")
    other.click("#draft-note [data-do=drop]")
    expect(other.locator("#text")).to_have_value("")
    expect(other.locator("#text")).to_be_focused()
    other.reload()
    expect(other.locator("#text")).to_have_value("")
    other.fill("#text", TEXT)
    expect(other.locator("#draft-note")).to_contain_text("임시로 저장했습니다")
    publish(other)
    expect(other.locator("text=게시했습니다")).to_be_visible()
    other.goto(address)
    expect(other.locator("#text")).to_have_value("")
    expect(other.locator("#draft-note")).not_to_be_visible()
    expect(other.locator("#drafts")).not_to_be_visible()


def test_an_expired_session_loses_nothing(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    address = open_form(page)
    page.fill("#text", TEXT + " 하나 더.")
    expect(page.locator("#draft-note")).to_be_visible()
    context.clear_cookies()
    publish(page)
    expect(page.locator(".kept textarea").first).to_have_value(TEXT + " 하나 더.")
    page.goto("/sign-in")
    page.fill("#email", MEMBER)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(address)
    page.click("#drafts [data-do=take]")
    expect(page.locator("#text")).to_have_value(TEXT + " 하나 더.")
    page.click("text=내 계정")
    page.click("text=로그아웃")  # the next person at this computer finds no draft
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_who_would_find_it_is_seen_while_writing(page: Page) -> None:
    sign_in(page, FIRM_MEMBER)
    open_form(page)
    page.fill("#text", "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다.")
    expect(page.locator("#finders")).to_have_text("이 글에 답할 곳")
    expect(page.locator(".finders li").first).to_contain_text("세계김치연구소")
    expect(page.locator("#fields .checks label").first).to_have_text("농림수산식품")
    page.locator("label[for=fields-LB]").click()
    page.fill("#text", "반도체 세정 장비의 불화수소를 재는 센서를 찾습니다. 측정 하한은 10 ppb입니다.")
    expect(page.locator(".finders")).not_to_contain_text("세계김치연구소")
    # What was confirmed stays confirmed when other fields are proposed.
    expect(page.locator("#fields-LB")).to_be_checked()
    expect(page.locator(".steps li.done")).to_have_count(4)
