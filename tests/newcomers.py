"""Somebody who has just opened an account: what the mails to them lead to."""

from __future__ import annotations

from sqlmodel import Session

from hub.accounts import registration
from hub.accounts.passwords import hash_of
from hub.mail.tables import Mail
from tests.conftest import PASSWORD

UNCONFIRMED = "unconfirmed@hub.example"


def begin(session: Session, secret: str) -> dict[str, str]:
    """Opens an account that is not confirmed, and writes a mail; returns what the links of its mails carry."""
    new = registration.newcomer(UNCONFIRMED, PASSWORD, "새로온", consents=True)
    made = registration.register(
        session, new, hash_of(PASSWORD, UNCONFIRMED), language="ko", resume="/search?q=김치"
    )
    if made is None:
        raise AssertionError("confirmed already")
    session.add(
        Mail(recipient=UNCONFIRMED, subject="주소를 확인해 주십시오", body="http://localhost/confirm/x\n")
    )
    return {purpose: registration.token([secret], purpose, made) for purpose in ("confirm", "reset")}
