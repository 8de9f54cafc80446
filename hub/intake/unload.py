"""Takes a collection of carried data out again, without what somebody has made of it since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.tables import Account
from hub.database import Database, next_revision
from hub.language import _
from hub.problems import Problem
from hub.profiles.carried import sample_profiles
from hub.profiles.collections import COLLECTIONS, as_it_came
from hub.profiles.published import AT_ONCE
from hub.profiles.tables import (
    Contact,
    Profile,
    ProfileKind,
    ProfileName,
    Referral,
    RemovedStatement,
    Source,
    Statement,
    Unit,
)

# How the keys of the organisations begin that are in a list for themselves, whatever is said of them.
STAND_ALONE = {"universities": "public:", "listed": "krx:", "ventures": "venture:"}
PART_OF_IT = ("vector", "statement_field", "photo")  # of a statement: what is no work of anybody here


@dataclass(frozen=True)
class Unloaded:
    """What :func:`unload` took out; how many judgements and decisions of those who work here went with it; and how much
    of the collection stays, for its own people have changed or withdrawn it."""

    profiles: int
    units: int
    statements: int
    judged: int
    kept: int


def unload(database: Database, name: str) -> Unloaded:
    """Takes a collection out: what it says, then the units and organisations about which nothing is left.

    What a member has edited or withdrawn stays, and so does an organisation or a unit that somebody has edited, that has
    an account, or of which anything else is known. A university stays while the list of universities is loaded. All of
    it in one transaction: it is out, or nothing is.

    :raises Problem: when there is no collection of this name.
    """
    collection = next((one for one in COLLECTIONS if one.name == name), None)
    if collection is None:
        raise Problem(_("«%(name)s» 자료 묶음은 없습니다.", name=name))
    with database.writing() as session:
        listed = name != "universities" and _universities_are_listed(session)
        statements, kept = _statements(session, collection.prefix)
        owners = {statement.profile_id for statement in statements}
        numbers = [statement.id for statement in statements]
        session.expunge_all()
        judged = _remove_statements(session, numbers)
        units = _remove_units(session, collection.prefix)
        if prefix := STAND_ALONE.get(name):
            owners.update(session.exec(select(Profile.id).where(col(Profile.source_key).startswith(prefix))))
        profiles = _remove_profiles(session, owners, but_universities=listed)
    return Unloaded(profiles, units, len(numbers), judged, kept)


def _universities_are_listed(session: Session) -> bool:
    """Whether the list of universities is loaded: there is one of which no other collection says anything."""
    said_of = {one.source_key for one in sample_profiles(("compiled", "offers", "laboratories"))}
    alone = {one.source_key for one in sample_profiles(("universities",))} - said_of
    held = session.exec(select(Profile.source_key).where(col(Profile.source_key).startswith("public:")))
    return not alone.isdisjoint(held)


def _statements(session: Session, prefix: str | None) -> tuple[list[Statement], int]:
    """A collection's statements, held, and how many its own people have made theirs."""
    if prefix is None:
        return [], 0
    of_it = select(Statement).where(col(Statement.source_key).startswith(prefix, autoescape=True))
    # In the order in which an edit takes them, see hub.posting.statements.touch.
    rows = session.exec(of_it.order_by(col(Statement.id)).with_for_update()).all()
    gone = [row for row in rows if row.source != Source.MEMBER and row.withdrawn_at is None]
    return gone, len(rows) - len(gone)


def _remove_statements(session: Session, numbers: list[int]) -> int:
    """Removes statements with all that hangs on them; how many judgements and decisions were among that."""
    judged = 0
    connection = session.connection()
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            if key["referred_table"] == "statement":
                table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
                removed = _delete(session, table, table.c[key["constrained_columns"][0]], numbers)
                judged += 0 if name in PART_OF_IT else removed
    _delete(session, RemovedStatement, col(RemovedStatement.statement_id), numbers)  # given a second time
    _delete(session, Statement, col(Statement.id), numbers)
    if numbers:  # last, see hub.posting.statements.add
        revision = next_revision(session)
        session.add_all(RemovedStatement(statement_id=number, revision=revision) for number in numbers)
    return judged


def _remove_units(session: Session, prefix: str | None) -> int:
    """Units that came with the collection, as they came, of which neither a statement nor a member is left."""
    if prefix is None:
        return 0
    query = (
        select(Unit)
        .where(col(Unit.source_key).startswith(prefix, autoescape=True))
        .where(_none(Statement.unit_id, Unit.id), _none(Account.unit_id, Unit.id))
    )
    numbers = [unit.id for unit in session.exec(query) if as_it_came(unit)]
    session.expunge_all()
    _delete(session, Unit, col(Unit.id), numbers)
    return len(numbers)


def _remove_profiles(session: Session, owners: set[int], *, but_universities: bool) -> int:
    """Those of these organisations that stand as they came and about which nothing is left."""
    empty = (_none(table.profile_id, Profile.id) for table in (Statement, Account, Unit, Contact, Referral))
    query = select(Profile).where(col(Profile.source_key).is_not(None), *empty)
    numbers = [
        one.id
        for one in session.exec(query)
        if one.id in owners
        and as_it_came(one)
        and not (but_universities and one.kind == ProfileKind.UNIVERSITY)
    ]
    session.expunge_all()
    _delete(session, ProfileName, col(ProfileName.profile_id), numbers)
    _delete(session, Profile, col(Profile.id), numbers)
    return len(numbers)


def _none(column: Any, number: Any) -> sa.ColumnElement[bool]:
    """That no row has this number in this column."""
    return ~sa.exists().where(col(column) == col(number))


def _delete(session: Session, table: Any, column: Any, numbers: Iterable[int]) -> int:
    listed, removed = list(numbers), 0
    for start in range(0, len(listed), AT_ONCE):
        answer = session.connection().execute(
            sa.delete(table).where(column.in_(listed[start : start + AT_ONCE]))
        )
        removed += answer.rowcount
    return removed
