"""Which technology field a text lies in: that of the nearest subclass (중분류) by meaning.

Of the carried capabilities, whose fields are known, 66 % have theirs first and 94 % among the first
three; with the fields' names alone it is 61 % and 87 %. So three are put before a poster, who confirms.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hub.fields.carried import carried_fields, field_codes
from hub.fields.tables import TechnologyField
from hub.profiles.script import language_of
from hub.settings import DATA
from hub.text import one_line

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

Floats = npt.NDArray[np.float32]
PROPOSED = 3


@lru_cache(maxsize=1)
def subclasses() -> tuple[tuple[int, str], ...]:
    """Every subclass with the number of its field in the order of ``field_codes()``."""
    with (DATA / "technology-subclasses.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (field_codes().index(row["code"]), text)
            for row in csv.DictReader(file)
            for text in row["subclasses_ko"].split(";")
        )


@lru_cache(maxsize=1)
def standard_fields() -> tuple[int, ...]:
    """The numbers of the classes of the national classification, without the strategic technologies."""
    return tuple(number for number, field in enumerate(carried_fields()) if field.scheme == "standard")


def encode_subclasses(encoder: Encoder) -> Floats:
    """Their vectors, ``(subclasses, d)``."""
    return encoder.encode([text for _field, text in subclasses()])


def field_closeness(subclass_vectors: Floats, vectors: Floats) -> Floats:
    """The cosine of each of ``(n, d)`` unit vectors with each field's nearest subclass, ``(n, fields)``."""
    near = vectors @ subclass_vectors.T
    owners = np.asarray([field for field, _text in subclasses()])
    return np.stack([near[:, owners == number].max(axis=1) for number in range(len(field_codes()))], axis=1)


def proposed_fields(encoder: Encoder, subclass_vectors: Floats, text: str) -> list[TechnologyField]:
    """The fields that a text most likely lies in, the nearest first; none for a text without words."""
    written = one_line(text)
    if language_of(written) is None:
        return []
    near = field_closeness(subclass_vectors, encoder.encode_one(written)[None])[0]
    fields = carried_fields()
    return [fields[number] for number in np.argsort(-near)[:PROPOSED]]


def classes(subclass_vectors: Floats, vectors: Floats, confirmed: Sequence[frozenset[str]]) -> list[int]:
    """The class in which each text counts: the first that its poster confirmed, else the nearest.

    :param vectors: ``(n, d)`` unit vectors of whole texts; ``confirmed`` the fields of each.
    :return: numbers in the order of ``field_codes()``.
    """
    standard = np.asarray(standard_fields())
    nearest = standard[field_closeness(subclass_vectors, vectors)[:, standard].argmax(axis=1)]
    codes = field_codes()
    return [
        next((number for number in standard_fields() if codes[number] in own), int(near))
        for own, near in zip(confirmed, nearest, strict=True)
    ]
