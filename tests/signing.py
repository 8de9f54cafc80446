"""People who are signed in, without the forms: what signing in is like has tests of its own.

Staff and administrators need a second factor for it, so a session is opened in the database, as the server would have
after password and code, and the browser is given its cookie.
"""

from __future__ import annotations

from typing import Any

import pyotp
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlmodel import select

from hub.accounts import cookie, second_factor, sessions
from hub.accounts.sealing import Sealer
from hub.accounts.tables import Account
from hub.database import Database
from hub.settings import Settings, secret_key
from hub.text import email_form

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


def session_cookie(database: Database, secret: str, email: str, before: str = "") -> str:
    """The session cookie of a browser in which this account has just signed in with all that is asked of it.

    :param secret: the secret key of the server.
    :param before: the cookie that the browser had; the language that was chosen in it is kept.
    """
    signer = _signer(secret)
    language = {
        name: value for name, value in (signer.loads(before) if before else {}).items() if name == "language"
    }
    with database.writing() as session:
        account = session.exec(select(Account).where(Account.email == email_form(email))).one()
        token, _opened = sessions.begin(session, account, BROWSER, second_factor=True)
        return str(signer.dumps(language | cookie.contents(secret, token, account.id)))


def cookie_for(settings: Settings, email: str, before: str = "") -> str:
    """The same for a server in a process of its own."""
    database = Database(settings.database)
    try:
        return session_cookie(database, secret_key(settings), email, before)
    finally:
        database.engine.dispose()


def _signer(secret: str) -> Any:
    app = Flask("signing")
    app.secret_key = secret
    return SecureCookieSessionInterface().get_signing_serializer(app)


def with_telephone(database: Database, secret: str, email: str) -> str:
    """Gives an account a second factor; returns what the telephone knows. The present code has not been used."""
    known = second_factor.new_secret()
    with database.writing() as session:
        number = session.exec(select(Account.id).where(Account.email == email)).one()
        second_factor.enrol(session, number, known, code(known, -1), Sealer([secret]))
    return known


def telephone(database: Database, secret: str, email: str) -> str:
    """What the telephone of an account knows that has one already."""
    with database.reading() as session:
        account = session.exec(select(Account).where(Account.email == email)).one()
        opened = Sealer([secret]).open(f"second factor of account {account.id}", account.totp_secret or "")
    assert opened is not None
    return opened


def code(known: str, later: int = 0) -> str:
    """What the telephone shows now, or so many codes later."""
    return pyotp.TOTP(known).at(int(second_factor.now().timestamp()) + second_factor.SECONDS * later)
