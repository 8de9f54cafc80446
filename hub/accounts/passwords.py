"""Accounts: make one, check a password."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from hub.accounts.tables import Account, Role
from hub.database import lock, now
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.regions.atlas import place
from hub.text import email_form, password_form

SHORTEST_PASSWORD = 10
LEAST_VARIED = 5  # different characters
LONGEST_PASSWORD = 200  # argon2 takes any length; a reader of ours does not get to choose the work
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_hasher = PasswordHasher()
# Checked when there is no such account, so that the answer takes as long as a wrong password's.
_NOBODY = _hasher.hash("nobody")


def add_account(
    session: Session,
    email: str,
    password: str,
    role: str,
    *,
    region: str | None = None,
    profile_id: int | None = None,
    unit_id: int | None = None,
) -> Account:
    """A new account: staff of a region, member of a profile or of one of its units, or admin.

    :param profile_id: of a member; without one it belongs to no organisation yet.
    :raises Problem: saying what to change.
    """
    address, hashed = email_address(email), hash_of(password, email)
    if not free(session, address):
        raise Problem(_("%(email)s 계정은 이미 있습니다.", email=address), status=409)
    _check_belonging(session, role, region, profile_id)
    read.check_unit_of(session, unit_id, profile_id)
    account = Account(
        email=address,
        password_hash=hashed,
        role=role,
        region_code=region,
        profile_id=profile_id,
        unit_id=unit_id,
        confirmed_at=now(),  # whoever makes it knows the person
    )
    session.add(account)
    session.flush()
    return account


def add_newcomer(session: Session, email: str, password_hash: str) -> Account:
    """An account that somebody opens for themselves: it belongs to no organisation yet, and its address is not confirmed."""
    account = Account(email=email, role=Role.MEMBER, password_hash=password_hash)
    session.add(account)
    session.flush()
    return account


def hold_administrators(session: Session) -> None:
    """Holds all administrators' rows to the commit, before :func:`hub.accounts.policy.can_close_account` is asked in the transaction that closes:
    of the last two who close at the same moment the second one is asked when the first is gone."""
    query = select(Account).where(Account.role == Role.ADMIN, col(Account.closed_at).is_(None))
    query = query.order_by(col(Account.id)).with_for_update(key_share=True)
    session.exec(query.execution_options(populate_existing=True)).all()


def empty(account: Account) -> None:
    """Closes an account: what remains is its number, to which records of others point, and that it is closed."""
    # No address: nobody can register it or sign in with it.
    account.email, account.name = f"closed-{account.id}", ""
    account.password_hash, account.totp_secret, account.totp_step = "", None, None
    settle(account)
    account.resume = account.consent = None
    account.visit_at = account.last_visit_at = None
    account.closed_at = now()


def settle(
    account: Account,
    *,
    region: str | None = None,
    profile_id: int | None = None,
    unit_id: int | None = None,
) -> None:
    """Whom an account belongs to from now on: staff of a region, or else a member of an organisation or of none."""
    account.role = Role.STAFF if region is not None else Role.MEMBER
    account.region_code, account.profile_id, account.unit_id = region, profile_id, unit_id


def email_address(written: str) -> str:
    """An e-mail address as it is kept.

    :raises Problem: when it is none.
    """
    address = email_form(written)
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise Problem(_("«%(email)s»은(는) 전자우편 주소가 아닙니다.", email=written[:80]))
    return address


def hash_of(password: str, email: str) -> str:
    """What is kept of a new password.

    :raises Problem: as :func:`check_new`.
    """
    return _hasher.hash(check_new(password, email))


def check_new(password: str, email: str) -> str:
    """A new password as it is hashed.

    :raises Problem: saying what to change; of what makes a good password only its length and its variety are judged
        (NIST SP 800-63B, section 3.1.1.2), and that it is not the address beside it.
    """
    password = password_form(password)
    if len(password) < SHORTEST_PASSWORD or len(password) > LONGEST_PASSWORD:
        raise Problem(
            _(
                "비밀번호는 %(least)d자에서 %(most)d자까지입니다.",
                least=SHORTEST_PASSWORD,
                most=LONGEST_PASSWORD,
            )
        )
    if len(set(password)) < LEAST_VARIED or password.casefold() == email_form(email):
        raise Problem(_("너무 쉬운 비밀번호입니다. 글자를 더 섞거나, 낱말 여럿을 이어 적어 주십시오."))
    return password


def named(session: Session, email: str) -> Account | None:
    """The account of this address, if there is one."""
    return session.exec(select(Account).where(Account.email == email_form(email)[:254])).first()


def held(session: Session, email: str) -> Account | None:
    """The account of this address, held to the end of the transaction: as it is by now, and as it stays meanwhile."""
    found = named(session, email)
    return lock(session, Account, found.id) if found is not None else None


def free(session: Session, email: str) -> bool:
    """Whether an address may become an account's. One that somebody has registered and never confirmed is taken from them:
    whoever asks has it vouched for."""
    found = held(session, email)
    if found is None:
        return True
    if found.confirmed_at is not None:
        return False
    empty(found)
    session.flush()
    return True


def _check_belonging(session: Session, role: str, region: str | None, profile_id: int | None) -> None:
    if role not in set(Role):
        raise Problem(_("역할은 staff, member, admin 가운데 하나입니다."))
    if (role == Role.STAFF) != (region is not None):
        raise Problem(_("지자체 담당자(staff)에게만, 그리고 반드시 지역을 정합니다."))
    if role != Role.MEMBER and profile_id is not None:
        raise Problem(_("기관 구성원(member)에게만 프로필을 정합니다."))
    if region is not None:
        place(region)
    if profile_id is not None:
        read.profile(session, profile_id)


def check(session: Session, email: str, password: str) -> Account | None:
    """The account of this address and password, or ``None``."""
    account = named(session, email)
    return account if is_password(account, password) else None


def is_password(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; it takes as long where there is no account, or none of its passwords."""
    kept = (account.password_hash if account else "") or _NOBODY
    # One that was hashed before there was one form for all keyboards still opens as it was typed then.
    forms = dict.fromkeys((password_form(password), password))
    fits = any(_is_password(kept, form) for form in forms)
    return fits and account is not None and bool(account.password_hash)


def _is_password(kept: str, password: str) -> bool:
    try:
        # One more than any may have: what goes on after a right password is not the right one.
        return _hasher.verify(kept, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
