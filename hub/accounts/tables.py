"""Account: a person who signs in."""

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
    """``region_code`` belongs to staff, ``profile_id`` to members. The password is an argon2 hash."""

    __table_args__ = (
        sa.CheckConstraint(
            "(role = 'staff' AND region_code IS NOT NULL AND profile_id IS NULL)"
            " OR (role = 'member' AND profile_id IS NOT NULL AND region_code IS NULL)"
            " OR (role = 'admin' AND profile_id IS NULL AND region_code IS NULL)",
            name="role",
        ),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=6)
    region_code: str | None = Field(default=None, foreign_key="region.code", max_length=5)
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
