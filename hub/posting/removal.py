"""What is taken out for good: statements that nobody sees any more, organisations about which nothing is left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.tables import Account, Claim, Invitation
from hub.database import lock, next_revision, now
from hub.language import _
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.published import AT_ONCE
from hub.profiles.tables import (
    Contact,
    Inquiry,
    Profile,
    ProfileName,
    Referral,
    RemovedStatement,
    Statement,
    Unit,
)

PART_OF_IT = ("vector", "statement_field", "photo")  # of a statement: what is no work of anybody here
ASKED = "inquiry"  # stays when what it speaks of is gone
MOST_SOUGHT = 50  # numbers that are sought in the answers themselves


def remove_statement(session: Session, statement_id: int) -> Statement:
    """Takes a draft or what was withdrawn out for good, with what was said of it.

    :raises Problem: when readers can see it, or it came with the carried data: loading those again would bring it back.
    """
    gone = read.statement(session, statement_id, held=True)
    if gone.is_published:
        raise Problem(_("게시되어 있는 글입니다. 먼저 내리고 지우십시오."), status=409)
    if gone.source_key is not None:
        raise Problem(
            _("공개 자료에서 온 글은 지우지 않고 내려 둡니다. 지우면 자료를 다시 넣을 때 돌아옵니다."),
            status=409,
        )
    session.expunge(gone)
    remove_statements(session, [statement_id])
    return gone


def can_be_removed(session: Session, profile: Profile) -> bool:
    """Whether an organisation was entered here and nothing is left of what it has said or of who belongs to it."""
    tables = (Statement, Account, Unit)
    return profile.source_key is None and not any(
        session.exec(select(table.id).where(table.profile_id == profile.id).limit(1)).first()
        for table in tables
    )


def remove_profile(session: Session, profile_id: int) -> None:
    """Takes out an organisation that was entered here, with its contacts.

    :raises Problem: when it has texts, units or accounts, or came with the carried data.
    """
    gone = lock(session, Profile, profile_id) or read.profile(session, profile_id)
    if gone.source_key is not None:
        raise Problem(
            _("공개 자료에서 온 기관은 지우지 않습니다. 지우면 자료를 다시 넣을 때 돌아옵니다."), status=409
        )
    if not can_be_removed(session, gone):
        raise Problem(
            _("글이나 연구실·부서, 계정이 남아 있는 기관은 지울 수 없습니다. 먼저 그것들을 지우십시오."),
            status=409,
        )
    waiting = select(Claim.id).where(Claim.profile_id == profile_id, col(Claim.answered_at).is_(None))
    if session.exec(waiting.limit(1)).first() is not None:
        raise Problem(_("소속 신청이 기다리는 기관은 지울 수 없습니다. 먼저 답하십시오."), status=409)
    forget_claims(session, [profile_id])
    delete_rows(session, Contact, col(Contact.profile_id), [profile_id])
    delete_rows(session, Invitation, col(Invitation.profile_id), [profile_id])
    for handed in session.exec(select(Referral).where(Referral.profile_id == profile_id)):
        handed.profile_id = None  # whoever handed it over learns what became of it
        handed.answer = _("그 지역 담당자가 이 기관을 지웠습니다.")
    session.flush()
    delete_rows(session, ProfileName, col(ProfileName.profile_id), [profile_id])
    session.expunge_all()
    delete_rows(session, Profile, col(Profile.id), [profile_id])


def remove_statements(session: Session, numbers: list[int]) -> int:
    """Removes statements with all that hangs on them; how many judgements and decisions were among that.

    What was asked and answered stays, without what it spoke of.
    """
    judged = 0
    _take_out_of_inquiries(session, numbers)
    connection = session.connection()
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            if key["referred_table"] == "statement" and name != ASKED:
                table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
                removed = delete_rows(session, table, table.c[key["constrained_columns"][0]], numbers)
                judged += 0 if name in PART_OF_IT else removed
    delete_rows(session, RemovedStatement, col(RemovedStatement.statement_id), numbers)  # given a second time
    delete_rows(session, Statement, col(Statement.id), numbers)
    if numbers:  # last, see hub.posting.statements.add
        revision = next_revision(session)
        session.add_all(RemovedStatement(statement_id=number, revision=revision) for number in numbers)
    return judged


def _take_out_of_inquiries(session: Session, numbers: list[int]) -> None:
    """Numbers are given a second time: none may stay where it could come to mean another statement."""
    gone, table = set(numbers), Inquiry.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    for start in range(0, len(numbers), AT_ONCE):
        listed = numbers[start : start + AT_ONCE]
        of_need, of_partner = (table.c[name].in_(listed) for name in ("statement_id", "partner_statement_id"))
        waiting = (table.c.answered_at.is_(None), table.c.withdrawn_at.is_(None))
        connection.execute(sa.update(table).where(of_need, *waiting).values(withdrawn_at=now()))
        connection.execute(sa.update(table).where(of_need).values(statement_id=None))
        connection.execute(
            sa.update(table).where(of_partner).values(partner_statement_id=None, partner_gone=True)
        )
    for number, proposed in connection.execute(_proposing(table, numbers)).all():
        if gone.intersection(proposed):
            left = [0 if one in gone else one for one in proposed]
            connection.execute(sa.update(table).where(table.c.id == number).values(proposed=left))


def _proposing(table: sa.Table, numbers: list[int]) -> sa.Select[Any]:
    """The answers that may propose one of these statements. Few numbers are sought in what is kept as text (12 is found
    in [112] too); for many, all answers that propose something are read, once."""
    kept = sa.cast(table.c.proposed, sa.Text)
    fits = kept != "[]"
    if len(numbers) <= MOST_SOUGHT:
        fits = sa.or_(sa.false(), *(kept.contains(str(number)) for number in numbers))
    return sa.select(table.c.id, table.c.proposed).where(table.c.answered_at.is_not(None), fits)


def forget_claims(session: Session, numbers: list[int]) -> None:
    """Takes out who claimed these organisations; a claim of another one no longer says that it was in place of these."""
    delete_rows(session, Claim, col(Claim.profile_id), numbers)
    table = Claim.__table__  # type: ignore[attr-defined]
    for start in range(0, len(numbers), AT_ONCE):
        left = table.c.instead_of_id.in_(numbers[start : start + AT_ONCE])
        session.connection().execute(sa.update(table).where(left).values(instead_of_id=None))


def nowhere(column: Any, number: Any) -> sa.ColumnElement[bool]:
    """That no row has this number in this column."""
    return ~sa.exists().where(col(column) == col(number))


def delete_rows(session: Session, table: Any, column: Any, numbers: Iterable[int]) -> int:
    """Deletes the rows whose column holds one of these numbers; how many there were."""
    listed, removed = list(numbers), 0
    for start in range(0, len(listed), AT_ONCE):
        answer = session.connection().execute(
            sa.delete(table).where(column.in_(listed[start : start + AT_ONCE]))
        )
        removed += answer.rowcount
    return removed
