"""Search, comparing, saved searches: pages, and the parts of them that htmx swaps in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.policy import account, anyone, requires, signed_in
from hub.database import Database
from hub.fields.carried import carried_fields
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.language import _
from hub.numbers import bounded, whole_number
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.limits import LONGEST
from hub.profiles.lookup import by_name
from hub.regions import atlas
from hub.search import saved
from hub.search.feedback import said_of, say, take_back
from hub.search.meant import did_you_mean, offer
from hub.search.query import FURTHEST, LONGEST_QUERY, PAGE, SORTS, Query
from hub.search.search import Results, compare, parse_filters, search
from hub.text import one_line
from hub.web.addresses import SEARCH, SEARCH_FILTERS, reads, safe_next
from hub.web.request import part, read_session, wants_fragment

pages = Blueprint("search", __name__)


def home_region(session: Session) -> str | None:
    """Where the reader is: the region of the account or of its profile."""
    who = account()
    if who is None:
        return None
    if who.profile_id is not None:
        return read.profile(session, who.profile_id).region_code
    return who.region_code


@pages.get("/search")
@reads(*SEARCH, aside=("show",), of_part=("after",))
@requires(anyone)
def find() -> ResponseReturnValue:
    """Results as the reader types; the whole page without JavaScript.

    ``show`` says how many are on the page, in the address, so that coming back finds them all again;
    htmx asks with ``after`` for those that are not on its page yet.
    """
    session = read_session()
    who = account()
    asked = _asked(session)
    results: Results | None = None
    problem: Problem | None = None
    try:
        filters = parse_filters(**{name: request.args.get(name) for name in SEARCH_FILTERS})
        if asked["near"]:
            atlas.place(asked["near"])
        if asked["asked"]:
            query = Query(
                one_line(asked["asked"]),
                filters,
                near=asked["near"],
                sort=asked["sort"],
                shown=asked["show"],
                after=asked["after"],
            )
            results = search(part(Engine), session, query, who.id if who else None)
    except Problem as error:
        problem, filters = error, Filters()
    meant = (
        did_you_mean(part(Engine), session, results.query.text) if results and not asked["after"] else None
    )
    shown: dict[str, Any] = {
        **asked,
        "meant": meant,
        "offer": offer(meant) if meant else "",
        "results": results,
        "problem": problem,
        "filters": filters,
        "named": by_name(session, asked["asked"]) if asked["asked"] and not asked["after"] else [],
        "said": said_of(session, who.id, [results.query.text]) if who and results else {},
        "is_saved": saved.find(session, who.id, request.args) if who else None,
        "own_profile": who.profile_id if who else None,
        "fields": carried_fields(),
        "page_size": PAGE,
        "furthest": FURTHEST,
    }
    if wants_fragment():
        return render_template("search/_more.html" if asked["after"] else "search/_results.html", **shown)
    page = render_template(
        "search/search.html",
        **shown,
        longest=LONGEST_QUERY,
    )
    return page, problem.status if problem else 200


def _asked(session: Session) -> dict[str, Any]:
    """What an address asks for, kept in bounds."""
    show = bounded(request.args.get("show"), default=PAGE, least=PAGE, most=FURTHEST) // PAGE * PAGE
    sort = request.args.get("sort", "")
    return {
        "asked": request.args.get("q", "").strip(),
        "show": show,
        "after": bounded(request.args.get("after"), default=0, least=0, most=show) if wants_fragment() else 0,
        "near": request.args.get("near") or home_region(session),
        "sort": sort if sort in SORTS else SORTS[0],
        "kind": request.args.get("kind", ""),
        "narrowed": any(request.args.get(name) for name in SEARCH_FILTERS if name not in ("region", "kind")),
    }


@pages.get("/compare")
@reads("q", "near", "s", "kind", "region")
@requires(anyone)
def compare_partners() -> ResponseReturnValue:
    """Up to four of the answers side by side."""
    session = read_session()
    who = account()
    asked = request.args.get("q", "").strip()
    near = request.args.get("near") or home_region(session)
    numbers = [number for text in request.args.getlist("s") if (number := whole_number(text)) is not None]
    if near:
        atlas.place(near)
    query = Query(one_line(asked), near=near)
    answers = compare(part(Engine), session, query, numbers, who.id if who else None)
    return render_template("search/compare.html", asked=asked, answers=answers)


@pages.get("/searches")
@requires(signed_in)
def saved_searches() -> ResponseReturnValue:
    """The searches that the account keeps."""
    who = account()
    return render_template(
        "search/saved.html", searches=saved.saved_by(read_session(), who.id) if who else []
    )


@pages.post("/searches")
@requires(signed_in)
def save_search() -> ResponseReturnValue:
    """Keeps a search."""
    who = account()
    kept = None
    with part(Database).writing() as session:
        if who is not None:
            kept = saved.save(session, who.id, request.form)
    if wants_fragment():
        return render_template("search/_save.html", is_saved=kept, just_now=True, asked_values=request.form)
    flash(_("검색을 저장했습니다."))
    if request.form.get("list"):
        return redirect(url_for("search.saved_searches"))
    return redirect(f"{url_for('search.find')}?{kept.query if kept else ''}")


@pages.post("/searches/<int:number>/remove")
@requires(signed_in)
def remove_search(number: int) -> ResponseReturnValue:
    """Forgets a search; saving it again brings it back."""
    who = account()
    gone = None
    with part(Database).writing() as session:
        if who is not None:
            gone = saved.remove(session, who.id, number)
    values = gone.parameters if gone else request.form
    if gone is None and request.form.get("list"):
        raise NotFound(_("저장한 검색 %(id)d번은 없습니다. 이미 지웠을 수 있습니다.", id=number))
    if wants_fragment():
        template = "search/_saved_row.html" if request.form.get("list") else "search/_save.html"
        return render_template(
            template, is_saved=None, just_now=True, asked_values=values, search=gone, removed=True
        )
    flash(_("저장한 검색을 지웠습니다."))
    return redirect(safe_next(request.form.get("next"), url_for("search.saved_searches")))


@pages.post("/feedback")
@requires(signed_in)
def give_feedback() -> ResponseReturnValue:
    """맞음 or 아님 of one match; the same word again takes it back."""
    who = account()
    form = request.form
    number = whole_number(form.get("statement_id"))
    if number is None:
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=form.get("statement_id", "")[:20]))
    asked, word, verdict = (form.get(name, "") for name in ("asked", "word", "verdict"))
    encoder = part(Engine).encoder
    if 0 < len(asked) <= LONGEST:
        encoder.encode_one(asked)  # remembered, so that the transaction is short
    with part(Database).writing() as session:
        if who is not None and verdict == "none":
            take_back(session, who.id, number, asked)
        elif who is not None:
            say(session, encoder, who.id, number, asked, verdict=verdict, word=word)
    if wants_fragment():
        match = {"asked": asked, "word": word, "id": number}
        return render_template("search/_feedback.html", match=match, verdict=verdict, just_said=True)
    flash(_("의견을 지웠습니다.") if verdict == "none" else _("의견을 남겼습니다. 다음 결과부터 반영합니다."))
    return redirect(safe_next(form.get("next"), url_for("search.find")))
