"""Signing in and out."""

from __future__ import annotations

import logging

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts import guesses
from hub.accounts import passwords as rules
from hub.accounts.cookie import enter, leave, session_mark
from hub.accounts.policy import anyone, requires
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.settings import Settings
from hub.web.addresses import reads, safe_next
from hub.web.request import part, read_session

pages = Blueprint("accounts", __name__)
log = logging.getLogger(__name__)


@pages.route("/sign-in", methods=["GET", "POST"])
@reads(aside=("next",))
@requires(anyone)
def sign_in(who: Account | None) -> ResponseReturnValue:
    """The sign-in form."""
    if request.method == "GET":
        return _form()
    email = request.form.get("email", "")
    guesser = guesses.guesser(str(current_app.secret_key), request.remote_addr, email)
    wait = guesses.wait(read_session(), guesser)
    if wait:
        return _slowed(wait)
    found = rules.check(read_session(), email, request.form.get("password", ""))
    if found is not None:
        enter(found, guesser)
        return redirect(safe_next(request.args.get("next"), url_for("dashboard.dashboard")))
    wait = guesses.count(part(Database), guesser)
    return _slowed(wait) if wait else (_form(_("전자우편이나 비밀번호가 맞지 않습니다.")), 401)


def _form(problem: str | None = None) -> str:
    return render_template("accounts/sign_in.html", email=request.form.get("email", ""), problem=problem)


def _slowed(seconds: int) -> ResponseReturnValue:
    if "X-Forwarded-For" in request.headers and not part(Settings).proxies:
        log.warning(
            "All who come through a proxy count as one machine: say in HUB_PROXIES how many there are"
        )
    minutes = -(-seconds // 60)
    problem = _(
        "틀린 비밀번호가 잇달아 들어와 잠시 막았습니다. %(minutes)d분 뒤에 다시 하십시오.", minutes=minutes
    )
    return _form(problem), 429, {"Retry-After": str(seconds)}


@pages.post("/sign-out")
@requires(anyone)
def sign_out(who: Account | None) -> ResponseReturnValue:
    """Ends the session."""
    leave()
    flash(_("로그아웃했습니다."))
    return redirect(url_for("home.index"))


@pages.get("/session")
@requires(anyone)
def session(who: Account | None) -> ResponseReturnValue:
    """Whether the session of a page is still open: pages that come back from the browser's memory ask."""
    return jsonify(mark=session_mark())
