"""The photographs that are shown beside statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.profiles.tables import Kind, Photo, Statement


@dataclass(frozen=True)
class PhotoFacts:
    """What a page says of a photograph: pixels, what it shows, and a word that changes with it."""

    width: int
    height: int
    described: str
    version: int


def photos_of(session: Session, statements: Sequence[Statement]) -> dict[int, PhotoFacts]:
    """The photographs of these statements, by their numbers; only what others may use has one."""
    assets = [statement.id for statement in statements if statement.kind == Kind.ASSET]
    if not assets:
        return {}
    columns = (Photo.statement_id, Photo.width, Photo.height, Photo.described, Photo.updated_at)
    rows = session.exec(select(*columns).where(col(Photo.statement_id).in_(assets)))  # type: ignore[call-overload]
    return {
        number: PhotoFacts(width, height, described, int(when.timestamp() * 1000))
        for number, width, height, described, when in rows
    }
