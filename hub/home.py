"""The first page, the page about the data, and the health check."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts.gate import requires
from hub.accounts.policy import anyone
from hub.accounts.tables import Account
from hub.database import current_revision
from hub.dates import machine_time
from hub.desk.choropleth import MEASURES, choropleth, known_measure
from hub.index import counts
from hub.index.engine import Engine
from hub.language import _
from hub.profiles.collections import COLLECTIONS
from hub.profiles.published import (
    count_published,
    counts_of_collections,
    newest,
    profiles_with_statements,
    units_with_statements,
)
from hub.regions.atlas import atlas
from hub.search.query import LONGEST_QUERY, TEXT
from hub.settings import Settings
from hub.suggestions.suggestions import Suggestions
from hub.web.addresses import reads
from hub.web.public_address import whole
from hub.web.request import part, read_session, wants_fragment

pages = Blueprint("home", __name__)
MOST_ADDRESSES = 50_000  # of one sitemap, as its protocol has it


@pages.get("/")
@reads("measure")
@requires(anyone)
def index(who: Account | None) -> ResponseReturnValue:
    """Leads staff, firms and laboratories each to their first step."""
    session = read_session()
    measure = known_measure(request.args.get("measure"))
    counted = counts.by_region(part(Engine), session)
    drawn = choropleth(part(Engine), session, part(Suggestions), measure, counted=counted)
    if wants_fragment():
        return render_template("desk/_map.html", region=None, map=drawn, measures=MEASURES)
    return render_template(
        "home.html",
        counts=counts.in_all(counted),
        newest=newest(session),
        longest_query=LONGEST_QUERY,
        map=drawn,
        measures=MEASURES,
    )


@pages.get("/about")
@requires(anyone)
def about(who: Account | None) -> ResponseReturnValue:
    """Who runs the hub, where the data come from, and on what terms."""
    counted = counts_of_collections(read_session())
    return render_template("about.html", collections=[(one, counted[one.name]) for one in COLLECTIONS])


@pages.get("/robots.txt")
@requires(anyone)
def robots(who: Account | None) -> ResponseReturnValue:
    """What search engines may read: not what is somebody's own, and no comparison of what somebody chose."""
    lines = [
        "User-agent: *",
        "Disallow: /dashboard",
        "Disallow: /compare",
        "Disallow: /sign-in/oidc",
        "Disallow: /regions/*/compare",
        f"Sitemap: {whole(url_for('home.sitemap'))}",
    ]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@pages.get("/sitemap.xml")
@requires(anyone)
def sitemap(who: Account | None) -> ResponseReturnValue:
    """The addresses of the pages that are worth finding: regions, and every profile and unit that says something."""
    addresses = [
        url_for("home.index"),
        url_for("home.about"),
        url_for("desk.regions"),
        url_for("desk.technology_map"),
    ]
    addresses += [url_for("desk.region", code=code) for code in atlas()]
    dated = [(address, None) for address in addresses] + [
        (url_for("posting.profile", profile_id=number), machine_time(when))
        for number, when in profiles_with_statements(read_session())
    ]
    dated += [
        (url_for("posting.unit", unit_id=number), machine_time(when))
        for number, when in units_with_statements(read_session())
    ]
    page = render_template("sitemap.xml", addresses=dated[:MOST_ADDRESSES])
    return Response(page, mimetype="application/xml")


@pages.get("/healthz")
@requires(anyone)
def healthz(who: Account | None) -> ResponseReturnValue:
    """Whether this worker can answer, and at which revision it stands."""
    session = read_session()
    engine = part(Engine)
    engine.sync(session)
    return jsonify(
        status="ok",
        model=engine.encoder.fingerprint,
        revision=engine.store.revision,
        database_revision=current_revision(session),
        statements=count_published(session),
        indexed=len(engine.store),
        worker=os.getpid(),
    )


@dataclass(frozen=True)
class Operator:
    """Who runs the hub; a part that the settings do not give is empty."""

    name: str
    contact: str
    privacy_url: str


def operator() -> Operator:
    """Who runs the hub, as the settings have it."""
    settings = part(Settings)
    return Operator(settings.operator, settings.contact, settings.privacy_url)


def site_data() -> dict[str, Any]:
    """The site for search engines (schema.org WebSite)."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": _("지역 산학 연계 허브"),
        "url": whole(url_for("home.index")),
        "inLanguage": ["ko", "en"],
        "potentialAction": {
            "@type": "SearchAction",
            "target": whole(url_for("search.find")) + f"?{TEXT}={{query}}",
            "query-input": "required name=query",
        },
    }


FOR_TEMPLATES = (operator, site_data)
