"""A region's suggested pairs as its desk sees them: filtered, shortlisted, dismissed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from embeddings.calibration import WORDS
from hub.desk.decisions import Decision, PairDecision, PairKey, decisions_of
from hub.language import _
from hub.matching.engine import Engine
from hub.matching.replica import KINDS
from hub.matching.suggest import Chosen, Pair, Suggestion, Suggestions, choose, read_pairs
from hub.problems import Problem
from hub.profiles.fields import field_codes
from hub.profiles.published import read_published
from hub.profiles.tables import Kind, Visibility
from hub.regions.atlas import distance_km

ANY = "any"
SUGGESTED = (None, "", "suggested")
VIEWS = ("suggested", *Decision)
WITHIN_KM = (30, 100, 200)
MOST_COMPARED = 4


@dataclass(frozen=True)
class PairFilters:
    """What a desk's list is limited to; ``None`` means anything."""

    view: str = "suggested"
    firm_kind: str | None = None  # need or business
    # At least this word, or ``any``; without it weak pairs are left out, save those of needs: somebody asked.
    strength: str | None = None
    within_km: int | None = None
    field: str | None = None  # of the laboratory's statement

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the view is set."""
        return any((self.firm_kind, self.strength, self.within_km, self.field))


@dataclass(frozen=True)
class DeskPairs:
    """One page of a desk's list; how many there are under the filters, and in each view without them."""

    shown: list[Suggestion]
    total: int
    weak: int  # pairs of the view whose strength is too low for the filter
    at: datetime
    counts: dict[str, int]


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
        strength=_one_of(strength, (*WORDS[:-1], ANY)) or (None if view in SUGGESTED else ANY),
        within_km=int(km) if (km := _one_of(within, map(str, WITHIN_KM))) else None,
        field=_one_of(field, field_codes()),
    )


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
    is_staff: bool = True,
    limit: int,
    offset: int = 0,
) -> DeskPairs:
    """A page of the desk's list. What was decided is no suggestion any more, and stands in its own view.

    :param is_staff: others see neither what was decided nor that anything was.
    """
    chosen = choose(engine, session, kept, region)
    decisions = decisions_of(session, region) if is_staff else {}
    if not is_staff:
        filters = dataclasses.replace(filters, view="suggested")
    suggested = [pair for pair in chosen.pairs if key_of(pair) not in decisions]
    decided = {view: [k for k, one in decisions.items() if one.decision == view] for view in Decision}
    if filters.view == "suggested":
        pairs = suggested
    else:
        keys = decided[Decision(filters.view)]
        pairs = decided_pairs(session, [decisions[key] for key in keys])
    strong = [pair for pair in pairs if _strong_enough(engine, pair, filters.strength)]
    weak = len(pairs) - len(strong)
    pairs = [pair for pair in strong if _passes(engine, pair, filters)]
    return DeskPairs(
        weak=weak,
        shown=read_pairs(engine, session, pairs[offset : offset + limit]),
        total=len(pairs),
        at=chosen.at,
        counts={"suggested": len(suggested), **{str(view): len(keys) for view, keys in decided.items()}},
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
    engine: Engine, session: Session, chosen: Chosen, region: str, keys: list[PairKey], *, is_staff: bool
) -> list[Suggestion]:
    """Pairs of a region by their numbers in the order asked for, four at most; staff see decided ones too."""
    decided = list(decisions_of(session, region).values()) if is_staff else []
    known = {key_of(pair): pair for pair in decided_pairs(session, decided)}
    known |= {key_of(pair): pair for pair in chosen.pairs}
    return read_pairs(
        engine, session, [known[key] for key in dict.fromkeys(keys) if key in known][:MOST_COMPARED]
    )


def _strong_enough(engine: Engine, pair: Pair, least: str | None) -> bool:
    if least == ANY:
        return True
    if least is not None:
        return WORDS.index(pair.word) <= WORDS.index(least)
    return pair.word != WORDS[-1] or _kind(engine, pair) == Kind.NEED


def _kind(engine: Engine, pair: Pair) -> str | None:
    """What the firm's statement is; ``None`` once it is gone."""
    replica = engine.replica
    with replica.lock.reading():
        row = replica.row_of(pair.firm_statement)
        return None if row is None else KINDS[replica.columns["kind"][row]]


def _passes(engine: Engine, pair: Pair, filters: PairFilters) -> bool:
    if filters.firm_kind and _kind(engine, pair) != filters.firm_kind:
        return False
    if filters.within_km is not None and pair.distance_km > filters.within_km:
        return False
    return filters.field is None or _lies_in(engine, pair.lab_statement, filters.field)


def _lies_in(engine: Engine, statement_id: int, field: str) -> bool:
    """Whether a statement's poster confirmed this field, or it is the nearest."""
    replica, number = engine.replica, field_codes().index(field)
    with replica.lock.reading():
        row = replica.row_of(statement_id)
        if row is None:
            return False
        return (
            bool(int(replica.columns["fields"][row]) >> number & 1) or int(engine.row_fields()[row]) == number
        )
