"""How often something may be done from one machine: counted in the database, one place for every
worker. Signing in has counts of its own (hub/accounts/guesses.py)."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, request
from sqlmodel import col, delete

from hub.accounts.guesses import LONGEST, Limits, key_of, machine, waits
from hub.accounts.tables import WrongPassword
from hub.database import Database, now
from hub.language import _
from hub.problems import Problem
from hub.web.request import part

REGISTRATIONS: Limits = ((10, timedelta(minutes=10)), (30, timedelta(hours=1)))
RESETS: Limits = ((10, timedelta(minutes=10)), (30, timedelta(hours=1)))


class TooOften(Problem):
    """It was done too often; ``seconds`` says how long to wait."""

    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            _("짧은 시간에 너무 여러 번 하셨습니다. %(minutes)d분 뒤에 다시 하십시오.", minutes=minutes)
        )
        self.seconds = seconds


def count(what: str, limits: Limits) -> None:
    """Counts that this request's machine does something, unless it has done so too often.

    :param what: what is done, in a word.
    :raises TooOften: when it may not for now; that is not counted.
    """
    key = key_of(str(current_app.secret_key), what, machine(request.remote_addr))
    with part(Database).writing() as session:
        at = now()
        wait = waits(session, key, limits, at)
        if wait:
            raise TooOften(wait)
        session.exec(delete(WrongPassword).where(col(WrongPassword.tried_at) < at - LONGEST))
        session.add(WrongPassword(key=key, tried_at=at))
