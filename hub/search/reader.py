"""For whom it is ranked: what lets the same query put other answers first for other people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from hub.fields.strategic import strategic_fields
from hub.index.engine import Engine
from hub.search.feedback import judged_by
from hub.search.judged import Judged


@dataclass(frozen=True)
class Reader:
    """The technology fields that the asking region has made its own, and what this person has said of earlier matches."""

    strategic: frozenset[str] = frozenset()
    judged: Judged | None = None


ANYBODY = Reader()


def reader_of(engine: Engine, session: Session, region: str | None, account_id: int | None) -> Reader:
    """Whoever asks from a region, signed in or not."""
    judged = judged_by(engine, session, account_id) if account_id is not None else None
    return Reader(strategic_fields(session, region), judged)
