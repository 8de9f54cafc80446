"""What a browser holds of a person who is signed in, and what it may not keep of the pages.

The session cookie carries the token of an open session (hub/accounts/sessions.py) and nothing of whose it is.
Beside it lies a mark that scripts can read: a page that comes back from the browser's memory sees by it
whether somebody has signed in or out since (static/js/hub.js).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts import sessions
from hub.accounts.guesses import Guesser, guesser, remember
from hub.accounts.sealing import Sealer
from hub.accounts.tables import Account, OpenSession
from hub.database import Database
from hub.web.request import part, read_session

MARK = "session-mark"
_TOKEN = "_user_id"  # noqa: S105 - the name under which Flask-Login keeps the token in the cookie
_WHOSE = "whose"  # a digest of the account, by which a page knows that the same person is back
login_manager = LoginManager()
login_manager.session_protection = None


@dataclass(frozen=True)
class SignedIn:
    """An account as Flask-Login wants it."""

    account: Account
    opened: OpenSession
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie remembers."""
        return self.token


@login_manager.user_loader
def load_account(token: str) -> SignedIn | None:
    """The account of the open session whose token the cookie holds; one that has ended is forgotten."""
    if g.get("account_unknown"):
        return None  # looking it up failed: the page that says so is shown as to a visitor
    g.account_unknown = True
    try:
        found = sessions.find(read_session(), token)
    except SQLAlchemyError:
        if request.endpoint is None:
            return None  # the page that says that nothing is here needs nobody
        raise
    g.account_unknown = False
    if found is None:
        session.pop(_TOKEN, None)
        return None
    opened, account = found
    sessions.saw(part(Database), opened)
    return SignedIn(account, opened, token)


def enter(account: Account, who: Guesser, *, second_factor: bool = False) -> None:
    """Signs in. Nothing that the browser held before is kept: somebody else may have put it there.

    :param second_factor: whether the second factor has been given too.
    """
    with part(Database).writing() as writing:
        if _TOKEN in session:
            sessions.end(writing, session[_TOKEN])
        browser = request.user_agent.string
        token, opened = sessions.begin(writing, account, browser, second_factor=second_factor)
        if second_factor or account.totp_secret is None:
            remember(writing, account.id, who)
    _forget()
    login_user(SignedIn(account, opened, token))
    session.update(contents(current_app.secret_key, token, account.id))


def contents(secret: object, token: str, account_id: int) -> dict[str, str]:
    """What the session cookie of somebody who is signed in says: the token, and a digest of whose it is."""
    return {_TOKEN: token, _WHOSE: hashlib.sha256(f"{secret!r} {account_id}".encode()).hexdigest()[:8]}


def opened_here() -> OpenSession:
    """The open session of the browser that sends this request; somebody has signed in there."""
    opened: OpenSession = current_user.opened
    return opened


def sealer() -> Sealer:
    """What seals and opens under the app's secret keys, the present one and those of before."""
    return Sealer(secrets())


def secrets() -> list[str]:
    """The app's secret key, and then those of before."""
    return [str(current_app.secret_key), *(current_app.config.get("SECRET_KEY_FALLBACKS") or ())]


def guesser_here(email: str, *, code: bool = False) -> Guesser:
    """Whoever sends this request, as one who tries an account; see :func:`hub.accounts.guesses.guesser`."""
    return guesser(str(current_app.secret_key), request.remote_addr, email, code=code)


def leave() -> None:
    """Signs out: the session ends here, so that a copy of its cookie opens nothing any more."""
    if _TOKEN in session:
        with part(Database).writing() as writing:
            sessions.end(writing, session[_TOKEN])
    logout_user()
    _forget()


def _forget() -> None:
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def session_mark() -> str:
    """What tells this session from another, and after the dot whether it is the same person's; empty for a visitor."""
    token = session.get(_TOKEN)
    if not token:
        return ""
    return f"{hashlib.sha256(f'mark {token}'.encode()).hexdigest()[:16]}.{session.get(_WHOSE, '')}"


def keep_to_its_owner(response: Response) -> Response:
    """No answer to a person who is signed in stays in any cache, nor does one about signing in or what was sent."""
    if request.endpoint == "static":
        return response
    mark = session_mark()
    if mark or request.blueprint == "accounts" or request.method not in ("GET", "HEAD"):
        response.headers["Cache-Control"] = "no-store"
    if request.cookies.get(MARK, "") != mark:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        if mark:
            response.set_cookie(MARK, mark, samesite="Lax", secure=secure)
        else:
            response.delete_cookie(MARK, samesite="Lax", secure=secure)
    return response


def register(app: Flask) -> None:
    """Adds the above to an app."""
    login_manager.init_app(app)
    app.after_request(keep_to_its_owner)
    app.jinja_env.globals["session_mark"] = session_mark
