"""Writing in a real browser: sent once, counted as the server counts, drafts apart, nothing lost to a sign-out."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect

from hub.text import clean, one_line
from tests.browser.conftest import MEMBER, PASSWORD, STAFF, publish, sign_in, wait_until
from tests.browser.test_posting import TEXT, open_form

SLOW = 0.8  # seconds


def slow_down(page: Page, pattern: str) -> list[str]:
    """Holds what is posted to matching addresses up, and lists it."""
    posted: list[str] = []

    def hold(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]
        if request.method == "POST":
            posted.append(request.post_data or "")
            time.sleep(SLOW)
        route.continue_()  # type: ignore[attr-defined]

    page.route(re.compile(pattern), hold)
    return posted


def drafts(page: Page) -> int:
    """How many drafts this browser keeps."""
    return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"))


@pytest.mark.parametrize("action", ["publish", "draft"])
def test_two_clicks_publish_one(page: Page, action: str) -> None:
    sign_in(page, MEMBER)
    open_form(page)
    text = f"{TEXT} 두 번 누른 글 {action}."
    page.fill("#text", text)
    posted = slow_down(page, r"/statements/new$")
    button = page.locator(f"p.row > button[value={action}]").first
    if action == "publish":
        button.click()
        button = page.locator("#publishing button[value=publish]")
    # The two clicks of one hand, 60 ms apart, and what the button says between them.
    waits = button.evaluate(
        """async (one) => {
          one.click();
          await new Promise((then) => setTimeout(then, 60));
          const state = [one.disabled, one.getAttribute("aria-busy"), one.textContent];
          one.click();
          one.form.requestSubmit();
          return state;
        }"""
    )
    assert waits == [True, "true", "보내는 중…"]
    expect(page.locator("[data-accepted]")).to_be_visible()
    assert len(posted) == 1
    assert f'name="action"\r\n\r\n{action}' in posted[0] or f"action={action}" in posted[0]
    expect(page.locator(".statement .text", has_text=text)).to_have_count(1)
    # Back: the button is itself again, and the same text sent again makes no second.
    page.unroute_all()
    page.go_back()
    expect(button).to_be_enabled()
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_enter_sends_the_first_button_and_what_is_refused_may_be_sent_again(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/profiles/new")
    page.fill("#name_ko", "가" * 121)
    page.select_option("#kind", "company")
    page.select_option("#region_code", "26110")
    page.press("#name_ko", "Enter")
    expect(page.locator("[role=alert]")).to_contain_text("1자를 줄여")
    expect(page.locator("main form button.primary")).to_be_enabled()
    # The browser itself refuses: nothing is sent, and the button waits for nothing.
    page.fill("#name_ko", "")
    page.click("main form button.primary")
    expect(page.locator("main form button.primary")).to_be_enabled()
    page.fill("#name_ko", "엔터로 넣은 기관")
    page.press("#name_ko", "Enter")
    expect(page.locator("h1")).to_have_text("엔터로 넣은 기관")


def test_what_is_too_long_is_counted_as_it_is_typed_and_nothing_is_cut(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/profiles/new")
    english = "Institute of " + "x" * 157  # 170
    page.fill("#name_en", english)
    expect(page.locator("#name_en-limit")).to_contain_text("10자 넘었습니다")
    expect(page.locator("#name_en")).to_have_attribute("aria-invalid", "true")
    page.fill("#name_ko", "길게 적은 기관")
    page.select_option("#kind", "company")
    page.select_option("#region_code", "26110")
    page.click("main form button.primary")
    expect(page.locator("[role=alert]")).to_contain_text("10자를 줄여")
    expect(page.locator("#name_en")).to_have_value(english)
    page.fill("#name_en", english[:160])
    expect(page.locator("#name_en-limit [data-over]")).to_be_empty()
    expect(page.locator("#name_en")).not_to_have_attribute("aria-invalid", "true")


def test_a_paste_keeps_its_end(page: Page) -> None:
    sign_in(page, MEMBER)
    open_form(page)
    pasted = "😀 전복 종패 폐사 " * 150 + "끝"
    page.focus("#text")
    page.keyboard.insert_text(pasted)
    assert len(clean(pasted)) < 2000 < len(clean(pasted * 2))
    expect(page.locator("#text")).to_have_value(pasted)
    page.keyboard.insert_text(pasted)
    expect(page.locator("#text-limit")).to_contain_text(f"{len(clean(pasted * 2)) - 2000:,}자 넘었습니다")
    page.click("button[value=draft]")
    expect(page.locator("main > [role=alert]")).to_contain_text(f"{len(clean(pasted * 2)) - 2000}자를 줄여")
    expect(page.locator("#text")).to_have_value(pasted * 2)
    page.goto("/search?kind=capability")
    page.fill("#q", "가" * 1005)
    expect(page.locator("#q-limit")).to_contain_text("5자 넘었습니다")
    expect(page.locator("#results [role=alert]")).to_contain_text("5자를 줄여")
    expect(page.locator("#q")).to_have_value("가" * 1005)


# What a keyboard, a paste from a web page or a word processor brings, seen and unseen.
LETTERS = st.text(
    alphabet=st.sampled_from(
        "가각한漢é!ㆍ\u1100\u1161\u11a8e\u0301 \u00a0\u3000\u2003\t\n\r\x85\x00\x07\x7f\u2028\u2029\ufeff\u200b\u200d\u00ad"
        "\u3164\u115f\u2800\ufffc\ufe0e\ufe0f\u202e😀👩🔬\U0001f3fd❤©\U0001fae8\ue000"
    ),
    max_size=30,
)


@pytest.mark.parametrize("lines", [True, False])
def test_the_page_counts_as_the_server(page: Page, lines: bool) -> None:
    page.goto("/search")
    wait_until(page, "typeof counted === 'function'")

    @settings(max_examples=300, deadline=None)
    @given(LETTERS)
    def agree(text: str) -> None:
        kept = clean(text) if lines else one_line(text)
        assert page.evaluate("([text, lines]) => counted(text, lines)", [text, lines]) == len(kept)

    agree()


def test_two_tabs_write_two_things(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    address = open_form(page)
    one, two = f"{TEXT} 첫째 창.", f"{TEXT} 둘째 창."
    page.fill("#text", one)
    expect(page.locator("#draft-note")).to_be_visible()
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#text")).to_have_value("")
    expect(other.locator("#drafts")).to_be_hidden()  # the first is being written: it has its own window
    other.fill("#text", two)
    other.fill("#text", two)
    expect(other.locator("#draft-note")).to_be_visible()
    page.reload()
    expect(page.locator("#text")).to_have_value(one)
    publish(other)
    expect(other.locator("[data-accepted]")).to_be_visible()
    page.reload()
    expect(page.locator("#text")).to_have_value(one)  # publishing one takes only its own draft away
    assert drafts(page) == 1
    # Both are open, one is closed: what it held is offered to the next.
    page.close()
    other.goto(address)
    expect(other.locator("#text")).to_have_value("")
    expect(other.locator("#drafts li")).to_have_count(1)
    expect(other.locator("#drafts li .words")).to_contain_text("전복 종패의 폐사를")
    other.click("#drafts [data-do=take]")
    expect(other.locator("#text")).to_have_value(one)
    expect(other.locator("#text")).to_be_focused()
    expect(other.locator("#drafts")).to_be_hidden()
    other.click("button[value=draft]")
    expect(other.locator("[data-accepted]")).to_be_visible()
    assert drafts(other) == 0


def test_a_duplicated_tab_writes_its_own(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    open_form(page)
    page.fill("#text", f"{TEXT} 원래 창.")
    expect(page.locator("#draft-note")).to_be_visible()
    # As duplicating does: the same page, with the same memory of this tab.
    with context.expect_page() as opened:
        page.evaluate(
            "() => { const twin = window.open('about:blank'); twin.history.replaceState; twin.location = location.href; }"
        )
    twin = opened.value
    twin.wait_for_selector("#text")
    twin.evaluate("state => history.replaceState(state, '')", page.evaluate("history.state"))
    twin.reload()
    twin.wait_for_timeout(700)  # it finds that the draft has a writer
    twin.fill("#text", f"{TEXT} 복제한 창.")
    expect(twin.locator("#draft-note")).to_be_visible()
    assert page.input_value("[name=once]") != twin.input_value("[name=once]")
    page.reload()
    expect(page.locator("#text")).to_have_value(f"{TEXT} 원래 창.")
    twin.reload()
    expect(twin.locator("#text")).to_have_value(f"{TEXT} 복제한 창.")
    assert drafts(page) == 2


def test_a_draft_is_thrown_away_and_brought_back(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    address = open_form(page)
    page.fill("#text", f"{TEXT} 버릴 글.")
    expect(page.locator("#draft-note")).to_be_visible()
    page.close()
    other = context.new_page()
    other.goto(address)
    other.click("#drafts [data-do=drop]")
    expect(other.locator("#drafts [data-do=undo]")).to_be_focused()
    assert drafts(other) == 0
    other.keyboard.press("Enter")
    expect(other.locator("#drafts [data-do=take]")).to_be_focused()
    assert drafts(other) == 1
    other.keyboard.press("Enter")
    expect(other.locator("#text")).to_have_value(f"{TEXT} 버릴 글.")
    other.click("#draft-note [data-do=drop]")
    expect(other.locator("#text")).to_have_value("")
    assert drafts(other) == 0
    other.click("#draft-note [data-do=undo]")
    expect(other.locator("#text")).to_have_value(f"{TEXT} 버릴 글.")
    assert drafts(other) == 1
    other.click("text=내 계정")
    other.click("text=로그아웃")
    expect(other.locator("text=로그아웃했습니다")).to_be_visible()
    assert drafts(other) == 0


def test_without_storage_the_form_works(page: Page) -> None:
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('off', 'SecurityError'); } });"
        "Object.defineProperty(navigator, 'locks', { value: undefined });"
    )
    sign_in(page, MEMBER)
    open_form(page)
    page.fill("#text", f"{TEXT} 저장소 없이.")
    page.click("button[value=draft]")
    expect(page.locator("[data-accepted]")).to_be_visible()


def test_full_storage_costs_the_draft_only(page: Page) -> None:
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    sign_in(page, MEMBER)
    open_form(page)
    page.fill("#text", f"{TEXT} 저장소가 가득.")
    page.wait_for_timeout(500)
    expect(page.locator("#draft-note")).to_be_hidden()
    page.click("button[value=draft]")
    expect(page.locator("[data-accepted]")).to_be_visible()


def test_signed_out_meanwhile_everything_goes_on(page: Page, context: BrowserContext) -> None:
    sign_in(page, MEMBER)
    open_form(page)
    text, english = f"{TEXT} 로그인이 풀린 글.", "Sensors that foretell the death of abalone spat."
    page.fill("#text", text)
    page.select_option("#trl", "6")
    page.locator("summary", has_text="다른 말로도").click()
    page.fill("#translation", english)
    expect(page.locator("#draft-note")).to_be_visible()
    context.clear_cookies()
    publish(page)
    expect(page.locator("h1")).to_have_text("다시 로그인하십시오")
    for said in (text, english, "6"):
        assert said in [one.input_value() for one in page.locator(".kept input, .kept textarea").all()]
    page.fill("#email", MEMBER)
    page.fill("#password", PASSWORD)
    page.click("text=로그인하고 이어서 보내기")
    expect(page.locator("[data-accepted]")).to_be_visible()
    shown = page.locator(".statement", has_text="로그인이 풀린 글")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(english)
    expect(shown).to_contain_text("TRL 6")
    assert drafts(page) == 0
