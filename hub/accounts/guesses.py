"""How often a password may be guessed wrong: counted in the database, one place for every worker.

Two counts, each of wrong passwords alone. A machine has a few, for whatever accounts: that is what stops one
that tries a list of addresses. An account has more in all, from whatever machines: that is what stops many
machines that try one account. The second is higher than what one machine may do, it passes within half an
hour, and it does not hold on a machine where the account has signed in before: so nobody can lock somebody
out of the office by guessing at home.

A guess is counted after it has been checked: so a right password never counts, and people of one office who
sign in at the same moment do not stand in each other's way. Those that are checked at the same moment may be
a few more than the limit; they are all counted, and only as many as the limit learn that they were wrong.

Wrong codes of the second factor are counted in the same way, more strictly, and apart from passwords: a machine's
for each account by itself. Only who has given the right password gets so far, so nobody else can use up the tries.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, col, delete, select

from hub.accounts.tables import Account, KnownMachine, WrongPassword
from hub.database import Database, now
from hub.language import _
from hub.text import email_form

Limits = tuple[tuple[int, timedelta], ...]
OF_MACHINE: Limits = ((10, timedelta(minutes=1)), (50, timedelta(hours=1)))
OF_ACCOUNT: Limits = ((60, timedelta(minutes=30)),)
# Of the second factor, where each guess has three chances in a million.
CODES_OF_MACHINE: Limits = ((5, timedelta(minutes=5)), (20, timedelta(days=1)))
CODES_OF_ACCOUNT: Limits = ((20, timedelta(days=1)),)
LONGEST = max(
    window
    for limits in (OF_MACHINE, OF_ACCOUNT, CODES_OF_MACHINE, CODES_OF_ACCOUNT)
    for _most, window in limits
)
LONG = 90  # minutes; more of them are said in hours
KNOWN_FOR = timedelta(days=180)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guesser:
    """Who guesses at what. The keys are digests: neither an address nor what was typed is kept."""

    email: str
    machine_key: str
    account_key: str  # under which guesses at the account count,
    guess_key: str  # and those of the machine
    of_machine: Limits = OF_MACHINE
    of_account: Limits = OF_ACCOUNT


def guesser(secret: str, address: str | None, email: str, *, code: bool = False) -> Guesser:
    """The machine at a network address that tries an account.

    :param code: it tries codes of the second factor, and not passwords.
    """
    email = email_form(email)[:254]
    known = key_of(secret, "machine", machine(address))
    if not code:
        return Guesser(email, known, key_of(secret, "account", email), known)
    both = key_of(secret, "code of account at machine", f"{email} {machine(address)}")
    return Guesser(
        email, known, key_of(secret, "code of account", email), both, CODES_OF_MACHINE, CODES_OF_ACCOUNT
    )


# What some proxies hang on an address: 192.0.2.1:5678, [2001:db8::1]:5678.
_PORT = re.compile(r"^\[?([0-9.]+|[0-9a-fA-F:.]+(?=\]))\]?(?::\d+)?$")


def machine(address: str | None) -> str:
    """What counts as one machine: an IPv4 address, or the /64 of which IPv6 gives every line a whole one."""
    text = _PORT.sub(r"\1", (address or "").strip())
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def wait(session: Session, who: Guesser, *, counted: bool = False, at: datetime | None = None) -> int:
    """For how many seconds no further guess is taken; 0 when one may be made.

    :param counted: the guess has been made and counts already.
    """
    at = at or now()
    of_machine = waits(session, who.guess_key, who.of_machine, at, counted=counted)
    of_account = waits(session, who.account_key, who.of_account, at, counted=counted)
    if of_account > of_machine and _is_known(session, who):
        of_account = 0
    return max(of_machine, of_account)


def waits(session: Session, key: str, limits: Limits, at: datetime, *, counted: bool = False) -> int:
    """For how many seconds nothing more is taken of what is counted under this key; 0 when it may be."""
    most = max(number for number, _window in limits) + counted
    query = select(WrongPassword.tried_at).where(
        WrongPassword.key == key, WrongPassword.tried_at > at - LONGEST
    )
    tried = list(session.exec(query.order_by(col(WrongPassword.tried_at).desc()).limit(most)))
    ends = [tried[number - 1] + window for number, window in limits if len(tried) >= number + counted]
    return max((math.ceil((end - at).total_seconds()) for end in ends if end > at), default=0)


def _is_known(session: Session, who: Guesser) -> bool:
    query = select(KnownMachine).join(Account, col(Account.id) == KnownMachine.account_id)
    found = query.where(Account.email == who.email, KnownMachine.machine_key == who.machine_key)
    return session.exec(found).first() is not None


def count(database: Database, who: Guesser) -> int:
    """Counts a wrong password; returns how long to wait when others have used up the limit meanwhile.

    That it cannot be counted, because the disk is full, must not be the end of signing in.
    """
    try:
        with database.writing() as session:
            note(session, who)
        with database.reading() as session:
            return wait(session, who, counted=True)
    except SQLAlchemyError as error:
        log.warning("A wrong password was not counted: %s", error)
        return 0


def note(session: Session, who: Guesser) -> None:
    """Counts a wrong guess within this transaction."""
    at = now()
    session.exec(delete(WrongPassword).where(col(WrongPassword.tried_at) < at - LONGEST))
    session.add_all(WrongPassword(key=key, tried_at=at) for key in (who.guess_key, who.account_key))
    session.flush()


def remember(session: Session, account_id: int, who: Guesser) -> None:
    """Notes that an account has signed in from this machine."""
    at = now()
    session.exec(delete(KnownMachine).where(col(KnownMachine.seen_at) < at - KNOWN_FOR))
    try:
        with session.begin_nested():
            session.merge(KnownMachine(account_id=account_id, machine_key=who.machine_key, seen_at=at))
    except IntegrityError:  # noted at this moment by another
        log.info("A machine was noted twice")


def slowed(seconds: int, *, code: bool = False) -> str:
    """What is said to whoever has to wait.

    :param code: for another code of the second factor, and not for another password.
    """
    minutes = -(-seconds // 60)
    if code and minutes > LONG:
        return _(
            "틀린 인증 코드가 잇달아 들어와 막았습니다. %(hours)d시간 뒤에 다시 하십시오.",
            hours=-(-minutes // 60),
        )
    if code:
        return _(
            "틀린 인증 코드가 잇달아 들어와 잠시 막았습니다. %(minutes)d분 뒤에 다시 하십시오.",
            minutes=minutes,
        )
    return _(
        "틀린 비밀번호가 잇달아 들어와 잠시 막았습니다. %(minutes)d분 뒤에 다시 하십시오.", minutes=minutes
    )


def key_of(secret: str, kind: str, value: str) -> str:
    """The digest by which something is counted."""
    return hmac.new(secret.encode(), f"{kind} {value}".encode(errors="replace"), hashlib.sha256).hexdigest()
