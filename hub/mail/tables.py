"""Mail: what the hub writes to people, kept until it is on its way."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from hub.database import Moment, now


class Mail(SQLModel, table=True):
    """One mail. It is written in the transaction of what it tells of, and sent afterwards.

    Once it has been sent its ``body`` is emptied, for it may hold the key to an account; in development it is kept for the
    page that shows it. ``tries`` counts how often sending failed, ``error`` says why the last time.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    due_at: datetime = Field(default_factory=now, sa_type=Moment, index=True)  # type: ignore[call-overload]
    sent_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    tries: int = Field(default=0)
    error: str | None = Field(default=None, sa_type=sa.Text)
