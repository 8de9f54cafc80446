"""Opening an account oneself: an address, a mail to it, and the proof that it was read. And a new password by mail.

Whoever types somebody else's address learns nothing of whether it has an account: the page says the same, and the mail goes
to its owner. The link of a mail alone confirms nothing that somebody else began: it asks for the password that was chosen,
unless it is opened in the browser in which it was. Links carry no state that the database must forget: they are signed, and
void once the password is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature
from sqlmodel import Session, col, func, select

from hub.accounts import sessions
from hub.accounts.passwords import add_newcomer, check_new, email_address, held, is_password
from hub.accounts.sealing import signer
from hub.accounts.tables import Account
from hub.accounts.takeover import begin_anew
from hub.database import lock, now
from hub.language import _
from hub.mail.tables import Mail
from hub.problems import Problem
from hub.text import check_length, has_words, one_line

CONFIRM_FOR = timedelta(days=3)
RESET_FOR = timedelta(hours=1)
LONGEST_NAME = 60
CONSENT = "2026-11"  # the wording of templates/accounts/_consent.html; another wording has another name
MOST_MAILS = 5  # an hour to one address: nobody fills somebody else's letter box through this hub
SAME_CLICK = timedelta(minutes=1)


class LinkVoid(Problem):
    """The link of a mail that is too old, was used, or was never written here."""

    status = 410


@dataclass(frozen=True)
class Newcomer:
    """What somebody wrote who opens an account. Make it with :func:`newcomer`, which cleans and checks it."""

    email: str
    password: str
    name: str


def newcomer(email: str, password: str, name: str, *, consents: bool) -> Newcomer:
    """Cleans and checks what was written.

    :raises Problem: in the reader's language, saying what to change.
    """
    name = called(name)
    address = email_address(email)
    check_consent(consents)
    return Newcomer(address, check_new(password, address), name)


def called(name: str) -> str:
    """The name of a person as it is kept.

    :raises Problem: when it is none, or too long.
    """
    name = one_line(name)
    if not has_words(name):
        raise Problem(_("이름을 적어 주십시오."))
    check_length(_("이름"), name, LONGEST_NAME)
    return name


def check_consent(consents: bool) -> None:
    """:raises Problem: to whoever does not agree that what an account needs is kept."""
    if not consents:
        raise Problem(_("개인정보 수집·이용에 동의해야 계정을 만들 수 있습니다."))


def register(
    session: Session, new: Newcomer, hashed: str, *, language: str, resume: str | None
) -> Account | None:
    """Opens an account that waits for its address to be confirmed.

    One that still waits is begun anew: whoever owns the address confirms the last. Sent twice, it stays as it is.

    :param hashed: what is kept of the password.
    :returns: the account; ``None`` when the address has one that is confirmed.
    """
    found = held(session, new.email)
    if found is None:
        found = add_newcomer(session, new.email, hashed)
    elif found.confirmed_at is not None:
        return None
    elif not is_password(found, new.password):
        begin_anew(session, found)
        found.password_hash = hashed
    found.name, found.language, found.resume, found.consent = new.name, language, resume, CONSENT
    session.flush()
    return found


def may_write_to(session: Session, email: str) -> bool:
    """Whether one more mail of this sort may go to an address: not again within a minute, and five an hour."""
    at = now()
    written = select(func.max(Mail.created_at), func.count()).where(
        Mail.recipient == email, col(Mail.created_at) > at - timedelta(hours=1)
    )
    last, number = session.exec(written).one()
    return number < MOST_MAILS and (last is None or at - last >= SAME_CLICK)


def token(secrets: Sequence[str], purpose: str, account: Account) -> str:
    """What the link of a mail carries: which account, under which password.

    :param secrets: the present secret key, and then those of before.
    """
    return str(signer(secrets, f"hub mail link {purpose}").dumps([account.id, password_mark(account)]))


def of_token(session: Session, secrets: Sequence[str], purpose: str, given: str, lasts: timedelta) -> Account:
    """The account of a link, held to the end of the transaction: of two who open it the second sees what the first did.

    :raises LinkVoid: when it does not hold any more.
    """
    try:
        number, mark = signer(secrets, f"hub mail link {purpose}").loads(
            given, max_age=int(lasts.total_seconds())
        )
        found = lock(session, Account, number)
    except (BadSignature, TypeError, ValueError) as error:
        raise _void() from error
    if found is None or found.closed_at is not None or password_mark(found) != mark:
        raise _void()
    return found


def password_mark(account: Account) -> str:
    """What changes with the password, and tells nothing of it."""
    return hashlib.sha256(f"{account.id} {account.email} {account.password_hash}".encode()).hexdigest()[:16]


def confirm(account: Account) -> None:
    """Notes that the address of an account is its owner's; once confirmed, it stays so."""
    account.confirmed_at = account.confirmed_at or now()


def set_password(session: Session, account: Account, hashed: str) -> None:
    """Another password, by whoever reads the mail to the address: that confirms it too. All its sessions end."""
    confirm(account)
    account.password_hash = hashed
    sessions.end_all(session, account.id)


def _void() -> LinkVoid:
    return LinkVoid(_("이 링크는 더 쓸 수 없습니다. 기한이 지났거나, 이미 썼거나, 주소가 잘렸습니다."))
