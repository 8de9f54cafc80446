"""Whom a statement is near to: who answers it, who says the like, who has said it already."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from hub.fields.strategic import all_strategic_fields
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Texts
from hub.profiles.published import hides_name, place_of, read_published
from hub.profiles.tables import Kind, Profile, Statement
from hub.regions.atlas import is_district_known
from hub.search.answers import Answer, read_all_answers, read_answers
from hub.search.fit import ask, fit
from hub.search.query import ALIKE, HELP, PAGE, Query, as_kept
from hub.search.ranking import Hit, rank
from hub.search.reader import ANYBODY, Reader, reader_of
from hub.search.search import groups
from hub.text import has_words, one_line

# Two texts this near say the same in other words. Of the carried capabilities, whose nearest
# neighbours are at 0.915 in the median, two in a hundred are as near to another.
SAME = 0.94
MOST_SIMILAR = 3
LOOKED_AT = 40  # organisations that a capability is near to, of which those are shown that need it
Said = list[tuple[Statement, Profile]]  # published statements and whose they are
Wanted = tuple[Statement, Query, Reader]  # of a statement what it is to look for, and for whom


def counterparts(kind: str) -> frozenset[str]:
    """The kinds of statement that answer one of this kind."""
    return HELP if kind in ALIKE else ALIKE


def partners_of(engine: Engine, session: Session, said: Said, limit: int = 5) -> dict[int, list[Answer]]:
    """Who fits each of these statements, by its number: demand finds capabilities and assets, and the other way round."""
    return _others_of(engine, session, _partners(session, said), limit)


def partners_and_peers(
    engine: Engine, session: Session, said: Said, alike: Said, limit: int = 4
) -> tuple[dict[int, list[Answer]], dict[int, list[Answer]]]:
    """:func:`partners_of` some statements, and of some the other organisations of the same kind that say the like, nearest
    first; read together."""
    answers = _answers_of(engine, session, [*_partners(session, said), *_peers(alike)], limit)
    own = [statement.id for statement, _owner in (*said, *alike)]
    return dict(zip(own[: len(said)], answers, strict=False)), dict(
        zip(own[len(said) :], answers[len(said) :], strict=True)
    )


def _partners(session: Session, said: Said) -> list[Wanted]:
    fields = all_strategic_fields(session)
    wanted = []
    for statement, owner in said:
        here = place_of(statement, owner)
        filters = Filters(kinds=counterparts(statement.kind))
        query = Query(statement.text, filters, origin=here, makes=statement.kind == Kind.BUSINESS)
        wanted.append((statement, query, Reader(fields.of(here))))
    return wanted


def _peers(said: Said) -> list[Wanted]:
    wanted = []
    for statement, owner in said:
        filters = Filters(kinds=frozenset({statement.kind}), profile_kinds=frozenset({owner.kind}))
        wanted.append((statement, Query(statement.text, filters, like=statement.id), ANYBODY))
    return wanted


def _others_of(engine: Engine, session: Session, wanted: list[Wanted], limit: int) -> dict[int, list[Answer]]:
    answers = _answers_of(engine, session, wanted, limit)
    return {statement.id: these for (statement, _q, _r), these in zip(wanted, answers, strict=True)}


def _answers_of(engine: Engine, session: Session, wanted: list[Wanted], limit: int) -> list[list[Answer]]:
    """The other organisations whose statements answer each of these published ones."""
    engine.sync(session)
    vectors = engine.store.vectors(Texts.own(statement.id for statement, _query, _reader in wanted))
    near: list[tuple[Statement, Query, list[list[Hit]]]] = []
    for (statement, query, reader), vector in zip(wanted, vectors, strict=True):
        asked = query.encoded(engine.encoder, vector)
        # One that is withdrawn this very moment has no vector, and answers nobody.
        if not vector.any():
            near.append((statement, asked, []))
        elif _is_asked_for(statement, query):
            near.append((statement, asked, _by_kind(engine, asked, reader)))
        else:
            near.append((statement, asked, groups(engine, asked, limit + 1, reader)))
    asking = {
        hits[0].statement_id
        for statement, query, these in near
        if _is_asked_for(statement, query)
        for hits in these
    }
    said = read_published(session, asking) if asking else {}
    found: list[tuple[Query, list[list[Hit]]]] = []
    for statement, query, these in near:
        asks = _is_asked_for(statement, query)
        others = [
            hits
            for hits in (_who_asks(engine, said, statement, these) if asks else these)
            if query.like is not None or not hits[0].is_weak
            # A hidden name's need stands here too, and beside one its owner: that it were missing would tell whose it is.
            if hits[0].hidden
            or hides_name(statement.visibility)
            or hits[0].profile_id != statement.profile_id
        ]
        found.append((query, _measured_from(query.origin, others[:limit])))
    return read_all_answers(engine, session, found)


def _is_asked_for(statement: Statement, query: Query) -> bool:
    """Whether those are looked for who would be helped by it, and not its like or its help."""
    return statement.kind in HELP and query.like is None


def _measured_from(place: str | None, groups_of: list[list[Hit]]) -> list[list[Hit]]:
    """The same, without distances where of the place the province alone is known."""
    if place is None or is_district_known(place):
        return groups_of
    return [[replace(hit, distance_km=None) for hit in hits] for hits in groups_of]


def _by_kind(engine: Engine, asked: Query, reader: Reader) -> list[list[Hit]]:
    """The nearest of each kind that answers it: of a thousand firms' products some are nearer than any need."""
    return [
        hits
        for kind in asked.filters.kinds
        for hits in groups(
            engine, replace(asked, filters=replace(asked.filters, kinds=frozenset({kind}))), LOOKED_AT, reader
        )
    ]


