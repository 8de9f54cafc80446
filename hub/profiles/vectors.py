"""A statement's vectors: made from its text and its translation, stored and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hub.profiles.tables import Vector

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Encoded:
    """The vectors of a text and of its translation, ``(1 + phrases, dimension)`` each, and their model."""

    model: str
    text: Floats
    translation: Floats | None = None

    def row(self, statement_id: int) -> Vector:
        """As the database keeps it."""
        return Vector(
            statement_id=statement_id,
            model=self.model,
            data=as_stored(self.text),
            translation_data=None if self.translation is None else as_stored(self.translation),
        )


def encode(
    encoder: Encoder,
    statements: Sequence[tuple[str, str | None]],
    progress: Callable[[int], None] | None = None,
) -> list[Encoded]:
    """The vectors of statements, each a text and perhaps its translation, in one batch."""
    texts = [text for statement in statements for text in statement if text is not None]
    made = iter(encoder.encode_parts(texts, progress=progress))
    return [
        Encoded(encoder.fingerprint, next(made), next(made) if translation is not None else None)
        for _text, translation in statements
    ]


def as_stored(vectors: Floats) -> bytes:
    """Vectors as the database keeps them, see :func:`stored`."""
    return vectors.astype("<f2").tobytes()


def stored(data: bytes, dimension: int) -> Halves:
    """What was stored, ``(1 + phrases, dimension) float16``."""
    return np.frombuffer(data, dtype="<f2").reshape(-1, dimension)
