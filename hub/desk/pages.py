"""A region's pages: its desk, its demand and supply, its network, its organisations."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.policy import anyone, can_add_profile, can_keep_desk
from hub.accounts.tables import Account
from hub.choices import one_of
from hub.database import Database
from hub.desk import decisions, network, pairs, supply, techmap
from hub.desk.choropleth import MEASURES, choropleth, known_measure
from hub.desk.techmap import Maps
from hub.fields.carried import carried_fields
from hub.fields.strategic import set_strategic_fields, strategic_fields
from hub.index import counts
from hub.index.engine import Engine
from hub.inquiries.inquiries import counts_at
from hub.language import _
from hub.numbers import bounded
from hub.problems import NotFound
from hub.profiles.labels import profile_name
from hub.profiles.lookup import in_region
from hub.profiles.published import hidden_needs
from hub.profiles.tables import Profile, ProfileKind, Unit
from hub.regions import atlas
from hub.search.feedback import said_of, sums
from hub.suggestions.suggestions import Suggestion, Suggestions, choose
from hub.web.addresses import reads, safe_next
from hub.web.request import part, read_session, wants_fragment

pages = Blueprint("desk", __name__)
PAIRS = 20
PROFILES = 50
PAIR_FILTERS = ("view", "firm_kind", "strength", "within", "field")


def _drawn(province: str | None = None, counted: dict[str, Counter[str]] | None = None) -> dict[str, Any]:
    """What ``desk/_map.html`` needs, and what is counted in every region."""
    measure = known_measure(request.args.get("measure"))
    counted = counted or counts.by_region(part(Engine), read_session())
    drawn = choropleth(part(Engine), read_session(), part(Suggestions), measure, province, counted=counted)
    return {"map": drawn, "measures": MEASURES, "counted": counted}


def _here(session: Session, who: Account | None, code: str) -> dict[str, Any]:
    """What every page of a region needs: the place, what is counted, and to its own staff whose the needs are that hide
    their name."""
    place = atlas.place(code)
    counted = counts.by_region(part(Engine), session)
    keeps_desk = can_keep_desk(who, session, code)
    hidden = hidden_needs(session, code) if keeps_desk else []
    return {
        "region": place,
        "counted": counted,
        # Of a district's province what may lie in the district too.
        "unplaced": counts.without_district(counted, place.parent_code) if place.parent_code else None,
        "keeps_desk": keeps_desk,
        "hidden_needs": hidden,
        "hidden": {said.id: owner for said, owner in hidden},
    }


@pages.get("/regions")
@reads("measure")
@requires(anyone)
def regions(who: Account | None) -> ResponseReturnValue:
    """The country by provinces, on the map and in a table."""
    template = "desk/_map.html" if wants_fragment() else "desk/regions.html"
    return render_template(template, region=None, **_drawn())


@pages.get("/regions/open")
@reads("code")
@requires(anyone)
def open_region(who: Account | None) -> ResponseReturnValue:
    """Where a form that chooses a region leads."""
    return redirect(url_for("desk.region", code=request.args.get("code", "").strip() or "-"))


@pages.get("/regions/<code>")
@reads(*PAIR_FILTERS, "page", "measure")
@requires(anyone)
def region(who: Account | None, code: str) -> ResponseReturnValue:
    """Which firm of this region should meet which laboratory: the staff's desk."""
    session = read_session()
    province = atlas.province_of(atlas.place(code).code)
    if wants_fragment() and request.headers.get("HX-Target") == "map":
        return render_template("desk/_map.html", region=atlas.place(code), **_drawn(province.code))
    here = _here(session, who, code)
    page = bounded(request.args.get("page"), default=1, least=1, most=50)
    filters = pairs.parse_pair_filters(*(request.args.get(name) for name in PAIR_FILTERS))
    found = pairs.desk_pairs(
        part(Engine),
        session,
        part(Suggestions),
        code,
        filters,
        is_staff=here["keeps_desk"],
        limit=PAIRS,
        offset=(page - 1) * PAIRS,
    )
    shown: dict[str, Any] = {
        **here,
        "province": province,
        "found": found,
        "filters": filters,
        "page": page,
        "page_size": PAIRS,
        "said": _said(session, who, found.shown),
        "fields": carried_fields(),
        "within": pairs.WITHIN_KM,
    }
    if wants_fragment():
        return render_template("desk/_pairs.html", **shown)
    return render_template(
        "desk/region.html",
        **(_drawn(province.code, here["counted"]) | shown),
        strategic=strategic_fields(session, code),
        hidden_total=counts.hidden_needs_in(part(Engine), code),
        sums=sums(session, code) if here["keeps_desk"] else [],
        asked_here=counts_at(session, code) if here["keeps_desk"] else None,
    )


def _said(session: Session, who: Account | None, shown: list[Suggestion]) -> dict[tuple[str, int], str]:
    return said_of(session, who.id, [s.firm_statement.text for s in shown]) if who else {}


