"""Where an account is signed in: one row a browser, so that it ends here and not when a cookie is thrown away."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, delete, or_, select, update

from hub.accounts.tables import Account, OpenSession
from hub.database import Database, lock, now

IDLE = timedelta(hours=12)  # a working day: a form that is left open over lunch is still the same person's
LONGEST = timedelta(days=7)
VISIT = timedelta(hours=4)  # who signs in again sooner, in whatever browser, is on the same visit
SEEN_EVERY = timedelta(minutes=10)  # no more often is it written that somebody is still there

log = logging.getLogger(__name__)


def begin(
    session: Session, account: Account, browser: str = "", *, second_factor: bool = False
) -> tuple[str, OpenSession]:
    """Signs an account in: the token for the browser's cookie, and the row that knows it by its digest.

    :param second_factor: whether the second factor has been given too.
    """
    at = now()
    ended = or_(col(OpenSession.seen_at) < at - IDLE, col(OpenSession.opened_at) < at - LONGEST)
    session.exec(delete(OpenSession).where(ended))
    if second_factor or account.totp_secret is None:
        _begin_visit(session, account, at)
    token = secrets.token_urlsafe(32)
    opened = OpenSession(
        token_key=_digest(token),
        account_id=account.id,
        password_key=_digest(account.password_hash),
        browser=browser.replace("\0", "")[:200],
        opened_at=at,
        seen_at=at,
        second_factor_at=at if second_factor else None,
    )
    session.add(opened)
    session.flush()
    return token, opened


def _begin_visit(session: Session, account: Account, at: datetime) -> None:
    held = lock(session, Account, account.id)
    if held is not None and (held.visit_at is None or at - held.visit_at >= VISIT):
        held.last_visit_at, held.visit_at = held.visit_at, at


def find(session: Session, token: str, at: datetime | None = None) -> tuple[OpenSession, Account] | None:
    """The open session of a token and its account; ``None`` when it has ended or never was."""
    at = at or now()
    query = select(OpenSession, Account).join(Account, col(Account.id) == OpenSession.account_id)
    found = session.exec(query.where(OpenSession.token_key == _digest(token))).first()
    if found is None:
        return None
    opened, account = found
    return (opened, account) if _is_alive(opened, account, at) else None


def _is_alive(opened: OpenSession, account: Account, at: datetime) -> bool:
    return (
        at - opened.seen_at < IDLE
        and at - opened.opened_at < LONGEST
        and opened.password_key == _digest(account.password_hash)
        and account.closed_at is None
    )


def open_sessions(session: Session, account: Account) -> list[OpenSession]:
    """Every browser in which an account is signed in, the one that was used last first."""
    at = now()
    query = select(OpenSession).where(OpenSession.account_id == account.id)
    ordered = session.exec(query.order_by(col(OpenSession.seen_at).desc(), col(OpenSession.id).desc()))
    return [one for one in ordered if _is_alive(one, account, at)]


def saw(database: Database, opened: OpenSession) -> None:
    """Writes that somebody is still there, if that was not written lately. A page never fails for it."""
    at = now()
    if at - opened.seen_at < SEEN_EVERY:
        return
    try:
        with database.writing() as session:
            session.exec(update(OpenSession).where(col(OpenSession.id) == opened.id).values(seen_at=at))
    except SQLAlchemyError as error:
        log.warning("Not written that session %d is still in use: %s", opened.id, error)


def end(session: Session, token: str) -> None:
    """Signs this browser out; nothing, when it is not signed in."""
    session.exec(delete(OpenSession).where(col(OpenSession.token_key) == _digest(token)))


def end_one(session: Session, account_id: int, number: int) -> bool:
    """Signs an account out of one browser; ``False`` where that has ended already, or is another's."""
    this = delete(OpenSession).where(col(OpenSession.id) == number, col(OpenSession.account_id) == account_id)
    return bool(session.exec(this).rowcount)


def end_all(session: Session, account_id: int, *, but: int | None = None) -> int:
    """Signs an account out of every browser, or of every other one; returns of how many."""
    these = delete(OpenSession).where(col(OpenSession.account_id) == account_id)
    if but is not None:
        these = these.where(col(OpenSession.id) != but)
    return session.exec(these).rowcount


def hold(session: Session, account_id: int) -> Account:
    """An account, held to the commit: whoever changes it next waits, and then sees what became of it."""
    lock(session, Account, account_id)
    return session.get_one(Account, account_id)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
