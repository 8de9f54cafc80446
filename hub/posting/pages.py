"""The pages of an organisation, of a unit, and of one statement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import requires
from hub.accounts.policy import (
    anyone,
    can_edit_profile,
    can_edit_statement,
    can_edit_unit,
    can_keep_contacts,
    can_remove_profile,
    can_remove_unit,
    can_see_contact,
    can_see_profile,
)
from hub.accounts.tables import Account
from hub.fields.read import fields_of
from hub.index.engine import Engine
from hub.language import _
from hub.posting.contacts import contacts_of
from hub.posting.removal import can_be_removed
from hub.problems import NotFound
from hub.profiles import read
from hub.profiles.known_names import other_names
from hub.profiles.photos import photos_of
from hub.profiles.published import is_named, place_of, region_of, shown_profile, statements_of
from hub.profiles.tables import Kind, Photo, Profile, Statement
from hub.regions.atlas import province_of
from hub.regions.outlines import outlines, spot
from hub.search.neighbours import partners_and_peers
from hub.web.request import part, read_session

pages = Blueprint("posting", __name__)
MATCHED_STATEMENTS = 6  # a profile of two hundred statements shows the matches of its newest ones


@pages.get("/profiles/<int:profile_id>")
@requires(anyone)
def profile(who: Account | None, profile_id: int) -> ResponseReturnValue:
    """What an organisation says, where it is, and what fits it."""
    session = read_session()
    shown = read.profile(session, profile_id)
    may_edit = can_edit_profile(who, session, profile_id)
    if not (may_edit or can_see_profile(who, session, profile_id)):
        raise read.no_profile(profile_id)
    said = statements_of(session, profile_id, as_editor=may_edit)
    own = [s for s in said if s.unit_id is None]
    return render_template(
        "posting/profile.html",
        profile=shown,
        other_names=other_names(session, profile_id),
        public=[s for s in said if is_named(s)],
        units=[(one, [s for s in said if s.unit_id == one.id]) for one in read.units_of(session, profile_id)],
        may_edit=may_edit,
        may_remove=can_remove_profile(who, session, profile_id) and can_be_removed(session, shown),
        noted=contacts_of(session, profile_id, who) if can_keep_contacts(who, session, profile_id) else None,
        own_unit=who.unit_id if who and who.profile_id == profile_id else None,
        **_said(who, session, own, shown, shown.region_code),
    )


def _said(
    who: Account | None, session: Session, said: list[Statement], owner: Profile, region: str
) -> dict[str, Any]:
    """What the page of an organisation or of a unit shows of what it says, and of where it is."""
    matched = [s for s in said if s.is_published][:MATCHED_STATEMENTS]
    alike = [(s, owner) for s in matched if s.kind in (Kind.BUSINESS, Kind.CAPABILITY)]
    country = outlines()
    fits, peers = partners_and_peers(part(Engine), session, [(s, owner) for s in matched], alike)
    return {
        "statements": said,
        "by_kind": [(kind, of_kind) for kind in Kind if (of_kind := [s for s in said if s.kind == kind])],
        "country": country,
        "province": province_of(region).code,
        "spot": spot(country, region),
        "fields": fields_of(session, [s.id for s in said]),
        "photos": photos_of(session, said),
        "contacts": {s.id for s in said if s.equipment and can_see_contact(who, session, s.id)},
        "fits": fits,
        "asked_for": {s.id for s in matched},
        "alike": peers,
    }


@pages.get("/units/<int:unit_id>")
@requires(anyone)
def unit(who: Account | None, unit_id: int) -> ResponseReturnValue:
    """What one unit of an organisation says, where it is, and what fits it."""
    session = read_session()
    shown = read.unit(session, unit_id)
    owner = read.profile(session, shown.profile_id)  # held, so that the rules need not read it again
    may_edit = can_edit_unit(who, session, unit_id)
    if not (may_edit or can_see_profile(who, session, owner.id)):
        raise read.no_unit(unit_id)
    said = [s for s in statements_of(session, owner.id, as_editor=may_edit) if s.unit_id == unit_id]
    region = region_of(shown, owner)
    return render_template(
        "posting/unit.html",
        unit=shown,
        profile=owner,
        region=region,
        may_edit=may_edit,
        may_remove=can_remove_unit(who, session, unit_id) and not said,
        **_said(who, session, said, owner, region),
    )


@pages.get("/statements/<int:statement_id>")
@requires(anyone)
def statement(who: Account | None, statement_id: int) -> ResponseReturnValue:
    """One statement by itself: whose it is, as far as readers may know, and what fits it."""
    session = read_session()
    said, owner, may_edit = _readable(who, session, statement_id)
    return render_template(
        "posting/statement.html",
        statement=said,
        profile=owner if may_edit else shown_profile(said, owner),
        region=region_of(said.unit, owner) if may_edit else place_of(said, owner),
        may_edit=may_edit,
        **_said(who, session, [said], owner, place_of(said, owner)),
    )


def _readable(who: Account | None, session: Session, statement_id: int) -> tuple[Statement, Profile, bool]:
    """A statement that this reader may see, whose it is, and whether the reader may change it.

    :raises NotFound: of a draft or what is withdrawn, for all but its own people.
    """
    said = read.statement(session, statement_id)
    owner = read.profile(session, said.profile_id)
    may_edit = can_edit_statement(who, session, statement_id)
    if not (said.is_published or may_edit):
        raise NotFound(_("등록 내용 %(id)s번은 없습니다.", id=statement_id))
    return said, owner, may_edit


@pages.get("/statements/<int:statement_id>/photo")
@requires(anyone)
def photo(who: Account | None, statement_id: int) -> ResponseReturnValue:
    """The photograph of what is shared, for whoever may see the statement."""
    session = read_session()
    said, _owner, _may_edit = _readable(who, session, statement_id)
    held = session.get(Photo, statement_id) if said.kind == Kind.ASSET else None
    if held is None:
        raise NotFound(_("등록 내용 %(id)s번에는 사진이 없습니다.", id=statement_id))
    answer = Response(held.data, mimetype="image/webp")
    # Asked for anew each time: it may have been withdrawn, or be for its own people alone.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
