"""Search, comparing, saved searches: pages, and the parts of them that htmx swaps in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.policy import anyone, signed_in
from hub.accounts.tables import Account
from hub.database import Database
from hub.index.engine import Engine
from hub.language import _
from hub.numbers import whole_number
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.limits import LONGEST
from hub.profiles.lookup import by_name, units_by_name
from hub.regions.atlas import places_called
from hub.search import saved
from hub.search.feedback import said_of, say, take_back
from hub.search.labels import search_address
from hub.search.meant import did_you_mean, offer
from hub.search.query import AFTER, FURTHEST, LONGEST_QUERY, NAMES, NARROWING, SHOW, WEAK, Query
from hub.search.search import Results, compare, search
from hub.web.addresses import reads, safe_next
from hub.web.request import part, read_session, wants_fragment

pages = Blueprint("search", __name__)
CHOSEN = "s"  # the statements that are compared


def home_region(session: Session, who: Account | None) -> str | None:
    """Where the reader is: the region of the account or of its profile."""
    if who is None:
        return None
    unit = read.unit(session, who.unit_id) if who.unit_id is not None else None
    if unit is not None and unit.region_code is not None:
        return unit.region_code
    if who.profile_id is not None:
        return read.profile(session, who.profile_id).region_code
    return who.region_code


@pages.get("/search")
@reads(*NAMES, aside=(SHOW, WEAK), of_part=(AFTER,))
@requires(anyone)
def find(who: Account | None) -> ResponseReturnValue:
    """Results as the reader types; the whole page without JavaScript.

    ``show`` says how many are on the page, in the address, so that coming back finds them all again;
    htmx asks with ``after`` for those that are not on its page yet.
    """
    session = read_session()
    results: Results | None = None
    problem: Problem | None = None
    asked: dict[str, Any] = {"home": home_region(session, who), "is_part": wants_fragment()}
    try:
        query = Query.of(request.args, **asked)
        if query.text:
            results = search(part(Engine), session, query, who.id if who else None)
    except Problem as error:
        problem, query = error, Query.of(request.args, check=False, **asked)
    shown = _shown(session, query, results, who)
    if wants_fragment():
        template = "search/_more.html" if query.after else "search/_results.html"
        return render_template(template, problem=problem, **shown)
    page = render_template("search/search.html", problem=problem, longest=LONGEST_QUERY, **shown)
    return page, problem.status if problem else 200


def _shown(session: Session, query: Query, results: Results | None, who: Account | None) -> dict[str, Any]:
    """What the page and its parts say of a query and of what was found."""
    is_first = not query.after
    meant = did_you_mean(part(Engine), session, query.text) if results and is_first else None
    return {
        "query": query,
        "narrowed": any(parameter.name in query.chosen for parameter in NARROWING),
        "furthest": FURTHEST,
        "results": results,
        "meant": meant,
        "offer": offer(meant) if meant else "",
        "named": by_name(session, query.text, for_readers=True) if query.text and is_first else [],
        "named_regions": places_called(query.text) if is_first else [],
        "named_units": units_by_name(session, query.text) if query.text and is_first else [],
        "said": said_of(session, who.id, [query.text]) if who and results else {},
        "is_saved": saved.find(session, who.id, query) if who else None,
        "own_profile": who.profile_id if who else None,
    }


@pages.get("/compare")
@reads(*NAMES, CHOSEN, aside=(SHOW, WEAK))
@requires(anyone)
def compare_partners(who: Account | None) -> ResponseReturnValue:
    """Up to four of the answers side by side."""
    session = read_session()
    query = Query.of(request.args, home=home_region(session, who))
    numbers = [number for text in request.args.getlist(CHOSEN) if (number := whole_number(text)) is not None]
    answers = compare(part(Engine), session, query, numbers, who.id if who else None)
    return render_template("search/compare.html", query=query, answers=answers)


@pages.get("/searches")
@requires(signed_in)
def saved_searches(who: Account) -> ResponseReturnValue:
    """The searches that the account keeps."""
    session = read_session()
    searches = saved.saved_by(session, who.id)
    fresh = saved.new_answers(part(Engine), session, searches, who.last_visit_at, own=who.profile_id)
    return render_template("search/saved.html", searches=searches, fresh=fresh)


@pages.post("/searches")
@requires(signed_in)
def save_search(who: Account) -> ResponseReturnValue:
    """Keeps a search."""
    query = Query.of(request.form)
    with part(Database).writing() as session:
        found = saved.save(session, who.id, query)
    if wants_fragment():
        return render_template("search/_save.html", is_saved=found, just_now=True, query=query)
    flash(_("검색을 저장했습니다."))
    return redirect(url_for("search.saved_searches") if request.form.get("list") else search_address(query))


@pages.post("/searches/<int:number>/remove")
@requires(signed_in)
def remove_search(who: Account, number: int) -> ResponseReturnValue:
    """Forgets a search; saving it again brings it back."""
    with part(Database).writing() as session:
        gone = saved.remove(session, who.id, number)
    if gone is None and request.form.get("list"):
        raise NotFound(_("저장한 검색 %(id)d번은 없습니다. 이미 지웠을 수 있습니다.", id=number))
    if wants_fragment():
        query = gone.query if gone else Query.of(request.form, check=False)
        template = "search/_saved_row.html" if request.form.get("list") else "search/_save.html"
        return render_template(template, is_saved=None, just_now=True, query=query, search=gone, removed=True)
    flash(_("저장한 검색을 지웠습니다."))
    return redirect(safe_next(request.form.get("next"), url_for("search.saved_searches")))


@pages.post("/feedback")
@requires(signed_in)
def give_feedback(who: Account) -> ResponseReturnValue:
    """맞음 or 아님 of one match; the same word again takes it back."""
    form = request.form
    number = whole_number(form.get("statement_id"))
    if number is None:
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=form.get("statement_id", "")[:20]))
    asked, word, verdict = (form.get(name, "") for name in ("asked", "word", "verdict"))
    encoder = part(Engine).encoder
    if 0 < len(asked) <= LONGEST:
        encoder.encode_one(asked)  # remembered, so that the transaction is short
    with part(Database).writing() as session:
        if verdict == "none":
            take_back(session, who.id, number, asked)
        else:
            say(session, encoder, who.id, number, asked, verdict=verdict, word=word)
    if wants_fragment():
        match = {"asked": asked, "word": word, "id": number}
        return render_template("search/_feedback.html", match=match, verdict=verdict, just_said=True)
    flash(_("의견을 지웠습니다.") if verdict == "none" else _("의견을 남겼습니다. 다음 결과부터 반영합니다."))
    return redirect(safe_next(form.get("next"), url_for("search.find")))
