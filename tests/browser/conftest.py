"""A real Chromium against a real server."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from sqlmodel import Session, select

from embeddings.encoder import Encoder
from hub.accounts.passwords import add_account
from hub.accounts.tables import Account
from hub.database import Database
from hub.membership import claims, reviews
from hub.posting import statements
from hub.posting.contacts import contact_details, note_contact
from hub.posting.organisations import particulars
from hub.posting.photos import keep_photo, picture
from hub.posting.referrals import refer, referred
from hub.posting.statements import content
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.equipment import equipment
from hub.profiles.lookup import find_profile
from hub.settings import Settings, secret_key
from tests.conftest import PASSWORD, lacking
from tests.inquiries.asking import ask_about
from tests.inviting import put_invitation
from tests.newcomers import UNCONFIRMED, begin
from tests.serving import RUNNING, Served, serving
from tests.signing import cookie_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MEMBER = "member@hub.example"
STAFF = "staff@hub.example"
OWNER = "국립목포대학교"
UNIT = "해상구조연구실"
ASSET = "길이 110 m의 예인수조를 함께 씁니다. 모형선의 저항과 추진 성능을 잽니다."
EQUIPMENT = {
    "maker": "목포조선",
    "model": "MT-110",
    "year": "2011",
    "measures": "모형선 저항, 추진 효율, 파랑 중 운동",
    "methods": "ITTC 7.5-02-02-01, KOLAS 인정",
    "fee": "협의",
    "users": "region",
    "contact": "수조운영실 061-000-0000",
}
FIRM_MEMBER = "firm@hub.example"
FIRM = "풀무원"
KNOWN_FIRM = "토탈소프트"  # whose contact the staff of Busan have noted
KNOWN_MEMBER = "known@hub.example"  # who has asked them something
OTHER_STAFF = "other.staff@hub.example"
CLAIMED_FIRM = "부산주공"  # of which nobody is a member
NEWCOMER = "newcomer@naver.com"  # who says they belong to CLAIMED_FIRM
NEWCOMERS = (
    *("owner1440@naver.com", "owner390@naver.com", "plain@naver.com"),
    *("prof1440@ee.pusan.ac.kr", "prof390@ee.pusan.ac.kr", "new1440@saemul.example", "new390@saemul.example"),
)
ADMIN = "admin@hub.example"
FREE = "free@naver.com"  # who belongs to nothing and has asked for nothing
ENTERER = "enterer@haedam.example"  # who has entered a new organisation
ENTERED = {"name_ko": "해담도금", "kind": "company", "region_code": "26200", "homepage": "haedam.example"}


READERS_BY_NAME = {
    "unconfirmed": UNCONFIRMED,
    "admin": ADMIN,
    "claimant": NEWCOMER,
    "free": FREE,
    "enterer": ENTERER,
}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        lacking("Chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(
    *,
    tmp_path_factory: pytest.TempPathFactory,
    model_folder: Path,
    background: Path,
    encoder: Encoder,
    loaded_sqlite: Path,
    prepared: Path,
) -> Iterator[Served]:
    """One server with two workers for all browser tests, with a member and a staff account."""
    var = tmp_path_factory.mktemp("site")
    shutil.copytree(background, var / "models")
    shutil.copytree(prepared, var / "snapshots")
    shutil.copy(loaded_sqlite, var / "hub.db")
    settings = Settings(var=var, model=str(model_folder))
    with Database(settings.database).writing() as session:
        owner = find_profile(session, OWNER)
        add_account(session, MEMBER, PASSWORD, "member", profile_id=owner.id)
        add_account(session, STAFF, PASSWORD, "staff", region="26")
        share(session, encoder, owner.id)
        add_account(session, FIRM_MEMBER, PASSWORD, "member", profile_id=find_profile(session, FIRM).id)
        hand_over(session, encoder)
        register(session)
        add_account(session, ADMIN, PASSWORD, "admin")
        add_account(session, FREE, PASSWORD, "member")
        links = begin(session, secret_key(settings))
    with serving(settings, workers=2) as server:
        server.links.update(links)
        yield server


def share(session: Session, encoder: Encoder, owner: int) -> tuple[int, int]:
    """A unit of an organisation, and a machine with its photograph that others may use: the numbers of both."""
    particulars = unit_particulars({"name_ko": UNIT, "kind": "laboratory", "head": "한바다"})
    unit = save_unit(session, owner, particulars).id
    written = content(kind="asset", text=ASSET, visibility="public", equipment=equipment(EQUIPMENT))
    shared = statements.add(session, owner, written, statements.encode(encoder, written)).id
    drawn = io.BytesIO()
    Image.new("RGB", (1200, 800), (60, 90, 120)).save(drawn, "JPEG")
    keep_photo(session, shared, picture(drawn.getvalue()), "수조 옆에 선 예인전차")
    return unit, shared


def hand_over(session: Session, encoder: Encoder) -> None:
    """What a desk has of its own: a contact of a firm, and an organisation that another desk has handed to it."""
    add_account(session, OTHER_STAFF, PASSWORD, "staff", region="48")
    staff = {one.email: one for one in session.exec(select(Account))}
    told = {
        "contact_name": "박부산",
        "contact_reach": "051-000-0000",
        "contact_note": "도금 불량을 물어 왔습니다.",
    }
    note_contact(session, find_profile(session, KNOWN_FIRM).id, contact_details(told), staff[STAFF].id)
    given = {"name_ko": "영도정밀", "kind": "company", "region_code": "26200", **told}
    refer(session, staff[OTHER_STAFF], referred(given))
    add_account(session, KNOWN_MEMBER, PASSWORD, "member", profile_id=find_profile(session, KNOWN_FIRM).id)
    asks = session.exec(select(Account).where(Account.email == KNOWN_MEMBER)).one()
    ask_about(session, encoder, asks, "컨테이너 크레인의 고장을 미리 아는 기술을 찾습니다.")
    join(session)
    put_invitation(session, find_profile(session, KNOWN_FIRM).id)


def register(session: Session) -> None:
    """People who belong to no organisation yet, one for each test and width that needs one."""
    for email in NEWCOMERS:
        add_account(session, email, PASSWORD, "member")
    find_profile(session, "부산대학교").homepage = "https://www.pusan.ac.kr"


def join(session: Session) -> tuple[int, int]:
    """What waits at the desk of Busan: a claim on a firm, and a new organisation; the numbers of both."""
    newcomer = add_account(session, NEWCOMER, PASSWORD, "member")
    wanted = claims.wanted({"part": "whole", "note": "대표입니다."}, find_profile(session, CLAIMED_FIRM).id)
    enterer = add_account(session, ENTERER, PASSWORD, "member")
    entered = reviews.enter(session, enterer.id, particulars(ENTERED)).id
    return claims.claim(session, newcomer.id, wanted).id, entered


@pytest.fixture
def context(chromium: Browser, site: Served) -> Iterator[BrowserContext]:
    """A fresh browser profile on an office screen."""
    context = chromium.new_context(
        base_url=site.base, viewport={"width": 1440, "height": 900}, locale="ko-KR"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: Served) -> Iterator[Page]:
    """A page that must neither ask another host for anything nor complain in the console."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda r: None if r.url.startswith((site.base, "data:")) else complaints.append(f"asked {r.url}"),
    )
    yield page
    # Chromium reports a page's own 4xx answer, and htmx a request that a newer one replaced, as errors.
    expected = ("the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest")
    assert [c for c in complaints if not any(text in c for text in expected)] == []


