"""Taking one's data along, and closing one's account: what goes, and what stays because it is others' record too.

Both go by the tables themselves: whatever points at an account is either its owner's own (``OWN``) or a record (``RECORDS``),
and a test holds that nothing is forgotten.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.json import dumps
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, col, select, update

from hub.accounts import sessions
from hub.accounts.again import check_again
from hub.accounts.claimed import open_claim
from hub.accounts.cookie import leave
from hub.accounts.gate import requires
from hub.accounts.invitations import withdraw_all_of
from hub.accounts.passwords import empty, hold_administrators
from hub.accounts.policy import Forbidden, can_close_account, can_edit_statement, signed_in
from hub.accounts.tables import Account, Claim, Invitation
from hub.database import Database, lock, now
from hub.language import _
from hub.mail.outbox import write
from hub.mail.tables import Mail
from hub.membership import claims
from hub.posting import statements
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.published import statements_of
from hub.profiles.tables import Inquiry, Kind, Profile, Statement
from hub.web.request import part, read_session

pages = Blueprint("leaving", __name__)
log = logging.getLogger(__name__)
# Goes with the account.
OWN = frozenset(
    {"external_identity", "known_machine", "once", "open_session", "recovery_code", "saved_search"}
)
# Stays, under a number that tells no name any more: it is an office's or an organisation's record, or both sides'. Of each
# the columns that make a row the person's own all the same; whoever is named in another one has worked on it.
RECORDS = {
    "claim": frozenset({"account_id"}),
    "contact": frozenset[str](),
    "feedback": frozenset({"account_id"}),
    "inquiry": frozenset({"account_id"}),
    "invitation": frozenset({"invited_by", "accepted_by"}),
    "pair_decision": frozenset[str](),
    "referral": frozenset[str](),
    "region_field": frozenset[str](),
}
UNCONFIRMED_FOR = timedelta(days=30)  # whose address nobody has confirmed for so long is not waited for
# Of no use to anybody but the program, or a key to something.
_NOT_TAKEN = ("_key", "_hash", "_secret", "vector", "totp_step")


def pointing() -> dict[sa.Table, list[sa.Column[Any]]]:
    """Every table with a column that names an account, and those columns."""
    found: dict[sa.Table, list[sa.Column[Any]]] = {}
    for table in SQLModel.metadata.sorted_tables:
        named = [
            one
            for one in table.columns
            if any(key.column.table.name == "account" for key in one.foreign_keys)
        ]
        if named:
            found[table] = named
    return found


def taken_along(session: Session, who: Account) -> dict[str, Any]:
    """What the hub holds of a person: the account, by table each row that is its own, and of the records of a desk that
    this person has worked on how many there are."""
    kept = select(SQLModel.metadata.tables["account"]).where(col(Account.id) == who.id)  # type: ignore[call-overload]
    taken: dict[str, Any] = {"account": _readable(session.execute(kept).mappings().one())}
    if who.profile_id is not None:
        own = read.profile(session, who.profile_id)
        said = statements_of(session, own.id, as_editor=True)
        taken["organisation"] = {"id": own.id, "name_ko": own.name_ko, "name_en": own.name_en}
        taken["statements"] = [
            one.model_dump(mode="json") for one in said if who.unit_id in (None, one.unit_id)
        ]
    worked_on: dict[str, int] = {}
    for table, columns in pointing().items():
        mine = {one.name for one in columns if table.name in OWN or one.name in RECORDS.get(table.name, ())}
        named = sa.or_(*(one == who.id for one in columns))
        rows = session.execute(sa.select(table).where(named)).mappings().all()
        own_rows = [row for row in rows if any(row[name] == who.id for name in mine)]
        if mine:
            taken[table.name] = [_readable(row) for row in own_rows]
        if len(mine) < len(columns):
            worked_on[table.name] = len(rows) - len(own_rows)
    taken["worked_on"] = worked_on
    mails = select(Mail).where(Mail.recipient == who.email).order_by(col(Mail.id))
    taken["mail"] = [
        {"subject": one.subject, "created_at": one.created_at.isoformat()} for one in session.exec(mails)
    ]
    return taken


def _readable(row: sa.RowMapping) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
        if not str(name).endswith(_NOT_TAKEN) and not isinstance(value, bytes)
    }


def close(session: Session, number: int, *, withdraw: bool) -> None:
    """Closes an account: its own things go, what waits because of it ends, its name, its address and what it wrote to the
    staff leave what stays.

    :param withdraw: what nobody else looks after (:func:`left_alone`) is withdrawn too.
    """
    account = lock(session, Account, number)
    if account is None or account.closed_at is not None:
        return
    claimed = open_claim(session, account.id)
    if claimed is not None:
        claims.withdraw(session, claimed.id)
    if account.profile_id is not None:  # of the last two who close at the same moment one is the last
        lock(session, Profile, account.profile_id)
    _end_what_waits(session, account)
    if withdraw:
        _take_down(session, left_alone(session, account))
    sessions.end_all(session, account.id)
    for table, columns in pointing().items():
        if table.name in OWN:
            session.execute(sa.delete(table).where(columns[0] == account.id))
    session.execute(update(Claim).where(col(Claim.account_id) == account.id).values(note=""))
    ended_to_it = sa.and_(col(Invitation.email) == account.email, col(Invitation.ended_at).is_not(None))
    to_it = sa.or_(col(Invitation.accepted_by) == account.id, ended_to_it)
    session.execute(update(Invitation).where(to_it).values(email=""))
    session.execute(sa.delete(Mail).where(col(Mail.recipient) == account.email))
    write(session, account.email, account.language, "closed")
    empty(account)


def _end_what_waits(session: Session, account: Account) -> None:
    """What nobody else could go on with: the invitations that this person has sent, and what was asked of the staff about
    needs for which nobody else speaks."""
    withdraw_all_of(session, account.id)
    if None in _units_of_others(session, account):  # who speaks for all of it goes on
        return
    needs = [one.id for one in _of_nobody_else(session, account) if one.kind == Kind.NEED]
    session.execute(
        update(Inquiry)
        .where(
            col(Inquiry.statement_id).in_(needs),
            col(Inquiry.answered_at).is_(None),
            col(Inquiry.withdrawn_at).is_(None),
        )
        .values(withdrawn_at=now())
    )


def _take_down(session: Session, texts: list[Statement]) -> None:
    """Withdraws what is published; what waits for the staff to see its organisation is a draft again."""
    numbers = [one.id for one in texts]
    # In the order in which an edit takes them, see hub.posting.statements.touch.
    query = select(Statement).where(col(Statement.id).in_(numbers)).order_by(col(Statement.id))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    for said in session.exec(query).all():
        if said.is_published:
            statements.withdraw(session, said.id)
        elif said.awaited is not None:
            said.awaited, said.version = None, said.version + 1
            session.add(said)


def _units_of_others(session: Session, who: Account) -> set[int | None]:
    """For what of this account's organisation others speak: its units, ``None`` for all of it."""
    if who.profile_id is None:
        return set()
    others = select(Account.unit_id).where(
        Account.profile_id == who.profile_id, Account.id != who.id, col(Account.closed_at).is_(None)
    )
    return set(session.exec(others.distinct()))


