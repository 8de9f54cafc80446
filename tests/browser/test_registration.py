"""Somebody opens an account on a phone, reads the mails that come, forgets the password, and closes it again."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from hub.database import Database
from hub.mail.tables import Mail
from tests.conftest import PASSWORD
from tests.serving import RUNNING, Served

WISH = "도금 뒤에 산화막이 벗겨져서 접착을 높이고 싶어요 🔧"


def mail_to(site: Served, address: str, number: int) -> str:
    """The path that the link of somebody's ``number``-th mail leads to, once it is on its way."""
    outbox = RUNNING[site.base].outbox
    for _time in range(200):
        found = []
        for file in sorted(outbox.glob("*.eml"), key=lambda one: int(one.stem)):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if mail["To"] == address:
                found.append(mail.get_content())  # type: ignore[attr-defined]
        if len(found) >= number:
            link = re.search(r"http://[^/\s]+(/\S+)", found[number - 1])
            assert link, found[number - 1]
            return link[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail {number} to {address}")


def an_hour_later(site: Served) -> None:
    """As if what was written so far had been written an hour ago."""
    database = Database(RUNNING[site.base].database)
    with database.writing() as session:
        for mail in session.exec(select(Mail)):
            mail.created_at -= timedelta(hours=1)
    database.engine.dispose()


@pytest.fixture(params=[("ko", 390), ("en", 1440)], ids=["ko-390", "en-1440"])
def phone(request: pytest.FixtureRequest, chromium: Browser, site: Served) -> Iterator[tuple[Page, str]]:
    """A browser of its own, and an address that nobody has used."""
    language, width = request.param
    context = chromium.new_context(base_url=site.base, viewport={"width": width, "height": 844})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"/?lang={language}")
    yield page, f"owner{width}@plating.example"
    context.close()


def register(page: Page, address: str) -> None:
    page.fill("#name", "김해솔")
    page.fill("#email", address)
    page.fill("#password", PASSWORD)
    page.check("#consent", force=True)
    page.click("main form button.primary")
    page.wait_for_url("**/register/sent?**")
    expect(page.locator("main")).to_contain_text(address)


def test_from_the_first_wish_to_the_last_mail(
    phone: tuple[Page, str], site: Served, chromium: Browser
) -> None:
    page, address = phone
    page.goto(f"/inquiries/new?asked={WISH}")
    page.wait_for_url("**/sign-in?next=**")
    page.click("a[href^='/register']")
    assert WISH in unquote(unquote(page.url)).replace("+", " ")
    register(page, address)
    # Read on another device: it asks for the password, a wrong one leads nowhere.
    link = mail_to(site, address, 1)
    other = chromium.new_context(base_url=site.base, viewport={"width": 1440, "height": 900})
    elsewhere = other.new_page()
    elsewhere.goto(link)
    elsewhere.fill("#password", "not the one that was chosen")
    elsewhere.click("main form button.primary")
    expect(elsewhere.locator("main .danger")).to_be_visible()
    other.close()
    page.goto(link)
    assert page.locator("#password").count() == 0  # begun here
    page.click("main form button.primary")
    page.wait_for_url("**/dashboard")
    expect(page.locator("main")).to_contain_text(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # What was being done is still there.
    going_on = page.locator("main a[href*='/inquiries/new']")
    expect(going_on.first).to_be_visible()
    # A forgotten password.
    page.context.clear_cookies(name="session")
    page.goto("/sign-in")
    page.click("a[href='/password/reset']")
    page.fill("#email", address)
    an_hour_later(site)  # within a minute no second mail goes to one address
    page.click("main form button.primary")
    page.wait_for_url("**/register/sent?**")
    page.goto(mail_to(site, address, 2))
    page.fill("#password", "a wholly new password")
    page.click("main form button.primary")
    page.wait_for_url("**/dashboard")
    # Gone.
    page.goto("/account/close")
    page.fill("#password", "a wholly new password")
    page.click("main form button[type=submit]")
    page.wait_for_url(site.base + "/")
    expect(page.locator("a[href='/sign-in']").first).to_be_visible()
    page.goto("/sign-in")
    page.fill("#email", address)
    page.fill("#password", "a wholly new password")
    page.click("main form button.primary")
    expect(page.locator("main .danger")).to_be_visible()
