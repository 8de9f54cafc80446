"""Invitations for tests: sent through the rules, and one whose token is known beforehand, for lists of addresses."""

from __future__ import annotations

import hashlib
import re

from flask import Flask
from sqlmodel import Session, col, select

from hub.accounts import invitations
from hub.accounts.invitations import VALID, Offer
from hub.accounts.tables import Account, Invitation
from hub.database import now
from hub.mail.tables import Mail

TOKEN = "known-beforehand"  # not secret: nobody else runs these tests' hubs
INVITED = "invited@hub.example"
LINK = re.compile(r"/invitations/([\w-]+)")


def invite(
    app: Flask, session: Session, offer: Offer, email: str, by: Account | None = None
) -> tuple[str, int]:
    """Invites somebody: the link's token and the invitation's number."""
    with app.test_request_context():
        invitations.invite(session, by, offer, [email])
    made = session.exec(select(Invitation.id).order_by(col(Invitation.id).desc())).first()
    assert made is not None
    return token_for(session, email), made


def token_for(session: Session, email: str) -> str:
    """The token in the last mail to an address."""
    mails = select(Mail.body).where(Mail.recipient == email).order_by(col(Mail.id).desc())
    found = LINK.search(session.exec(mails).first() or "")
    assert found is not None, email
    return found[1]


def put_invitation(session: Session, profile_id: int) -> int:
    """An invitation to an organisation that :data:`TOKEN` opens; its number."""
    made = Invitation(
        token_key=hashlib.sha256(TOKEN.encode()).hexdigest(),
        email=INVITED,
        role="member",
        profile_id=profile_id,
        expires_at=now() + VALID,
    )
    session.add(made)
    session.flush()
    return made.id
