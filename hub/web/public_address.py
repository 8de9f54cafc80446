"""The hub's own address, wherever one is written whole: canonical, card, sitemap, robots, redirects.

It is ``HUB_PUBLIC_URL``. Where that is not set it is the host that was asked for, if it is one of those that
the hub goes by. Any other ``Host`` is refused, so nobody can have the hub name theirs as its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from hub.hosts import asked_host, is_allowed
from hub.language import _
from hub.problems import Problem
from hub.settings import Settings
from hub.web.request import part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REFUSED = "hub.refused_host"


class UnknownHost(Problem):
    """The request was sent to a name that the hub does not go by."""


class KnownHosts:
    """Lets no other ``Host`` in than those of the settings.

    A request for another one goes on as one for a known one, with a mark that :func:`refuse` turns into a page.
    Flask's own ``TRUSTED_HOSTS`` knows no IPv6 address, lets a request without any host through, and leaves
    the page about the refusal without an address of anything that it links to.
    """

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self.app = app
        self.allowed = settings.hosts
        self.own = settings.public_url.partition("://")[2] or "localhost"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers a request."""
        given = environ.get("HTTP_HOST", "")
        asked = asked_host(given)
        if asked is not None and is_allowed(asked[0], self.allowed):
            environ["HTTP_HOST"] = "".join(asked)
        else:
            environ["HTTP_HOST"] = self.own
            if given:  # HTTP/1.0 need not say any
                environ[REFUSED] = given
        if environ["wsgi.url_scheme"] not in ("http", "https"):  # a proxy passes on what a client made up
            environ["wsgi.url_scheme"] = "http"
        return self.app(environ, start_response)


def is_own(origin: str) -> bool:
    """Whether an ``Origin`` is this site, under the name by which it was asked."""
    return origin in (f"http://{request.host}", f"https://{request.host}")


def whole(path: str) -> str:
    """An address of this hub with its scheme and host; ``path`` begins with a slash."""
    return (part(Settings).public_url or f"{request.scheme}://{request.host}") + path


def refuse() -> None:
    """Says to a request for a host that is not ours which is; files lie open, the page itself needs them."""
    given = request.environ.get(REFUSED)
    if given is None or request.endpoint == "static":
        return
    public = part(Settings).public_url
    if public:
        raise UnknownHost(
            _(
                "«%(host)s»은(는) 이 허브의 주소가 아닙니다. %(url)s 에서 열어 주십시오.",
                host=given[:80],
                url=public,
            )
        )
    raise UnknownHost(
        _(
            "«%(host)s»은(는) 이 허브가 아는 주소가 아닙니다. 이 주소로 쓰려면 운영자가 HUB_PUBLIC_URL이나 HUB_ALLOWED_HOSTS에 적어야 합니다.",
            host=given[:80],
        )
    )


def lead_inside(response: Response) -> Response:
    """A redirect within the hub names no host: the browser stays at the one that it asked."""
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        response.headers["Location"] = "/" + location.removeprefix(request.host_url).lstrip("/")
    return response


def register(app: Flask, settings: Settings) -> None:
    """Adds the above to an app; before whatever else looks at a request."""
    known: Any = KnownHosts(app.wsgi_app, settings)
    if settings.proxies:
        count = settings.proxies
        known = ProxyFix(known, x_for=count, x_proto=count, x_host=count)
    app.wsgi_app = known  # type: ignore[method-assign]
    app.before_request(refuse)
    app.after_request(lead_inside)
