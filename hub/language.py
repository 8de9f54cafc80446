"""Texts in the reader's language, on pages and in commands alike.

The source texts are Korean; ``hub/translations`` holds both catalogues.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import current_app, g, has_app_context, has_request_context, request, session
from flask_babel import get_locale

from hub.particles import with_particles
from hub.settings import SettingsError, load_settings

LANGUAGES = ("ko", "en")
TRANSLATIONS = Path(__file__).parent / "translations"


def _(text: str, /, **values: Any) -> str:
    """``text`` in the language of the page, or of the command (``HUB_LANGUAGE``)."""
    translated = translate(text, current_language())
    return with_particles(translated % values) if values else translated


def translate(text: str, language: str) -> str:
    """``text`` in one of ``LANGUAGES``."""
    return str(_catalogue(language).ugettext(text))


def default_language() -> str:
    """``ko`` or ``en`` where nobody has chosen: as the app's own settings say, outside an app the process's."""
    if has_app_context():
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    try:
        return load_settings().language
    except SettingsError:  # the command itself says which setting is wrong
        asked = os.environ.get("HUB_LANGUAGE", "")
        return asked if asked in LANGUAGES else LANGUAGES[0]


def N_(text: str) -> str:
    """Marks a text for the catalogues without translating it yet."""
    return text


@lru_cache(maxsize=4)
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [language])


def current_language() -> str:
    """``ko`` or ``en``: the language of the page, or of the command."""
    if has_app_context() and "page_language" in g:  # asked for each text of a page
        return str(g.page_language)
    if not has_request_context():
        return default_language()
    g.page_language = str(get_locale() or default_language())[:2]
    return str(g.page_language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts within are in this language, whatever the page's is: what is written to somebody else."""
    before = g.get("page_language")
    g.page_language = language
    try:
        yield
    finally:
        if before is None:
            g.pop("page_language")
        else:
            g.page_language = before


def choose_language() -> str:
    """The page's language: asked for with ``?lang=``, else chosen before, else the default."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        session["language"] = asked
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else default_language()


def in_language(korean: str, english: str | None) -> str:
    """A datum's name in the reader's language; the Korean one where there is no English one."""
    return english if english and current_language() == "en" else korean


FOR_TEMPLATES = (current_language, in_language)
