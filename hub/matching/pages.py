"""Search and the regions' suggestions, as pages and as the parts that htmx swaps in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.policy import account, anyone, can_add_profile, requires
from hub.accounts.tables import Role
from hub.matching import counts
from hub.matching.replica import Filters
from hub.matching.search import FURTHEST, LONGEST_QUERY, PAGE, Results, parse_filters, search
from hub.matching.suggest import suggest
from hub.problems import Problem
from hub.profiles.lookup import by_name, in_region
from hub.profiles.posting import profile as profile_of
from hub.profiles.tables import Kind, ProfileKind
from hub.regions import atlas
from hub.web import hub, integer, read_session, wants_fragment

pages = Blueprint("matching", __name__)
PAIRS = 30
PROFILES = 50


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
    try:
        filters = parse_filters(request.args.get("region"), request.args.get("kind"))
        if near:
            atlas.place(near)
        if asked:
            results = search(
                hub().engine, session, asked, filters, origin=near, limit=PAGE, offset=(page - 1) * PAGE
            )
    except Problem as error:
        problem, filters = error, Filters()
    named = by_name(session, asked) if asked and page == 1 else []
    template = "matching/_results.html" if wants_fragment() else "matching/search.html"
    return (
        render_template(
            template,
            asked=asked,
            results=results,
            named=named,
            problem=problem,
            filters=filters,
            near=near,
            page=page,
            kinds=list(Kind),
            longest=LONGEST_QUERY,
        ),
        problem.status if problem and not wants_fragment() else 200,
    )


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
    suggestions, total = suggest(
        hub().engine, session, hub().suggestions, code, limit=PAIRS, offset=(page - 1) * PAIRS
    )
    template = "matching/_suggestions.html" if wants_fragment() else "matching/region.html"
    return render_template(
        template,
        region=here,
        province=atlas.province_of(code),
        districts=atlas.districts(code),
        counts=counts.of_region(session, code),
        by_district=counts.by_district(session, code),
        suggestions=suggestions,
        total=total,
        page=page,
        more=page * PAIRS < total,
    )
