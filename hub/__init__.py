"""The regional industry–academia hub. ``create_app`` is the one place where the parts are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from hub.database import Database
    from hub.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application over an open engine.

    :raises hub.problems.Problem: in the reader's language, when the hub has not been set up.
    """
    from hub.database import Database
    from hub.settings import load_settings
    from hub.setup import open_database

    settings = settings or load_settings()
    app = _new_app(settings)
    with app.app_context():  # what goes wrong is said in the app's language
        database = open_database(settings)
        app.extensions["hub"] = open_parts(settings, database)
    register(app, settings)
    # What was opened to load is closed again: a connection must not cross a fork.
    app.extensions["hub"][Database].engine.dispose()
    return app


def mailing_app(settings: Settings) -> Flask:
    """The same without what takes its time to open: in it a command writes mail, whose addresses lead to the pages.

    :raises hub.problems.Problem: when the hub has not been set up.
    """
    from hub.database import Database
    from hub.setup import open_database

    app = _new_app(settings)
    app.extensions["hub"] = {type(settings): settings, Database: open_database(settings)}
    register(app, settings)
    return app


def _new_app(settings: Settings) -> Flask:
    from flask import Flask

    from hub.settings import ROOT
    from hub.web.templating import TranslatedEnvironment

    app = Flask("hub", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.jinja_environment = TranslatedEnvironment  # type: ignore[assignment]
    app.config.update(configuration(settings))
    return app


def configuration(settings: Settings) -> dict[str, object]:
    """What Flask and its extensions are told."""
    from hub.language import TRANSLATIONS
    from hub.settings import secret_key

    return {
        "SECRET_KEY": secret_key(settings),
        "SECRET_KEY_FALLBACKS": [
            one.strip() for one in settings.former_secret_keys.split(",") if one.strip()
        ],
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.environment == "production",
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,  # addresses carry the file's time, see addresses.asset
        # Some browsers and proxies send no Referer; the token and SameSite are what protects.
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch is still the same person's
        "BABEL_DEFAULT_LOCALE": settings.language,
        "BABEL_TRANSLATION_DIRECTORIES": str(TRANSLATIONS),
    }


def open_parts(settings: Settings, database: Database) -> dict[type, object]:
    """What pages ask for with :func:`hub.web.request.part`, by its type."""
    from hub.desk.techmap import Maps
    from hub.index.engine import Engine
    from hub.suggestions.beside import Beside
    from hub.suggestions.suggestions import Suggestions

    engine, maps = Engine(settings, database), Maps()
    beside = Beside(lambda: engine, lambda: suggestions)
    suggestions = Suggestions(beside.ask)
    with database.reading() as session:
        suggestions.open(engine, session)
        maps.open(engine)
    return {type(one): one for one in (settings, database, engine, suggestions, maps, beside)}


def register(app: Flask, settings: Settings) -> None:
    """Adds to an app what every request passes, and the pages."""
    from flask_babel import Babel
    from flask_wtf import CSRFProtect

    from hub import carrying, dashboard, failures, home, language, leaving
    from hub.accounts import browsers, cookie, gate, oidc_pages, once, people_pages, provider
    from hub.accounts import mail_pages as accounts  # with all the other pages of accounts
    from hub.desk import pages as desk
    from hub.inquiries import forms as inquiries  # with the lists and the answers
    from hub.inquiries import offers
    from hub.mail import outbox
    from hub.membership import desk as membership  # with the pages of members
    from hub.posting import statement_forms as posting  # with the other forms and the pages
    from hub.posting import structured
    from hub.profiles import labels as profile_labels
    from hub.regions import labels as region_labels
    from hub.search import labels as search_labels
    from hub.search import pages as search
    from hub.web import addresses, display, formats, public_address, request, security, templating

    public_address.register(app, settings)
    request.register(app)
    security.register(app)
    display.register(app)
    failures.register(app)
    carrying.register(app)
    Babel(app, locale_selector=language.choose_language, configure_jinja=False)  # `_` is ours
    CSRFProtect(app)
    cookie.register(app)
    outbox.register(app, settings)
    provider.register(app, settings)
    templating.give(app.jinja_env, language, request, security, addresses, formats, gate, once, browsers)
    templating.give(app.jinja_env, region_labels, profile_labels, search_labels, structured, offers)
    templating.give(app.jinja_env, oidc_pages, people_pages, home, dashboard)
    for subject in (home, dashboard, leaving, accounts, people_pages, membership):
        app.register_blueprint(subject.pages)
    for subject in (search, desk, posting, inquiries):
        app.register_blueprint(subject.pages)
