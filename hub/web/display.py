"""How pages are shown: KRDS's palettes and text sizes, chosen with ``?mode=`` and ``?text_size=``, kept in a cookie."""

from __future__ import annotations

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from hub.language import N_
from hub.web.addresses import same_page

# ``theme`` follows the system, as KRDS calls it.
MODES = {
    "theme": N_("시스템 설정"),
    "light": N_("밝게"),
    "dark": N_("어둡게"),
    "high-contrast": N_("고대비"),
}
TEXT_SIZES = {"medium": N_("보통"), "large": N_("크게"), "xlarge": N_("더 크게")}
CHOICES = {"mode": MODES, "text_size": TEXT_SIZES}
A_YEAR = 365 * 24 * 3600  # seconds


def display(name: str) -> str:
    """What was chosen for ``mode`` or ``text_size``; the first where nothing was."""
    known = CHOICES[name]
    chosen = request.cookies.get(f"display-{name}", "")
    return chosen if chosen in known else next(iter(known))


def choose() -> ResponseReturnValue | None:
    """Keeps a choice and shows the same page by its own address, so that a shared link chooses for nobody."""
    if request.method != "GET" or request.endpoint in (None, "static"):
        return None
    chosen = {name: request.args[name] for name in CHOICES if request.args.get(name) in CHOICES[name]}
    if not chosen:
        return None
    answer = redirect(same_page(**dict.fromkeys(chosen)))
    for name, value in chosen.items():
        answer.set_cookie(f"display-{name}", value, max_age=A_YEAR, samesite="Lax", path="/")
    return answer


def register(app: Flask) -> None:
    """Adds the above to an app."""
    app.before_request(choose)
    app.jinja_env.globals.update(display=display, display_choices=CHOICES)
