"""Signing in by a provider, end to end: Chromium, `hub serve` with two workers, and a real provider in a process of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hub.database import Database
from hub.settings import Settings
from hub.setup import set_up
from tests.browser.test_accessibility import violations
from tests.conftest import PASSWORD
from tests.providers import NAME, RealProvider, member, real_provider, variables
from tests.serving import Served, free_port, serving

OWNER = "owner@city.example"
WIDTHS = (1440, 390)


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    """The provider, which knows somebody new, the owner, and somebody whose address it has not verified."""
    with real_provider() as provider:
        provider.knows("kim", email="kim@firm.example", email_verified=True, name="김하나")
        provider.knows("owner", email=OWNER, email_verified=True, name="박주인")
        provider.knows("doubtful", email="doubtful@firm.example", email_verified=False)
        yield provider


def opened(folder: Path, model_folder: Path, background: Path) -> Settings:
    """An empty hub with the owner's account."""
    settings = Settings(var=folder, model=str(model_folder))
    shutil.copytree(background, settings.var / "models")
    set_up(settings, print)
    with Database(settings.database).writing() as session:
        member(session, OWNER)
    return settings


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Path, background: Path, provider: RealProvider
) -> Iterator[Served]:
    """A hub that knows the provider."""
    settings = opened(tmp_path_factory.mktemp("oidc"), model_folder, background)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(provider.issuer).items():
            patch.setenv(name, value)
        with serving(settings, workers=2) as server:
            yield server


