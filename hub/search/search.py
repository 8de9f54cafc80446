"""Search: who answers a query; and up to four of the answers side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from sqlmodel import Session, col, select

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Ids
from hub.profiles.tables import Statement
from hub.search.answers import Answer, is_english, read_all_answers, read_answers
from hub.search.query import ALIKE, FURTHEST, HELP, MOST_COMPARED, PAGE, Query
from hub.search.ranking import Hit, candidates_for, rank, rank_candidates
from hub.search.reader import ANYBODY, Reader, reader_of

ALIKE_FROM = 35  # of 100: from here on somebody does the like
WEAK_COUNTED = 20
MOST_ALIKE = 5
ALIKE_COUNTED = 20  # where there are as many, the page says «20 or more»


@dataclass(frozen=True)
class Results:
    """One page of answers."""

    query: Query
    answers: list[Answer]
    more: bool
    english: bool = False  # asked in English: English texts and names come first
    alike: list[Answer] = field(default_factory=list)  # beside those who can help: the first who do the like
    alike_total: int = 0  # how many of these answer at a sensible strength; ``ALIKE_COUNTED`` at most
    alike_more: bool = False  # whether there may be more than were counted
    weak: list[Answer] = field(default_factory=list)  # what hardly answers, where that was asked for
    weak_total: int = 0  # how many of these there are; ``WEAK_COUNTED`` at most

    @property
    def nothing_fits(self) -> bool:
        """Whether nothing answers at a sensible strength."""
        return not self.answers and not self.query.after


def search(engine: Engine, session: Session, query: Query, account_id: int | None = None) -> Results:
    """The organisations whose statements answer a query; beside those who can help, on the first page, those who
    do the like.

    :param account_id: who asks: what this person has said of earlier matches counts.
    :raises Problem: when the query cannot be looked for.
    """
    query = query.checked()
    engine.sync(session)
    query = query.encoded(engine.encoder)
    reader = reader_of(engine, session, query.origin, account_id)
    found, weak = _answering(engine, query, reader)
    if query.sort != "fit":
        found = _sorted(session, found, query.sort)
    shows_alike = query.filters.kinds == HELP and not query.after
    beside = _alike(engine, query, reader) if shows_alike else []
    page = found[query.after : query.shown]
    shown_weak = weak if query.weak and not query.after else []
    answers, alike, further = read_all_answers(
        engine, session, [(query, page), (query, beside[:MOST_ALIKE]), (query, shown_weak)]
    )
    return Results(
        query,
        answers,
        more=len(found) > query.shown,
        english=is_english(query.text),
        alike=alike,
        alike_total=min(len(beside), ALIKE_COUNTED),
        alike_more=len(beside) >= ALIKE_COUNTED,
        weak=further,
        weak_total=len(weak),
    )


def _answering(engine: Engine, query: Query, reader: Reader) -> tuple[list[list[Hit]], list[list[Hit]]]:
    """Who answers at a sensible strength, one more than is shown or, to be put in another order, all of them; and the
    first of those who do not."""
    wanted = query.shown + 1 if query.sort == "fit" else FURTHEST
    k = candidates_for(min(wanted, PAGE + 1))
    while True:
        hits = rank_candidates(engine, query, k, reader=reader)
        # Distance puts a good answer behind weaker ones that are near, so all that was looked at is asked.
        strong = list(_grouped(hit for hit in hits if not hit.is_weak).values())
        # Half of a list at a sensible strength: there may be more behind it.
        may_be_more = sum(map(len, strong)) > k // 2 and 2 * len(hits) >= k and k < candidates_for(FURTHEST)
        if len(strong) >= wanted or not may_be_more:
            break
        k *= 4
    answering = {hits[0].group for hits in strong}
    weak = [these for group, these in _grouped(hits).items() if group not in answering]
    return strong[:FURTHEST], weak[:WEAK_COUNTED]


def _alike(engine: Engine, query: Query, reader: Reader) -> list[list[Hit]]:
    """Who does the like of what is asked for, or has the like problem, at a sensible strength."""
    alike = replace(query, filters=replace(query.filters, kinds=ALIKE))
    # Twice as many as are counted, for what firms make and what they need are not equally strong by rank.
    return [
        hits for hits in groups(engine, alike, 2 * ALIKE_COUNTED, reader) if hits[0].strength >= ALIKE_FROM
    ]


def compare(
    engine: Engine,
    session: Session,
    query: Query,
    statement_ids: Iterable[int],
    account_id: int | None = None,
) -> list[Answer]:
    """The same for chosen statements only, side by side; four at most, what is not published left out.

    :raises Problem: when the query cannot be looked for.
    """
    query = query.checked()
    engine.sync(session)
    query = query.encoded(engine.encoder)
    reader = reader_of(engine, session, query.origin, account_id)
    chosen = np.asarray(list(dict.fromkeys(statement_ids))[:MOST_COMPARED], dtype=np.int64)
    # They were chosen, whatever the search was limited to.
    anything = replace(query, filters=Filters())
    hits = rank(engine, anything, MOST_COMPARED, reader=reader, among=chosen)
    return read_answers(engine, session, anything, [[hit] for hit in hits])


def _sorted(session: Session, found: list[list[Hit]], sort: str) -> list[list[Hit]]:
    """Groups in another order than that of their fit."""
    if sort == "distance":
        return sorted(
            found, key=lambda hits: math.inf if hits[0].distance_km is None else hits[0].distance_km
        )
    # The moment, not the day, which is all that the index has; of two at one moment the later entry.
    numbers = [hits[0].statement_id for hits in found]
    changed = select(Statement.updated_at, Statement.id).where(col(Statement.id).in_(numbers))
    places = {
        number: at
        for at, (_when, number) in enumerate(
            session.exec(changed.order_by(col(Statement.updated_at).desc(), col(Statement.id).desc()))
        )
    }
    return sorted(found, key=lambda hits: places.get(hits[0].statement_id, len(places)))


def groups(
    engine: Engine, query: Query, wanted: int, reader: Reader = ANYBODY, *, among: Ids | None = None
) -> list[list[Hit]]:
    """The first ``wanted`` groups of statements, in the order of their best one.

    The best one alone speaks for an organisation: on the project's own needs nDCG@10 is 0.830 with it and
    0.746 with the mean of the best three, for a need asks for one of the unlike things that it does.

    :param among: only these statements.
    """
    k = candidates_for(wanted)
    while True:
        hits = rank_candidates(engine, query, k, reader=reader, among=among)
        found = list(_grouped(hits).values())
        # Some profiles say many things: look further until enough different ones are found.
        if len(found) >= wanted or 2 * len(hits) < k:
            return found[:wanted]
        k *= 4


def _grouped(hits: Iterable[Hit]) -> dict[tuple[str, int], list[Hit]]:
    """Hits by whose they are, in the order of the first of each."""
    found: dict[tuple[str, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.group].append(hit)
    return found
