"""An account that nobody has proved to be theirs, begun anew by somebody else who has come with its address."""

from __future__ import annotations

from sqlmodel import Session, col, delete

from hub.accounts import sessions
from hub.accounts.tables import Account, ExternalIdentity, KnownMachine, RecoveryCode


def begin_anew(session: Session, account: Account) -> None:
    """Leaves nothing on an account, which is held, of whoever typed its address before: signed out everywhere, no linked
    identity, no second factor, no machine that is known, nothing to go on with. Name, password, language and consent are the
    caller's to set.
    """
    sessions.end_all(session, account.id)
    for table in (ExternalIdentity, RecoveryCode, KnownMachine):
        session.exec(delete(table).where(col(table.account_id) == account.id))
    account.name, account.consent = "", None
    account.totp_secret = account.totp_step = account.resume = None
    account.visit_at = account.last_visit_at = None
    session.add(account)
