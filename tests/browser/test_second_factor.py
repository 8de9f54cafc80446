"""The second factor and the page of an account in the browser, from the first sign-in of staff to a new password."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from hub.accounts.passwords import add_account
from hub.accounts.second_factor import picture
from hub.accounts.tables import WrongPassword
from hub.database import Database, now
from tests.browser.conftest import enter, wait_until
from tests.browser.test_accessibility import violations
from tests.conftest import PASSWORD
from tests.serving import RUNNING, Served
from tests.signing import code

WHO, BETTER = "telephone@hub.example", "a better password of this test"
REFUSED = "인증 코드가 맞지 않습니다"


def database(site: Served) -> Database:
    return Database(RUNNING[site.base].database)


def give_password(page: Page, password: str = PASSWORD) -> None:
    page.goto("/sign-in?next=/searches")
    page.fill("#email", WHO)
    page.fill("#password", password)
    page.click("main button[type=submit]")


def give_recovery_code(page: Page, typed: str) -> None:
    page.click("text=인증 앱을 쓸 수 없을 때")
    page.fill("#spare_otp", typed)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.click("text=내 계정")
    page.click(".menu-body button:has-text('로그아웃')")
    expect(page.locator("text=로그아웃했습니다")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether a telephone shows all of the page's width."""
    page.set_viewport_size({"width": 390, "height": 800})
    fitting = bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    page.set_viewport_size({"width": 1440, "height": 900})
    return fitting


def enrol(page: Page) -> tuple[str, list[str]]:
    """The first sign-in of staff: what the telephone then knows, and the recovery codes."""
    give_password(page)
    expect(page.locator("h1")).to_have_text("2단계 인증 켜기")
    link = str(page.locator("a[href^='otpauth:']").get_attribute("href"))
    wait_until(page, "document.querySelector('.qr').naturalWidth > 100")
    assert page.locator(".qr").get_attribute("src") == picture(link)
    known = page.locator("#secret").inner_text().replace(" ", "")
    assert f"secret={known}&" in link
    assert fits(page)
    page.fill("#otp", code(known))
    page.keyboard.press("Enter")
    expect(page.locator("#codes li")).to_have_count(10)
    codes = [one.inner_text() for one in page.locator("#codes code").all()]
    assert violations(page) == []
    assert fits(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("button:has-text('복사')")
    expect(page.locator("button:has-text('복사했습니다')")).to_be_visible()
    assert codes[9] in page.evaluate("navigator.clipboard.readText()")
    page.click("text=적어 두었습니다")
    page.wait_for_url("**/searches")
    page.go_back()
    assert page.locator("#codes").count() == 0
    return known, codes


def test_from_the_first_sign_in_to_another_password(page: Page, chromium: Browser, site: Served) -> None:
    with database(site).writing() as session:
        add_account(session, WHO, PASSWORD, "staff", region="26")
    known, codes = enrol(page)
    sign_out(page)

    give_password(page)
    expect(page.locator("#otp")).to_be_focused()
    assert violations(page) == []
    assert fits(page)
    page.keyboard.type(code(known, 1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/searches")
    sign_out(page)

    give_password(page)
    give_recovery_code(page, codes[0])
    page.wait_for_url("**/searches")
    expect(page.locator("main .notice.warning")).to_contain_text("9개 남았습니다")
    sign_out(page)

    give_password(page)
    for _guess in range(4):
        give_recovery_code(page, codes[0])  # used up
        expect(page.locator("[role=alert]")).to_contain_text(REFUSED)
    give_recovery_code(page, codes[0])
    expect(page.locator("[role=alert]")).to_contain_text("5분 뒤에")
    give_recovery_code(page, codes[1])
    expect(page.locator("[role=alert]")).to_contain_text("5분 뒤에")
    with database(site).writing() as session:
        session.execute(sa.update(WrongPassword).values(tried_at=now() - timedelta(minutes=6)))
    give_recovery_code(page, codes[1])
    page.wait_for_url("**/searches")

    ended_from_elsewhere(page, chromium, site)
    another_password(page, chromium, site)


def ended_from_elsewhere(page: Page, chromium: Browser, site: Served) -> None:
    elsewhere = chromium.new_page(base_url=site.base)
    enter(elsewhere, WHO)
    elsewhere.goto("/account")
    expect(elsewhere.locator("#sessions .session")).to_have_count(2)
    page.click("text=내 계정")
    page.click("text=계정 설정")
    page.locator("#sessions button:has-text('로그아웃')").first.click()
    expect(page.locator("main .notice")).to_contain_text("그 브라우저에서 로그아웃했습니다")
    expect(page.locator("#sessions .session")).to_have_count(1)
    elsewhere.reload()
    elsewhere.wait_for_url("**/sign-in?next=/account")
    elsewhere.context.close()


def another_password(page: Page, chromium: Browser, site: Served) -> None:
    elsewhere = chromium.new_page(base_url=site.base)
    enter(elsewhere, WHO)
    page.goto("/account")
    page.click("summary:has-text('비밀번호 바꾸기')")
    page.fill("#password-again", "wrong")
    page.fill("#new_password", BETTER)
    page.click("#password button[type=submit]")
    expect(page.locator("#password [role=alert]")).to_contain_text("맞지 않습니다")
    page.fill("#password-again", PASSWORD)
    page.fill("#new_password", BETTER)
    page.click("#password button[type=submit]")
    expect(page.locator("main .notice")).to_contain_text("다른 브라우저 1곳에서 로그아웃했습니다")
    elsewhere.goto("/dashboard")
    elsewhere.wait_for_url("**/sign-in?next=/dashboard")
    sign_out(page)
    give_password(page)
    expect(page.locator("[role=alert]")).to_contain_text("전자우편이나 비밀번호가 맞지 않습니다")
    give_password(page, BETTER)
    expect(page.locator("h1")).to_have_text("인증 코드")
    elsewhere.context.close()
