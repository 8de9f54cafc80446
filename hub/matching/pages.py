"""Search and the regions' suggestions, as pages and as the parts that htmx swaps in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.policy import (
    account,
    anyone,
    can_add_profile,
    can_set_strategic_fields,
    requires,
    signed_in,
)
from hub.accounts.tables import Role
from hub.language import _
from hub.matching import counts
from hub.matching.feedback import said_of, say, sums, take_back
from hub.matching.replica import Filters
from hub.matching.search import FURTHEST, LONGEST_QUERY, PAGE, Results, parse_filters, search
from hub.matching.suggest import suggest
from hub.problems import Problem
from hub.profiles.fields import carried_fields
from hub.profiles.lookup import by_name, in_region
from hub.profiles.posting import profile as profile_of
from hub.profiles.tables import SIZES, Kind, ProfileKind
from hub.regions import atlas
from hub.regions.strategic import set_strategic_fields, strategic_fields
from hub.web import hub, integer, read_session, safe_next, wants_fragment

pages = Blueprint("matching", __name__)
PAIRS = 30
PROFILES = 50
FILTERS = ("region", "kind", "profile_kind", "size", "field", "trl_from", "trl_to", "language", "visibility")


def home_region(session: Session) -> str | None:
    """Where the reader is: the region of the account or of its profile."""
    who = account()
    if who is None:
        return None
    if who.role == Role.MEMBER and who.profile_id is not None:
        return profile_of(session, who.profile_id).region_code
    return who.region_code


@pages.get("/search")
@requires(anyone)
def find() -> ResponseReturnValue:
    """Results as the reader types; the whole page without JavaScript."""
    session = read_session()
    asked = request.args.get("q", "").strip()
    page = integer(request.args.get("page"), default=1, least=1, most=FURTHEST // PAGE)
    results: Results | None = None
    problem: Problem | None = None
    near = request.args.get("near") or home_region(session)
    who = account()
    try:
        filters = parse_filters(**{name: request.args.get(name) for name in FILTERS})
        if near:
            atlas.place(near)
        if asked:
            results = search(
                hub().engine,
                session,
                asked,
                filters,
                origin=near,
                account_id=who.id if who else None,
                limit=PAGE,
                offset=(page - 1) * PAGE,
            )
    except Problem as error:
        problem, filters = error, Filters()
    template = "matching/_results.html" if wants_fragment() else "matching/search.html"
    return (
        render_template(
            template,
            asked=asked,
            results=results,
            named=by_name(session, asked) if asked and page == 1 else [],
            problem=problem,
            filters=filters,
            narrowed=any(request.args.get(name) for name in FILTERS if name not in ("region", "kind")),
            near=near,
            page=page,
            kinds=list(Kind),
            profile_kinds=list(ProfileKind),
            sizes=SIZES,
            fields=carried_fields(),
            said=said_of(session, who.id, [results.query]) if who and results else {},
            longest=LONGEST_QUERY,
        ),
        problem.status if problem and not wants_fragment() else 200,
    )


@pages.post("/feedback")
@requires(signed_in)
def give_feedback() -> ResponseReturnValue:
    """맞음 or 아님 of one match; the same word again takes it back."""
    who = account()
    form = request.form
    number = form.get("statement_id", "")
    match = {"asked": form.get("asked", ""), "word": form.get("word", ""), "id": number}
    verdict = form.get("verdict", "")
    with hub().database.writing() as session:
        if who is not None and number.isascii() and number.isdigit():
            if verdict == "none":
                take_back(session, who.id, int(number), match["asked"])
            else:
                say(session, who.id, int(number), match["asked"], verdict=verdict, word=match["word"])
    if wants_fragment():
        return render_template("matching/_feedback.html", match=match, verdict=verdict, just_said=True)
    flash(_("의견을 지웠습니다.") if verdict == "none" else _("의견을 남겼습니다. 다음 결과부터 반영합니다."))
    return redirect(safe_next(form.get("next"), url_for("matching.find")))


@pages.get("/regions")
@requires(anyone)
def regions() -> ResponseReturnValue:
    """The provinces, with what is there."""
    return render_template(
        "matching/regions.html", provinces=atlas.provinces(), counts=counts.by_province(read_session())
    )


@pages.get("/regions/<code>/profiles")
@requires(anyone)
def region_profiles(code: str) -> ResponseReturnValue:
    """The organisations of a region."""
    here = atlas.place(code)
    kind = next(iter(parse_filters(None, None, request.args.get("kind")).profile_kinds), None)
    page = integer(request.args.get("page"), default=1, least=1, most=10_000)
    found, total = in_region(read_session(), code, kind, limit=PROFILES, offset=(page - 1) * PROFILES)
    return render_template(
        "matching/region_profiles.html",
        region=here,
        kind=kind,
        kinds=list(ProfileKind),
        found=found,
        total=total,
        page=page,
        more=page * PROFILES < total,
        may_add=can_add_profile(account(), read_session()),
    )


@pages.get("/regions/open")
@requires(anyone)
def open_region() -> ResponseReturnValue:
    """Where a form that chooses a region leads."""
    return redirect(url_for("matching.region", code=request.args.get("code", "").strip() or "-"))


@pages.get("/regions/<code>")
@requires(anyone)
def region(code: str) -> ResponseReturnValue:
    """Which firm of this region should meet which laboratory."""
    session = read_session()
    here = atlas.place(code)
    page = integer(request.args.get("page"), default=1, least=1, most=20)
    found = suggest(hub().engine, session, hub().suggestions, code, limit=PAIRS, offset=(page - 1) * PAIRS)
    template = "matching/_suggestions.html" if wants_fragment() else "matching/region.html"
    who = account()
    is_staff = can_set_strategic_fields(who, session, code)
    return render_template(
        template,
        region=here,
        province=atlas.province_of(code),
        districts=atlas.districts(code),
        counts=counts.of_region(session, code),
        by_district=counts.by_district(session, code),
        found=found,
        page=page,
        more=page * PAIRS < found.total,
        fields=carried_fields(),
        strategic=strategic_fields(session, code),
        is_staff=is_staff,
        sums=sums(session, code) if is_staff else [],
        said=said_of(session, who.id, [s.firm_statement.text for s in found.shown]) if who else {},
    )


@pages.post("/regions/<code>/fields")
@requires(can_set_strategic_fields)
def set_fields(code: str) -> ResponseReturnValue:
    """The technology fields that this region has made its own; its staff choose them."""
    who = account()
    with hub().database.writing() as session:
        if who is not None:
            set_strategic_fields(session, code, request.form.getlist("fields"), who.id)
    flash(_("전략 기술 분야를 저장했습니다. 추천과 찾기의 차례에 반영합니다."))
    return redirect(url_for("matching.region", code=code))
