"""Asking the staff: the form after a search, what was asked, and the desk's answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.once import sent_once
from hub.accounts.policy import (
    answering_desk,
    can_add_profile,
    can_answer_inquiry,
    can_edit_statement,
    can_keep_desk,
    can_see_inquiry,
    can_withdraw_inquiry,
    signed_in,
)
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.inquiries import inquiries, matches
from hub.inquiries.inquiries import Line
from hub.language import _
from hub.mail.outbox import write
from hub.numbers import whole_number
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.labels import said_by
from hub.profiles.published import read_published
from hub.profiles.tables import Inquiry
from hub.regions.atlas import atlas
from hub.search.answers import Answer
from hub.web.addresses import reads
from hub.web.public_address import whole
from hub.web.request import part, read_session

pages = Blueprint("inquiries", __name__)


@pages.get("/inquiries")
@reads("region")
@requires(signed_in)
def inquiry_list(who: Account) -> ResponseReturnValue:
    """What a member has asked the staff; to staff what waits for them, and what they have answered."""
    session = read_session()
    is_desk = can_add_profile(who, session)
    region = who.region_code
    chosen = request.args.get("region", "")
    if is_desk and chosen in atlas() and can_keep_desk(who, session, chosen):
        region = chosen
    waiting = inquiries.waiting_at(session, region) if is_desk else []
    told = inquiries.answered_at(session, region) if is_desk else inquiries.own_inquiries(session, who)
    wanted = {line.inquiry.partner_statement_id for line in (*waiting, *told)} - {None}
    return render_template(
        "inquiries/inquiries.html",
        is_desk=is_desk,
        region=region,
        counts=inquiries.counts_at(session, region) if is_desk else None,
        waiting=waiting,
        told=told,
        partners=read_published(session, (number for number in wanted if number is not None)),
        own=who.id,
    )


@pages.get("/inquiries/<int:inquiry_id>")
@requires(can_see_inquiry)
def inquiry(who: Account, inquiry_id: int) -> ResponseReturnValue:
    """What was asked, what happens next, and the answer."""
    session = read_session()
    return render_template("inquiries/inquiry.html", **_shown(who, session, _line(session, inquiry_id)))


def _line(session: Session, inquiry_id: int) -> Line:
    asked = read.inquiry(session, inquiry_id)
    need = None if asked.statement_id is None else read.statement(session, asked.statement_id)
    owner = None if need is None else read.profile(session, need.profile_id)
    return Line(asked, need, owner, session.get_one(Account, asked.account_id))


def _shown(who: Account, session: Session, line: Line) -> dict[str, object]:
    """What every page about one inquiry says of it."""
    spoken_of = {line.inquiry.partner_statement_id, *line.inquiry.proposed} - {None, 0}
    return {
        "line": line,
        "place": line.place,
        "desk": answering_desk(session, line.place) if line.place else None,
        "known": read_published(session, (number for number in spoken_of if number)),
        "may_answer": can_answer_inquiry(who, session, line.inquiry.id),
        "may_withdraw": can_withdraw_inquiry(who, session, line.inquiry.id),
        "late_after": inquiries.OVERDUE.days,
    }


@pages.post("/inquiries/<int:inquiry_id>/withdraw")
@requires(can_withdraw_inquiry)
def withdraw_inquiry(who: Account, inquiry_id: int) -> ResponseReturnValue:
    """Takes back what was asked; the need stays as it is."""
    with part(Database).writing() as session:
        inquiries.withdraw(session, inquiry_id)
    flash(_("문의를 취소했습니다. 올린 수요는 그대로 있습니다."))
    return redirect(url_for("inquiries.inquiry_list"))


@pages.route("/inquiries/<int:inquiry_id>/answer", methods=["GET", "POST"])
@requires(can_answer_inquiry)
def answer_inquiry(who: Account, inquiry_id: int) -> ResponseReturnValue:
    """The desk's page of what was asked: whom the hub finds, and the answer."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _answer(who, inquiry_id)
            flash(_("답을 보냈습니다. 물은 쪽의 문의에 바로 보입니다."))
            return redirect(url_for("inquiries.inquiry", inquiry_id=inquiry_id))
        except Problem as error:
            problem = error
    if problem is None:
        return _answer_form(who, read_session(), inquiry_id, problem)
    with part(Database).reading() as session:  # it may have been answered since this request began
        return _answer_form(who, session, inquiry_id, problem)


def _chosen() -> list[int]:
    given = (whole_number(value, least=1) for value in request.form.getlist("proposed"))
    return [number for number in given if number is not None]


def _answer(who: Account, inquiry_id: int) -> None:
    given = inquiries.reply(request.form.get("reply", ""), _chosen())
    with part(Database).writing() as session:

        def answered() -> int:
            asked = inquiries.answer(session, inquiry_id, who, given)
            _tell_asker(session, asked)
            return asked.id

        sent_once(session, who, answered, changes=True)


def _tell_asker(session: Session, asked: Inquiry) -> None:
    """Whoever asked learns of the answer, as long as it is theirs to know."""
    asker = session.get_one(Account, asked.account_id)
    if asker.closed_at is not None or not can_edit_statement(asker, session, asked.statement_id or 0):
        return
    known = read_published(session, asked.proposed)
    proposed = [
        (said_by(owner, said), url_for("posting.statement", statement_id=said.id))
        for said, owner in known.values()
    ]
    write(
        session,
        asker.email,
        asker.language,
        "inquiry_answered",
        answer=asked.answer,
        proposed=[(name, whole(path)) for name, path in proposed],
        address=whole(url_for("inquiries.inquiry", inquiry_id=asked.id)),
    )


def _answer_form(
    who: Account, session: Session, inquiry_id: int, problem: Problem | None
) -> ResponseReturnValue:
    line = _line(session, inquiry_id)
    found, wished = ([], None) if not line.inquiry.is_open else _found(session, line)
    page = render_template(
        "inquiries/answer.html",
        **_shown(who, session, line),
        matches=found,
        wished=wished,
        typed=request.form.get("reply", ""),
        chosen=_chosen(),
        problem=problem,
        most_proposed=inquiries.MOST_PROPOSED,
        longest_reply=inquiries.LONGEST_REPLY,
    )
    return page, problem.status if problem else 200


def _found(session: Session, line: Line) -> tuple[list[Answer], Answer | None]:
    """Whom the hub finds, and whom those who ask would like to meet."""
    if line.need is None or line.owner is None:
        return [], None
    found = matches.matches(part(Engine), session, line.need, line.owner)
    number = line.inquiry.partner_statement_id
    if number is None:
        return found, None
    wished = matches.measured(part(Engine), session, line.need.text, number, need=line.need)
    return [one for one in found if one.best.statement.id != number], wished
