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
from embeddings.encoder import Encoder
from hub.accounts.tables import Account
from hub.database import Database, Moment, lock, now
from hub.index.engine import Engine
from hub.index.store import Texts
from hub.language import _
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.limits import LONGEST
from hub.profiles.tables import Profile
from hub.profiles.vectors import as_stored, stored
from hub.regions.atlas import inside
from hub.search.judged import REMEMBERED, Floats, Judged
from hub.text import clean, one_line

ENCODED_AT_ONCE = 8
REMEMBERED_AT_ONCE = 64


class Verdict(StrEnum):
    """What a person says of a match."""

    RIGHT = "right"
    WRONG = "wrong"


class Feedback(SQLModel, table=True):
    """One person's word on one statement as an answer to one text. ``word`` is the strength that was shown.

    ``vector`` is that of what was asked, float16 as statements' are, under the model of ``model``: who has
    said much must not wait until all of it is encoded again.
    """

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
    model: str | None = Field(default=None, max_length=16)
    vector: bytes | None = Field(default=None, sa_type=sa.LargeBinary)

    def remember(self, encoder: Encoder) -> None:
        """Keeps the vector of what was asked."""
        self.model = encoder.fingerprint
        self.vector = as_stored(encoder.encode_one(self.asked))


def say(
    session: Session,
    encoder: Encoder,
    account_id: int,
    statement_id: int,
    asked: str,
    *,
    verdict: str,
    word: str,
) -> None:
    """Keeps what a person says, in place of what the same person said before of the same match.

    :raises NotFound: when no such statement is published.
    :raises Problem: when the verdict is none.
    """
    asked = clean(asked)
    if verdict not in set(Verdict) or word not in WORDS or not 0 < len(asked) <= LONGEST:
        raise Problem(_("의견은 «맞음»이나 «아님»입니다."))
    if not read.statement(session, statement_id).is_published:
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=statement_id))
    lock(session, Account, account_id)
    said = _said(session, account_id, statement_id, asked) or Feedback(
        account_id=account_id,
        statement_id=statement_id,
        asked=asked,
        asked_key=_key(asked),
        verdict="",
        word="",
    )
    said.verdict, said.word, said.said_at = verdict, word, now()
    said.remember(encoder)
    session.add(said)


def take_back(session: Session, account_id: int, statement_id: int, asked: str) -> None:
    """Forgets what a person said of a match; nothing, when nothing was said."""
    lock(session, Account, account_id)
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
    return hashlib.sha256(one_line(asked).encode()).hexdigest()


def said_of(session: Session, account_id: int, asked: Iterable[str]) -> dict[tuple[str, int], str]:
    """What a person has said of the answers to these texts: the verdict by text and statement."""
    texts = defaultdict(list)
    for text in asked:
        texts[_key(text)].append(text)
    rows = session.exec(
        select(Feedback).where(Feedback.account_id == account_id, col(Feedback.asked_key).in_(texts))
    )
    return {(text, said.statement_id): said.verdict for said in rows for text in texts[said.asked_key]}


def judged_by(engine: Engine, session: Session, account_id: int) -> Judged | None:
    """What a person has said of statements that are still published, for :func:`hub.search.ranking.rank`."""
    newest = (col(Feedback.said_at).desc(), col(Feedback.id))
    said = session.exec(
        select(Feedback).where(Feedback.account_id == account_id).order_by(*newest).limit(REMEMBERED)
    ).all()
    encoder = engine.encoder
    # What no vector of this model has been kept for waits for `hub reindex`, but for the newest of it.
    lacking = [one.id for one in said if one.vector is None or one.model != encoder.fingerprint]
    waiting = set(lacking[ENCODED_AT_ONCE:])
    known = [one for one in said if one.id not in waiting]
    texts = Texts.own(one.statement_id for one in known)
    answers = engine.store.vectors(texts)
    held = np.any(answers, axis=1)
    there = [one for one, is_held in zip(known, held.tolist(), strict=True) if is_held]
    if not there:
        return None
    return Judged(
        queries=np.stack([_vector(one, encoder) for one in there]),
        answers=answers[held],
        statements=texts.ids[held],
        verdicts=np.asarray(
            [1.0 if one.verdict == Verdict.RIGHT else -1.0 for one in there], dtype=np.float32
        ),
    )


def _vector(said: Feedback, encoder: Encoder) -> Floats:
    if said.vector is None or said.model != encoder.fingerprint:
        return encoder.encode_one(said.asked)
    return stored(said.vector, encoder.dimension)[0].astype(np.float32)


def remember_all(database: Database, encoder: Encoder) -> None:
    """Under a new model: keeps the vectors of what people had asked when they judged."""
    while True:
        with database.reading() as session:
            for said in lacking_vector(session, encoder.fingerprint, REMEMBERED_AT_ONCE):
                encoder.encode_one(said.asked)  # remembered, so that the transaction below is short
        with database.writing() as session:
            batch = lacking_vector(session, encoder.fingerprint, REMEMBERED_AT_ONCE)
            for said in batch:
                said.remember(encoder)
                session.add(said)
        if not batch:
            return


def lacking_vector(session: Session, model: str, limit: int) -> list[Feedback]:
    """Judgements that no vector of this model has been kept for."""
    lacks = sa.or_(col(Feedback.model).is_(None), col(Feedback.model) != model)
    return list(session.exec(select(Feedback).where(lacks).order_by(col(Feedback.id)).limit(limit)))


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
