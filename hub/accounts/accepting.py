"""Accepting an invitation: what is to be done with it by whoever opens the link, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, delete

from hub.accounts.invitations import find
from hub.accounts.passwords import add_newcomer, named, settle
from hub.accounts.policy import may_accept
from hub.accounts.registration import CONSENT
from hub.accounts.tables import Account, Claim, Invitation
from hub.accounts.takeover import begin_anew
from hub.database import lock, now
from hub.language import _, current_language
from hub.problems import Problem


class Situation(StrEnum):
    """How an invitation stands to whoever has opened it."""

    NEW = "new"  # the address has no account yet, or none that its owner has opened
    SIGN_IN = "sign-in"  # it has one, and whoever asks is not signed in
    JOIN = "join"  # they are, and it is free for this
    ELSEWHERE = "elsewhere"  # they are, and it belongs to something else
    HERE = "here"  # they are, and it belongs there already
    OTHER = "other"  # they are signed in with another address


@dataclass(frozen=True)
class Newcomer:
    """What a new person says, checked: :func:`hub.accounts.registration.called`, :func:`hub.accounts.passwords.hash_of`."""

    name: str
    password_hash: str


class Changed(Problem):
    """What the form was for has changed since it was opened."""

    status = 409


def situation(who: Account | None, sent: Invitation, found: Account | None) -> Situation:
    """How an invitation stands to whoever has opened it.

    :param who: who is signed in.
    :param found: the account of the invited address.
    """
    if who is not None and (found is None or who.id != found.id):
        return Situation.OTHER
    if who is not None:
        if may_accept(who, sent):
            return Situation.JOIN
        is_here = (who.region_code, who.profile_id) == (sent.region_code, sent.profile_id)
        return Situation.HERE if is_here else Situation.ELSEWHERE
    return Situation.SIGN_IN if found is not None and found.confirmed_at is not None else Situation.NEW


def accept(session: Session, token: str, who: Account | None, given: Newcomer | None) -> Account:
    """Accepts an invitation, once: the account that belongs to what was offered now.

    :param who: who is signed in.
    :param given: what a new person says; ``None`` from the button of somebody who has an account.
    :raises Problem: when the invitation or the account has changed meanwhile.
    """
    invited = named(session, find(session, token).email)
    numbers = {one.id for one in (invited, who) if one is not None}
    held = {number: lock(session, Account, number) for number in sorted(numbers)}
    sent = find(session, token, held=True)  # after the accounts, as everywhere
    found = held[invited.id] if invited is not None else None
    asks = held[who.id] if who is not None else None
    if found is not None and found.email != sent.email:
        raise _changed()
    stands = situation(asks, sent, found)
    if stands == Situation.NEW and given is not None:
        joins = _opened(session, sent, found, given)
    elif stands == Situation.JOIN and found is not None:
        joins = found
    else:
        raise _changed()
    settle(joins, region=sent.region_code, profile_id=sent.profile_id, unit_id=sent.unit_id)
    session.add(joins)
    session.flush()
    # What this person asked to belong to waits for no answer any more.
    session.exec(delete(Claim).where(col(Claim.account_id) == joins.id, col(Claim.answered_at).is_(None)))
    sent.accepted_by, sent.ended_at = joins.id, now()
    return joins


def _changed() -> Changed:
    return Changed(_("이 화면을 연 뒤에 달라진 것이 있습니다. 아래를 보고 이어서 하십시오."))


def _opened(session: Session, sent: Invitation, found: Account | None, given: Newcomer) -> Account:
    """A new account; or one that nobody has proved to be theirs, with nothing left of before.

    Whoever typed the address set its password: now its owner does.
    """
    if found is None:
        found = add_newcomer(session, sent.email, given.password_hash)
    else:
        begin_anew(session, found)
    found.name, found.password_hash, found.language = given.name, given.password_hash, current_language()
    found.confirmed_at, found.consent = now(), CONSENT
    return found
