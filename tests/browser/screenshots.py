"""Takes the screenshots by which the pages are looked at, and the README's own: `make screenshots`.

python -m tests.browser.screenshots FOLDER
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from hub.accounts.sign_in import add_account
from hub.database import Database
from hub.matching.engine import open_encoder
from hub.profiles import sample
from hub.profiles.lookup import find_profile
from hub.settings import ROOT, Settings
from hub.setup import set_up
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.conftest import PASSWORD
from tests.serving import serving

MEMBER = "member@hub.example"
README = ROOT / "static" / "img" / "screenshot.png"


def main(folder: Path) -> None:
    """Every page of note at 1440 and 390 px, in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        settings = Settings(var=Path(var), model=Settings().model_source)
        set_up(settings, print)
        database = Database(settings.database)
        sample.load(database, lambda: open_encoder(settings))
        with database.writing() as session:
            owner = find_profile(session, "세계김치연구소").id
            add_account(session, MEMBER, PASSWORD, "member", profile_id=owner)
        pages = {
            "home": "/",
            "search": "/search?q=김치가 과발효로 포장이 부풀어요",
            "region": "/regions/26",
            "profile": f"/profiles/{owner}",
            "form": f"/profiles/{owner}/statements/new",
        }
        with serving(settings, workers=1) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for language in ("ko", "en"):
                for width in (1440, 390):
                    context = browser.new_context(
                        base_url=server.base, viewport={"width": width, "height": 900}
                    )
                    page = context.new_page()
                    page.goto(f"/sign-in?lang={language}")
                    page.fill("#email", MEMBER)
                    page.fill("#password", PASSWORD)
                    page.click("main button[type=submit]")
                    for name, path in pages.items():
                        page.goto(path)
                        page.wait_for_load_state("networkidle")
                        page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)
                        if (name, language, width) == ("search", "ko", 1440):
                            page.screenshot(path=README)
                    context.close()
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
