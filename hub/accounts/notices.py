"""Mail that tells a person what has become of the account: whoever did not do it oneself learns of it so."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlmodel import Session

from hub.accounts.browsers import browser_name
from hub.accounts.tables import Account
from hub.database import now
from hub.language import speaking
from hub.mail.outbox import write

# What is told, by the template that tells it: templates/mail/account_<what>.txt.
TOLD = (
    "password",
    "second_factor_on",
    "second_factor_off",
    "recovery",
    "recovery_codes",
    "email_asked",
    "email_changed",
)


def tell(session: Session, account: Account, what: str, *, to: str | None = None, **values: Any) -> None:
    """Writes to the account what has changed, when, and in which browser.

    :param what: one of ``TOLD``.
    :param to: another address than the account's, such as the one that it had.
    """
    with speaking(account.language):
        browser = browser_name(request.user_agent.string)
    told = {"email": to or account.email, "at": now(), "browser": browser, **values}
    write(session, told["email"], account.language, f"account_{what}", **told)
