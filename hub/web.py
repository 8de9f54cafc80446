"""What every page needs: the hub behind the app, and a session that lasts as long as the request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_compress import Compress
from flask_htmx import HTMX
from sqlmodel import Session

from hub.settings import Settings

if TYPE_CHECKING:
    from hub.database import Database
    from hub.desk.techmap import Maps
    from hub.matching.beside import Beside
    from hub.matching.engine import Engine
    from hub.matching.suggest import Suggestions

htmx = HTMX()


@dataclass(frozen=True)
class Hub:
    """The parts that the app joins."""

    settings: Settings
    database: Database
    engine: Engine
    suggestions: Suggestions
    maps: Maps
    beside: Beside


def hub() -> Hub:
    """The hub of the current app."""
    return cast(Hub, current_app.extensions["hub"])


def read_session() -> Session:
    """The request's session for reading, opened when first asked for."""
    if "session" not in g:
        g.reading = hub().database.reading()
        g.session = g.reading.__enter__()
    return cast(Session, g.session)


def close_session(_error: BaseException | None = None) -> None:
    """Ends the request's session, if it had one."""
    reading = g.pop("reading", None)
    g.pop("session", None)
    if reading is not None:
        reading.__exit__(None, None, None)


def wants_fragment() -> bool:
    """Whether htmx asks for the part of the page that changes; going back in history needs it all."""
    return bool(htmx) and not htmx.history_restore_request


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of this site, never another host."""
    if not target or "\\" in target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else otherwise


def integer(value: str | None, *, default: int, least: int, most: int) -> int:
    """A whole number from an address, kept in bounds; anything else is the default."""
    try:
        number = int(value or default)
    except ValueError:
        return default
    return min(max(number, least), most)


def nonce() -> str:
    """This answer's number: only scripts that carry it run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast(str, g.nonce)


def secure(response: Response) -> Response:
    """Headers that keep a page to itself: nothing from other hosts, no framing, no guessing of types."""
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'nonce-{nonce()}' 'strict-dynamic'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        # One address answers with a page or with its part: no cache may take one for the other.
        response.vary.add("HX-Request")
        response.vary.add("Cookie")
        response.headers.setdefault("Cache-Control", "no-cache")
    elif "v" in request.args and request.endpoint == "static" and response.status_code == 200:
        response.cache_control.immutable = True  # the address changes with the file
    return response


def register(app: Flask) -> None:
    """Adds the above to an app."""
    # Brotli for those that take it, gzip for the rest. A page holds a token and what was asked for, but
    # another site cannot make a browser ask for it with its cookies (SameSite): compressing tells it nothing.
    app.config.update(COMPRESS_ALGORITHM="br,gzip", COMPRESS_ALGORITHM_STREAMING="br,gzip")
    Compress(app)
    htmx.init_app(app)
    app.teardown_appcontext(close_session)
    app.after_request(secure)
