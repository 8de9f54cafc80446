"""Signing in and out."""

from __future__ import annotations

import logging

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts import guesses, notices
from hub.accounts import passwords as rules
from hub.accounts.cookie import enter, guesser_here, leave, sealer, session_mark
from hub.accounts.gate import Step, halted, requires, step_page
from hub.accounts.policy import anyone
from hub.accounts.second_factor import Answer, Given, give, recovery_codes_left
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
    """The sign-in form, and where an account has a second factor the form for its code."""
    if request.method == "GET":
        return _form()
    if "otp" in request.form:
        return _with_code(who)
    guesser = guesser_here(request.form.get("email", ""))
    wait = guesses.wait(read_session(), guesser)
    if wait:
        return _slowed(wait)
    found = rules.check(read_session(), request.form.get("email", ""), request.form.get("password", ""))
    if found is not None:
        enter(found, guesser)
        return _onward()
    wait = guesses.count(part(Database), guesser)
    return _slowed(wait) if wait else (_form(_("전자우편이나 비밀번호가 맞지 않습니다.")), 401)


def _onward() -> ResponseReturnValue:
    """Where somebody wanted to go, or first to what is left to do; the code is asked for on this very page, so that what
    was sent while nobody was signed in is not left behind."""
    target = safe_next(request.args.get("next"), url_for("dashboard.dashboard"))
    first = halted()
    if first is None:
        return redirect(target)
    if first[1] == Step.CODE:
        g.refusal = _("비밀번호를 확인했습니다. 인증 코드를 넣으면 이어서 보냅니다.")
        return _form(), 401
    return redirect(step_page(first[1], next=target))


def _with_code(who: Account | None) -> ResponseReturnValue:
    first = halted()
    if who is not None:  # it has been given meanwhile, in another window
        return _onward()
    if first is None or first[1] != Step.CODE:
        return _form(_("로그인이 풀렸습니다. 전자우편과 비밀번호부터 다시 넣으십시오.")), 401
    asked = first[0]
    typed = request.form.get("spare_otp") or request.form.get("otp", "")
    if not typed:
        return _form(_("인증 코드를 넣으십시오.")), 401
    with part(Database).writing() as writing:
        given = give(writing, asked.id, typed[:100], sealer(), guesser_here(asked.email, code=True))
        left = recovery_codes_left(writing, asked.id)
        if given.answer == Answer.RECOVERY:
            notices.tell(writing, asked, "recovery", left=left)
    if not given.is_right:
        return _refused_code(given)
    enter(asked, guesser_here(asked.email), second_factor=True)
    if given.answer == Answer.RECOVERY:
        said = _("복구 코드를 하나 썼습니다. %(n)d개 남았습니다. 내 계정에서 새로 만들 수 있습니다.", n=left)
        flash(said, "warning")
    return _onward()


def _refused_code(given: Given) -> ResponseReturnValue:
    if given.wait:
        return _slowed(given.wait, code=True)
    said = {
        Answer.WRONG: _("인증 코드가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리를 넣으십시오."),
        Answer.USED: _("이미 쓴 인증 코드입니다. 30초 안에 다음 코드가 나오면 그것을 넣으십시오."),
        Answer.UNREADABLE: _(
            "이 계정의 인증 코드를 확인할 수 없게 되었습니다. 복구 코드를 쓰거나 운영자에게 알려 주십시오."
        ),
    }
    return _form(said[given.answer]), 401


def _form(problem: str | None = None) -> str:
    if problem:
        g.refusal = problem
    return render_template("accounts/sign_in.html", email=request.form.get("email", ""), problem=problem)


def _slowed(seconds: int, *, code: bool = False) -> ResponseReturnValue:
    if "X-Forwarded-For" in request.headers and not part(Settings).proxies:
        log.warning(
            "All who come through a proxy count as one machine: say in HUB_PROXIES how many there are"
        )
    return _form(guesses.slowed(seconds, code=code)), 429, {"Retry-After": str(seconds)}


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
