"""The form in which a member brings what it looked for to the staff of its region."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.once import UsedUp, sent_once
from hub.accounts.policy import answering_desk, can_inquire
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.inquiries import inquiries
from hub.inquiries.inquiries import Asking, PartnerGone
from hub.inquiries.matches import measured, nearly_same, standing_needs
from hub.inquiries.offers import leads_to_asking
from hub.inquiries.pages import pages
from hub.language import _
from hub.numbers import whole_number
from hub.posting import statements
from hub.posting.statement_forms import names_itself
from hub.problems import Problem
from hub.profiles import limits, read
from hub.profiles.published import region_of
from hub.profiles.tables import Inquiry, Kind, Visibility
from hub.web.addresses import reads, same_page
from hub.web.request import part, read_session


class NamesItself(Problem):
    """A need that hides its name tells it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "글 안에 기관 이름이 들어 있어 이름을 숨겨도 드러납니다. 글에서 지우십시오. 그래도 이대로 보내려면 한 번 더 누르십시오. 아직 아무것도 보내지 않았습니다."
            )
        )


@pages.route("/inquiries/new", methods=["GET", "POST"])
@reads("asked", "need", "partner")
@requires(can_inquire)
def add_inquiry(who: Account) -> ResponseReturnValue:
    """Turns what somebody looked for into a need and brings it to the staff of the region."""
    if who.profile_id is None:
        return _no_organisation(who)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            asking = _asking(who)
            with part(Database).writing() as session:
                number = sent_once(
                    session, who, lambda: inquiries.inquire(session, who, asking).id, of=Inquiry
                )
                _forget_the_way_here(session, who)
            flash(_("담당자에게 보냈습니다."))
            return redirect(url_for("inquiries.inquiry", inquiry_id=number))
        except Problem as error:
            problem = error
    return _form(who, problem)


def _forget_the_way_here(session: Session, who: Account) -> None:
    """Who has asked is not offered to go on with asking any more; another thing that was being done stays."""
    held = session.get_one(Account, who.id)
    if leads_to_asking(held.resume):
        held.resume = None


def _no_organisation(who: Account) -> ResponseReturnValue:
    """A need is an organisation's: saying of which one comes first, and then this page again, with what was typed."""
    if request.method == "POST":  # the page for what failed gives back what was typed
        raise Problem(_("먼저 어느 기관에서 일하시는지 정해 주십시오."), status=409)
    address = same_page()
    if who.resume != address:
        with part(Database).writing() as session:
            session.get_one(Account, who.id).resume = address
    number = whole_number(request.args.get("partner"), least=1)
    return render_template(
        "inquiries/no_organisation.html",
        asked=request.args.get("asked", ""),
        partner=inquiries.partner(read_session(), number, who),
    )


def _asking(who: Account) -> Asking:
    """The form as it was sent.

    :raises Problem: in the reader's language, saying what to change.
    """
    form = request.form
    partner_id = whole_number(form.get("partner"), least=1)
    need_id = whole_number(form.get("need"), least=1)
    if need_id is not None:
        return Asking(need_id, None, None, partner_id)
    visibility = form.get("visibility", "")
    if visibility == Visibility.DRAFT:  # the staff are asked about what is published
        visibility = ""
    written = statements.content(
        kind=Kind.NEED, text=form.get("text", ""), visibility=visibility, unit_id=who.unit_id
    )
    owner = read.profile(read_session(), who.profile_id or 0)
    hides = written.visibility == Visibility.HIDDEN_NAME
    if hides and not form.get("named_anyway") and names_itself(written.text, owner, who.unit_id):
        raise NamesItself
    return Asking(None, written, statements.encode(part(Engine).encoder, written), partner_id)


def _form(who: Account, problem: Problem | None) -> ResponseReturnValue:
    session, engine = read_session(), part(Engine)
    given = request.form if request.method == "POST" else request.args
    text = given.get("text" if request.method == "POST" else "asked", "")
    need_id = whole_number(given.get("need"), least=1)
    number = None if isinstance(problem, PartnerGone) else whole_number(given.get("partner"), least=1)
    chosen = inquiries.partner(session, number, who)
    owner = read.profile(session, who.profile_id or 0)
    unit = read.unit(session, who.unit_id) if who.unit_id is not None else None
    needs = standing_needs(engine, session, who, text, need_id)
    picked = next((one.need for one in needs if one.need.id == need_id), None)
    same = nearly_same(text, [one.need for one in needs]) if request.method == "GET" else None
    place = region_of(unit, owner)
    sought = picked.text if picked and not text else text
    page = render_template(
        "inquiries/inquiry_form.html",
        profile=owner,
        unit=unit,
        place=place,
        desk=answering_desk(session, place),
        text=text,
        needs=needs,
        picked=picked or same,
        same=same,
        visibility=given.get("visibility", ""),
        partner=chosen,
        partner_lost=number is not None and chosen is None,
        fit=measured(engine, session, sought, chosen[0].id, need=picked) if chosen else None,
        named_anyway=isinstance(problem, NamesItself),
        problem=problem,
        made=url_for("inquiries.inquiry", inquiry_id=problem.made_id)
        if isinstance(problem, UsedUp)
        else None,
        shortest=limits.SHORTEST,
        longest=limits.LONGEST,
    )
    return page, problem.status if problem else 200
