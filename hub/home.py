"""The first page, the page about the data, and the health check."""

from __future__ import annotations

import os

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from hub.accounts.policy import anyone, requires
from hub.database import current_revision
from hub.matching import counts
from hub.matching.changes import count_published
from hub.regions.atlas import provinces
from hub.web import hub, read_session

pages = Blueprint("home", __name__)


@pages.get("/")
@requires(anyone)
def index() -> ResponseReturnValue:
    """Leads staff, firms and laboratories each to their first step."""
    return render_template("home.html", counts=counts.in_all(read_session()), provinces=provinces())


@pages.get("/about")
@requires(anyone)
def about() -> ResponseReturnValue:
    """Where the data come from and on what terms."""
    return render_template("about.html")


@pages.get("/healthz")
@requires(anyone)
def healthz() -> ResponseReturnValue:
    """Whether this worker can answer, and at which revision it stands."""
    session = read_session()
    engine = hub().engine
    engine.sync(session)
    return jsonify(
        status="ok",
        model=engine.encoder.fingerprint,
        revision=engine.replica.revision,
        database_revision=current_revision(session),
        statements=count_published(session),
        indexed=len(engine.replica),
        worker=os.getpid(),
    )
