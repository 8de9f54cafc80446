"""Whom a provider signs in: the account that its word is linked to, and never another one silently.

A word that no account is linked to is that of somebody new, or of somebody who has an account here already: of the
same address, which then is linked once its owner has signed in as ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from hub.accounts.passwords import add_newcomer, email_address, held, named
from hub.accounts.registration import CONSENT, called, check_consent
from hub.accounts.tables import Account, ExternalIdentity
from hub.accounts.takeover import begin_anew
from hub.database import lock, now
from hub.language import N_, _
from hub.mail.outbox import write
from hub.problems import Problem

# Why somebody was not signed in: the answer's status, and what to do.
FAILURES: dict[str, tuple[int, str]] = {
    "denied": (
        403,
        N_("«%(name)s»에서 로그인을 그만두었거나 허락하지 않았습니다. 다시 하거나 다른 방법으로 로그인하십시오."),
    ),
    "refused": (
        503,
        N_("«%(name)s»이(가) 지금은 로그인해 줄 수 없다고 합니다. 잠시 뒤에 다시 하거나 다른 방법으로 로그인하십시오."),
    ),
    "stale": (
        400,
        N_("이 로그인은 이미 쓰였거나, 시작한 지 너무 오래되었거나, 다른 브라우저에서 시작한 것입니다. 처음부터 다시 하십시오."),
    ),
    "silent": (
        503,
        N_("«%(name)s»에 닿지 못했습니다. 잠시 뒤에 다시 하거나 다른 방법으로 로그인하십시오."),
    ),
    "misfit": (
        503,
        N_("이 허브와 «%(name)s»의 설정이 서로 맞지 않아 로그인하지 못했습니다. 운영자에게 알려 주십시오. 그동안은 다른 방법으로 로그인하십시오."),
    ),
    "unbelieved": (
        400,
        N_("«%(name)s»에서 온 것으로 되어 있는 확인을 믿을 수 없어 로그인하지 않았습니다. 처음부터 다시 하고, 되풀이되면 운영자에게 알려 주십시오."),
    ),
    "clock": (
        400,
        N_("«%(name)s»의 확인이 기한을 지났거나 그쪽 시계가 이 허브와 다릅니다. 처음부터 다시 하고, 되풀이되면 운영자에게 알려 주십시오."),
    ),
    "unverified": (
        403,
        N_("«%(name)s»이(가) 확인된 전자우편 주소를 알려 주지 않아 계정을 열 수 없습니다. 그곳에서 주소를 확인한 뒤 다시 하십시오. 이 허브에 계정이 있으면 비밀번호로 로그인해 연결할 수 있습니다."),
    ),
    "closed": (403, N_("이 로그인과 이어진 계정은 닫혔습니다. 다시 쓰려면 운영자에게 알려 주십시오.")),
    "taken": (
        409,
        N_("이 «%(name)s» 로그인은 다른 계정에 이미 연결되어 있습니다. 그 계정에서 먼저 연결을 끊으십시오."),
    ),
    "another": (
        409,
        N_("이 «%(name)s» 로그인은 지금 로그인한 계정이 연결하려던 것이 아닙니다. 로그아웃하고 처음부터 다시 하십시오."),
    ),
}  # fmt: skip


class Failed(Exception):
    """A provider signed nobody in; ``why`` is one of :data:`FAILURES`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LastWayIn(Problem):
    """Without this link the account could not be signed in to any more."""

    status = 409


@dataclass(frozen=True)
class Identity:
    """Who somebody is to a provider, as it says in a token that was believed."""

    issuer: str
    subject: str
    email: str = ""
    verified: bool = False  # whether the provider says that the address is this person's
    name: str = ""


@dataclass(frozen=True)
class Met:
    """Whom a provider has let in, as the hub knows this person.

    «linked» is signed in; the owner of an account of the same address is asked to link it; a «new» one to open it.
    """

    how: Literal["linked", "unlinked", "new"]
    account: Account | None = None
    email: str = ""


def meet(session: Session, identity: Identity) -> Met:
    """Whom a provider has let in.

    :raises Failed: when the account is closed, or nobody says whose the address is.
    """
    account = account_of(session, identity)
    if account is not None:
        return Met("linked", _open(account), account.email)
    try:
        address = email_address(identity.email)
    except Problem as error:
        raise Failed("unverified") from error
    if not identity.verified:
        raise Failed("unverified")
    account = named(session, address)
    if account is not None and _open(account).confirmed_at is not None:
        return Met("unlinked", account, address)
    return Met("new", None, address)


