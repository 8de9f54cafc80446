"""How well the hub's own search ranks, against needs whose answers people have graded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from embeddings.evaluation import mean, ndcg
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Ids
from hub.language import _
from hub.problems import Problem
from hub.profiles.published import PUBLISHED
from hub.profiles.tables import Kind, Statement
from hub.search.query import Query
from hub.search.search import groups
from hub.text import clean, one_line

DEPTH = 10
GOOD = 2  # a first answer of this grade or better is right
HIGHEST = 100  # far above any scale in use


@dataclass(frozen=True)
class Need:
    """A need and the grade of each capability statement that answers it: 3 answers, 2 relevant, 1 partly."""

    text: str
    grades: dict[str, float]


@dataclass(frozen=True)
class Score:
    """The means over ``n`` needs; a profile's grade is its best statement's."""

    n: int
    ndcg_at_10: float
    top1: float


def read_needs(path: Path) -> list[Need]:
    """The needs of a JSON Lines file; one that stands there twice counts twice.

    Only a line feed ends a line: U+2028 and its like may stand inside a text.

    :raises Problem: naming the line that cannot be read.
    """
    needs = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Problem(_("%(file)s은(는) UTF-8 글이 아닙니다.", file=path.name)) from error
    except OSError as error:
        raise Problem(
            _("%(file)s을(를) 읽을 수 없습니다: %(why)s", file=str(path), why=error.strerror)
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            needs.append(_need(json.loads(line)))
        except Problem as problem:
            raise Problem(
                _("%(file)s %(line)d번째 줄: %(why)s", file=path.name, line=number, why=problem.message)
            ) from problem
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Problem(
                _(
                    '%(file)s %(line)d번째 줄: {"need": 글, "relevant": {등록 내용: 점수}} 꼴이어야 하고, 점수는 0부터 %(most)d까지의 수여야 합니다.',
                    file=path.name,
                    line=number,
                    most=HIGHEST,
                )
            ) from error
    if not needs:
        raise Problem(_("%(file)s에 수요가 하나도 없습니다.", file=path.name))
    return needs


def _need(row: Any) -> Need:
    """One line's need.

    :raises ValueError: when it is none; KeyError, TypeError and AttributeError likewise.
    :raises Problem: when its text is empty or too long to be searched for.
    """
    text, relevant = row["need"], row["relevant"]
    if not isinstance(text, str) or not all(_is_grade(grade) for grade in relevant.values()):
        raise ValueError(row)
    json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair is no text
    Query(one_line(text)).checked()
    return Need(clean(text), {clean(statement): float(grade) for statement, grade in relevant.items()})


def _is_grade(value: object) -> bool:
    # JSON as Python reads it has NaN and Infinity as well: neither lies between the two.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= HIGHEST


def evaluate(
    engine: Engine,
    session: Session,
    needs: list[Need],
    source: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Score:
    """Ranks the capabilities of all profiles for each need as the search that pages use does.

    :param source: only statements from there are ranked: what nobody has graded can be neither right nor wrong.
    :raises Problem: when a graded statement is not in the hub, so that a figure never means less
        than it says.
    """
    owner = _owners(session, {text for need in needs for text in need.grades}, source)
    among = None if source is None else _numbers(session, source)
    engine.sync(session)
    gains, firsts = [], []
    for need in needs:
        best: dict[int, float] = {}
        for text, grade in need.grades.items():
            best[owner[text]] = max(best.get(owner[text], 0.0), grade)
        query = Query(one_line(need.text), Filters(kinds=frozenset({Kind.CAPABILITY})), shown=DEPTH)
        found = groups(engine, query.checked().encoded(engine.encoder), DEPTH, among=among)
        grades = [0.0 if hits[0].hidden else best.get(hits[0].profile_id, 0.0) for hits in found]
        gains.append(ndcg(grades, list(best.values()), DEPTH))
        firsts.append(float(bool(grades) and grades[0] >= GOOD))
        progress()
    return Score(len(needs), mean(gains), mean(firsts))


def _numbers(session: Session, source: str) -> Ids:
    """The published statements of a source."""
    of_source = select(Statement.id).where(Statement.source == source, PUBLISHED).order_by(col(Statement.id))
    return np.fromiter(session.exec(of_source), dtype=np.int64)


def _owners(session: Session, texts: set[str], source: str | None) -> dict[str, int]:
    # As it is carried, or as posting has cleaned it (a line end of another sort is a space by then).
    written = {text: (text, clean(text)) for text in texts}
    rows = session.exec(
        select(Statement.text, Statement.profile_id).where(
            Statement.kind == Kind.CAPABILITY,
            col(Statement.text).in_({form for forms in written.values() for form in forms}),
            PUBLISHED,
            sa.true() if source is None else col(Statement.source) == source,
        )
    )
    held = dict(rows.all())
    owner = {
        text: next(held[form] for form in forms if form in held)
        for text, forms in written.items()
        if any(form in held for form in forms)
    }
    missing = sorted(texts - set(owner))
    if missing:
        raise Problem(
            _(
                "채점된 등록 내용 %(n)d건이 이 허브에 없습니다 (예: «%(text)s»). `hub load sample`을 먼저 실행하십시오.",
                n=len(missing),
                text=missing[0][:40],
            )
        )
    return owner
