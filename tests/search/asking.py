"""What the tests of searching share: asking, and reading who answered."""

from __future__ import annotations

from sqlmodel import Session

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles import read
from hub.profiles.tables import Statement
from hub.search.answers import Answer, is_english, read_answers
from hub.search.neighbours import partners_of
from hub.search.query import FURTHEST, Query
from hub.search.reader import reader_of
from hub.search.search import Results, groups, search
from hub.text import one_line

SECRET = "수소 배관 용접부의 수소 취성을 현장에서 진단할 방법을 찾습니다."


def ask(engine: Engine, text: str, filters: Filters | None = None, **options: object) -> Results:
    """What is found, of every kind unless filters say otherwise."""
    with engine.database.reading() as session:
        return search(engine, session, Query(one_line(text), filters or Filters(), **options))  # type: ignore[arg-type]


def ranked(engine: Engine, text: str, filters: Filters | None = None, **options: object) -> Results:
    """The same whatever its strength: what a page shows first, and what lies behind «약한 것도 보기»."""
    with engine.database.reading() as session:
        query = Query(one_line(text), filters or Filters(), **options).checked()  # type: ignore[arg-type]
        engine.sync(session)
        query = query.encoded(engine.encoder)
        reader = reader_of(engine, session, query.origin, None)
        found = groups(engine, query, min(query.shown + 1, FURTHEST), reader)
        answers = read_answers(engine, session, query, found[query.after : query.shown])
        return Results(query, answers, more=len(found) > query.shown, english=is_english(query.text))


def names(results: Results) -> list[str | None]:
    """Who answers; nobody's name where it is hidden."""
    return [answer.profile.name_ko if answer.profile else None for answer in results.answers]


def partners(engine: Engine, session: Session, statement: Statement) -> list[Answer]:
    """Whom a statement is near to."""
    read_here = read.statement(session, statement.id)
    owner = read.profile(session, statement.profile_id)
    return partners_of(engine, session, [(read_here, owner)])[statement.id]
