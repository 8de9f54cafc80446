"""맞음 / 아님: what signed-in people say of matches. Kept, taken back, used for their own later results.

What somebody says moves nobody else's results. Others see it only as sums, and only the staff of the
region do: how often each strength was right.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from embeddings.calibration import WORDS
from hub.accounts.tables import Account
from hub.database import Moment, now
from hub.language import _
from hub.matching.engine import Engine
from hub.matching.judged import REMEMBERED, Judged
from hub.problems import NotFound, Problem
from hub.profiles.posting import LONGEST
from hub.profiles.posting import statement as read_statement
from hub.profiles.tables import Profile
from hub.regions.atlas import inside


class Verdict(StrEnum):
    """What a person says of a match."""

    RIGHT = "right"
    WRONG = "wrong"


class Feedback(SQLModel, table=True):
    """One person's word on one statement as an answer to one text. ``word`` is the strength that was shown."""

    __table_args__ = (
        sa.UniqueConstraint("account_id", "statement_id", "asked_key"),
        sa.CheckConstraint("verdict IN ('right', 'wrong')", name="verdict"),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    account_id: int = Field(foreign_key="account.id", index=True)
    statement_id: int = Field(foreign_key="statement.id", index=True)
    asked: str = Field(sa_type=sa.Text)
    asked_key: str = Field(max_length=64)  # its digest: a text can be too long for an index
    verdict: str = Field(max_length=5)
    word: str = Field(max_length=9)
    said_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


def say(session: Session, account_id: int, statement_id: int, asked: str, *, verdict: str, word: str) -> None:
    """Keeps what a person says, in place of what the same person said before of the same match.

    :raises NotFound: when no such statement is published.
    :raises Problem: when the verdict is none.
    """
    if verdict not in set(Verdict) or word not in WORDS or not 0 < len(asked) <= LONGEST:
        raise Problem(_("의견은 «맞음»이나 «아님»입니다."))
    if not read_statement(session, statement_id).is_published:
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=statement_id))
    said = _said(session, account_id, statement_id, asked) or Feedback(
        account_id=account_id,
        statement_id=statement_id,
        asked=asked,
        asked_key=_key(asked),
        verdict="",
        word="",
    )
    said.verdict, said.word, said.said_at = verdict, word, now()
    session.add(said)


def take_back(session: Session, account_id: int, statement_id: int, asked: str) -> None:
    """Forgets what a person said of a match; nothing, when nothing was said."""
    said = _said(session, account_id, statement_id, asked)
    if said is not None:
        session.delete(said)


def _said(session: Session, account_id: int, statement_id: int, asked: str) -> Feedback | None:
    return session.exec(
        select(Feedback).where(
            Feedback.account_id == account_id,
            Feedback.statement_id == statement_id,
            Feedback.asked_key == _key(asked),
        )
    ).first()


def _key(asked: str) -> str:
    return hashlib.sha256(asked.encode()).hexdigest()


def said_of(session: Session, account_id: int, asked: Iterable[str]) -> dict[tuple[str, int], str]:
    """What a person has said of the answers to these texts: the verdict by text and statement."""
    rows = session.exec(
        select(Feedback).where(
            Feedback.account_id == account_id, col(Feedback.asked_key).in_({_key(text) for text in asked})
        )
    )
    return {(said.asked, said.statement_id): said.verdict for said in rows}


def judged_by(engine: Engine, session: Session, account_id: int) -> Judged | None:
    """What a person has said of statements that are still published, for :func:`hub.matching.ranking.rank`."""
    newest = (col(Feedback.said_at).desc(), col(Feedback.id))
    said = session.exec(
        select(Feedback).where(Feedback.account_id == account_id).order_by(*newest).limit(REMEMBERED)
    ).all()
    replica = engine.replica
    with replica.lock.reading():
        rows = [replica.row_of(one.statement_id) for one in said]
        there = [(one, row) for one, row in zip(said, rows, strict=True) if row is not None]
        if not there:
            return None
        answers = replica.index.vectors(np.asarray([row for _one, row in there], dtype=np.int64))
    return Judged(
        queries=np.stack([engine.encoder.encode_one(one.asked) for one, _row in there]),
        answers=answers,
        statements=np.asarray([one.statement_id for one, _row in there], dtype=np.int64),
        verdicts=np.asarray(
            [1.0 if one.verdict == Verdict.RIGHT else -1.0 for one, _row in there], dtype=np.float32
        ),
    )


@dataclass(frozen=True)
class Sum:
    """How many said right and wrong of matches that were shown with one strength."""

    word: str
    right: int
    wrong: int


def sums(session: Session, region: str) -> list[Sum]:
    """What the people of a region have said, by strength: its staff and the members of its profiles."""
    codes = inside(region)
    query = (
        select(Feedback.word, Feedback.verdict, sa.func.count())
        .join(Account, col(Account.id) == Feedback.account_id)
        .outerjoin(Profile, col(Profile.id) == Account.profile_id)
        .where(sa.or_(col(Account.region_code).in_(codes), col(Profile.region_code).in_(codes)))
        .group_by(Feedback.word, Feedback.verdict)
    )
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for word, verdict, count in session.exec(query):
        counted[word][verdict] = int(count)
    return [
        Sum(word, counted[word].get(Verdict.RIGHT, 0), counted[word].get(Verdict.WRONG, 0))
        for word in WORDS
        if word in counted
    ]
