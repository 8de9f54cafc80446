"""What every page needs: the parts behind the app, and a session that lasts as long as the request."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote

from flask import Flask, Request, current_app, g, request
from flask_compress import Compress
from flask_htmx import HTMX
from sqlmodel import Session
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.utils import cached_property

from hub.database import Database
from hub.numbers import whole_number
from hub.text import clean

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


Part = TypeVar("Part")
View = TypeVar("View", bound=Callable[..., Any])
htmx = HTMX()
# A password has a form of its own (hub.text.password_form); an address is judged as a browser would read it.
AS_TYPED = frozenset({"password", "new_password", "next", "resume_to"})


class TidyRequest(Request):
    """A request whose query can be read: bytes that stand in it bare are escaped, as they should have been."""

    def __init__(self, environ: WSGIEnvironment, *given: Any, **named: Any) -> None:
        environ["QUERY_STRING"] = quote(
            environ.get("QUERY_STRING", ""), safe=string.printable, encoding="latin-1"
        )
        super().__init__(environ, *given, **named)


class CleanRequest(TidyRequest):
    """A request whose every value has passed :func:`hub.text.clean`, on every page there is or will be."""

    @cached_property
    def args(self) -> MultiDict[str, str]:  # type: ignore[override]
        """What stands in the address."""
        return _cleaned(super().args)

    def _load_form_data(self) -> None:
        """What a form sent: werkzeug keeps it in ``form`` when anything of it is first asked for."""
        super()._load_form_data()
        self.__dict__["form"] = _cleaned(self.form)


def _cleaned(values: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        [(name, value if name in AS_TYPED else clean(value)) for name, value in values.items(multi=True)]
    )


def part(kind: type[Part]) -> Part:
    """The one of this kind that :func:`hub.create_app` has joined to the app: ``part(Database)``, ``part(Engine)``."""
    return cast(Part, current_app.extensions["hub"][kind])


def read_session() -> Session:
    """The request's session for reading, opened when first asked for."""
    if "session" not in g:
        g.reading = part(Database).reading()
        g.session = g.reading.__enter__()
    return cast(Session, g.session)


def close_session(_error: BaseException | None = None) -> None:
    """Ends the request's session, if it had one."""
    reading = g.pop("reading", None)
    g.pop("session", None)
    if reading is not None:
        reading.__exit__(None, None, None)


def takes(largest: int) -> Callable[[View], View]:
    """Of a view that takes a file: how many bytes it may have, where that is more than a request brings elsewhere."""

    def mark(view: View) -> View:
        view.largest = largest  # type: ignore[attr-defined]
        return view

    return mark


def largest_here() -> int:
    """How many bytes whoever sends this request may bring: in a file where the view takes one, else in all."""
    view = current_app.view_functions.get(request.endpoint or "")
    return int(getattr(view, "largest", current_app.config["MAX_CONTENT_LENGTH"]))


def _allow() -> None:
    file, form = largest_here(), current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = form if file == form else file + form  # a file comes with a form about it


def wants_fragment() -> bool:
    """Whether htmx asks for the part of the page that changes; going back in history needs it all."""
    return bool(htmx) and not htmx.history_restore_request


class NumberInPath(BaseConverter):
    """``<int:…>`` in a route: the number of something that the database holds; any other is 404."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """The number."""
        number = whole_number(value, least=1)
        if number is None:
            raise ValidationError
        return number

    def to_url(self, value: object) -> str:
        """As it stands in an address."""
        return str(value)


def register(app: Flask) -> None:
    """Adds the above to an app."""
    # Brotli for those that take it, gzip for the rest. A page holds a token and what was asked for, but
    # another site cannot make a browser ask for it with its cookies (SameSite): compressing tells it nothing.
    app.config.update(COMPRESS_ALGORITHM="br,gzip", COMPRESS_ALGORITHM_STREAMING="br,gzip")
    Compress(app)
    app.request_class = CleanRequest
    app.before_request(_allow)  # before the form is read, be it for its token
    htmx.init_app(app)
    app.url_map.converters["int"] = NumberInPath
    app.teardown_appcontext(close_session)


FOR_TEMPLATES = (wants_fragment,)
