"""One claim, by its number: who says they belong to which organisation."""

from __future__ import annotations

from sqlmodel import Session, col, select

from hub.accounts.tables import Account, Claim
from hub.database import lock
from hub.language import _
from hub.problems import NotFound


def read_claim(session: Session, claim_id: int, *, held: bool = False) -> Claim:
    """The claim of this number.

    :param held: it is going to change: whoever wants the same next waits.
    :raises NotFound: when there is none.
    """
    found = lock(session, Claim, claim_id) if held else session.get(Claim, claim_id)
    if found is None:
        raise NotFound(_("소속 신청 %(id)s번은 없습니다.", id=claim_id))
    return found


def open_claim(session: Session, account_id: int) -> Claim | None:
    """The claim of an account that waits for an answer; it has one at most."""
    waiting = select(Claim).where(Claim.account_id == account_id, col(Claim.answered_at).is_(None))
    return session.exec(waiting.order_by(col(Claim.id))).first()


def newest_claim(session: Session, account_id: int) -> Claim | None:
    """The last claim of an account, answered or not; ``None`` before its first."""
    own = select(Claim).where(Claim.account_id == account_id)
    return session.exec(own.order_by(col(Claim.id).desc()).limit(1)).first()


def members_of(session: Session, profile_id: int) -> list[Account]:
    """Who belongs to an organisation: those who speak for all of it first, then those of its units."""
    own = select(Account).where(Account.profile_id == profile_id, col(Account.closed_at).is_(None))
    return list(session.exec(own.order_by(col(Account.unit_id).nulls_first(), col(Account.id))))
