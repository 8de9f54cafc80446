"""After a press the focus is on the button that was pressed, or on what takes it back: Enter says nothing else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRM_MEMBER, STAFF, sign_in
from tests.browser.test_keyboard import KIMCHI, tab_to

FOCUS = "() => document.activeElement.textContent.replace(/\\s+/g, ' ').trim()"


@pytest.mark.parametrize("pressed", ["맞음", "아님"])
@pytest.mark.parametrize("place", ["/search?q=" + KIMCHI, "/regions/26"])
def test_a_judgement_keeps_the_focus_on_itself(page: Page, pressed: str, place: str) -> None:
    sign_in(page, STAFF)
    page.goto(place)
    page.locator("details.because summary").first.focus()
    page.keyboard.press("Enter")
    tab_to(page, text=pressed)
    form = page.locator(".feedback").first
    other = "아님" if pressed == "맞음" else "맞음"
    for state in ("true", "false", "true", "false"):  # said, taken back, and once more
        page.keyboard.press("Enter")
        expect(form.locator("button", has_text=pressed)).to_have_attribute("aria-pressed", state)
        expect(form.locator("button", has_text=pressed)).to_be_focused()
        expect(form.locator("button", has_text=other)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) != "BODY"


def test_saving_and_removing_a_search(page: Page) -> None:
    sign_in(page, FIRM_MEMBER)
    page.goto("/search?q=두부 응고제를 줄이는 기술")
    tab_to(page, text="이 검색 저장")
    page.keyboard.press("Enter")
    expect(page.locator("button:has-text('저장 지우기')")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("button:has-text('이 검색 저장')")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("button:has-text('저장 지우기')")).to_be_focused()
    page.goto("/searches")
    tab_to(page, text="지우기")
    page.keyboard.press("Enter")
    expect(page.locator("button:has-text('되돌리기')").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".saved-row", has_text="두부 응고제")).to_be_visible()
    page.locator(".saved-row", has_text="두부 응고제").locator("button").click()
    expect(page.locator(".saved-row", has_text="지웠습니다")).to_be_visible()


def test_deciding_and_undoing(page: Page) -> None:
    sign_in(page, STAFF)
    for word, view, said in (
        ("담기", "", "담았습니다"),
        ("빼기", "", "뺐습니다"),
        ("추천으로 되돌리기", "?view=shortlisted", "되돌렸습니다"),
    ):
        if view:
            page.goto("/regions/26")
            page.locator(".pair button", has_text="담기").first.click()
            expect(page.locator(".pair.decided")).to_be_visible()
        page.goto(f"/regions/26{view}")
        pair = str(page.locator(".pair").first.get_attribute("id"))
        tab_to(page, text=word)
        page.keyboard.press("Enter")
        expect(page.locator(f"#{pair}")).to_contain_text(said)
        expect(page.locator(f"#{pair} button")).to_be_focused()
        expect(page.locator(f"#{pair} button")).to_have_text("되돌리기")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{pair} .side").first).to_be_visible()
        expect(page.locator(f"#{pair}")).to_be_focused()
    page.locator(".pair button", has_text="추천으로 되돌리기").first.click()
    expect(page.locator(".pair.decided")).to_be_visible()


def test_two_presses_of_one_decision_can_still_be_undone(page: Page) -> None:
    sign_in(page, STAFF)
    page.goto("/regions/26")
    button = page.locator(".pair button", has_text="담기").first
    pair = str(page.locator(".pair").first.get_attribute("id"))
    button.evaluate("(one) => { one.click(); setTimeout(() => one.isConnected && one.click(), 20); }")
    expect(page.locator(f"#{pair}")).to_contain_text("담았습니다")
    page.wait_for_timeout(300)
    page.locator(f"#{pair} button").click()
    expect(page.locator(f"#{pair} .side").first).to_be_visible()
    expect(page.locator("#views")).to_contain_text("담은 쌍 0")


def test_more_answers_and_the_map(page: Page) -> None:
    page.goto("/search?q=반도체&kind=business")
    more = page.locator("#more a", has_text="더 보기")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#r21")).to_be_focused()  # the first of the new ones
    page.goto("/regions")
    link = page.locator("#map nav a:not([aria-current])").first
    name = str(link.get_attribute("id"))
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}[aria-current]")).to_be_focused()


def test_a_field_keeps_the_focus_while_advice_comes_in(page: Page) -> None:
    sign_in(page, FIRM_MEMBER)
    page.click("text=새로 올리기")
    page.fill("#text", "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다.")
    expect(page.locator("#finders")).to_be_visible()
    page.focus("#fields-LB")
    page.evaluate("() => htmx.trigger(document.getElementById('text'), 'check')")
    with page.expect_response(lambda answer: answer.url.endswith("/check")):
        pass
    page.wait_for_timeout(300)
    expect(page.locator("#fields-LB")).to_be_focused()
