"""An organisation that its member entered turns out to be one that stands here: what was written moves there, whole."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from hub.accounts.tables import Account, Claim
from hub.posting.statements import publish_awaited
from hub.profiles import read
from hub.profiles.tables import Profile, ProfileName, Statement, Unit


def merge(session: Session, left_id: int, kept: Profile, unit_id: int | None) -> None:
    """Moves what an organisation has – texts, units, members, whatever points at it – to another and takes it out. What
    awaited that it be seen is published there. Both rows are held.

    :param unit_id: it was no organisation but this unit of the other: then all of it becomes that.
    """
    session.flush()
    for unit in read.units_of(session, left_id):
        same = None
        if unit_id is None:
            same = session.exec(
                select(Unit.id).where(Unit.profile_id == kept.id, Unit.name_key == unit.name_key)
            ).first()
        into = unit_id if unit_id is not None else same
        if into is None:
            unit.profile_id = kept.id
            session.add(unit)
        else:
            _repoint(session, "unit", unit.id, into)
            session.exec(delete(Unit).where(col(Unit.id) == unit.id))
            session.expunge(unit)
    session.flush()
    moved: dict[str, Any] = {"profile_id": kept.id}
    if unit_id is not None:
        moved["unit_id"] = unit_id
    connection = session.connection()
    own = sa.update(Statement).where(col(Statement.profile_id) == left_id)
    connection.execute(own.values(**moved, version=Statement.version + 1))
    connection.execute(sa.update(Account).where(col(Account.profile_id) == left_id).values(**moved))
    connection.execute(sa.update(Claim).where(col(Claim.instead_of_id) == left_id).values(instead_of_id=None))
    connection.execute(sa.delete(ProfileName).where(col(ProfileName.profile_id) == left_id))
    _repoint(session, "profile", left_id, kept.id)
    left = session.get(Profile, left_id)
    if left is not None:
        session.expunge(left)
    connection.execute(sa.delete(Profile).where(col(Profile.id) == left_id))
    if kept.review_asked_at is None:
        publish_awaited(session, kept.id)


def _repoint(session: Session, table: str, number: int, other: int) -> None:
    """Whatever points at a row points at another."""
    connection = session.connection()
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            if key["referred_table"] == table:
                pointing = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
                column = pointing.c[key["constrained_columns"][0]]
                connection.execute(sa.update(pointing).where(column == number).values({column: other}))
