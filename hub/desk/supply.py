"""A region's demand and supply by technology field, and the gaps between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from embeddings.calibration import BOUNDS, strengths
from embeddings.index import Mask
from hub.fields.carried import carried_fields
from hub.fields.nearest import standard_fields
from hub.fields.tables import TechnologyField
from hub.index.columns import numbers_inside, numbers_of
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Ids, Store
from hub.profiles.published import place_of, read_published, shown_profile
from hub.profiles.tables import Kind, Profile, ProfileKind, Statement
from hub.regions.atlas import inside, place
from hub.search.answers import Answer
from hub.search.neighbours import partners_of
from hub.suggestions.candidates import DEMAND, SUPPLY, Entries
from hub.suggestions.pairs import pair
from hub.suggestions.read import Suggestion, read_pairs
from hub.suggestions.suggestions import Suggestions, choose

ANSWERED = BOUNDS[1]  # «높음»: from here on somebody answers
SHOWN = 10
LOOKED_AT = 8  # answers, of which the first of another region is shown


@dataclass(frozen=True)
class FieldCount:
    """How many statements of a region lie in one technology field."""

    field: TechnologyField
    needs: int
    businesses: int
    capabilities: int
    assets: int
    strategic: bool

    @property
    def supply(self) -> int:
        """What others can do and share."""
        return self.capabilities + self.assets


@dataclass(frozen=True)
class Unasked:
    """A capability of the region that no firm here looks for, and who elsewhere might."""

    statement: Statement
    profile: Profile
    elsewhere: list[Answer]


@dataclass(frozen=True)
class Unmet:
    """Something that a firm here says and that no laboratory here answers."""

    statement: Statement
    firm: Profile | None  # none while it hides its name
    elsewhere: Suggestion | None  # who answers it best in another region; none where nobody does


@dataclass(frozen=True)
class Gaps:
    """What nobody here answers, and what nobody here asks for: the first of each, and how many there are."""

    needs: list[Unmet]  # what is asked for and answered nowhere comes first
    needs_total: int
    businesses: list[Unmet]  # what firms make, where somebody elsewhere would help with it
    businesses_total: int
    unasked: list[Unasked]
    unasked_total: int
    ready: bool = True  # or more of what firms say is still being compared


def by_field(
    engine: Engine, session: Session, region: str, strategic: frozenset[str] = frozenset()
) -> list[FieldCount]:
    """Demand and supply of a region in each class of the national classification.

    A statement whose poster confirmed no field counts in the nearest one.

    :param strategic: the fields that the region has made its own.
    """
    place(region)
    engine.sync(session)
    fields = carried_fields()
    counted = engine.store.tally(Filters(region=region), "field", "kind")

    def count(kind: Kind, number: int) -> int:
        return counted.get((number, numbers_of("kind")[kind]), 0)

    return [
        FieldCount(
            fields[number],
            count(Kind.NEED, number),
            count(Kind.BUSINESS, number),
            count(Kind.CAPABILITY, number),
            count(Kind.ASSET, number),
            fields[number].code in strategic,
        )
        for number in standard_fields()
    ]


@dataclass(frozen=True)
class _Rated:
    """A region's firms' statements, ``(n,)``, and the laboratories nearest to each, ``(n, k)``."""

    says: Ids
    is_need: Mask
    entries: Entries
    strengths: npt.NDArray[np.int64]  # where an entry is empty or gone it is 0
    here: npt.NDArray[np.bool_]  # whether the laboratory lies in the region
    offers: Ids  # what the region's own laboratories can do


def gaps(
    engine: Engine,
    session: Session,
    suggestions: Suggestions,
    region: str,
    strategic: frozenset[str] | None = None,
) -> Gaps:
    """Where a region's demand and supply miss each other.

    :param strategic: the region's own fields, where the caller knows them.
    """
    chosen = choose(engine, session, suggestions, region, strategic)
    rated = _rated(engine.store, suggestions, region)
    needs, businesses = _unanswered(rated, rated.is_need), _unanswered(rated, ~rated.is_need)
    asked = rated.entries["lab"][rated.here & (rated.strengths >= ANSWERED)]
    unasked = rated.offers[np.isin(rated.offers, asked, invert=True)].tolist()
    found = read_published(session, unasked[:SHOWN])
    said = [found[number] for number in unasked[:SHOWN] if number in found]
    fitting = partners_of(engine, session, said, limit=LOOKED_AT)
    shown = np.concatenate([needs[:SHOWN], businesses[:SHOWN]])
    unmet = _read_unmet(engine, session, rated, shown, region)
    return Gaps(
        needs=[one for one in unmet if one.statement.kind == Kind.NEED],
        needs_total=len(needs),
        businesses=[one for one in unmet if one.statement.kind == Kind.BUSINESS],
        businesses_total=len(businesses),
        unasked=[
            Unasked(statement, profile, _elsewhere(fitting[statement.id], region))
            for statement, profile in said
        ],
        unasked_total=len(unasked),
        ready=chosen.ready,
    )


def _elsewhere(answers: list[Answer], region: str) -> list[Answer]:
    """The first of these that is a firm of another region; none where no such firm is among them."""
    here = inside(region)
    return [
        answer
        for answer in answers
        if answer.profile is not None
        and answer.profile.kind == ProfileKind.COMPANY
        and answer.best.hit.region_code not in here
    ][:1]


def _rated(store: Store, suggestions: Suggestions, region: str) -> _Rated:
    """The lists of a region's firms with what they are worth."""
    says, entries = suggestions.candidates.of(store, region)
    numbers, places = np.unique(entries["lab"], return_inverse=True)
    firms, labs = store.facts(says.tolist()), store.facts(numbers.tolist())
    places = places.reshape(entries.shape)
    there = (entries["lab"] != 0) & labs.published[places]
    return _Rated(
        says=says,
        is_need=firms.kind == numbers_of("kind")[Kind.NEED],
        entries=entries,
        strengths=np.where(there, strengths(entries["score"], entries["level"]), 0),
        here=np.isin(labs.region, numbers_inside(region))[places],
        offers=store.ids(replace(SUPPLY, region=region)),
    )


