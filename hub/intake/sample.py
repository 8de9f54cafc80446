"""The real data that the project carries, as profiles and statements (see hub/data/README.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, delete, select, update

from hub.database import Database, next_revision, now
from hub.fields.carried import FIELDS_OF_LABEL, codes_of_strategic_technologies
from hub.fields.tables import StatementField
from hub.profiles import vectors
from hub.profiles.carried import SampleProfile, SampleStatement, SampleUnit, sample_profiles, statement_key
from hub.profiles.collections import NAMES
from hub.profiles.known_names import carried_names, names_of, taken_keys
from hub.profiles.limits import LIMITS, UNIT_LIMITS
from hub.profiles.names import name_key
from hub.profiles.script import language_of
from hub.profiles.tables import Profile, Source, Statement, Unit, UnitKind, Vector, Visibility

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

BATCH = 64


@dataclass(frozen=True)
class Loaded:
    """What a run of :func:`load` added."""

    profiles: int
    statements: int
    problems: int = 0  # statements that were there already and now say which problems they solve


def load(
    database: Database,
    encoder: Callable[[], Encoder],
    *,
    only: Collection[str] = NAMES,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Loaded:
    """Loads the carried data, batch by batch: each batch is kept whole or not at all.

    A run that was cut off goes on where it stopped; a run with nothing to do changes nothing and
    does not open the encoder. What a member has edited or withdrawn since stays as it is.

    :param only: the collections to load, by their names in :mod:`hub.profiles.collections`.
    :param encoder: called once, when there is something to encode.
    :param progress: called with the statements done and the statements to do.
    """
    everything = sample_profiles(only)
    added_profiles = _load_profiles(database, everything)
    _fill_in(database, everything)
    missing = _missing_statements(database, everything)
    unsolved = _without_problems(database, everything)
    if not missing and not unsolved:
        return Loaded(added_profiles, 0)
    model = encoder()
    if unsolved:
        _add_problems(database, model, unsolved)
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        said = [vectors.Said(s.text, s.translation, s.problems) for _owner, _key, s in batch]
        encoded = vectors.encode(model, said)
        with database.writing() as session:
            _add_statements(session, batch, encoded)
        progress(start + len(batch), len(missing))
    return Loaded(added_profiles, len(missing), len(unsolved))


def _add_statements(
    session: Session,
    batch: list[tuple[int, str, SampleStatement]],
    encoded: list[vectors.Encoded],
) -> None:
    moment = now()
    units = _units(session, [(owner, s.unit) for owner, _key, s in batch if s.unit is not None])
    rows = [
        Statement(
            profile_id=owner,
            unit_id=units[statement.unit.source_key] if statement.unit else None,
            trl=statement.trl,
            kind=statement.kind,
            text=statement.text,
            translation=statement.translation,
            language=language_of(statement.text) or "ko",
            visibility=Visibility.PUBLIC,
            source=statement.source,
            source_key=key,
            label=statement.label,
            problems=statement.problems,
            created_at=moment,
            updated_at=moment,
            published_at=moment,
        )
        for owner, key, statement in batch
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(made.row(row.id) for row, made in zip(rows, encoded, strict=True))
    session.add_all(
        StatementField(statement_id=row.id, field_code=code)
        for row, (_owner, _key, statement) in zip(rows, batch, strict=True)
        for code in _fields_of(statement)
    )
    session.flush()
    revision = next_revision(session)  # last, see hub.posting.statements.add
    for row in rows:
        row.revision = revision


def _fields_of(statement: SampleStatement) -> tuple[str, ...]:
    technology = codes_of_strategic_technologies().get((statement.technology or "").replace(" ", ""))
    return (technology,) if technology else FIELDS_OF_LABEL.get(statement.label or "", ())


def _units(session: Session, wanted: list[tuple[int, SampleUnit]]) -> dict[str, int]:
    """The numbers of carried units by their keys; those that are not there are entered.

    A unit of this name that the organisation entered by itself is the one.
    """
    found: dict[str, int] = {}
    for owner, carried in wanted:
        key = name_key(carried.name_ko)[: UNIT_LIMITS["name_ko"]]
        same = (col(Unit.source_key) == carried.source_key) | (
            (col(Unit.profile_id) == owner) & (Unit.name_key == key)
        )
        unit = session.exec(select(Unit).where(same)).first()
        if unit is None:
            unit = Unit(
                profile_id=owner,
                kind=UnitKind.LABORATORY,
                name_ko=carried.name_ko,
                name_key=key,
                homepage=carried.homepage,
                source_key=carried.source_key,
            )
            session.add(unit)
            session.flush()
        found[carried.source_key] = unit.id
    return found


def _without_problems(database: Database, everything: list[SampleProfile]) -> dict[int, list[list[str]]]:
    """Carried statements that were loaded before their problems were carried, by number, and these problems."""
    carried = {
        statement_key(sample, statement): statement.problems
        for sample in everything
        for statement in sample.statements
        if statement.problems
    }
    with database.reading() as session:
        held = select(Statement.id, Statement.source_key, Statement.problems)
        rows = session.exec(held.where(Statement.source == Source.SAMPLE)).all()
    return {number: carried[key] for number, key, problems in rows if key in carried and not problems}


def _add_problems(database: Database, model: Encoder, unsolved: dict[int, list[list[str]]]) -> None:
    """Gives statements the problems that they solve; a member's own since then are left as they are."""
    encoded = {number: vectors.encode_problems(model, problems) for number, problems in unsolved.items()}
    with database.writing() as session:
        query = select(Statement).where(col(Statement.id).in_(unsolved), Statement.source == Source.SAMPLE)
        rows = [row for row in session.exec(query.with_for_update()) if not row.problems]
        for row in rows:
            row.problems = unsolved[row.id]
            of_it = col(Vector.statement_id) == row.id
            session.exec(delete(Vector).where(of_it, col(Vector.model) != model.fingerprint))
            data = vectors.as_stored(encoded[row.id])
            session.exec(update(Vector).where(of_it).values(problem_data=data))
        session.flush()
        revision = next_revision(session)  # last, see hub.posting.statements.add
        for row in rows:
            row.revision = revision


