"""Whom a statement is near to: those who answer it, its like, and what says nearly the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlmodel import Session

from hub.fields.strategic import all_strategic_fields, strategic_fields
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.published import place_of
from hub.profiles.tables import Kind, Profile, Statement
from hub.search.answers import Answer, read_all_answers, read_answers
from hub.search.ranking import Asked, Hit, rank
from hub.search.search import ALIKE, HELP, PAGE, groups
from hub.text import has_words, one_line

# Two texts this near say the same in other words. Of the carried capabilities, whose nearest
# neighbours are at 0.915 in the median, two in a hundred are as near to another.
SAME = 0.94
MOST_SIMILAR = 3


def partners(engine: Engine, session: Session, statement: Statement, limit: int = 5) -> list[Answer]:
    """Who fits a published statement: demand finds capabilities and assets, and the other way round."""
    owner = session.get(Profile, statement.profile_id)
    return partners_of(engine, session, [(statement, owner)], limit)[statement.id] if owner else []


def partners_of(
    engine: Engine, session: Session, said: list[tuple[Statement, Profile]], limit: int = 5
) -> dict[int, list[Answer]]:
    """The same for several statements at once, by their numbers."""
    places = {statement.id: place_of(statement, owner) for statement, owner in said}
    fields = all_strategic_fields(session)
    return _others_of(
        engine,
        session,
        [
            (
                statement,
                Filters(kinds=counterparts(statement.kind)),
                {"origin": places[statement.id], "strategic": fields.of(places[statement.id])},
            )
            for statement, _owner in said
        ],
        limit,
    )


def finders(
    engine: Engine, session: Session, text: str, kind: str, owner: Profile, *, limit: int = 3
) -> list[Answer]:
    """Who would find a text that is still being written, and be found by it; nothing for one without words."""
    written = one_line(text)
    if not has_words(written):
        return []
    engine.sync(session)
    vector = engine.encoder.encode_one(written)
    asked = Asked(written, vector, owner.region_code, strategic_fields(session, owner.region_code))
    found = groups(engine, asked, Filters(kinds=counterparts(kind)), limit + 1)
    others = [hits for hits in found if hits[0].profile_id != owner.id][:limit]
    return read_answers(engine, session, asked, others)


def peers_of(
    engine: Engine, session: Session, said: list[tuple[Statement, Profile]], limit: int = 5
) -> dict[int, list[Answer]]:
    """For each statement other organisations of the same kind that say the like of it, nearest first."""
    return _others_of(
        engine,
        session,
        [
            (
                statement,
                Filters(kinds=frozenset({statement.kind}), profile_kinds=frozenset({owner.kind})),
                {"peers_of": statement.id},
            )
            for statement, owner in said
        ],
        limit,
    )


def _others_of(
    engine: Engine,
    session: Session,
    wanted: list[tuple[Statement, Filters, dict[str, Any]]],
    limit: int,
) -> dict[int, list[Answer]]:
    """The other organisations whose statements answer each of these published ones.

    :param wanted: with each statement what else :class:`hub.search.ranking.Asked` is to say.
    """
    engine.sync(session)
    replica = engine.store
    asked: list[tuple[Asked, list[list[Hit]]]] = []
    for statement, filters, how in wanted:
        with replica.lock.reading():
            row = replica.row_of(statement.id)
            vector = None if row is None else replica.index.vectors(np.asarray([row]))[0]
        if vector is None:
            asked.append((Asked(statement.text, np.zeros(0, dtype=np.float32)), []))
            continue
        own = Asked(statement.text, vector, **how)
        found = groups(engine, own, filters, limit + 1)
        # A hidden name's need stands here too: that it were missing would tell whose it is.
        others = [hits for hits in found if hits[0].hidden or hits[0].profile_id != statement.profile_id]
        asked.append((own, others[:limit]))
    answers = read_all_answers(engine, session, asked)
    return {statement.id: found for (statement, _f, _h), found in zip(wanted, answers, strict=True)}


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
    written = one_line(text)
    if not has_words(written):
        return []
    engine.sync(session)
    vector = engine.encoder.encode_one(written)
    replica, asked = engine.store, Asked(written, vector)
    with replica.lock.reading():
        keep = replica.mask(Filters(kinds=frozenset({kind})))
        cosines, rows = replica.index.search(vector[None], 2 * MOST_SIMILAR + 2, keep)
        near = {int(replica.columns["statement_id"][row]) for row in rows[0][cosines[0] >= SAME]}
        found = [
            [hit]
            for hit in rank(replica, engine.background, asked, keep, PAGE)
            if hit.statement_id in near
            and hit.statement_id != apart_from
            and (kind != Kind.BUSINESS or hit.profile_id == profile_id)
        ]
    return read_answers(engine, session, asked, found[:MOST_SIMILAR])


def counterparts(kind: str) -> frozenset[str]:
    """The kinds of statement that answer one of this kind."""
    return HELP if kind in ALIKE else ALIKE