def enter(page: Page, email: str) -> None:
    """Is signed in, without the form."""
    page.goto("/sign-in")
    base = page.url.removesuffix("/sign-in")
    before = [str(one.get("value")) for one in page.context.cookies() if one.get("name") == "session"]
    value = cookie_for(RUNNING[base], email, before[0] if before else "")
    page.context.add_cookies(
        [{"name": "session", "value": value, "url": base, "httpOnly": True, "sameSite": "Lax"}]
    )


def sign_in(page: Page, email: str) -> None:
    """Is signed in, and opens the page of one's organisation or region."""
    enter(page, email)
    page.goto("/dashboard")
    page.click("main .own-place")
    page.wait_for_load_state()


def wait_until(page: Page, truth: str) -> None:
    """Waits for a condition in JavaScript. Asked from outside, again and again: ``wait_for_function`` asks a second
    time from within the page, where the content security policy lets nothing be evaluated."""
    said: Error | None = None
    for _time in range(600):
        try:
            if page.evaluate(truth):
                return
        except Error as error:  # mostly: the page is being exchanged just now
            said = error
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {truth} ({said})")


def publish(page: Page) -> None:
    """Publishes what the form holds, and says yes where it asks."""
    page.click("p.row > button[value=publish]:visible")
    asked = page.locator("#publishing[open] button[value=publish]")
    if asked.count():
        asked.click()
