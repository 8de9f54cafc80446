"""Both catalogues are complete, and an English page has no Korean of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import select

from hub import create_app
from hub.database import Database
from hub.language import TRANSLATIONS, _, current_language
from hub.problems import Unavailable
from hub.profiles.tables import Profile, Statement
from hub.settings import Settings
from tests.conftest import REPOSITORY, account_for, signed_in

HANGUL = re.compile(r"[가-힣]+")


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open(encoding="utf-8") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_text_is_translated(language: str, tmp_path: Path) -> None:
    pot = tmp_path / "messages.pot"
    subprocess.run(
        [
            str(Path(sys.executable).with_name("pybabel")), "-q", "extract", "-F", str(TRANSLATIONS / "babel.cfg"),
            "-k", "_", "-k", "N_", "-o", str(pot), "hub", "templates",
        ],
        cwd=REPOSITORY,
        check=True,
    )  # fmt: skip
    with pot.open(encoding="utf-8") as file:
        needed = {message.id for message in read_po(file) if message.id}
    held = catalogue(language)
    lacking = [m for m in needed if held.get(m) is None or not held[m].string]  # type: ignore[union-attr]
    assert lacking == []
    assert {message.id for message in held if message.id} == needed, "run `make catalogues`"
    for message in held:
        if message.id and message.python_format:
            names = re.compile(r"%\(\w+\)[\d.]*\w")
            assert sorted(names.findall(str(message.id))) == sorted(names.findall(str(message.string)))


def test_the_english_catalogue_is_english() -> None:
    assert [m.string for m in catalogue("en") if HANGUL.search(str(m.string or ""))] == []


def test_an_english_page_has_no_korean_of_ours(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "m@hub.example", "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, "m@hub.example")
    with sqlite_app.extensions["hub"][Database].reading() as session:
        data = " ".join(
            text for row in session.exec(select(Profile.name_ko, Profile.industry)) for text in row if text
        )
        data += " ".join(session.exec(select(Statement.text)))
    known = set(HANGUL.findall(data))
    paths = [
        "/", "/about", "/search", "/search?q=kimchi", "/search?q=kimchi&region=zz", "/regions", "/regions/26",
        "/regions/26110", "/regions/26/profiles", "/regions/26/supply", "/regions/26/network", "/map?region=26",
        "/compare?q=kimchi&s=1&s=2", "/compare?q=kimchi", "/searches", "/regions/26?view=shortlisted", "/regions?measure=needs",
        "/search?q=kimchi&kind=capability&field=LB&sort=distance", f"/profiles/{number}", f"/profiles/{number}/edit",
        f"/profiles/{number}/statements/new", "/sign-in", "/account/identities", "/nothing",
        "/inquiries", "/inquiries/new?asked=kimchi%20packages%20swell&partner=1",
    ]  # fmt: skip
    client.get("/?lang=en")
    for path in paths:
        page = BeautifulSoup(client.get(path).text, "html.parser")
        switch = page.find("a", attrs={"hreflang": "ko"})
        assert switch is not None
        switch.extract()
        attributes = " ".join(
            str(tag.get(name, ""))
            for tag in page.find_all()
            for name in ("aria-label", "placeholder", "title", "alt")
        )
        ours = [w for w in HANGUL.findall(page.get_text(" ") + attributes) if not any(w in k for k in known)]
        assert ours == [], path


def test_an_app_speaks_the_language_of_its_own_settings(
    sqlite_loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_LANGUAGE", "ko")  # the process's
    app = create_app(sqlite_loaded.model_copy(update={"language": "en"}))
    client = app.test_client()
    for path in ("/", "/search", "/nothing", "/search?q=%21"):
        page = client.get(path).text
        assert '<html lang="en" ' in page, path
        assert not HANGUL.search(BeautifulSoup(page, "html.parser").find("h1").text), path  # type: ignore[union-attr]
    # What a reader chooses comes first.
    assert '<html lang="ko" ' in client.get("/?lang=ko").text
    assert '<html lang="ko" ' in client.get("/search").text
    with app.app_context():
        assert current_language() == "en"
        assert _("높음") == "high"
    assert (current_language(), _("높음")) == ("ko", "높음")
    app.extensions["hub"][Database].engine.dispose()


def test_what_keeps_an_app_from_starting_is_said_in_its_language(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="hub setup") as told:
        create_app(settings.model_copy(update={"language": "en", "var": settings.var / "nothing"}))
    assert not HANGUL.search(told.value.message)
