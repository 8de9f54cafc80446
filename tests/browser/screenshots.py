"""Takes the screenshots by which the pages are looked at, and the README's own: `make screenshots`.

    python -m tests.browser.screenshots FOLDER [--small]

Every page in both languages, at 1440 and 390 px, light and dark; and of each of the eight a contact sheet.
With --small a visitor's pages in one of the eight ways, and the README's stay as they are.
"""

from __future__ import annotations

import argparse
import itertools
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from hub.accounts.passwords import add_account
from hub.desk import techmap
from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from hub.settings import ROOT
from tests.browser.addresses import ADDRESSES, EDITORS, READERS
from tests.browser.conftest import CHROMIUM, FLAGS, KNOWN_FIRM, enter, hand_over, share
from tests.conftest import PASSWORD
from tests.serving import Served, sample_hub, serving

MEMBER, STAFF = "member@hub.example", "staff@hub.example"
OWNER = "세계김치연구소"
UNIT = "발효제어연구실"
README = ROOT / "static" / "img" / "screenshot.png"
CARD = ROOT / "static" / "img" / "card.png"
SHEET_COLUMNS = {1440: 5, 390: 8}
SHEET_WIDTH = 2400


def take(page: Page, folder: Path, paths: list[str]) -> list[Path]:
    """One file a path."""
    files = []
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if page.locator("[data-chart]").count():
            page.locator(".chart[data-drawn], .chart.failed").first.wait_for()
            page.wait_for_timeout(600)
        name = re.sub(r"[^a-z0-9]+", "-", path.split("?")[0].lower()).strip("-") or "home"
        file = folder / f"{len(list(folder.glob('*.png'))):02}-{name}.png"
        page.screenshot(path=file, full_page=True)
        files.append(file)
    return files


def sheet(browser: Browser, files: list[Path], columns: int, out: Path) -> None:
    """The upper parts of all pages side by side."""
    width = SHEET_WIDTH // columns
    cells = "".join(f'<div><p>{file.stem}</p><img src="{file.resolve().as_uri()}"></div>' for file in files)
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 1000})
    source = out.with_suffix(".html")
    source.write_text(
        f"<style>body{{margin:0;display:grid;grid-template-columns:repeat({columns},{width}px);font:12px sans-serif;background:#999}}"
        f"div{{height:{int(width * 1.9)}px;overflow:hidden;margin:4px;background:#fff}}p{{margin:2px}}img{{width:100%}}</style>{cells}"
    )
    page.goto(source.resolve().as_uri())
    page.screenshot(path=out, full_page=True)
    page.close()
    source.unlink()


def sign_in(page: Page, email: str) -> None:
    enter(page, email)
    page.goto("/dashboard")
    page.click("main .own-place")
    page.wait_for_load_state("networkidle")


def all_pages(
    browser: Browser,
    server: Served,
    folder: Path,
    *,
    language: str,
    width: int,
    mode: str,
    small: bool = False,
) -> list[Path]:
    """Every page as one reader sees it: visitors' pages and, unless ``small``, the staff's and the member's."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(base_url=server.base, viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "display-mode", "value": mode, "url": server.base}])
    page = context.new_page()
    page.goto(f"/?lang={language}")
    visitors = (
        "home.index",
        "accounts.sign_in",
        "search.find",
        "home.about",
        "accounts.register",
        "accounts.reset",
    )
    files = take(page, folder, [path for endpoint in visitors for path in ADDRESSES[endpoint]])
    if small:
        context.close()
        return files
    sign_in(page, STAFF)
    page.goto(f"/regions/26?lang={language}")
    known = dict(
        zip(
            ("pair", "other"),
            (str(p.get_attribute("id"))[5:] for p in page.locator(".pair").all()[:2]),
            strict=True,
        )
    )
    page.goto(f"/search?q={KNOWN_FIRM}")
    firm = str(page.locator('.named a[href^="/profiles/"]').first.get_attribute("href")).rsplit("/", 1)[1]
    page.goto("/memberships")
    unseen = str(page.locator('a[href^="/memberships/profiles/"]').first.get_attribute("href"))
    known |= {
        "contacted": firm,
        "referral": "1",
        "claim": "1",
        "inquiry": "1",
        "unseen": unseen.rsplit("/", 1)[1],
    }
    rest = [e for e in ADDRESSES if e not in visitors and e not in (*EDITORS, *READERS, "posting.profile")]
    files += take(page, folder, [path.format(**known) for endpoint in rest for path in ADDRESSES[endpoint]])
    sign_in(page, MEMBER)
    own = page.url.split("?")[0].rsplit("/", 1)[1]
    page.goto(f"/profiles/{own}?lang={language}")
    statement = str(page.locator(".statement").first.get_attribute("id")).removeprefix("statement-")
    unit = str(page.locator('a[href^="/units/"]').first.get_attribute("href")).rsplit("/", 1)[1]
    asset = str(page.locator(".of-kind:has(#kind-asset) .statement").first.get_attribute("id")).removeprefix(
        "statement-"
    )
    own_pages = [path for endpoint in ("posting.profile", *EDITORS) for path in ADDRESSES[endpoint]]
    files += take(
        page,
        folder,
        [path.format(own=own, statement=statement, asset=asset, unit=unit) for path in own_pages],
    )
    context.close()
    return files


def main(folder: Path, *, small: bool) -> None:
    """Sets a hub up, serves it, looks at all of it."""
    ways = list(itertools.product(("ko", "en"), (1440, 390), ("light", "dark")))
    with sample_hub() as (settings, database):
        with database.writing() as session:
            owner = find_profile(session, OWNER).id
            add_account(session, MEMBER, PASSWORD, "member", profile_id=owner)
            encoder = Engine(settings, database).encoder
            share(session, encoder, owner)
            add_account(session, STAFF, PASSWORD, "staff", region="26")
            hand_over(session, encoder)
        if not small:
            techmap.make(Engine(settings, database))
        with serving(settings, workers=1) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for language, width, mode in ways[: 1 if small else None]:
                name = f"{language}-{width}-{mode}"
                seen = {"language": language, "mode": mode}
                files = all_pages(browser, server, folder / name, width=width, small=small, **seen)
                sheet(browser, files, SHEET_COLUMNS[width], folder / f"sheet-{name}.png")
            if small:
                return
            page = browser.new_page(base_url=server.base, viewport={"width": 1440, "height": 900})
            page.goto("/search?q=김치가 과발효로 포장이 부풀어요&near=29")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=README)
            page.set_viewport_size({"width": 1200, "height": 630})
            page.goto("/")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=CARD)
            browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true", help="a visitor's pages in one way")
    asked = parser.parse_args()
    main(asked.folder, small=asked.small)
