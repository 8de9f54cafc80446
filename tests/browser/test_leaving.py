"""Who signs out leaves nothing in the browser: not on going back, not in another tab, not in its memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hub.text import email_form
from tests.browser.conftest import CHROMIUM, FLAGS, MEMBER, sign_in, wait_until
from tests.serving import Served

# Playwright switches the back-forward cache off; people's browsers have it on.
KEEPS_PAGES = ["--disable-back-forward-cache"]
RESTORED = "addEventListener('pageshow', (event) => { window.restored = event.persisted; });"


@pytest.fixture(scope="module")
def keeping(chromium: Browser) -> Iterator[Browser]:
    """Chromium with its back-forward cache."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=FLAGS, ignore_default_args=KEEPS_PAGES
    )
    yield browser
    browser.close()


@pytest.fixture
def kept(keeping: Browser, site: Served) -> Iterator[BrowserContext]:
    """A fresh profile in it."""
    context = keeping.new_context(base_url=site.base, locale="ko-KR")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def sign_out(page: Page) -> None:
    page.click("text=내 계정")
    page.click("text=로그아웃")
    page.wait_for_selector("text=로그아웃했습니다")


def shows_nobody(page: Page) -> None:
    page.wait_for_selector("a[href='/sign-in']")
    assert email_form(MEMBER) not in page.content()
    assert "내 계정" not in page.content()
    assert page.locator("form.posting").count() == 0


def test_going_back_after_signing_out_shows_nothing_of_before(kept: BrowserContext) -> None:
    page = kept.new_page()
    sign_in(page, MEMBER)
    page.click("main a[href$='/statements/new'] >> nth=0")
    page.fill("textarea[name=text]", "로그아웃한 뒤에는 아무도 보지 못할 글입니다.")
    assert MEMBER in page.content()
    sign_out(page)
    for _step in range(3):
        page.evaluate("history.back()")
        page.wait_for_timeout(700)
        page.wait_for_load_state()
        assert MEMBER not in page.content()
        assert "아무도 보지 못할" not in page.content()
        assert page.locator("form.posting").count() == 0


def test_a_visitor_s_page_comes_back_from_memory(kept: BrowserContext) -> None:
    page = kept.new_page()
    page.goto("/search?q=김치")
    page.evaluate(RESTORED)
    page.click("text=자료 출처 >> nth=0")
    page.wait_for_url("**/about")
    page.evaluate("history.back()")
    wait_until(page, "window.restored === true")
    assert "김치" in page.content()


def test_a_page_in_memory_sees_that_somebody_signed_in(kept: BrowserContext) -> None:
    page = kept.new_page()
    page.goto("/about")
    page.evaluate(RESTORED)
    page.goto("/regions")
    other = kept.new_page()
    sign_in(other, MEMBER)
    page.evaluate("history.back()")
    page.wait_for_selector("text=내 계정")
    assert page.evaluate("window.restored") is None  # it was asked for again


def restore(page: Page) -> None:
    """What a browser does that keeps signed-in pages in memory all the same."""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")


def test_a_signed_in_page_from_memory_checks_itself(context: BrowserContext, page: Page) -> None:
    sign_in(page, MEMBER)
    page.click("main a[href$='/statements/new'] >> nth=0")
    page.evaluate("window.same = true")
    restore(page)
    page.wait_for_timeout(500)
    assert page.evaluate("window.same") is True  # the same person: it stays as it is
    other = context.new_page()
    other.goto("/")
    sign_out(other)
    restore(page)
    page.wait_for_url("**/sign-in?next=**")
    shows_nobody(page)


def test_a_session_that_ended_elsewhere_is_noticed_too(context: BrowserContext, page: Page) -> None:
    sign_in(page, MEMBER)
    page.click("main a[href$='/statements/new'] >> nth=0")
    # As after a new password: the browser's mark is still there, the session is not.
    kept = context.cookies()
    other = context.new_page()
    other.goto("/")
    sign_out(other)
    context.add_cookies(kept)
    assert page.evaluate("document.body.dataset.session") in page.evaluate("document.cookie")
    restore(page)
    page.wait_for_url("**/sign-in?next=**")
    shows_nobody(page)


def test_another_tab_shows_nothing_more_once_it_is_seen(context: BrowserContext, page: Page) -> None:
    sign_in(page, MEMBER)
    other = context.new_page()
    other.goto("/searches")
    sign_out(page)
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    other.wait_for_url("**/sign-in?next=**")
    shows_nobody(other)


def test_what_is_being_written_outlives_a_session_that_ends(kept: BrowserContext) -> None:
    """Covered while nobody is signed in, there again once the same person is; another person never sees it."""
    page = kept.new_page()
    sign_in(page, MEMBER)
    page.click("main a[href$='/edit'] >> nth=0")
    field = page.locator("main form[method=post] input[type=text], main form[method=post] textarea").first
    field.fill("세션이 끝나도 남아 있을 글")
    cookies = kept.cookies()
    kept.clear_cookies()  # as when it has ended of old age
    look = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(look)
    page.wait_for_selector(".covered")
    assert not field.is_visible()
    assert not page.locator("text=내 계정").is_visible()
    kept.add_cookies(cookies)  # the same person is back
    page.evaluate(look)
    page.wait_for_selector(".covered", state="detached")
    assert field.input_value() == "세션이 끝나도 남아 있을 글"
    kept.clear_cookies()
    other = kept.new_page()
    sign_in(other, "staff@hub.example")
    with page.expect_navigation():  # another person's page is asked for anew
        page.evaluate(look)
    assert field.count() == 0
    assert "세션이 끝나도" not in page.content()
