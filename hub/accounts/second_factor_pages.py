"""The pages on which a telephone becomes the second factor, and those of its recovery codes."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from hub.accounts import notices, sessions
from hub.accounts import second_factor as rules
from hub.accounts.account_pages import account_page, to_section
from hub.accounts.again import check_again
from hub.accounts.cookie import enter, guesser_here, opened_here, sealer
from hub.accounts.gate import can_enrol, requires, waiting
from hub.accounts.pages import pages
from hub.accounts.policy import can_do_without, must_have_second_factor, signed_in
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.problems import Problem
from hub.web.addresses import reads, safe_next
from hub.web.request import part, read_session

# What the browser holds of it meanwhile, sealed: the secret that the picture shows, so that it is the same when the page
# is opened again or in another window; and the recovery codes until somebody says that they are noted.
_PENDING, _CODES = "enrolling", "recovery-codes"
PENDING_FOR = timedelta(hours=1)
SHOWN_FOR = timedelta(minutes=15)


@pages.route("/account/second-factor", methods=["GET", "POST"])
@reads(aside=("next",))
@requires(can_enrol)
def second_factor(who: Account | None) -> ResponseReturnValue:
    """Makes a telephone the second factor, or another one in its place."""
    asked = who or waiting()
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _enrolled(asked, known=who is not None)
        except Problem as error:
            problem = error
    secret = _pending(asked) or _new_pending(asked)
    address = rules.address(secret, asked.email, _("지역 산학 연계 허브"))
    page = render_template(
        "accounts/second_factor.html",
        who=asked,
        known=who is not None and bool(asked.password_hash),
        must=must_have_second_factor(asked),
        moving=asked.totp_secret is not None,
        secret=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        address=address,
        picture=rules.picture(address),
        problem=problem,
    )
    return page, problem.status if problem else 200


def _enrolled(who: Account, *, known: bool) -> ResponseReturnValue:
    """Back to where somebody was going, by way of the new recovery codes.

    :param known: somebody who was at work already, and not one who has just given the password: it is asked for again.
    """
    if known:
        check_again(who)
    secret = _pending(who)
    if secret is None:
        raise Problem(
            _("이 화면을 연 지 오래되어 그림을 새로 만들었습니다. 아래 그림을 다시 찍으십시오."), status=409
        )
    with part(Database).writing() as session:
        codes = rules.enrol(session, who.id, secret, request.form.get("otp", "")[:100], sealer())
        sessions.end_all(
            session, who.id
        )  # also those that somebody else may have opened with the password alone
        notices.tell(session, who, "second_factor_on")
    enter(who, guesser_here(who.email), second_factor=True)
    _keep_codes(who, codes)
    return redirect(url_for("accounts.recovery_codes", next=_next()))


def _next() -> str | None:
    return safe_next(request.args.get("next"), "") or None


def _pending(who: Account) -> str | None:
    seconds = int(PENDING_FOR.total_seconds())
    return sealer().open(f"enrolment of account {who.id}", str(cookie.get(_PENDING, "")), seconds)


def _new_pending(who: Account) -> str:
    secret = rules.new_secret()
    cookie[_PENDING] = sealer().seal(f"enrolment of account {who.id}", secret)
    return secret


def _keep_codes(who: Account, codes: list[str]) -> None:
    cookie.pop(_PENDING, None)
    cookie[_CODES] = sealer().seal(f"recovery codes of account {who.id}", " ".join(codes))


@pages.route("/account/recovery-codes", methods=["GET", "POST"])
@reads(aside=("next",))
@requires(signed_in)
def recovery_codes(who: Account) -> ResponseReturnValue:
    """Shows new recovery codes until they are noted; makes them anew."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _made_anew(who)
        except Problem as error:
            problem = error
    seconds = int(SHOWN_FOR.total_seconds())
    kept = sealer().open(f"recovery codes of account {who.id}", str(cookie.get(_CODES, "")), seconds)
    page = render_template(
        "accounts/recovery_codes.html",
        who=who,
        codes=kept.split() if kept else [],
        left=rules.recovery_codes_left(read_session(), who.id),
        problem=problem,
    )
    return page, problem.status if problem else 200


def _made_anew(who: Account) -> ResponseReturnValue:
    check_again(who)
    if who.totp_secret is None:
        raise Problem(_("2단계 인증을 켜면 복구 코드가 함께 나옵니다."), status=409)
    with part(Database).writing() as session:
        codes = rules.new_recovery_codes(session, who.id)
        notices.tell(session, who, "recovery_codes")
    _keep_codes(who, codes)
    return redirect(url_for("accounts.recovery_codes", next=_next()))


@pages.post("/account/recovery-codes/noted")
@requires(signed_in)
def recovery_codes_noted(who: Account) -> ResponseReturnValue:
    """Shows the recovery codes no more, and goes on."""
    cookie.pop(_CODES, None)
    return redirect(_next() or url_for("accounts.own_account", _anchor="second-factor"))


@pages.post("/account/second-factor/off")
@requires(can_do_without)
def second_factor_off(who: Account) -> ResponseReturnValue:
    """Turns the second factor off, for who may go without."""
    try:
        check_again(who)
        with part(Database).writing() as session:
            rules.turn_off(session, who.id)
            sessions.end_all(session, who.id, but=opened_here().id)
            notices.tell(session, who, "second_factor_off")
    except Problem as error:
        return account_page(who, error, "second-factor")
    flash(_("2단계 인증을 껐습니다. 다음부터 비밀번호만으로 로그인합니다."), "warning")
    return to_section("second-factor")
