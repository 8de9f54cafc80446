"""Account: a person who signs in. And what is kept of where people are signed in, and of wrong passwords."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from hub.database import Moment, now


class Role(StrEnum):
    """What an account is for."""

    STAFF = "staff"  # of one region and those inside it
    MEMBER = "member"  # of one profile
    ADMIN = "admin"


class Account(SQLModel, table=True):
    """``region_code`` belongs to staff, ``profile_id`` to members; those of one unit have its ``unit_id`` too, the others
    speak for the organisation. The password is an argon2 hash."""

    __table_args__ = (
        sa.CheckConstraint(
            "(role = 'staff' AND region_code IS NOT NULL AND profile_id IS NULL)"
            " OR (role = 'member' AND profile_id IS NOT NULL AND region_code IS NULL)"
            " OR (role = 'admin' AND profile_id IS NULL AND region_code IS NULL)",
            name="role",
        ),
        sa.CheckConstraint("unit_id IS NULL OR profile_id IS NOT NULL", name="unit"),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=6)
    region_code: str | None = Field(default=None, foreign_key="region.code", max_length=5)
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    # When this visit began, and the one before it: what came since then is new to this person.
    visit_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    last_visit_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]


class OpenSession(SQLModel, table=True):
    """One browser in which an account is signed in. Its token lies in that browser's cookie alone."""

    __tablename__ = "open_session"

    id: int = Field(default=None, primary_key=True)  # the database gives it
    token_key: str = Field(max_length=64, unique=True)  # the token's digest
    account_id: int = Field(foreign_key="account.id", index=True)
    password_key: str = Field(max_length=64)  # digest of the password's hash; another password ends it
    browser: str = Field(max_length=200)  # as it names itself
    opened_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    seen_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]


class KnownMachine(SQLModel, table=True):
    """A machine from which an account has signed in: others cannot lock it out there."""

    __tablename__ = "known_machine"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    machine_key: str = Field(max_length=64, primary_key=True)  # a keyed digest: no address is kept
    seen_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]


class WrongPassword(SQLModel, table=True):
    """A wrong password, once for the machine that it came from and once for the account that it was for."""

    __tablename__ = "wrong_password"
    __table_args__ = (sa.Index("ix_wrong_password_key_tried_at", "key", "tried_at"),)

    id: int = Field(default=None, primary_key=True)  # the database gives it
    key: str = Field(max_length=64)  # a keyed digest, see hub/accounts/guesses.py
    tried_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]
