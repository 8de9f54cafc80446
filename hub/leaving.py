"""Taking one's data along, and closing one's account: what goes, and what stays because it is others' record too.

Both go by the tables themselves: whatever points at an account is either its owner's own (``OWN``) or a record (``RECORDS``),
and a test holds that nothing is forgotten.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.json import dumps
from flask.typing import ResponseReturnValue
from sqlmodel import Session, SQLModel, col, select, update

from hub.accounts import sessions
from hub.accounts.again import check_again
from hub.accounts.cookie import leave
from hub.accounts.gate import requires
from hub.accounts.passwords import empty
from hub.accounts.policy import Forbidden, can_close_account, signed_in
from hub.accounts.tables import Account, Claim, Invitation
from hub.database import Database, lock, now
from hub.language import _
from hub.mail.outbox import write
from hub.mail.tables import Mail
from hub.posting import statements
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.published import statements_of
from hub.profiles.tables import Inquiry, Statement
from hub.web.request import part, read_session

pages = Blueprint("leaving", __name__)
# Goes with the account.
OWN = frozenset(
    {"external_identity", "known_machine", "once", "open_session", "recovery_code", "saved_search"}
)
# Stays, under a number that tells no name any more: it is an office's or an organisation's record, or both sides'.
RECORDS = frozenset(
    {"claim", "contact", "feedback", "inquiry", "invitation", "pair_decision", "referral", "region_field"}
)
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
    """All that the hub holds of a person: the account, and by table each row that names it."""
    kept = select(SQLModel.metadata.tables["account"]).where(col(Account.id) == who.id)  # type: ignore[call-overload]
    taken: dict[str, Any] = {"account": _readable(session.execute(kept).mappings().one())}
    if who.profile_id is not None:
        own = read.profile(session, who.profile_id)
        said = statements_of(session, own.id, as_editor=True)
        taken["organisation"] = {"id": own.id, "name_ko": own.name_ko, "name_en": own.name_en}
        taken["statements"] = [
            one.model_dump(mode="json") for one in said if who.unit_id in (None, one.unit_id)
        ]
    for table, columns in pointing().items():
        own_rows = sa.or_(*(one == who.id for one in columns))
        rows = session.execute(sa.select(table).where(own_rows)).mappings()
        taken[table.name] = [_readable(row) for row in rows]
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
    """Closes an account: its own things go, what waits because of it ends, its name and address leave what stays.

    :param withdraw: what its organisation has published is withdrawn too; only where nobody else belongs to it.
    """
    account = lock(session, Account, number)
    if account is None or account.closed_at is not None:
        return
    if withdraw and is_last(session, account):
        for said in published_by(session, account):
            statements.withdraw(session, said.id)
    _end_what_waits(session, account.id)
    sessions.end_all(session, account.id)
    for table, columns in pointing().items():
        if table.name in OWN:
            session.execute(sa.delete(table).where(columns[0] == account.id))
    session.execute(sa.delete(Mail).where(col(Mail.recipient) == account.email))
    write(session, account.email, account.language, "closed")
    empty(account)


def _end_what_waits(session: Session, number: int) -> None:
    """What only this person could go on with."""
    at = now()
    session.execute(
        update(Claim)
        .where(col(Claim.account_id) == number, col(Claim.answered_at).is_(None))
        .values(answered_at=at, granted=False)
    )
    session.execute(
        update(Invitation)
        .where(col(Invitation.invited_by) == number, col(Invitation.ended_at).is_(None))
        .values(ended_at=at)
    )
    waiting = sa.and_(col(Inquiry.answered_at).is_(None), col(Inquiry.withdrawn_at).is_(None))
    session.execute(update(Inquiry).where(col(Inquiry.account_id) == number, waiting).values(withdrawn_at=at))


def is_last(session: Session, who: Account) -> bool:
    """Whether nobody else belongs to this account's organisation."""
    if who.profile_id is None:
        return False
    others = select(Account.id).where(Account.profile_id == who.profile_id, Account.id != who.id)
    return session.exec(others.limit(1)).first() is None


def published_by(session: Session, who: Account) -> list[Statement]:
    """What this account's organisation has published, with or without its name."""
    if who.profile_id is None:
        return []
    return [one for one in statements_of(session, who.profile_id, as_editor=True) if one.is_published]


@pages.get("/account/export")
@requires(signed_in)
def export(who: Account) -> Response:
    """All that the hub holds of whoever asks, as a file."""
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
    published = 0
    if is_last(session, who):
        published = len(published_by(session, who))
    page = render_template("accounts/close.html", who=who, problem=problem, published=published)
    return page, problem.status if problem else 200


def _only_admin() -> Forbidden:
    return Forbidden(_("허브 운영자가 한 사람뿐이라 닫을 수 없습니다. 먼저 다른 운영자 계정을 만드십시오."))
