"""Accounts: make one, check a password."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, select

from hub.accounts.tables import Account, Role
from hub.database import now
from hub.language import _
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.regions.atlas import place
from hub.text import email_form, password_form

SHORTEST_PASSWORD = 10
LONGEST_EMAIL = 254
LONGEST_NAME = 60
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

    :raises Problem: saying what to change.
    """
    address, password = email_address(email), new_password(password)
    if session.exec(select(Account).where(Account.email == address)).first():
        raise Problem(_("%(email)s 계정은 이미 있습니다.", email=address), status=409)
    _check_belonging(session, role, region, profile_id)
    read.check_unit_of(session, unit_id, profile_id)
    account = Account(
        email=address,
        password_hash=_hasher.hash(password),
        role=role,
        region_code=region,
        profile_id=profile_id,
        unit_id=unit_id,
        confirmed_at=now(),  # whoever makes it knows the person
    )
    session.add(account)
    session.flush()
    return account


def email_address(typed: str) -> str:
    """An e-mail address in the form in which it is kept.

    :raises Problem: when it is none.
    """
    address = email_form(typed)
    if not _EMAIL.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise Problem(_("«%(email)s»은(는) 전자우편 주소가 아닙니다.", email=typed[:80]))
    return address


def new_password(typed: str) -> str:
    """A password that may be set, in the form in which it is hashed.

    :raises Problem: when it is too short or too long.
    """
    password = password_form(typed)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Problem(
            _(
                "비밀번호는 %(least)d자에서 %(most)d자까지입니다.",
                least=SHORTEST_PASSWORD,
                most=LONGEST_PASSWORD,
            )
        )
    return password


def set_password(account: Account, typed: str) -> None:
    """Another password; every session that was opened with the former one ends by it.

    :raises Problem: when it may not be one.
    """
    account.password_hash = _hasher.hash(new_password(typed))


def _check_belonging(session: Session, role: str, region: str | None, profile_id: int | None) -> None:
    if role not in set(Role):
        raise Problem(_("역할은 staff, member, admin 가운데 하나입니다."))
    if (role == Role.STAFF) != (region is not None):
        raise Problem(_("지자체 담당자(staff)에게만, 그리고 반드시 지역을 정합니다."))
    if (role == Role.MEMBER) != (profile_id is not None):
        raise Problem(_("기관 구성원(member)에게만, 그리고 반드시 프로필을 정합니다."))
    if region is not None:
        place(region)
    if profile_id is not None:
        read.profile(session, profile_id)


def account_of(session: Session, email: str) -> Account:
    """The account of an address.

    :raises NotFound: when there is none.
    """
    account = session.exec(select(Account).where(Account.email == email_form(email)[:LONGEST_EMAIL])).first()
    if account is None:
        raise NotFound(_("«%(email)s» 계정이 없습니다.", email=email[:80]))
    return account


def check(session: Session, email: str, password: str) -> Account | None:
    """The account of this address and password, or ``None``."""
    account = session.exec(select(Account).where(Account.email == email_form(email)[:254])).first()
    kept = account.password_hash if account else ""
    is_right = is_password(kept or _NOBODY, password)
    return account if is_right and kept else None  # who has none is signed in by another provider alone


def is_password(kept: str, typed: str) -> bool:
    """Whether what was typed is the password that is kept as this hash."""
    # One that was hashed before there was one form for all keyboards still opens as it was typed then.
    return any(_verify(kept, form) for form in dict.fromkeys((password_form(typed), typed)))


def _verify(kept: str, password: str) -> bool:
    try:
        # One more than any may have: what goes on after a right password is not the right one.
        return _hasher.verify(kept, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