def _load_profiles(database: Database, everything: list[SampleProfile]) -> int:
    with database.writing() as session:
        held = set(session.exec(select(Profile.source_key).where(col(Profile.source_key).is_not(None))))
        taken = taken_keys(session)
        added = [
            Profile(
                kind=sample.kind,
                name_ko=sample.name_ko,
                name_en=sample.name_en,
                name_key=name_key(sample.name_ko)[: LIMITS["name_ko"]],
                region_code=sample.region_code,
                homepage=sample.homepage,
                industry=sample.industry,
                market=sample.market,
                listed_on=sample.listed_on,
                address=sample.address,
                ror=sample.ror,
                source_key=sample.source_key,
            )
            for sample in everything
            # An organisation that registered by itself is not entered a second time.
            if sample.source_key not in held and (name_key(sample.name_ko), sample.region_code) not in taken
        ]
        session.add_all(added)
        session.flush()
        carried = carried_names()
        session.add_all(name for one in added for name in names_of(one, carried.get(one.name_ko, ())))
    return len(added)


def _fill_in(database: Database, everything: list[SampleProfile]) -> None:
    """Gives organisations that were loaded before what is carried of them by now and nobody has said since."""
    carried = {sample.source_key: sample for sample in everything}
    with database.writing() as session:
        lacks = col(Profile.source_key).is_not(None) & (
            col(Profile.address).is_(None) | col(Profile.ror).is_(None)
        )
        for held in session.exec(select(Profile).where(lacks)):
            if sample := carried.get(held.source_key or ""):
                held.address = held.address or sample.address
                held.ror = held.ror or sample.ror


def _missing_statements(
    database: Database, everything: list[SampleProfile]
) -> list[tuple[int, str, SampleStatement]]:
    with database.reading() as session:
        held_profiles = session.exec(
            select(Profile.source_key, Profile.id, Profile.name_key, Profile.region_code).where(
                col(Profile.source_key).is_not(None)
            )
        ).all()
        by_key = {key: number for key, number, *_named in held_profiles}
        by_name = {(name, region): number for _key, number, name, region in held_profiles}
        held = set(session.exec(select(Statement.source_key).where(col(Statement.source_key).is_not(None))))
    # The same organisation may have come with another collection first.
    owners = {
        sample.source_key: by_key.get(sample.source_key)
        or by_name.get((name_key(sample.name_ko)[: LIMITS["name_ko"]], sample.region_code))
        for sample in everything
    }
    return [
        (owner, key, statement)
        for sample in everything
        if (owner := owners[sample.source_key]) is not None
        for statement in sample.statements
        if (key := statement_key(sample, statement)) not in held
    ]
