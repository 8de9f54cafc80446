"""An encoder that encodes no text of the sample data a second time; for tests and for what is run by hand."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from embeddings.encoder import Encoder
from hub.database import Database
from hub.problems import Problem
from hub.profiles.tables import Statement, Vector
from hub.profiles.vectors import stored
from hub.settings import Settings


class Remembering:
    """The encoder, which encodes no text of the sample data again: not for the second database, and not
    where `make setup` has encoded it with this very model."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.known: dict[str, Any] = {}
        self.solved: dict[str, Any] = {}  # of a wording of a problem, by itself
        with (
            contextlib.suppress(SQLAlchemyError, Problem),
            Database(Settings().database).reading() as session,
        ):
            query = select(Statement.text, Statement.translation, Vector.data, Vector.translation_data)
            query = query.join(Vector, col(Vector.statement_id) == Statement.id)
            for text, translation, *data in session.exec(query.where(Vector.model == encoder.fingerprint)):
                for said, vectors in zip((text, translation), data, strict=True):
                    if said and vectors:
                        self.known[said] = stored(vectors, encoder.dimension).astype(np.float32)
            self._take_problems(session)

    def _take_problems(self, session: Session) -> None:
        """Of a problem the mean of its wordings is kept, so each is given that: their mean is the same again.

        Where a wording stands in two problems it is left to be encoded, and those two with it."""
        query = select(Statement.problems, Vector.problem_data)
        query = query.join(Vector, col(Vector.statement_id) == Statement.id)
        rows = session.exec(query.where(Vector.model == self.encoder.fingerprint)).all()
        held = [
            (problem, vector)
            for problems, data in rows
            for problem, vector in zip(problems, stored(data, self.encoder.dimension), strict=bool(data))
        ]
        often = Counter(wording for problem in {tuple(one) for one, _vector in held} for wording in problem)
        for problem, vector in held:
            if all(often[wording] == 1 for wording in problem):
                self.solved.update(dict.fromkeys(problem, vector.astype(np.float32)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.encoder, name)

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Any:
        new = [text for text in dict.fromkeys(texts) if text not in self.solved]
        self.solved.update(zip(new, self.encoder.encode(new, progress=progress), strict=True))
        return np.stack([self.solved[text] for text in texts]) if texts else self.encoder.encode([])

    def encode_parts(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[Any]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(new, self.encoder.encode_parts(new, progress=progress), strict=True))
        return [self.known[text] for text in texts]