def open_account(
    session: Session, identity: Identity, name: str, *, consents: bool, language: str
) -> Account:
    """The account of whoever has come by a provider for the first time; sent twice, the one that was opened.

    It is confirmed, for the provider vouches for the address, and has no password. Where somebody has registered with
    the address and never confirmed it, that account is theirs, and the password that was chosen is forgotten: nobody
    knows by whom.

    :raises Problem: saying what to write otherwise.
    :raises Failed: when it may not be opened (any more).
    """
    name = called(name)
    check_consent(consents)
    met = meet(session, identity)
    if met.account is not None:
        return _opened_meanwhile(session, identity)
    account = held(session, met.email)
    if account is None:
        account = add_newcomer(session, met.email, "")
    elif account.confirmed_at is not None:
        return _opened_meanwhile(session, identity)
    else:
        begin_anew(session, account)
    account.password_hash = ""  # opens with no password, see hub/accounts/passwords.py:is_password
    account.name, account.language, account.consent, account.confirmed_at = name, language, CONSENT, now()
    session.add(_row(identity, account.id))
    session.flush()
    return account


def _opened_meanwhile(session: Session, identity: Identity) -> Account:
    """The account that another tab has opened just now; one that was confirmed otherwise is its owner's to link."""
    linked = account_of(session, identity)
    if linked is None:
        raise Failed("stale")
    return linked


def account_of(session: Session, identity: Identity) -> Account | None:
    """The account that is linked."""
    linked = session.get(ExternalIdentity, (identity.issuer, identity.subject))
    return session.get(Account, linked.account_id) if linked else None


def _open(account: Account) -> Account:
    if account.closed_at is not None:
        raise Failed("closed")
    return account


def _row(identity: Identity, account_id: int) -> ExternalIdentity:
    return ExternalIdentity(issuer=identity.issuer, subject=identity.subject, account_id=account_id)


def link(session: Session, who: Account, identity: Identity, provider: str) -> bool:
    """Links a provider's word to an account, as its owner wants; ``False`` when it was linked already.

    The owner is written to: if somebody else did it, the mail says so.

    :param provider: what people call it.
    :raises Failed: when it is linked to another account.
    """
    lock(session, Account, who.id)
    linked = session.get(ExternalIdentity, (identity.issuer, identity.subject))
    if linked is not None:
        if linked.account_id == who.id:
            return False
        raise Failed("taken")
    session.add(_row(identity, who.id))
    session.flush()
    write(session, who.email, who.language, "identity_linked", provider=provider, known_as=identity.email)
    return True


def identities_of(session: Session, who: Account) -> list[ExternalIdentity]:
    """What an account is linked to, the oldest link first."""
    query = select(ExternalIdentity).where(ExternalIdentity.account_id == who.id)
    return [*session.exec(query.order_by(col(ExternalIdentity.created_at), col(ExternalIdentity.subject)))]


def key_of(identity: ExternalIdentity) -> str:
    """By which a page names a link: what the person is called there is not for addresses and forms."""
    return hashlib.sha256(f"{identity.issuer}\n{identity.subject}".encode()).hexdigest()[:32]


def unlink(session: Session, who: Account, key: str, offered: str, provider: str) -> bool:
    """Takes a link away; ``False`` when it is not there (any more).

    :param offered: the issuer that signs people in now; links to others are no way in.
    :raises LastWayIn: when its owner has no password and no other link.
    """
    owner = lock(session, Account, who.id)
    linked = identities_of(session, who)
    gone = next((one for one in linked if key_of(one) == key), None)
    if gone is None or owner is None:
        return False
    left = [one for one in linked if one is not gone and one.issuer == offered]
    if gone.issuer == offered and not left and not owner.password_hash:
        raise LastWayIn(
            _(
                "비밀번호가 없는 계정이라 이 연결을 끊으면 다시 로그인할 수 없습니다. 먼저 비밀번호를 정한 뒤에 끊으십시오."
            )
        )
    session.delete(gone)
    session.flush()
    write(session, who.email, who.language, "identity_unlinked", provider=provider)
    return True
