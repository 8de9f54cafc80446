"""A colleague is invited, accepts on a phone, and leaves again."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.profiles.lookup import find_profile
from hub.settings import Settings
from tests.browser.test_accessibility import violations
from tests.conftest import PASSWORD
from tests.inviting import token_for
from tests.serving import Served, serving

OWNER = "세계김치연구소"
BOSS, COLLEAGUE = "boss@wikim.example", "hana@wikim.example"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_way_of_an_invitation_on_a_phone(chromium: Browser, sqlite_loaded: Settings) -> None:
    database = Database(sqlite_loaded.database)
    with database.writing() as session:
        number = find_profile(session, OWNER).id
        add_account(session, BOSS, PASSWORD, "member", profile_id=number)
    with serving(sqlite_loaded, workers=1) as server:
        boss, colleague = phone(chromium, server), phone(chromium, server)
        boss.goto("/sign-in")
        boss.fill("#email", BOSS)
        boss.fill("#password", PASSWORD)
        boss.click("main button[type=submit]")
        boss.click("main >> text=사람들")
        expect(boss.locator("text=먼저 이어받을 동료를 초대하십시오")).to_be_visible()
        boss.fill("#emails", f"{COLLEAGUE}, 전화로 들은 주소, {BOSS}")
        boss.click("text=초대 메일 보내기")
        expect(boss.locator("#outcomes")).to_be_visible()
        assert COLLEAGUE not in boss.input_value("#emails")  # only what could not be sent is left to mend
        assert BOSS in boss.input_value("#emails")
        assert fits(boss)
        assert violations(boss) == []
        with database.reading() as session:
            link = f"/invitations/{token_for(session, COLLEAGUE)}"
        colleague.goto(link)
        expect(colleague.locator("h1")).to_contain_text(OWNER)
        assert fits(colleague)
        assert violations(colleague) == []
        colleague.fill("#name", "김하나")
        colleague.check("#consent", force=True)
        colleague.fill("#password", "짧다")
        colleague.keyboard.press("Enter")
        expect(colleague.locator(".notice.danger")).to_contain_text("10자")
        assert colleague.input_value("#name") == "김하나"
        colleague.fill("#password", "김치는 맛있는 비밀번호")
        colleague.keyboard.press("Enter")
        colleague.wait_for_url(re.compile("/dashboard"))
        expect(colleague.locator("main .own-place")).to_contain_text(OWNER)
        colleague.goto(link)  # once more: it is used, and the way leads on
        colleague.wait_for_url(re.compile("/dashboard"))
        boss.goto(f"/profiles/{number}/people")
        expect(boss.locator("main")).to_contain_text("김하나")
        boss.click("summary:has-text('소속 끝내기 – 김하나')")
        boss.locator("details[open] button").click()
        expect(boss.locator(".notice").first).to_contain_text("기관에 남아 있습니다")
        colleague.goto("/dashboard")
        colleague.wait_for_url(re.compile("/sign-in"))
        for page in (boss, colleague):
            page.context.close()


def phone(chromium: Browser, server: Served) -> Page:
    context = chromium.new_context(
        base_url=server.base, viewport={"width": 390, "height": 844}, locale="ko-KR", reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    return context.new_page()
