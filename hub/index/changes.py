"""What the database has that a store has not: read by revision.

Whoever keeps something made of statements follows them in the same way, by :func:`changed_since` and a revision of
its own; nothing is queued, so any number of them may follow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col, select

from embeddings.encoder import Encoder
from hub.database import current_revision
from hub.fields.nearest import classes
from hub.fields.tables import StatementField
from hub.index.columns import DAY
from hub.index.store import Change, Store, Wording
from hub.profiles.equipment import searched_text
from hub.profiles.published import PUBLISHED, hides_name, shown_facts
from hub.profiles.tables import (
    Kind,
    Profile,
    ProfileKind,
    RemovedStatement,
    Statement,
    Unit,
    Vector,
)
from hub.profiles.vectors import Said, encode, stored
from hub.regions.atlas import atlas

Floats = npt.NDArray[np.float32]
CHUNK = 5_000


def sync(session: Session, store: Store, encoder: Encoder, subclasses: Floats) -> None:
    """Takes in what the session sees and the store has not. One thread at a time.

    A session that began before the store's newest change sees nothing new, and takes nothing back.
    """
    # The counter is read before the rows. What commits in between may be among the rows already; it is
    # then simply taken in again at the next request.
    newest = current_revision(session)
    if newest <= store.revision:
        return
    gone = session.exec(_removed_since(store.revision)).all() if store.revision else ()
    if gone:  # before the rest: a number may have been given again
        store.apply([_gone(number) for number in gone])
    rows = session.connection().execute(_since(store), execution_options={"yield_per": CHUNK})
    for part in rows.partitions():
        changes = _with_classes([_change(row, encoder) for row in part], subclasses)
        store.apply(changes)
    # Only now: a reader that comes meanwhile sees the old number and waits for its turn.
    store.revision = newest


def _with_classes(changes: list[Change], subclasses: Floats) -> list[Change]:
    """The changes, each with the class in which it counts."""
    published = [change for change in changes if change.wordings]
    if not published:
        return changes
    vectors = np.stack([change.wordings[0].vectors[0] for change in published]).astype(np.float32)
    found = classes(subclasses, vectors, [change.fields for change in published])
    class_of = {change.statement_id: number for change, number in zip(published, found, strict=True)}
    return [replace(change, field=class_of.get(change.statement_id, 0)) for change in changes]


def changed_since(session: Session, revision: int, limit: int | None = None) -> list[int]:
    """The statements that changed after a revision, published, not, or gone."""
    changed = session.exec(select(Statement.id).where(col(Statement.revision) > revision).limit(limit)).all()
    return sorted({*changed, *session.exec(_removed_since(revision).limit(limit))})[:limit]


def _removed_since(revision: int) -> Any:
    return select(RemovedStatement.statement_id).where(col(RemovedStatement.revision) > revision)


def _gone(number: int) -> Change:
    """That a statement is no more; what else is said of it means nothing."""
    return Change(
        statement_id=number,
        profile_id=0,
        kind=Kind.BUSINESS,
        profile_kind=ProfileKind.COMPANY,
        region_code=next(iter(atlas())),
        hidden=False,
    )


def _since(store: Store) -> sa.Select[Any]:
    """Statements that changed after the store's revision, with their vectors of its model."""
    of_model = (col(Vector.statement_id) == Statement.id) & (col(Vector.model) == store.model)
    fields = (
        sa.select(sa.func.aggregate_strings(col(StatementField.field_code), ","))
        .where(col(StatementField.statement_id) == Statement.id)
        .scalar_subquery()
    )
    query = (
        sa.select(  # type: ignore[call-overload, misc]
            Statement.id,
            Statement.profile_id,
            sa.func.coalesce(Statement.unit_id, 0).label("unit_id"),
            Statement.kind,
            Statement.visibility,
            PUBLISHED.label("published"),
            Statement.text,
            Statement.translation,
            Statement.problems,
            Statement.equipment,
            Statement.language,
            Statement.trl,
            Statement.updated_at,
            Profile.size,
            fields.label("fields"),
            Profile.kind.label("profile_kind"),  # type: ignore[attr-defined]
            sa.func.coalesce(Unit.region_code, Profile.region_code).label("region_code"),
            Vector.data,
            Vector.translation_data,
            Vector.problem_data,
        )
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .outerjoin(Unit, col(Unit.id) == Statement.unit_id)
        .outerjoin(Vector, of_model)
        .where(col(Statement.revision) > store.revision)
        # In the order of the index on revisions: ordered by number, the database reads every statement.
        .order_by(col(Statement.revision), col(Statement.id))
    )
    return query if store.revision else query.where(PUBLISHED)


def _change(row: Any, encoder: Encoder) -> Change:
    wordings, problems = _vectors(row, encoder) if row.published else ((), None)
    region, profile_kind, size = shown_facts(row.visibility, row.region_code, row.profile_kind, row.size)
    return Change(
        statement_id=row.id,
        profile_id=row.profile_id,
        unit_id=0 if hides_name(row.visibility) else row.unit_id,
        kind=row.kind,
        profile_kind=profile_kind,
        region_code=region,
        hidden=hides_name(row.visibility),
        wordings=wordings,
        problems=problems,
        size=size,
        fields=frozenset(row.fields.split(",")) if row.fields else frozenset(),
        trl=row.trl,
        day=int(row.updated_at.timestamp() // DAY),
    )


def _vectors(row: Any, encoder: Encoder) -> tuple[tuple[Wording, ...], Wording | None]:
    """The text and its translation with their vectors, and the vectors of the problems that it solves."""
    text = searched_text(row.text, row.equipment)
    data, translation_data, problem_data = row.data, row.translation_data, row.problem_data
    if data is None:
        # A posting made by a process that still runs another model has no vector of this one.
        made = encode(encoder, [Said(text, row.translation, row.problems)])[0].row(row.id)
        data, translation_data, problem_data = made.data, made.translation_data, made.problem_data
    wordings = [Wording(text, stored(data, encoder.dimension), row.language)]
    if row.translation and translation_data:
        language = "en" if row.language == "ko" else "ko"
        wordings.append(Wording(row.translation, stored(translation_data, encoder.dimension), language))
    if not problem_data:
        return tuple(wordings), None
    words = " ".join(wording for problem in row.problems for wording in problem)
    return tuple(wordings), Wording(words, stored(problem_data, encoder.dimension))


def count_without_vector(session: Session, model: str) -> int:
    """How many published statements no vector of this model has been stored for."""
    held = select(Vector.statement_id).where(Vector.model == model)
    query = select(sa.func.count()).select_from(Statement)
    return int(session.exec(query.where(PUBLISHED, col(Statement.id).not_in(held))).one())