def _unanswered(rated: _Rated, which: Mask) -> Ids:
    """The places of what nobody here answers: first what nobody answers, then what is answered best elsewhere.

    A need is there whether or not anybody elsewhere answers it. What is only made, where somebody does.
    """
    local = np.where(rated.here, rated.strengths, 0).max(axis=1, initial=0)
    best = rated.strengths.max(axis=1, initial=0)
    missing = np.flatnonzero(which & (local < ANSWERED) & (rated.is_need | (best >= ANSWERED)))
    order: Ids = missing[np.lexsort((missing, -best[missing], best[missing] >= ANSWERED))]
    return order


def _read_unmet(engine: Engine, session: Session, rated: _Rated, places: Ids, region: str) -> list[Unmet]:
    """What stands at these places, with who elsewhere answers it at a sensible strength."""
    pairs = []
    for at in places.tolist():
        best = int(np.where(rated.here[at], -1, rated.strengths[at]).argmax())
        entry = rated.entries[at, best]
        if entry["lab"] != 0 and not rated.here[at, best]:
            pairs.append(pair(rated.says[at], entry["lab"], entry["score"], entry["level"]))
    answered = {one.firm_statement.id: one for one in read_pairs(engine, session, pairs, region)}
    numbers = rated.says[places].tolist()
    found = {number: (one.firm_statement, one.firm) for number, one in answered.items()}
    # What nothing elsewhere is near to is in no pair.
    for number, (statement, owner) in read_published(session, set(numbers) - found.keys()).items():
        if statement.kind in DEMAND.kinds and place_of(statement, owner) in inside(region):
            found[number] = statement, shown_profile(statement, owner)
    return [
        Unmet(
            *found[number], None if number not in answered or (one := answered[number]).pair.is_weak else one
        )
        for number in numbers
        if number in found
    ]
