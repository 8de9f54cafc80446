"""내 자리: what an account has of its own, and what is new to it since its last visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts.gate import account, requires
from hub.accounts.policy import can_add_profile, signed_in
from hub.accounts.tables import Account
from hub.desk.pairs import PairFilters, desk_pairs
from hub.index.engine import Engine
from hub.inquiries import inquiries
from hub.inquiries.own import asked_by
from hub.membership.lists import waiting_count
from hub.membership.pages import belonging
from hub.posting.referrals import answered_since, received
from hub.profiles import read
from hub.profiles.published import hidden_needs, is_new, posted_since, statements_of
from hub.profiles.tables import Profile, Referral, Source, Statement
from hub.search import saved
from hub.search.answers import Answer
from hub.search.neighbours import partners_of
from hub.search.saved import SavedSearch
from hub.suggestions.suggestions import Suggestions
from hub.web.addresses import safe_next
from hub.web.request import part, read_session

pages = Blueprint("dashboard", __name__)
MOST_SHOWN = 20  # of what is new in a region
MATCHED = 12  # of one's own statements the newest are asked for new partners
PARTNERS = 10  # of each so many are looked at


@dataclass(frozen=True)
class News:
    """What came since an account's last visit; all of it empty on its first."""

    since: datetime | None
    by_search: dict[int, list[int]] = field(
        default_factory=dict
    )  # by a saved search's number which answer it
    posted: list[tuple[Statement, Profile]] = field(default_factory=list)  # in the region of staff
    partners: list[tuple[Statement, list[Answer]]] = field(default_factory=list)  # of what members say
    answered: list[Referral] = field(default_factory=list)  # what this account handed over, and is answered
    inquiries: list[inquiries.Line] = field(default_factory=list)  # what members asked, and is answered

    @property
    def count(self) -> int:
        """How many things are new; one text counts once, whatever it is new for."""
        texts = {number for numbers in self.by_search.values() for number in numbers}
        texts |= {statement.id for statement, _owner in self.posted}
        texts |= {one.best.statement.id for _said, these in self.partners for one in these}
        return len(texts) + len(self.answered) + len(self.inquiries)


def news(
    session: Session,
    who: Account,
    searches: Callable[[], list[SavedSearch]],
    own: Callable[[], list[Statement]],
) -> News:
    """What is new to an account.

    :param searches: gives those that it keeps, asked for only where something is new; ``own`` its own statements.
    """
    since, engine = who.last_visit_at, part(Engine)
    posted, answered = [], []
    if is_staff := can_add_profile(who, session):
        answered = answered_since(session, who.id, since)
    told = inquiries.answered_since(session, who, since)
    if not posted_since(session, since, limit=1):
        return News(since, answered=answered, inquiries=told)
    if is_staff:
        posted = posted_since(session, since, region=who.region_code, limit=MOST_SHOWN)
    return News(
        since,
        saved.new_answers(engine, session, searches(), since, own=who.profile_id),
        posted,
        _new_partners(engine, session, who, own()),
        answered,
        told,
    )


def _new_partners(
    engine: Engine, session: Session, who: Account, said: list[Statement]
) -> list[tuple[Statement, list[Answer]]]:
    """Of an account's own statements those that somebody new fits, and who."""
    if not said:
        return []
    owner = read.profile(session, said[0].profile_id)
    own = [(statement, owner) for statement in said if statement.is_published][:MATCHED]
    found = partners_of(engine, session, own, PARTNERS)
    new = [
        (statement, [one for one in found[statement.id] if is_new(one.best.statement, who.last_visit_at)])
        for statement, _owner in own
    ]
    return [(statement, these) for statement, these in new if these]


def own_statements(session: Session, who: Account) -> list[Statement]:
    """What a member may change, of its unit alone where it belongs to one: what its own people wrote first, then what was
    compiled about them; newest first. Nothing for others."""
    if who.profile_id is None:
        return []
    said = statements_of(session, who.profile_id, as_editor=True)
    own = said if who.unit_id is None else [one for one in said if one.unit_id == who.unit_id]
    return sorted(own, key=lambda one: one.source != Source.MEMBER)


def news_count() -> int:
    """How many things are new to whoever asks: what the first page says."""
    who, session = account(), read_session()
    if who is None:
        return 0
    return news(
        session, who, lambda: saved.saved_by(session, who.id), lambda: own_statements(session, who)
    ).count


@pages.get("/dashboard")
@requires(signed_in)
def dashboard(who: Account) -> ResponseReturnValue:
    """내 자리: an account's own texts and searches, its desk, and what is new since its last visit."""
    session = read_session()
    searches, said = saved.saved_by(session, who.id), own_statements(session, who)
    found_new = news(session, who, lambda: searches, lambda: said)
    pairs = None
    if who.region_code is not None:
        found = desk_pairs(part(Engine), session, part(Suggestions), who.region_code, PairFilters(), limit=0)
        pairs = found.counts
    return render_template(
        "dashboard.html",
        who=who,
        news=found_new,
        searches=searches,
        fresh=found_new.by_search,
        statements=said,
        profile=read.profile(session, who.profile_id) if who.profile_id is not None else None,
        unit=read.unit(session, who.unit_id) if who.unit_id is not None else None,
        pairs=pairs,
        hidden=len(hidden_needs(session, who.region_code)) if who.region_code is not None else 0,
        waiting=received(session, who.region_code) if can_add_profile(who, session) else None,
        belonging=belonging(who),
        memberships=waiting_count(session, who.region_code) if can_add_profile(who, session) else 0,
        resume=safe_next(who.resume, ""),
        own_asked=asked_by(session, who) if who.profile_id is not None else None,
        asked_here=inquiries.counts_at(session, who.region_code) if can_add_profile(who, session) else None,
    )


def is_new_to_me(statement: Statement) -> bool:
    """Whether a statement is new to whoever asks."""
    who = account()
    return who is not None and statement.profile_id != who.profile_id and is_new(statement, who.last_visit_at)


FOR_TEMPLATES = (news_count, is_new_to_me)