def is_last(session: Session, who: Account) -> bool:
    """Whether nobody else speaks for what this account speaks for: all of its organisation, or its unit."""
    return who.profile_id is not None and who.unit_id not in _units_of_others(session, who)


def _of_nobody_else(session: Session, who: Account) -> list[Statement]:
    """What the last of an organisation or a unit may edit, without the texts of units that have members of their own."""
    if who.profile_id is None or not is_last(session, who):
        return []
    looked_after = _units_of_others(session, who)
    owner = read.profile(session, who.profile_id)  # held, or it would be read again for each text
    said = statements_of(session, owner.id, as_editor=True)
    return [
        one for one in said if one.unit_id not in looked_after and can_edit_statement(who, session, one.id)
    ]


def left_alone(session: Session, who: Account) -> list[Statement]:
    """What readers find, with or without its name, or will once the staff have seen its organisation, and nobody looks after
    when this account is closed."""
    waits = [one for one in _of_nobody_else(session, who) if one.withdrawn_at is None]
    return [one for one in waits if one.is_published or one.awaited is not None]


def purge_unconfirmed(session: Session) -> int:
    """Deletes the accounts that were begun, or begun anew, thirty days ago and whose address nobody has confirmed, with what
    was written to them; how many. One that others' records name stays."""
    before = now() - UNCONFIRMED_FOR
    lately = sa.exists().where(col(Mail.recipient) == col(Account.email), col(Mail.created_at) >= before)
    query = select(Account).where(
        col(Account.confirmed_at).is_(None),
        col(Account.closed_at).is_(None),
        col(Account.profile_id).is_(None),
        col(Account.region_code).is_(None),
        col(Account.created_at) < before,
        ~lately,
    )
    tables = pointing()
    for table, columns in tables.items():
        if table.name not in OWN:
            query = query.where(~sa.exists().where(sa.or_(*(one == col(Account.id) for one in columns))))
    gone = session.exec(query.with_for_update(skip_locked=True)).all()
    numbers = [one.id for one in gone]
    for table, columns in tables.items():
        if table.name in OWN:
            session.execute(sa.delete(table).where(columns[0].in_(numbers)))
    session.execute(sa.delete(Mail).where(col(Mail.recipient).in_([one.email for one in gone])))
    for one in gone:
        session.delete(one)
    return len(numbers)


@pages.after_app_request
def clean_up(answer: Response) -> Response:
    """Whoever begins an account has those forgotten that were begun long ago. No page fails for it."""
    if request.endpoint == "accounts.register" and request.method == "POST":
        try:
            with part(Database).writing() as session:
                purge_unconfirmed(session)
        except SQLAlchemyError as error:
            log.warning("Accounts that nobody confirmed were not deleted: %s", error)
    return answer


@pages.get("/account/export")
@requires(signed_in)
def export(who: Account) -> Response:
    """What the hub holds of whoever asks, as a file."""
    written = dumps(taken_along(read_session(), who), ensure_ascii=False, indent=2)
    answer = Response(written + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=hub-account-{now():%Y-%m-%d}.json"
    return answer


@pages.route("/account/close", methods=["GET", "POST"])
@requires(signed_in)
def close_account(who: Account) -> ResponseReturnValue:
    """Closes one's account, after saying what goes and what stays."""
    session = read_session()
    problem: Problem | None = None
    if request.method == "POST":
        try:
            check_again(who)
            with part(Database).writing() as writing:
                hold_administrators(writing)
                if not can_close_account(who, writing):
                    raise _only_admin()
                close(writing, who.id, withdraw="withdraw" in request.form)
            leave()
            flash(_("계정을 닫았습니다. 그동안 고맙습니다."))
            return redirect(url_for("home.index"))
        except Problem as error:
            problem = error
    elif not can_close_account(who, session):
        problem = _only_admin()
    texts = left_alone(session, who)
    page = render_template("accounts/close.html", who=who, problem=problem, texts=len(texts))
    return page, problem.status if problem else 200


def _only_admin() -> Forbidden:
    return Forbidden(_("허브 운영자가 한 사람뿐이라 닫을 수 없습니다. 먼저 다른 운영자 계정을 만드십시오."))
