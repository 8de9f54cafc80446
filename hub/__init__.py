"""The regional industry–academia hub. ``create_app`` is the one place where the parts are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from hub.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application over an open engine.

    :raises hub.problems.Problem: in the reader's language, when the hub has not been set up.
    """
    from flask import Flask
    from flask_babel import Babel
    from flask_wtf import CSRFProtect

    from hub import carrying, failures, home, language, pagetools
    from hub.accounts import cookie
    from hub.accounts import pages as accounts
    from hub.desk import pages as desk
    from hub.desk.techmap import Maps
    from hub.index.engine import Engine
    from hub.posting import pages as profiles
    from hub.search import pages as matching
    from hub.settings import ROOT, load_settings, secret_key
    from hub.setup import open_database
    from hub.suggestions.beside import Beside
    from hub.suggestions.suggestions import Suggestions
    from hub.web import display, public_address
    from hub.web import request as web
    from hub.web.templating import TranslatedEnvironment

    settings = settings or load_settings()
    production = settings.environment == "production"
    app = Flask("hub", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.jinja_environment = TranslatedEnvironment  # type: ignore[assignment]
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=production,
        MAX_CONTENT_LENGTH=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,  # addresses carry the file's time, see pagetools.asset
        # Some browsers and proxies send no Referer; the token and SameSite are what protects.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch is still the same person's
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES=str(language.TRANSLATIONS),
    )
    with app.app_context():  # what goes wrong is said in the app's language
        database = open_database(settings)
        engine, maps = Engine(settings, database), Maps()
        beside = Beside(lambda: engine, lambda: suggestions)
        suggestions = Suggestions(beside.ask)
        with database.reading() as session:
            suggestions.open(engine, session)
            maps.open(engine)
    app.extensions["hub"] = web.Hub(settings, database, engine, suggestions, maps, beside)
    public_address.register(app, settings)
    web.register(app)
    display.register(app)
    failures.register(app)
    carrying.register(app)
    pagetools.register(app)
    Babel(app, locale_selector=language.choose_language, configure_jinja=False)  # `_` is ours, see pagetools
    CSRFProtect(app)
    cookie.register(app)
    for blueprint in (home.pages, matching.pages, desk.pages, profiles.pages, accounts.pages):
        app.register_blueprint(blueprint)
    # What was opened to load is closed again: a connection must not cross a fork.
    database.engine.dispose()
    return app
