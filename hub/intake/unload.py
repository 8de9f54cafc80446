"""Takes a collection of carried data out again, without what somebody has made of it since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.tables import Account, Claim, Invitation
from hub.database import Database
from hub.language import _
from hub.posting.removal import delete_rows, forget_claims, nowhere, remove_statements
from hub.problems import Problem
from hub.profiles.carried import sample_profiles
from hub.profiles.collections import COLLECTIONS, as_it_came
from hub.profiles.tables import (
    Contact,
    Profile,
    ProfileKind,
    ProfileName,
    Referral,
    Source,
    Statement,
    Unit,
)

# How the keys of the organisations begin that are in a list for themselves, whatever is said of them.
STAND_ALONE = {"universities": "public:", "listed": "krx:", "ventures": "venture:"}


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
    an account, that somebody waits to belong to, or of which anything else is known. A university stays while the list of universities is loaded. All of
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
        judged = remove_statements(session, numbers)
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


def _remove_units(session: Session, prefix: str | None) -> int:
    """Units that came with the collection, as they came, of which neither a statement nor a member is left."""
    if prefix is None:
        return 0
    query = (
        select(Unit)
        .where(col(Unit.source_key).startswith(prefix, autoescape=True))
        .where(nowhere(Statement.unit_id, Unit.id), nowhere(Account.unit_id, Unit.id))
        .where(_nobody_waits(Claim.unit_id, Unit.id))
    )
    numbers = [unit.id for unit in session.exec(query) if as_it_came(unit)]
    session.expunge_all()
    delete_rows(session, Claim, col(Claim.unit_id), numbers)
    delete_rows(session, Invitation, col(Invitation.unit_id), numbers)
    delete_rows(session, Unit, col(Unit.id), numbers)
    return len(numbers)


def _remove_profiles(session: Session, owners: set[int], *, but_universities: bool) -> int:
    """Those of these organisations that stand as they came and about which nothing is left."""
    empty = (nowhere(table.profile_id, Profile.id) for table in (Statement, Account, Unit, Contact, Referral))
    free = (_nobody_waits(one, Profile.id) for one in (Claim.profile_id, Claim.instead_of_id))
    query = select(Profile).where(col(Profile.source_key).is_not(None), *empty, *free)
    numbers = [
        one.id
        for one in session.exec(query)
        if one.id in owners
        and as_it_came(one)
        and not (but_universities and one.kind == ProfileKind.UNIVERSITY)
    ]
    session.expunge_all()
    forget_claims(session, numbers)
    delete_rows(session, Invitation, col(Invitation.profile_id), numbers)
    delete_rows(session, ProfileName, col(ProfileName.profile_id), numbers)
    delete_rows(session, Profile, col(Profile.id), numbers)
    return len(numbers)


def _nobody_waits(column: Any, number: Any) -> sa.ColumnElement[bool]:
    """That no claim with this number in this column waits for an answer."""
    return ~sa.exists().where(col(column) == col(number), col(Claim.answered_at).is_(None))