@pages.post("/regions/<code>/pairs/<pair>")
@requires(can_keep_desk)
def decide_pair(who: Account, code: str, pair: str) -> ResponseReturnValue:
    """Puts a pair on the shortlist, out of the suggestions, or back among them."""
    key = decisions.pair_key(pair)
    decision = request.form.get("decision", "")
    filters = pairs.parse_pair_filters(*(request.form.get(name) for name in PAIR_FILTERS))
    chosen = choose(part(Engine), read_session(), part(Suggestions), code)
    with part(Database).writing() as session:
        before = decisions.decisions_of(session, code).get(key)
        if decision == "":
            decisions.take_back(session, code, key)
        else:
            decisions.decide(session, code, chosen.pairs, key, decision, account_id=who.id)
    if not wants_fragment():
        flash(_said_of_decision(decision))
        return redirect(safe_next(request.form.get("next"), url_for("desk.region", code=code)))
    # Another session: the one of this request saw the desk as it was before.
    with part(Database).reading() as session:
        found = pairs.desk_pairs(part(Engine), session, part(Suggestions), code, filters, limit=0)
        shown = pairs.chosen_pairs(part(Engine), session, chosen, code, [key], is_staff=True)
        said = _said(session, who, shown)
    if not shown:
        raise NotFound(_("이 쌍의 글이 더는 게시되어 있지 않습니다."))
    return render_template(
        "desk/_decided.html",
        **_here(read_session(), who, code),
        s=shown[0],
        found=found,
        filters=filters,
        decision=decision,
        was=before.decision if before and before.decision != decision else "",
        said=said,
        undone=True,
    )


def _said_of_decision(decision: str) -> str:
    return {
        "shortlisted": _("쌍을 담았습니다. «담은 쌍»에서 되돌릴 수 있습니다."),
        "dismissed": _("쌍을 뺐습니다. «뺀 쌍»에서 되돌릴 수 있습니다."),
    }.get(decision, _("추천으로 되돌렸습니다."))


@pages.get("/regions/<code>/compare")
@reads("pair")
@requires(anyone)
def compare_pairs(who: Account | None, code: str) -> ResponseReturnValue:
    """Up to four pairs side by side."""
    session = read_session()
    here = _here(session, who, code)
    keys = [decisions.pair_key(text) for text in request.args.getlist("pair")]
    chosen = choose(part(Engine), session, part(Suggestions), code)
    shown = pairs.chosen_pairs(part(Engine), session, chosen, code, keys, is_staff=here["keeps_desk"])
    return render_template("desk/compare.html", **here, shown=shown)


@pages.get("/regions/<code>/supply")
@requires(anyone)
def region_supply(who: Account | None, code: str) -> ResponseReturnValue:
    """Demand and supply by technology field side by side, and the gaps between them."""
    session = read_session()
    engine = part(Engine)
    here = _here(session, who, code)
    strategic = strategic_fields(session, code)
    return render_template(
        "desk/supply.html",
        **here,
        fields=supply.by_field(engine, session, code, strategic),
        strategic=strategic,
        gaps=supply.gaps(engine, session, part(Suggestions), code, strategic),
        all_fields=carried_fields(),
    )


@pages.post("/regions/<code>/fields")
@requires(can_keep_desk)
def set_fields(who: Account, code: str) -> ResponseReturnValue:
    """The technology fields that this region has made its own; its staff choose them."""
    with part(Database).writing() as session:
        set_strategic_fields(session, code, request.form.getlist("fields"), who.id)
    flash(_("전략 기술 분야를 저장했습니다. 추천과 찾기의 차례에 반영합니다."))
    return redirect(url_for("desk.region_supply", code=code))


@pages.get("/regions/<code>/network")
@requires(anyone)
def region_network(who: Account | None, code: str) -> ResponseReturnValue:
    """The region's firms and the laboratories that fit them, as a graph and as a list."""
    here = _here(read_session(), who, code)
    drawn = network.network(part(Engine), read_session(), part(Suggestions), code)
    return render_template("desk/network.html", **here, hubs=drawn.hubs, ready=drawn.ready)


@pages.get("/regions/<code>/network.json")
@requires(anyone)
def region_network_data(who: Account | None, code: str) -> ResponseReturnValue:
    """The same as nodes and edges."""
    atlas.place(code)
    drawn = network.network(part(Engine), read_session(), part(Suggestions), code)
    return jsonify(network.as_graph(drawn.hubs, profile_name, _address))


def _address(profile: Profile, unit: Unit | None) -> str:
    if unit is not None:
        return url_for("posting.unit", unit_id=unit.id)
    return url_for("posting.profile", profile_id=profile.id)


@pages.get("/regions/<code>/profiles")
@reads("kind", "page")
@requires(anyone)
def region_profiles(who: Account | None, code: str) -> ResponseReturnValue:
    """The organisations of a region."""
    here = _here(read_session(), who, code)
    kind = one_of(request.args.get("kind"), sorted(ProfileKind), _("기관 종류"))
    page = bounded(request.args.get("page"), default=1, least=1, most=10_000)
    found, total = in_region(
        read_session(),
        code,
        kind,
        limit=PROFILES,
        offset=(page - 1) * PROFILES,
        for_readers=not here["keeps_desk"],
    )
    return render_template(
        "desk/region_profiles.html",
        **here,
        kind=kind,
        kinds=list(ProfileKind),
        found=found,
        total=total,
        page=page,
        page_size=PROFILES,
        may_add=can_add_profile(who, read_session()),
    )


def _standing_out() -> atlas.Place | None:
    """The region that is to stand out on the technology map."""
    code = request.args.get("region")
    return atlas.place(code) if code else None


@pages.get("/map")
@reads("region")
@requires(anyone)
def technology_map(who: Account | None) -> ResponseReturnValue:
    """Every statement placed by meaning in two dimensions."""
    counted = techmap.counted(part(Engine), read_session())
    return render_template("desk/techmap.html", region=_standing_out(), counted=counted)


@pages.get("/map.json")
@reads("region")
@requires(anyone)
def technology_map_data(who: Account | None) -> ResponseReturnValue:
    """The places of the statements, for the drawing."""
    here = _standing_out()
    points = techmap.as_points(part(Engine), read_session(), part(Maps), here.code if here else None)
    return jsonify(**points, profile=url_for("posting.profile", profile_id=0))