@pytest.fixture(params=WIDTHS)
def context(
    chromium: Browser, site: Served, provider: RealProvider, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A fresh browser, which reaches the hub and the provider and nothing else."""
    context = chromium.new_context(
        base_url=site.base, viewport={"width": request.param, "height": 900}, locale="ko-KR"
    )
    context.set_default_timeout(15_000)
    ours = (site.base, provider.issuer)
    context.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith(ours) else route.abort()
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Served) -> Iterator[Page]:
    """A page; what the hub's own pages ask for is the hub's, and they complain of nothing."""
    page = context.new_page()
    complaints: list[str] = []

    def heard(said: str) -> None:
        if page.url.startswith(site.base) and "the server responded with a status of 4" not in said:
            complaints.append(f"{page.url}: {said}")

    page.on("console", lambda m: heard(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard(str(error)))
    yield page
    assert complaints == []


def seen(page: Page) -> None:
    """The page as it stands has no faults that axe-core finds, and nothing runs over its edge."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def to_the_provider(page: Page, provider: RealProvider) -> None:
    """From the sign-in page on."""
    page.get_by_role("link", name=f"{NAME}으로 로그인").click()
    page.wait_for_url(f"{provider.issuer}/**")


def let_in(page: Page, provider: RealProvider, subject: str) -> None:
    """What somebody does at the provider."""
    page.fill("input[name=sub]", subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def sign_out(page: Page, site: Served) -> None:
    page.context.clear_cookies(name="session")
    page.goto("/sign-in")


def test_the_first_time_the_second_time_and_the_last_way_in(
    page: Page, site: Served, provider: RealProvider
) -> None:
    subject = f"new-{page.viewport_size['width']}"  # type: ignore[index]
    provider.knows(subject, email=f"{subject}@firm.example", email_verified=True, name="김하나")
    page.goto("/search?q=김치")
    page.goto("/sign-in?next=/about")
    seen(page)
    to_the_provider(page, provider)
    let_in(page, provider, subject)
    page.wait_for_url("**/sign-in/oidc/new")
    seen(page)
    assert page.input_value("#name") == "김하나"
    page.locator("label[for=consent]").click()
    page.get_by_role("button", name="계정 만들기").click()
    page.wait_for_url("**/about")
    expect(page.locator(".notice").first).to_contain_text(NAME)
    page.goto("/account/identities")
    seen(page)
    page.get_by_role("button", name="연결 끊기").click()
    expect(page.get_by_role("alert")).to_contain_text("비밀번호가 없는 계정")
    seen(page)
    expect(page.get_by_role("link", name="비밀번호 정하기")).to_be_visible()
    sign_out(page, site)
    to_the_provider(page, provider)
    let_in(page, provider, subject)
    page.wait_for_url("**/dashboard")  # and nothing is asked
    page.go_back()
    page.goto("/account/identities")
    expect(page.locator("main")).to_contain_text(f"{subject}@firm.example")


def test_an_account_that_is_there_is_linked_and_unlinked(
    page: Page, site: Served, provider: RealProvider
) -> None:
    page.goto("/sign-in?next=/about")
    to_the_provider(page, provider)
    let_in(page, provider, "owner")
    page.wait_for_url("**/sign-in?next=**")
    expect(page.locator(".notice")).to_contain_text(OWNER)
    page.fill("#email", OWNER)
    page.fill("#password", PASSWORD)
    page.locator("form.narrow button[type=submit]").click()
    page.wait_for_url("**/sign-in/oidc/link")
    seen(page)
    expect(page.locator("main")).to_contain_text("박주인")
    page.get_by_role("button", name="연결하기").dblclick()
    page.wait_for_url("**/about")
    sign_out(page, site)
    to_the_provider(page, provider)
    let_in(page, provider, "owner")
    page.wait_for_url("**/dashboard")
    page.goto("/account/identities")
    page.get_by_role("button", name="연결 끊기").click()
    expect(page.locator(".notice")).to_contain_text("연결을 끊었습니다")
    expect(page.locator("main")).to_contain_text("연결되어 있지 않습니다")
    page.get_by_role("link", name=f"{NAME} 연결하기").click()  # and once more, from within
    page.wait_for_url(f"{provider.issuer}/**")
    let_in(page, provider, "owner")
    page.wait_for_url("**/sign-in/oidc/link")
    page.get_by_role("link", name="연결하지 않고 계속").click()
    page.wait_for_url("**/account/identities")
    expect(page.locator("main")).to_contain_text("연결되어 있지 않습니다")


def test_who_is_not_let_in_finds_a_way_on(page: Page, site: Served, provider: RealProvider) -> None:
    page.goto("/sign-in?next=/about")
    to_the_provider(page, provider)
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url("**/sign-in/oidc/failed?**")
    expect(page.get_by_role("alert")).to_contain_text("그만두었거나")
    seen(page)
    page.locator("main a.primary").click()
    page.wait_for_url(f"{provider.issuer}/**")
    let_in(page, provider, "doubtful")
    page.wait_for_url("**/sign-in/oidc/failed?**")
    expect(page.get_by_role("alert")).to_contain_text("확인된 전자우편")
    page.locator("#language").click()
    page.wait_for_url("**lang=en**")
    assert not re.search("[가-힣]", page.locator("main h1").inner_text())
    seen(page)


def test_a_provider_that_is_down_is_said_and_the_password_goes_on(
    chromium: Browser, tmp_path: Path, model_folder: Path, background: Path
) -> None:
    settings = opened(tmp_path / "var", model_folder, background)
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(f"http://127.0.0.1:{port}").items():
            patch.setenv(name, value)
        with serving(settings, workers=1) as server:  # it starts without the provider
            page = chromium.new_page(base_url=server.base, locale="ko-KR")
            page.goto("/sign-in?next=/about")
            page.get_by_role("link", name=f"{NAME}으로 로그인").click()
            expect(page.get_by_role("alert")).to_contain_text("닿지 못했습니다")
            page.get_by_role("link", name="비밀번호로 로그인").click()
            page.fill("#email", OWNER)
            page.fill("#password", PASSWORD)
            page.locator("form.narrow button[type=submit]").click()
            page.wait_for_url("**/about")
            page.context.clear_cookies(name="session")
            with real_provider(port) as provider:
                for _time in range(30):  # it is left alone for ten seconds, and then asked again
                    page.goto("/sign-in/oidc")
                    if page.url.startswith(provider.issuer):
                        break
                    page.wait_for_timeout(500)
                let_in(page, provider, "kim@firm.example")
                expect(page.get_by_role("alert")).to_contain_text("확인된 전자우편")
            page.close()
