"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import LoginManager, login_user, logout_user

from hub.accounts import sign_in as rules
from hub.accounts.policy import account, anyone, requires
from hub.accounts.tables import Account, Role
from hub.language import _
from hub.web import read_session, safe_next

pages = Blueprint("accounts", __name__)
login_manager = LoginManager()
# Wrong passwords for one account from one address; right ones never count. Each worker counts for itself.
GUESSES = "10 per minute; 50 per hour"


def guesser() -> str:
    """Who guesses at what: an address and the account that it tries."""
    return f"{request.remote_addr} {request.form.get('email', '').strip().lower()[:254]}"


limiter = Limiter(guesser, storage_uri="memory://")


@dataclass(frozen=True)
class SignedIn:
    """An account as Flask-Login wants it."""

    account: Account
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the session remembers. A new password signs every session out."""
        return f"{self.account.id}:{self.account.password_hash[-16:]}"


@login_manager.user_loader
def load_account(kept: str) -> SignedIn | None:
    """The account that a session remembers, if it is still the same one."""
    number, _colon, _password = kept.partition(":")
    if not number.isdigit():
        return None
    found = read_session().get(Account, int(number))
    signed_in = SignedIn(found) if found else None
    return signed_in if signed_in and signed_in.get_id() == kept else None


def first_page(who: Account) -> str:
    """Where an account begins its day."""
    if who.role == Role.STAFF:
        return url_for("desk.region", code=who.region_code)
    if who.role == Role.MEMBER:
        return url_for("profiles.profile", profile_id=who.profile_id)
    return url_for("home.index")


@pages.route("/sign-in", methods=["GET", "POST"])
@requires(anyone)
@limiter.limit(GUESSES, methods=["POST"], deduct_when=lambda answer: answer.status_code == 401)
def sign_in() -> ResponseReturnValue:
    """The sign-in form."""
    email, problem = "", None
    if request.method == "POST":
        email = request.form.get("email", "")
        found = rules.check(read_session(), email, request.form.get("password", ""))
        if found is not None:
            login_user(SignedIn(found))
            return redirect(safe_next(request.args.get("next"), first_page(found)))
        problem = _("전자우편이나 비밀번호가 맞지 않습니다.")
    return render_template("accounts/sign_in.html", email=email, problem=problem), 401 if problem else 200


@pages.post("/sign-out")
@requires(anyone)
def sign_out() -> ResponseReturnValue:
    """Ends the session."""
    logout_user()
    flash(_("로그아웃했습니다."))
    return redirect(url_for("home.index"))


@pages.get("/desk")
@requires(anyone)
def desk() -> ResponseReturnValue:
    """Each account's own first page; a visitor signs in first."""
    who = account()
    if who is None:
        return redirect(url_for("accounts.sign_in", next=url_for("accounts.desk")))
    return redirect(first_page(who))