def _who_asks(
    engine: Engine,
    said: dict[int, tuple[Statement, Profile]],
    statement: Statement,
    groups_of: list[list[Hit]],
) -> list[list[Hit]]:
    """Who would be helped by this capability or asset, measured from what they ask, as everywhere: one pair has one
    strength, whichever of the two is looked at. What is needed comes before what is only made.

    :param said: what those near it say, as it is published now.
    """
    hits = [hit for hits in groups_of for hit in hits[:1] if hit.statement_id in said]
    if not hits:
        return []
    vectors = engine.store.vectors(Texts.own(hit.statement_id for hit in hits))
    texts = [said[hit.statement_id][0].text for hit in hits]
    both = Texts.both([statement.id])
    measured = []
    makes = [hit.kind == Kind.BUSINESS for hit in hits]
    for hit, asked in zip(hits, ask(engine, texts, vectors, makes=makes), strict=True):
        scores, levels = fit(engine, asked, engine.store.rate(asked, both))
        if len(scores):
            score = round(float(scores.max()), 5)
            rank_score = hit.rank_score - hit.score + score
            level = round(float(levels[0]), 5)
            measured.append(replace(hit, score=score, level=level, rank_score=rank_score, asks=True))
    first: dict[tuple[str, int], Hit] = {}
    for hit in sorted(measured, key=lambda hit: (hit.kind != Kind.NEED, -hit.rank_score)):
        first.setdefault(hit.group, hit)
    return [[hit] for hit in first.values()]


def finders(
    engine: Engine,
    session: Session,
    text: str,
    kind: str,
    owner: Profile,
    *,
    place: str | None = None,
    limit: int = 3,
) -> list[Answer]:
    """Who would find a text that is still being written, and be found by it; nothing for one without words.

    :param place: where the unit is that says it, if not where the organisation is.
    """
    filters = Filters(kinds=counterparts(kind))
    query = Query(one_line(text), filters, origin=place or owner.region_code, makes=kind == Kind.BUSINESS)
    if not has_words(query.text):
        return []
    engine.sync(session)
    # As it will stand: a statement is encoded in its own words.
    query = query.encoded(engine.encoder, as_kept(engine.encoder.encode_one(query.text)))
    found = groups(engine, query, limit + 1, reader_of(engine, session, query.origin, None))
    others = [hits for hits in found if hits[0].profile_id != owner.id][:limit]
    return read_answers(engine, session, query, _measured_from(query.origin, others))


def similar(
    engine: Engine,
    session: Session,
    text: str,
    kind: str,
    profile_id: int,
    *,
    apart_from: int | None = None,
) -> list[Answer]:
    """Published statements of this kind that say nearly the same, nearest first; at most three.

    Firms may well make the same thing: of a business only the profile's own doubles count.

    :param apart_from: a statement that is being edited and is no double of itself.
    """
    query = Query(one_line(text), Filters(kinds=frozenset({kind})))
    if not has_words(query.text):
        return []
    engine.sync(session)
    query, store = query.encoded(engine.encoder), engine.store
    cosines, texts = store.neighbours(query.vector[None], query.filters, 2 * MOST_SIMILAR + 2, whole=True)[0]
    near = set(texts.ids[cosines >= SAME].tolist()) - {apart_from}
    doubles = [
        [hit]
        for hit in rank(engine, query, PAGE)
        if hit.statement_id in near and (kind != Kind.BUSINESS or hit.profile_id == profile_id)
    ]
    return read_answers(engine, session, query, doubles[:MOST_SIMILAR])
