"""How what a member and its colleagues asked stands, in short: what 내 자리 says of it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from hub.accounts.tables import Account
from hub.inquiries.inquiries import WAITING, Line, of_own, own_inquiries
from hub.profiles.tables import Inquiry, Statement

NEWEST = 3


@dataclass(frozen=True)
class Asked:
    """How many wait, how many are answered, and the newest of all of them."""

    waiting: int
    answered: int
    newest: list[Line]


def asked_by(session: Session, who: Account) -> Asked:
    """What a member of an organisation and its colleagues have asked."""
    counted = (
        sa.select(
            sa.func.count(sa.case((sa.and_(*WAITING), 1))),
            sa.func.count(col(Inquiry.answered_at)),
        )
        .select_from(Inquiry)
        .outerjoin(Statement, col(Statement.id) == Inquiry.statement_id)
        .where(of_own(who))
    )
    waiting, answered = session.connection().execute(counted).one()
    return Asked(int(waiting), int(answered), own_inquiries(session, who)[:NEWEST])
