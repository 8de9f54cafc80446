"""Takes a collection of carried data out again, without what somebody has made of it since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from hub.accounts.tables import Account
from hub.database import Database, next_revision
from hub.fields.tables import StatementField
from hub.language import _
from hub.problems import Problem
from hub.profiles.collections import COLLECTIONS
from hub.profiles.published import AT_ONCE
from hub.profiles.tables import (
    Photo,
    Profile,
    ProfileKind,
    ProfileName,
    RemovedStatement,
    Source,
    Statement,
    Unit,
    Vector,
)

# The organisations that go with a collection once nothing is left of them: how their keys begin, and their kind. A
# university stands in the list of universities, whatever else is known of it; an institute for what it does alone.
WHOSE = {
    "compiled": ("public:", ProfileKind.INSTITUTE),
    "offers": ("public:", ProfileKind.INSTITUTE),
    "universities": ("public:", ProfileKind.UNIVERSITY),
    "listed": ("krx:", ProfileKind.COMPANY),
    "ventures": ("venture:", ProfileKind.COMPANY),
}


@dataclass(frozen=True)
class Unloaded:
    """What :func:`unload` took out, and how much of the collection stays, for its own people have changed it."""

    profiles: int
    units: int
    statements: int
    kept: int


def unload(database: Database, name: str) -> Unloaded:
    """Takes a collection out: what it says, then the units and organisations about which nothing is left.

    What a member has edited stays, and so does an organisation that has an account, a unit or a statement of its own or
    of another collection. All of it in one transaction: it is out, or nothing is.

    :raises Problem: when there is no collection of this name.
    """
    collection = next((one for one in COLLECTIONS if one.name == name), None)
    if collection is None:
        raise Problem(_("«%(name)s» 자료 묶음은 없습니다.", name=name))
    with database.writing() as session:
        statements, kept = _statements(session, collection.prefix)
        _remove_statements(session, statements)
        units = _remove_units(session, collection.prefix)
        profiles = _remove_profiles(session, *WHOSE[name]) if name in WHOSE else 0
    return Unloaded(profiles, units, len(statements), kept)


def _statements(session: Session, prefix: str | None) -> tuple[list[int], int]:
    """The numbers of a collection's statements, and of how many its own people have made theirs."""
    if prefix is None:
        return [], 0
    of_it = col(Statement.source_key).startswith(prefix, autoescape=True)
    rows = session.exec(select(Statement.id, Statement.source).where(of_it)).all()
    gone = [number for number, source in rows if source != Source.MEMBER]
    return gone, len(rows) - len(gone)


def _remove_statements(session: Session, numbers: list[int]) -> None:
    for table in (Vector, StatementField, Photo):
        _delete(session, table, col(table.statement_id), numbers)  # type: ignore[attr-defined]
    _delete(session, RemovedStatement, col(RemovedStatement.statement_id), numbers)  # given a second time
    _delete(session, Statement, col(Statement.id), numbers)
    if numbers:  # last, see hub.posting.statements.add
        revision = next_revision(session)
        session.add_all(RemovedStatement(statement_id=number, revision=revision) for number in numbers)


def _remove_units(session: Session, prefix: str | None) -> int:
    """Units that came with the collection, of which neither a statement nor a member is left."""
    if prefix is None:
        return 0
    query = (
        select(Unit.id)
        .where(col(Unit.source_key).startswith(prefix, autoescape=True))
        .where(_none(Statement.unit_id, Unit.id), _none(Account.unit_id, Unit.id))
    )
    numbers = list(session.exec(query))
    _delete(session, Unit, col(Unit.id), numbers)
    return len(numbers)


def _remove_profiles(session: Session, prefix: str, kind: ProfileKind) -> int:
    """Organisations of this sort that came with a collection, and about which nothing is left."""
    query = (
        select(Profile.id)
        .where(col(Profile.source_key).startswith(prefix), Profile.kind == kind)
        .where(*(_none(table.profile_id, Profile.id) for table in (Statement, Account, Unit)))
    )
    numbers = list(session.exec(query))
    _delete(session, ProfileName, col(ProfileName.profile_id), numbers)
    _delete(session, Profile, col(Profile.id), numbers)
    return len(numbers)


def _none(column: Any, number: Any) -> sa.ColumnElement[bool]:
    """That no row has this number in this column."""
    return ~sa.exists().where(col(column) == col(number))


def _delete(session: Session, table: Any, column: Any, numbers: list[int]) -> None:
    for start in range(0, len(numbers), AT_ONCE):
        session.exec(delete(table).where(column.in_(numbers[start : start + AT_ONCE])))
