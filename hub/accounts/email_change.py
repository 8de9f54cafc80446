"""Another e-mail address: it becomes the account's once a mail that went there has been opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData
from sqlmodel import Session, func, select

from hub.accounts import notices
from hub.accounts.passwords import email_address, free, named
from hub.accounts.sealing import signer
from hub.accounts.sessions import hold
from hub.accounts.tables import Account
from hub.database import now
from hub.language import _
from hub.mail.outbox import write
from hub.mail.tables import Mail
from hub.problems import Problem

GOOD_FOR = timedelta(hours=24)
SAME_CLICK = timedelta(minutes=1)  # a second mail so soon after the first says nothing new
MOST_MAILS = 5  # to one address within GOOD_FOR: nobody's mailbox is filled by way of the hub


@dataclass(frozen=True)
class Change:
    """What a link says: whose address, the one of then, the one to be, and the password of then as a digest."""

    account_id: int
    old: str
    new: str
    password_key: str


class Links:
    """Signs what stands in the link of the mail, and reads it again."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """:param secrets: the present secret key, and then those of before."""
        self._signer = signer(secrets, "another address")

    def sign(self, change: Change) -> str:
        """The link's part that says it."""
        return str(self._signer.dumps([change.account_id, change.old, change.new, change.password_key]))

    def read(self, token: str) -> Change | None:
        """What it says; ``None`` of one that is too old, or not ours."""
        try:
            return Change(*self._signer.loads(token, max_age=int(GOOD_FOR.total_seconds())))
        except (BadData, TypeError, UnicodeError):
            return None


def ask(session: Session, who: Account, typed: str, links: Links, address_of: Callable[[str], str]) -> str:
    """Sends the link to the new address, and word of it to the one of now; returns the new one.

    Whether somebody else has that address already is said there, and not to whoever asks.

    :param address_of: a link's whole address.
    :raises Problem: when it is no address, the same as now, or has had too many of these mails.
    """
    new = email_address(typed)
    if new == who.email:
        raise Problem(_("지금 쓰는 주소와 같습니다."))
    counted = select(func.count()).select_from(Mail).where(Mail.recipient == new)
    at = now()
    if session.exec(counted.where(Mail.created_at > at - SAME_CLICK)).one():
        return new
    if session.exec(counted.where(Mail.created_at > at - GOOD_FOR)).one() >= MOST_MAILS:
        raise Problem(_("이 주소로 보낸 메일이 너무 많습니다. 하루 뒤에 다시 하십시오."), status=429)
    if _taken(session, new):
        write(session, new, who.language, "email_taken")
    else:
        link = address_of(links.sign(Change(who.id, who.email, new, _key(who))))
        write(session, new, who.language, "email_confirm", link=link, hours=GOOD_FOR // timedelta(hours=1))
    notices.tell(session, who, "email_asked", new=new)
    return new


def asked_for(session: Session, who: Account, token: str, links: Links) -> Change:
    """What a link would change.

    :raises Problem: when it is good no more, or another account's.
    """
    change = links.read(token)
    if change is None:
        raise Problem(
            _(
                "이 링크는 더 쓸 수 없습니다. 보낸 지 24시간이 지났거나 주소가 잘렸습니다. 내 계정에서 다시 바꾸십시오."
            )
        )
    if who.id != change.account_id:
        raise Problem(_("다른 계정의 링크입니다. 그 계정으로 로그인하고 다시 여십시오."), status=403)
    if change.new == who.email:
        return change
    if change.old != who.email or change.password_key != _key(who):
        raise Problem(
            _(
                "이 링크는 더 쓸 수 없습니다. 그 뒤에 주소나 비밀번호가 바뀌었습니다. 내 계정에서 다시 바꾸십시오."
            )
        )
    if change.new != who.email and _taken(session, change.new):
        raise Problem(_("그 주소의 계정이 그 사이에 생겼습니다. 다른 주소로 하십시오."), status=409)
    return change


def confirm(session: Session, account_id: int, token: str, links: Links) -> Change:
    """Makes the new address the account's; once more changes nothing.

    :raises Problem: as :func:`asked_for`.
    """
    account = hold(session, account_id)
    change = asked_for(session, account, token, links)
    if change.new != account.email:
        free(session, change.new)  # from whoever registered it and never confirmed it
        account.email = change.new
        notices.tell(session, account, "email_changed", to=change.old, new=change.new)
    return change


def _taken(session: Session, address: str) -> bool:
    found = named(session, address)
    return found is not None and found.confirmed_at is not None


def _key(who: Account) -> str:
    return hashlib.sha256(who.password_hash.encode()).hexdigest()[:16]
