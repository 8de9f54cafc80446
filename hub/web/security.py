"""What keeps a page to itself: the headers of every answer, and the number without which no script runs."""

from __future__ import annotations

import secrets
from typing import cast

from flask import Flask, Response, g, request


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
    elif request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.cache_control.immutable = True  # the address changes with the file
    return response


def register(app: Flask) -> None:
    """Adds the above to an app."""
    app.after_request(secure)


FOR_TEMPLATES = (nonce,)
