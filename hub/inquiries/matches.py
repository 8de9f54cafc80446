"""What fits what is asked: a member's own needs that say the like, the partner that was chosen, those whom the hub finds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from sqlmodel import Session, col, select

from hub.accounts.tables import Account
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Texts
from hub.inquiries.inquiries import can_be_asked_about
from hub.profiles.published import region_of
from hub.profiles.tables import Kind, Profile, Statement
from hub.search.answers import Answer, read_answers
from hub.search.neighbours import finders, partners_of
from hub.search.query import LONGEST_QUERY, Query
from hub.search.ranking import Hit, rank
from hub.text import has_words, one_line

MOST_ALIKE = 5
MATCHES = 8
NEARLY = 0.9  # of the letters of two texts that say the same but for a word or a mark


@dataclass(frozen=True)
class Standing:
    """A need that a member's organisation has already, and how near it is to what is asked; ``hit`` is ``None`` of one
    that is not published yet."""

    need: Statement
    hit: Hit | None


def _query(text: str, filters: Filters) -> Query | None:
    """What a text asks, as far as one search takes it; ``None`` where it says nothing."""
    asked = one_line(text)[:LONGEST_QUERY]
    return Query(asked, filters) if has_words(asked) else None


def standing_needs(
    engine: Engine, session: Session, who: Account, text: str, chosen: int | None
) -> list[Standing]:
    """The member's own needs that are near to a text, nearest first, then those that wait for their organisation's review;
    the chosen one before all, if it is there."""
    own = select(Statement).where(Statement.profile_id == who.profile_id, Statement.kind == Kind.NEED)
    if who.unit_id is not None:
        own = own.where(Statement.unit_id == who.unit_id)
    newest = own.order_by(col(Statement.updated_at).desc(), col(Statement.id))
    needs = {one.id: one for one in session.exec(newest) if can_be_asked_about(one)}
    hits = _near(engine, session, text, [one.id for one in needs.values() if one.is_published])
    found = [Standing(needs[hit.statement_id], hit) for hit in hits.values() if not hit.is_weak][:MOST_ALIKE]
    found += [Standing(one, None) for one in needs.values() if not one.is_published][:MOST_ALIKE]
    if chosen in needs:
        first = Standing(needs[chosen], hits.get(chosen))
        found = [first, *(one for one in found if one.need.id != chosen)]
    return found


def _letters(text: str) -> str:
    """What is left of a text without its spaces and marks."""
    return "".join(one for one in unicodedata.normalize("NFC", text).casefold() if one.isalnum())


def nearly_same(text: str, needs: Iterable[Statement]) -> Statement | None:
    """That of some needs whose text is the same, but for a word or a mark; the nearest of several."""
    sought = _letters(text)
    found = [(_likeness(_letters(need.text), sought), need) for need in needs] if sought else []
    nearest = max(found, key=lambda one: one[0], default=None)
    return nearest[1] if nearest is not None and nearest[0] >= NEARLY else None


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; what is plainly apart is not measured to the end."""
    compared = SequenceMatcher(a=one, b=other, autojunk=False)
    if compared.real_quick_ratio() < NEARLY or compared.quick_ratio() < NEARLY:
        return 0.0
    return compared.ratio()


def _near(engine: Engine, session: Session, text: str, numbers: list[int]) -> dict[int, Hit]:
    query = _query(text, Filters(kinds=frozenset({Kind.NEED})))
    if query is None or not numbers:
        return {}
    engine.sync(session)
    among = np.asarray(numbers, dtype=np.int64)
    hits = rank(engine, query.encoded(engine.encoder), len(numbers), among=among)
    return {hit.statement_id: hit for hit in hits}


def measured(
    engine: Engine, session: Session, text: str, number: int, need: Statement | None = None
) -> Answer | None:
    """How well one statement answers a text; ``None`` where the text says nothing or the statement is not published.

    :param need: the statement of which it is the text: then the strength is that of its own page.
    """
    query = _query(text, Filters())
    if query is None:
        return None
    engine.sync(session)
    kept = engine.store.vectors(Texts.own([need.id]))[0] if need is not None else None
    query = query.encoded(engine.encoder, kept if kept is not None and kept.any() else None)
    hits = rank(engine, query, 1, among=np.asarray([number], dtype=np.int64))
    return next(iter(read_answers(engine, session, query, [[hit] for hit in hits])), None)


def matches(engine: Engine, session: Session, need: Statement, owner: Profile) -> list[Answer]:
    """Whom the hub finds for a need, also while it is a draft; the strengths are those of the need's own page."""
    if need.is_published:
        return partners_of(engine, session, [(need, owner)], MATCHES)[need.id]
    place = region_of(need.unit, owner)
    found = finders(engine, session, need.text[:LONGEST_QUERY], Kind.NEED, owner, place=place, limit=MATCHES)
    return [one for one in found if not one.best.hit.is_weak]
