"""Account: a person who signs in, and whom that person belongs to. And what is kept of where people are signed in, and of
wrong passwords."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from hub.database import Moment, now


class Role(StrEnum):
    """What an account is for."""

    STAFF = "staff"  # of one region and those inside it
    MEMBER = "member"  # of one profile, once it has chosen one
    ADMIN = "admin"


class Account(SQLModel, table=True):
    """``region_code`` belongs to staff, ``profile_id`` to members; those of one unit have its ``unit_id`` too, the others
    speak for the organisation, and who has just registered belongs to none yet.

    The password is an argon2 hash, or empty where another provider signs this person in. ``totp_secret`` is encrypted
    (hub/accounts/second_factor.py); ``totp_step`` is the last thirty seconds whose code was used, so that none is used twice.
    ``resume`` is the address of what somebody was doing when they registered. ``language`` is the one they are written in.
    """

    __table_args__ = (
        sa.CheckConstraint(
            "(role = 'staff' AND region_code IS NOT NULL AND profile_id IS NULL)"
            " OR (role = 'member' AND region_code IS NULL)"
            " OR (role = 'admin' AND profile_id IS NULL AND region_code IS NULL)",
            name="role",
        ),
        sa.CheckConstraint("unit_id IS NULL OR profile_id IS NOT NULL", name="unit"),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    email: str = Field(max_length=254, unique=True)
    name: str = Field(default="", max_length=60)
    language: str = Field(default="ko", max_length=2)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=6)
    region_code: str | None = Field(default=None, foreign_key="region.code", max_length=5)
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    # When this visit began, and the one before it: what came since then is new to this person.
    visit_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    last_visit_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    closed_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    totp_secret: str | None = Field(default=None, max_length=200)
    totp_step: int | None = Field(default=None)
    resume: str | None = Field(default=None, sa_type=sa.Text)
    consent: str | None = Field(default=None, max_length=10)  # to which wording, and when: ``created_at``


class ExternalIdentity(SQLModel, table=True):
    """Who an account is to a provider that signs it in (OpenID Connect)."""

    __tablename__ = "external_identity"

    issuer: str = Field(max_length=200, primary_key=True)
    subject: str = Field(max_length=255, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class RecoveryCode(SQLModel, table=True):
    """A code that stands in once for the second factor; a row goes when it is used."""

    __tablename__ = "recovery_code"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    code_key: str = Field(max_length=64, primary_key=True)  # the code's digest


class Invitation(SQLModel, table=True):
    """A person asked to open an account: a colleague of a member, or staff of a region.

    It waits until it is accepted, withdrawn or past ``expires_at``. Nobody is in ``invited_by`` where the operator invited
    by the command.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    token_key: str = Field(max_length=64, unique=True)  # the digest of what stands in the mail
    email: str = Field(max_length=254)
    role: str = Field(max_length=6)
    region_code: str | None = Field(default=None, foreign_key="region.code", max_length=5, index=True)
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    invited_by: int | None = Field(default=None, foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    expires_at: datetime = Field(sa_type=Moment)  # type: ignore[call-overload]
    accepted_by: int | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]


class Claim(SQLModel, table=True):
    """An account that says it belongs to an organisation which stands in the hub already, or to a unit of it.

    ``unit_name`` is the name of a unit that is not there yet. It waits until ``answered_at``; ``granted`` says how it was
    answered, ``answered_by`` by whom, nobody where an address of the organisation's own domain was answer enough, the
    account itself where it withdrew. ``instead_of_id`` is the organisation that this account had entered and that the staff
    took for this one: it is merged into this one when the claim is granted.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    account_id: int = Field(foreign_key="account.id", index=True)
    profile_id: int = Field(foreign_key="profile.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    unit_name: str | None = Field(default=None, max_length=120)
    instead_of_id: int | None = Field(default=None, foreign_key="profile.id")
    note: str = Field(default="", sa_type=sa.Text)  # what the person says to the staff
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    answered_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    granted: bool | None = Field(default=None)
    answer: str = Field(default="", sa_type=sa.Text)  # what the staff say to the person

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None

    @property
    def is_whole(self) -> bool:
        """Whether all of the organisation is claimed, and not a unit of it."""
        return self.unit_id is None and self.unit_name is None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the person took it back before it was answered."""
        return self.answered_at is not None and self.answered_by == self.account_id


class OpenSession(SQLModel, table=True):
    """One browser in which an account is signed in. Its token lies in that browser's cookie alone."""

    __tablename__ = "open_session"

    id: int = Field(default=None, primary_key=True)  # the database gives it
    token_key: str = Field(max_length=64, unique=True)  # the token's digest
    account_id: int = Field(foreign_key="account.id", index=True)
    password_key: str = Field(max_length=64)  # digest of the password's hash; another password ends it
    browser: str = Field(max_length=200)  # as it names itself
    # Whether the second factor was given in it; without, an account that has one or must have one may do nothing.
    second_factor_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    opened_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    seen_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]


class KnownMachine(SQLModel, table=True):
    """A machine from which an account has signed in: others cannot lock it out there."""

    __tablename__ = "known_machine"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    machine_key: str = Field(max_length=64, primary_key=True)  # a keyed digest: no address is kept
    seen_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]


class WrongPassword(SQLModel, table=True):
    """A wrong password, once for the machine that it came from and once for the account that it was for; and whatever else
    is counted against a limit (hub/accounts/limits.py)."""

    __tablename__ = "wrong_password"
    __table_args__ = (sa.Index("ix_wrong_password_key_tried_at", "key", "tried_at"),)

    id: int = Field(default=None, primary_key=True)  # the database gives it
    key: str = Field(max_length=64)  # a keyed digest, see hub/accounts/guesses.py
    tried_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]
