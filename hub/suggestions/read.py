"""Suggestions as a page shows them: what pairs of numbers point at, read from the database at that moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from hub.fields.read import field_names
from hub.index.engine import Engine
from hub.index.store import Texts
from hub.profiles.published import place_of, profiles_that_share, read_published, shown_profile
from hub.profiles.tables import Profile, Statement
from hub.regions.atlas import atlas, distance_km, inside
from hub.search.answers import nearest_phrases, nearest_problems
from hub.search.explain import Why, field_in_common, telling_words, why
from hub.suggestions.candidates import DEMAND, SUPPLY
from hub.suggestions.pairs import Pair


@dataclass(frozen=True)
class Suggestion:
    """A pair as a page shows it. ``firm`` is ``None`` while it hides its name."""

    pair: Pair
    firm: Profile | None
    lab: Profile
    firm_statement: Statement
    lab_statement: Statement
    distance_km: float | None  # where the district of both is known to readers
    why: Why
    solves: str  # the problem that the laboratory says it solves and that is near to what the firm says
    fields: tuple[str, ...]  # the technology fields of the laboratory's statement
    fields_in_common: tuple[str, ...]
    shares_equipment: bool


def read_pairs(
    engine: Engine, session: Session, pairs: list[Pair], region: str | None = None
) -> list[Suggestion]:
    """Reads what the pairs point at; a statement that is gone takes its pair with it.

    :param region: the firm must be known to be here; one that has just hidden its name is not, in a district.
    """
    found = read_published(session, {i for p in pairs for i in (p.firm_statement, p.lab_statement)})
    here = inside(region) if region else atlas()
    fields = field_names(session, found)
    sharing = profiles_that_share(session, {profile.id for _statement, profile in found.values()})
    standing = [
        (pair, *found[pair.firm_statement], *found[pair.lab_statement])
        for pair in pairs
        if pair.firm_statement in found
        and pair.lab_statement in found
        and _are_a_pair(found[pair.firm_statement][0], found[pair.lab_statement][0])
        and place_of(*found[pair.firm_statement]) in here
    ]
    reasons = _reasons(
        engine, [(firm_said, lab_said) for _pair, firm_said, _firm, lab_said, _lab in standing]
    )
    suggestions = []
    for (pair, firm_statement, firm, lab_statement, lab), (reason, solves) in zip(
        standing, reasons, strict=True
    ):
        names = fields.get(lab_statement.id, ())
        suggestions.append(
            Suggestion(
                pair=pair,
                firm=shown_profile(firm_statement, firm),
                lab=lab,
                firm_statement=firm_statement,
                lab_statement=lab_statement,
                distance_km=distance_km(place_of(firm_statement, firm), place_of(lab_statement, lab)),
                why=reason,
                solves=solves,
                fields=names,
                fields_in_common=tuple(name for name in names if name in fields.get(firm_statement.id, ()))
                or field_in_common(firm_statement.text, names),
                shares_equipment=lab.id in sharing,
            )
        )
    return suggestions


def _are_a_pair(firm_statement: Statement, lab_statement: Statement) -> bool:
    """Whether they still ask and answer: a capability may since have become a need, and hide its name."""
    return firm_statement.kind in DEMAND.kinds and lab_statement.kind in SUPPLY.kinds


def _reasons(engine: Engine, said: list[tuple[Statement, Statement]]) -> list[tuple[Why, str]]:
    """Why the second of each pair answers the first, and the problem that it solves."""
    store = engine.store
    vectors = store.vectors(Texts.own(firm.id for firm, _lab in said))
    nearest = nearest_phrases(
        engine, [(vector, lab, 0) for vector, (_firm, lab) in zip(vectors, said, strict=True)]
    )
    solves = nearest_problems(
        engine, [(vector, firm.text, lab) for vector, (firm, lab) in zip(vectors, said, strict=True)]
    )
    return [
        (
            why(telling_words(firm.text, store.words), lab.text, store.words, phrase if vector.any() else ""),
            problem if vector.any() else "",
        )
        for (firm, lab), vector, phrase, problem in zip(said, vectors, nearest, solves, strict=True)
    ]
