"""The technology fields of statements, as their posters confirmed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from hub.fields.tables import StatementField, TechnologyField
from hub.language import in_language


def fields_of(session: Session, statement_ids: Iterable[int]) -> dict[int, list[TechnologyField]]:
    """The technology fields of each statement."""
    statement_ids = list(statement_ids)
    if not statement_ids:
        return {}
    rows = session.exec(
        select(StatementField.statement_id, TechnologyField)
        .join(TechnologyField, col(TechnologyField.code) == StatementField.field_code)
        .where(col(StatementField.statement_id).in_(statement_ids))
        .order_by(TechnologyField.code)
    )
    found: dict[int, list[TechnologyField]] = defaultdict(list)
    for statement_id, field in rows:
        found[statement_id].append(field)
    return found


def field_names(session: Session, statement_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The same by name, in the reader's language."""
    return {
        number: tuple(in_language(field.name_ko, field.name_en) for field in fields)
        for number, fields in fields_of(session, statement_ids).items()
    }
