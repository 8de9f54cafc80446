"""A region's suggested pairs as its desk sees them: filtered, shortlisted, dismissed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from embeddings.calibration import WORDS
from hub.desk.decisions import Decision, PairDecision, PairKey, decisions_of
from hub.language import _
from hub.matching.changes import read_published
from hub.matching.engine import Engine
from hub.matching.replica import KINDS
from hub.matching.suggest import Chosen, Pair, Suggestion, Suggestions, choose, read_pairs
from hub.problems import Problem
from hub.profiles.fields import field_codes
from hub.profiles.tables import Kind, Visibility
from hub.regions.atlas import distance_km

VIEWS = ("suggested", *Decision)
WITHIN_KM = (30, 100, 200)
MOST_COMPARED = 4


@dataclass(frozen=True)
class PairFilters:
    """What a desk's list is limited to; ``None`` means anything."""

    view: str = "suggested"
    firm_kind: str | None = None  # need or business
    strength: str | None = "medium"  # at least this word; weak pairs are shown to those who ask
    within_km: int | None = None
    field: str | None = None  # of the laboratory's statement

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the view is set."""
        return any((self.firm_kind, self.strength != "medium", self.within_km, self.field))


@dataclass(frozen=True)
class DeskPairs:
    """One page of a desk's list; how many there are under the filters, and in each view without them."""

    shown: list[Suggestion]
    total: int
    weak: int  # pairs of the view whose strength is too low for the filter
    at: datetime
    counts: dict[str, int]
    decisions: dict[PairKey, PairDecision] = field(default_factory=dict)


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
        view=_one_of(view, VIEWS) or "suggested",
        firm_kind=_one_of(firm_kind, (Kind.NEED, Kind.BUSINESS)),
        strength=_least_strength(view, strength),
        within_km=int(km) if (km := _one_of(within, map(str, WITHIN_KM))) else None,
        field=_one_of(field, field_codes()),
    )


def _least_strength(view: str | None, strength: str | None) -> str | None:
    asked = _one_of(strength, (*WORDS[:-1], "any")) or (
        "medium" if view in (None, "", "suggested") else "any"
    )
    return None if asked == "any" else asked


def _one_of(value: str | None, known: Iterable[str]) -> str | None:
    if not value:
        return None
    listed = [str(one) for one in known]
    if value not in listed:
        raise Problem(
            _(
                "«%(value)s»은(는) 쓸 수 없습니다. 쓸 수 있는 값: %(known)s.",
                value=value[:40],
                known=", ".join(listed),
            )
        )
    return value


def desk_pairs(
    engine: Engine,
    session: Session,
    kept: Suggestions,
    region: str,
    filters: PairFilters,
    *,
    limit: int,
    offset: int = 0,
) -> DeskPairs:
    """A page of the desk's list. What was decided is no suggestion any more, and stands in its own view."""
    chosen = choose(engine, session, kept, region)
    decisions = decisions_of(session, region)
    suggested = [pair for pair in chosen.pairs if key_of(pair) not in decisions]
    decided = {view: [k for k, one in decisions.items() if one.decision == view] for view in Decision}
    if filters.view == "suggested":
        pairs = suggested
    else:
        keys = decided[Decision(filters.view)]
        pairs = decided_pairs(session, [decisions[key] for key in keys])
    weak = sum(not _strong_enough(pair, filters) for pair in pairs)
    if filters != PairFilters(view=filters.view, strength=None):
        pairs = [pair for pair in pairs if _passes(engine, pair, filters)]
    return DeskPairs(
        weak=weak,
        shown=read_pairs(engine, session, pairs[offset : offset + limit]),
        total=len(pairs),
        at=chosen.at,
        counts={"suggested": len(suggested), **{str(view): len(keys) for view, keys in decided.items()}},
        decisions=decisions,
    )


def key_of(pair: Pair) -> PairKey:
    """The two numbers by which a pair is known."""
    return pair.firm_statement, pair.lab_statement


def decided_pairs(session: Session, decisions: list[PairDecision]) -> list[Pair]:
    """Pairs as they were when they were decided. One of whose statements is gone is left out."""
    ids = {i for one in decisions for i in (one.firm_statement_id, one.lab_statement_id)}
    found = read_published(session, ids)
    pairs = []
    for one in decisions:
        if one.firm_statement_id not in found or one.lab_statement_id not in found:
            continue
        said, firm = found[one.firm_statement_id]
        _said, lab = found[one.lab_statement_id]
        hidden = said.visibility == Visibility.HIDDEN_NAME
        pairs.append(
            Pair(
                firm_statement=one.firm_statement_id,
                lab_statement=one.lab_statement_id,
                firm=-said.id if hidden else firm.id,
                lab=lab.id,
                hidden=hidden,
                score=one.score,
                level=one.level,
                rank_score=one.score,
                distance_km=distance_km(firm.region_code, lab.region_code),
            )
        )
    return pairs


def chosen_pairs(
    engine: Engine, session: Session, chosen: Chosen, region: str, keys: list[PairKey]
) -> list[Suggestion]:
    """Pairs of a region by their numbers, suggested or decided, in the order asked for; four at most."""
    known = {
        key_of(pair): pair for pair in decided_pairs(session, list(decisions_of(session, region).values()))
    }
    known |= {key_of(pair): pair for pair in chosen.pairs}
    return read_pairs(
        engine, session, [known[key] for key in dict.fromkeys(keys) if key in known][:MOST_COMPARED]
    )


def _passes(engine: Engine, pair: Pair, filters: PairFilters) -> bool:
    replica = engine.replica
    with replica.lock.reading():
        firm, lab = replica.row_of(pair.firm_statement), replica.row_of(pair.lab_statement)
        if firm is None or lab is None:
            return False
        kind = KINDS[replica.columns["kind"][firm]]
        confirmed = int(replica.columns["fields"][lab])
        nearest = int(engine.row_fields()[lab])
    number = field_codes().index(filters.field) if filters.field else None
    return (
        _strong_enough(pair, filters)
        and (filters.within_km is None or pair.distance_km <= filters.within_km)
        and (filters.firm_kind is None or kind == filters.firm_kind)
        and (number is None or bool(confirmed >> number & 1) or nearest == number)
    )


def _strong_enough(pair: Pair, filters: PairFilters) -> bool:
    return filters.strength is None or WORDS.index(pair.word) <= WORDS.index(filters.strength)
