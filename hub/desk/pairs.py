"""A region's suggested pairs as its desk sees them: filtered, shortlisted, dismissed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlmodel import Session

from embeddings.calibration import WORDS
from embeddings.index import Mask
from hub.choices import one_of
from hub.desk.decisions import Decision, PairDecision, PairKey, decisions_of
from hub.fields.carried import field_codes
from hub.index.columns import numbers_of
from hub.index.engine import Engine
from hub.profiles.tables import Kind
from hub.regions.atlas import distances_km, districts_known
from hub.search.query import MOST_COMPARED
from hub.suggestions.pairs import Pair, pair
from hub.suggestions.read import Suggestion, read_pairs
from hub.suggestions.suggestions import Chosen, Suggestions, choose

ANY = "any"
SUGGESTED = (None, "", "suggested")
VIEWS = ("suggested", *Decision)
WITHIN_KM = (30, 100, 200)


@dataclass(frozen=True)
class PairFilters:
    """What a desk's list is limited to; ``None`` means anything."""

    view: str = "suggested"
    firm_kind: str | None = None  # need or business
    # At least this word, or ``any``; without it weak pairs are left out of what is suggested.
    strength: str | None = None
    within_km: int | None = None
    field: str | None = None  # of the laboratory's statement

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the view is set."""
        return any((self.firm_kind, self.strength, self.within_km, self.field))


@dataclass(frozen=True)
class DeskPairs:
    """One page of a desk's list; how many there are under the filters, and in each view as it opens."""

    shown: list[Suggestion]
    total: int
    weak: int  # pairs that pass the other filters and whose strength is too low
    at: datetime
    counts: dict[str, int]
    ready: bool = True  # or more of them are being made


def parse_pair_filters(
    view: str | None = None,
    firm_kind: str | None = None,
    strength: str | None = None,
    within: str | None = None,
    field: str | None = None,
) -> PairFilters:
    """Filters from an address; blank means any.

    :raises Problem: naming the value that is not one.
    """
    return PairFilters(
        view=one_of(view, VIEWS) or "suggested",
        firm_kind=one_of(firm_kind, (Kind.NEED, Kind.BUSINESS)),
        strength=one_of(strength, (*WORDS[:-1], ANY)) or (None if view in SUGGESTED else ANY),
        within_km=int(km) if (km := one_of(within, map(str, WITHIN_KM))) else None,
        field=one_of(field, field_codes()),
    )


def desk_pairs(
    engine: Engine,
    session: Session,
    suggestions: Suggestions,
    region: str,
    filters: PairFilters,
    *,
    is_staff: bool = True,
    limit: int,
    offset: int = 0,
) -> DeskPairs:
    """A page of the desk's list. What was decided is no suggestion any more, and stands in its own view.

    :param is_staff: others see neither what was decided nor that anything was.
    """
    chosen = choose(engine, session, suggestions, region)
    decisions = decisions_of(session, region) if is_staff else {}
    if not is_staff:
        filters = dataclasses.replace(filters, view="suggested")
    decided = decided_pairs(engine, decisions)
    suggested = [one for one in chosen.pairs if one.key not in decisions]
    views = {
        "suggested": suggested,
        **{str(view): [p for p in decided if decisions[p.key].decision == view] for view in Decision},
    }
    pairs = views[filters.view]
    strong, passing = _passing(engine, pairs, filters)
    strong_suggested = sum(not one.is_weak for one in suggested)
    return DeskPairs(
        weak=int(np.count_nonzero(passing & ~strong)),
        shown=read_pairs(
            engine,
            session,
            [pairs[at] for at in np.flatnonzero(passing & strong).tolist()[offset : offset + limit]],
            region if filters.view == "suggested" else None,
        ),
        total=int(np.count_nonzero(passing & strong)),
        at=chosen.at,
        ready=chosen.ready,
        counts={view: len(found) for view, found in views.items()} | {"suggested": strong_suggested},
    )


def decided_pairs(engine: Engine, decisions: dict[PairKey, PairDecision]) -> list[Pair]:
    """Pairs as they fitted when they were decided. One of whose statements is gone is left out."""
    firms = engine.store.facts(firm for firm, _lab in decisions).published
    labs = engine.store.facts(lab for _firm, lab in decisions).published
    return [
        pair(one.firm_statement_id, one.lab_statement_id, one.score, one.level)
        for one, stands in zip(decisions.values(), (firms & labs).tolist(), strict=True)
        if stands
    ]


def chosen_pairs(
    engine: Engine, session: Session, chosen: Chosen, region: str, keys: list[PairKey], *, is_staff: bool
) -> list[Suggestion]:
    """Pairs of a region by their numbers in the order asked for, four at most; staff see decided ones too."""
    decided = decided_pairs(engine, decisions_of(session, region) if is_staff else {})
    suggested, others = ({one.key: one for one in pairs} for pairs in (chosen.pairs, decided))
    wanted = [key for key in dict.fromkeys(keys) if key in suggested or key in others][:MOST_COMPARED]
    here = read_pairs(engine, session, [suggested[key] for key in wanted if key in suggested], region)
    rest = [others[key] for key in wanted if key not in suggested]
    found = {one.pair.key: one for one in (*here, *read_pairs(engine, session, rest, None))}
    return [found[key] for key in wanted if key in found]


def _passing(engine: Engine, pairs: list[Pair], filters: PairFilters) -> tuple[Mask, Mask]:
    """Which pairs are strong enough, and which pass the other filters, ``(n,)`` each."""
    firms = engine.store.facts(one.firm_statement for one in pairs)
    labs = engine.store.facts(one.lab_statement for one in pairs)
    order = np.asarray([WORDS.index(one.word) for one in pairs], dtype=np.int64)
    if filters.strength == ANY:
        strong = np.ones(len(pairs), dtype=np.bool_)
    elif filters.strength is not None:
        strong = order <= WORDS.index(filters.strength)
    else:
        strong = order < len(WORDS) - 1
    passing = np.ones(len(pairs), dtype=np.bool_)
    if filters.firm_kind:
        passing &= firms.kind == numbers_of("kind")[filters.firm_kind]
    if filters.within_km is not None:
        passing &= districts_known()[firms.region] & districts_known()[labs.region]
        passing &= distances_km()[firms.region, labs.region] <= filters.within_km
    if filters.field is not None:  # its poster confirmed it, or it is the nearest
        number = field_codes().index(filters.field)
        passing &= ((labs.fields >> number) & 1 == 1) | (labs.field == number)
    return strong, passing
