"""The addresses of the site's own pages, and what each of them reads from its address.

Names from outside never reach ``url_for``: it has parameters of its own (``_anchor``, ``_method``, ``endpoint``), and so
have the pages' paths.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode

from flask import current_app, g, request, url_for

from hub.language import LANGUAGES, current_language
from hub.settings import ROOT
from hub.web.public_address import whole

LONGEST_NEXT = 16_000  # a search for a thousand Korean letters is nine thousand characters long
View = TypeVar("View", bound=Callable[..., Any])
EVERYWHERE = (
    "lang",
    "mode",
    "text_size",
)  # of every page: its language, and how it is shown (hub/web/display.py)


@dataclass(frozen=True)
class Read:
    """The parameters that a page reads from its address."""

    names: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()  # that say how it is shown or left, and not what it is
    of_part: tuple[str, ...] = ()  # with which htmx asks for a part of it

    @property
    def all(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.names, *self.aside, *self.of_part)


def reads(*names: str, aside: tuple[str, ...] = (), of_part: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Says what a page reads from its address, see :class:`Read`. Anything else is not carried on to its links."""

    def mark(view: View) -> View:
        view.reads = Read(names, aside, of_part)  # type: ignore[attr-defined]
        return view

    return mark


def read_by(endpoint: str) -> Read:
    """What a page reads from its address."""
    if endpoint == "static":
        return Read(("v",))  # the file's time, see asset
    return cast(Read, getattr(current_app.view_functions.get(endpoint), "reads", Read()))


def address(endpoint: str, path: Mapping[str, Any], parameters: Iterable[tuple[str, Any]]) -> str:
    """A page's address with parameters of any name; a value that is a list stands once for each of its members."""
    written = urlencode([*parameters], doseq=True)
    return url_for(endpoint, **path) + (f"?{written}" if written else "")


def same_page(**changes: Any) -> str:
    """This page's address with some of its parameters changed; ``None`` takes one out, and so does being unknown.

    What can only be sent to has no page to come back to: the first page stands in for it.
    """
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return address("home.index", {}, [(name, value) for name, value in changes.items() if value])
    path, values = _here()
    carried = ((n, value) for n, value in {**values, **changes}.items() if value not in (None, "", [], [""]))
    written = urlencode([*carried], doseq=True)
    return path + (f"?{written}" if written else "")


def _here() -> tuple[str, dict[str, list[str]]]:
    """This page's own path and what it reads from its address; looked up once a request, asked for each link."""
    if "here" not in g:
        endpoint = request.endpoint or ""
        read = read_by(endpoint)
        values = {name: request.args.getlist(name) for name in (*read.names, *read.aside)}
        if request.args.get("lang") in LANGUAGES:
            values["lang"] = [request.args["lang"]]
        g.here = url_for(endpoint, **(request.view_args or {})), {n: v for n, v in values.items() if any(v)}
    return cast(tuple[str, dict[str, list[str]]], g.here)


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of this site, never another host.

    Browsers drop tabs and line ends and take a backslash for a slash: to them ``/<tab>/`` is ``//``, another host.
    """
    if not target or len(target) > LONGEST_NEXT or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or any(bracket in target.partition("?")[0] for bracket in "[]"):
        return otherwise
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in target):
        return otherwise
    return target


def page_here() -> str:
    """The page on which a form stands, to come back to; a part that a form is answered with stands on the same."""
    return request.form.get("next", "") if request.method == "POST" else same_page()


def other_language() -> str:
    """This page's address in the other language."""
    return same_page(lang="en" if current_language() == "ko" else "ko")


def this_address(**changes: Any) -> str:
    """This page's own whole address, by which others name it: without what only says how it is shown."""
    if request.endpoint is None:
        return whole(quote(request.path))
    return whole(same_page(**{**dict.fromkeys(("lang", *read_by(request.endpoint).aside)), **changes}))


def asset(path: str) -> str:
    """The address of a static file, with its time, so that browsers may keep it for long."""
    return _asset(path, int(time.monotonic()))


@lru_cache(maxsize=256)
def _asset(path: str, _second: int) -> str:
    """The same, looked up once a second: each page asks for a dozen."""
    return url_for("static", filename=path, v=format(int((ROOT / "static" / path).stat().st_mtime), "x"))


FOR_TEMPLATES = (same_page, page_here, other_language, this_address, asset, whole)
