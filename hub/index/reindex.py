"""Re-encoding under another model, while the old vectors go on serving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from embeddings.encoder import Encoder
from hub.database import Database
from hub.profiles import vectors
from hub.profiles.equipment import searched_text
from hub.profiles.tables import Statement, Vector

BATCH = 64


def missing(session: Session, model: str) -> int:
    """How many statements have no vector of this model."""
    return int(session.exec(select(sa.func.count()).select_from(Statement).where(_lacks(model))).one())


def _lacks(model: str) -> sa.ColumnElement[bool]:
    return ~(
        sa.exists()
        .where(col(Vector.statement_id) == Statement.id, col(Vector.model) == model)
        .correlate(Statement)
    )


def reindex(
    database: Database, encoder: Encoder, progress: Callable[[int], None] = lambda _done: None
) -> int:
    """Gives every statement a vector of this model, batch by batch; returns how many it made.

    A run that was cut off goes on where it stopped. Processes that run another model keep their
    own vectors, and what they post meanwhile is caught by the last rounds.

    :param progress: called with the number of statements done since its last call.
    """
    made = 0
    while True:
        with database.reading() as session:
            batch = _said(session, _lacks(encoder.fingerprint), limit=BATCH)
        if not batch:
            return made
        encoded = vectors.encode(encoder, list(batch.values()))
        with database.writing() as session:
            _keep(session, batch, encoded)
        made += len(batch)
        progress(len(batch))


def _said(
    session: Session, which: sa.ColumnElement[bool], limit: int | None = None
) -> dict[int, vectors.Said]:
    """What is encoded of these statements, by number, in its order."""
    columns = (
        Statement.id,
        Statement.text,
        Statement.equipment,
        Statement.translation,
        col(Statement.problems),
    )
    rows = session.exec(
        select(*columns)  # type: ignore[call-overload]
        .where(which)
        .order_by(col(Statement.id))
        .limit(limit)
    )
    return {
        number: vectors.Said(searched_text(text, equipment), translation, problems)
        for number, text, equipment, translation, problems in rows
    }


def _keep(session: Session, batch: Mapping[int, vectors.Said], encoded: Sequence[vectors.Encoded]) -> None:
    """Stores a batch. A text that was edited since it was read is left to the next round."""
    current = _said(session, col(Statement.id).in_(batch))
    of_model = (Vector.model == encoded[0].model, col(Vector.statement_id).in_(batch))
    held = set(session.exec(select(Vector.statement_id).where(*of_model)))
    for (number, read), made in zip(batch.items(), encoded, strict=True):
        if number not in held and current.get(number) == read:
            session.add(made.row(number))


def prune(database: Database, model: str) -> int:
    """Removes the vectors of every other model; returns how many."""
    with database.writing() as session:
        return session.exec(delete(Vector).where(col(Vector.model) != model)).rowcount
