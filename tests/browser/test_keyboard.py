"""With keys alone, from the first page to the end of the errand: every focus is seen, nothing holds it fast."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRM, FIRM_MEMBER, MEMBER, OWNER, PASSWORD, STAFF
from tests.signing import code

KIMCHI = "김치가 과발효로 포장이 부풀어요"
MOST_TABS = 120
# What has the focus: where it is, what it says, and whether one can see that it has it.
FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels?.[0];
  const seen = [one, label, label && label.querySelector("*"), one.nextElementSibling].filter(Boolean).some((part) =>
    [null, "::before"].some((pseudo) => {
      const style = getComputedStyle(part, pseudo);
      return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
    }));
  const box = one.getBoundingClientRect();
  return {
    id: one.id, name: one.name ?? "", tag: one.tagName, seen,
    text: (one.getAttribute("aria-label") || label?.textContent || one.textContent || "").replace(/\\s+/g, " ").trim(),
    inView: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def tab_to(
    page: Page, *, text: str = "", element: str = "", name: str = "", back: bool = False
) -> dict[str, object]:
    """Presses Tab until something has the focus; fails when a stop on the way cannot be seen, or it never comes."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        focused: dict[str, object] = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            continue
        assert focused["seen"], focused
        assert focused["inView"], focused
        if (
            (text and str(focused["text"]).startswith(text))
            or (element and focused["id"] == element)
            or (name and focused["name"] == name)
        ):
            return focused
    raise AssertionError(f"{text or element or name} never has the focus")


def sign_in_with_keys(page: Page, email: str) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator("#krds-skip-link a")).to_be_focused()
    tab_to(page, text="로그인")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("로그인")
    tab_to(page, element="email")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    if email == STAFF:  # whose first sign-in leads to the second factor
        expect(page.locator("h1")).to_have_text("2단계 인증 켜기")
        secret = page.locator("#secret").inner_text().replace(" ", "")
        tab_to(page, element="otp")
        page.keyboard.type(code(secret))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("복구 코드")
        tab_to(page, text="적어 두었습니다")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("내 자리")


def test_a_firm_finds_partners_compares_two_and_saves_the_search(page: Page) -> None:
    sign_in_with_keys(page, FIRM_MEMBER)
    expect(page.locator("main")).to_contain_text(FIRM)
    tab_to(page, text="찾기")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("찾기")
    tab_to(page, element="q")
    page.keyboard.type(KIMCHI)
    expect(page.locator(".result").first).to_contain_text("세계김치연구소")
    tab_to(page, text="이 검색 저장")
    page.keyboard.press("Enter")
    expect(page.locator("button:has-text('저장 지우기')")).to_be_focused()
    for _partner in range(2):
        tab_to(page, text="견주기 –")
        page.keyboard.press("Space")
    tab_to(page, text="견주기 (2)")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("견주기")
    expect(page.locator(".compare thead th")).to_have_count(2)
    expect(page.locator(".compare")).to_contain_text("세계김치연구소")
    tab_to(page, text="내 계정")
    page.keyboard.press("Enter")
    tab_to(page, text="저장한 검색")
    page.keyboard.press("Enter")
    expect(page.locator(".saved-row")).to_have_count(1)
    tab_to(page, text=KIMCHI)
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value(KIMCHI)
    expect(page.locator("button:has-text('저장 지우기')")).to_be_visible()


def test_a_university_posts_a_capability(page: Page) -> None:
    sign_in_with_keys(page, MEMBER)
    expect(page.locator("main")).to_contain_text(OWNER)
    tab_to(page, text="새로 올리기")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("새로 올리기")
    tab_to(page, element="text")
    page.keyboard.type("세발나물의 아삭한 식감을 지키는 저온 포장 기술을 가르칩니다.")
    expect(page.locator("#finders")).to_be_visible()
    first = page.locator("#fields input").first
    expect(first).to_be_attached()
    tab_to(page, name="fields")
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    tab_to(page, text="게시")
    page.keyboard.press("Enter")
    expect(page.locator("#publishing")).to_contain_text("이름이 함께 보입니다")
    page.keyboard.press("Escape")  # not yet
    expect(page.locator("#publishing")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#publishing button[value=publish]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("text=게시했습니다. 지금부터 검색됩니다.")).to_be_visible()
    expect(
        page.locator(".statement", has_text="세발나물").locator(".badges .krds-badge").first
    ).to_be_visible()


def test_staff_shortlist_dismiss_undo_and_print(page: Page) -> None:
    page.add_init_script("window.print = () => (window.printed = (window.printed ?? 0) + 1)")
    sign_in_with_keys(page, STAFF)
    tab_to(page, text="추천 협력")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("부산광역시")
    pairs = page.locator(".pair")
    first, second = (str(pairs.nth(n).get_attribute("id")) for n in (0, 1))
    tab_to(page, text="담기")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{first}")).to_contain_text("담았습니다")
    expect(page.locator(f"#{first} button")).to_be_focused()
    expect(page.locator("#views")).to_contain_text("담은 쌍 1")
    tab_to(page, text="빼기")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{second}")).to_contain_text("뺐습니다")
    expect(page.locator(f"#{second} button")).to_be_focused()
    page.keyboard.press("Enter")  # undo
    expect(page.locator(f"#{second} .side").first).to_be_visible()
    expect(page.locator(f"#{second}")).to_be_focused()
    expect(page.locator("#views")).to_contain_text("뺀 쌍 0")
    tab_to(page, text="담은 쌍", back=True)
    page.keyboard.press("Enter")
    expect(page.locator(".pair")).to_have_count(1)
    tab_to(page, text="인쇄")
    page.keyboard.press("Enter")
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    expect(page.locator(".pair .side").first).to_be_visible()
    expect(page.locator(".site-header")).not_to_be_visible()
    expect(page.locator(".print-only")).to_contain_text("/regions/26")
    expect(page.locator(".print-only")).to_be_visible()
    page.emulate_media(media="screen")
    tab_to(page, text="추천으로 되돌리기")
    page.keyboard.press("Enter")
    expect(page.locator("#views")).to_contain_text("담은 쌍 0")
