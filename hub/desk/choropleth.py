"""The map of the country or of a province, shaded by what is there; and the same as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from embeddings.calibration import BOUNDS
from hub.fields.strategic import StrategicFields, all_strategic_fields
from hub.index import counts
from hub.index.columns import numbers_of
from hub.index.engine import Engine
from hub.language import N_
from hub.profiles.tables import Kind, ProfileKind
from hub.regions.atlas import Place, districts, place, provinces
from hub.regions.outlines import Drawing, outlines
from hub.suggestions.suggestions import Suggestions

# Collaborations join them when there are collaborations to count.
MEASURES = {
    "profiles": N_("기관"),
    "capabilities": N_("보유 역량"),
    "needs": N_("수요·애로기술"),
    "matches": N_("추천 협력"),
}
SHADES = 5


@dataclass(frozen=True)
class Row:
    """One region of the map: how much is there, and in which of the shades 0 to 5 it is drawn."""

    place: Place
    count: int
    shade: int
    companies: int
    laboratories: int


@dataclass(frozen=True)
class Choropleth:
    """``bounds`` are the least counts of the shades 1 to 5; ``unplaced`` is what lies in none of the rows' districts,
    so that a row without anything may well have some of it."""

    measure: str
    drawing: Drawing
    rows: list[Row]
    bounds: list[int]
    unplaced: Row | None = None
    ready: bool = True  # or more of what is counted is being made

    def row(self, code: str) -> Row:
        """The row of a region on the map."""
        return next(row for row in self.rows if row.place.code == code)


def known_measure(asked: str | None) -> str:
    """The measure that an address asks for; the first where it asks for none that there is."""
    return asked if asked in MEASURES else next(iter(MEASURES))


def choropleth(
    engine: Engine,
    session: Session,
    suggestions: Suggestions,
    measure: str,
    province: str | None = None,
    *,
    counted: dict[str, Counter[str]] | None = None,
) -> Choropleth:
    """The districts of a province, or the provinces, by one of ``MEASURES``.

    :param counted: what :func:`hub.index.counts.by_region` gave, where the caller has it already.
    :raises NotFound: when there is no such province.
    """
    shown = provinces() if province is None else (districts(province) or [place(province)])
    found = counted or counts.by_region(engine, session)
    ready = True
    beside = counts.without_district(found, province) if province else Counter[str]()
    if measure == "matches":
        own = all_strategic_fields(session)
        numbers, ready = _matches(engine, session, suggestions, [one.code for one in shown], own)
        unplaced = (
            _unplaced_matches(engine, session, suggestions, province, own) if province and beside else 0
        )
    else:
        numbers = {one.code: _count(found[one.code], measure) for one in shown}
        unplaced = _count(beside, measure)
    bounds = _bounds(list(numbers.values()))
    return Choropleth(
        measure,
        outlines(province),
        [_row(one, numbers[one.code], bounds, found[one.code]) for one in shown],
        bounds,
        _row(place(province), unplaced, bounds, beside) if province and beside else None,
        ready,
    )


def _row(where: Place, count: int, bounds: list[int], found: Counter[str]) -> Row:
    laboratories = found[ProfileKind.UNIVERSITY] + found[ProfileKind.INSTITUTE]
    shade = sum(count >= bound for bound in bounds)
    return Row(where, count, shade, found[ProfileKind.COMPANY], laboratories)


def _count(found: dict[str, int], measure: str) -> int:
    kinds = {
        "profiles": tuple(ProfileKind),
        "capabilities": (Kind.CAPABILITY, Kind.ASSET),
        "needs": (Kind.NEED,),
    }
    return sum(found[kind] for kind in kinds[measure])


def _matches(
    engine: Engine, session: Session, suggestions: Suggestions, codes: list[str], strategic: StrategicFields
) -> tuple[dict[str, int], bool]:
    """Suggested pairs of each region that fit well («높음» or better), and whether these are all."""
    engine.sync(session)
    chosen = {code: suggestions.of(engine, session, code, strategic.of(code)) for code in codes}
    counted = {code: sum(pair.strength >= BOUNDS[1] for pair in one.pairs) for code, one in chosen.items()}
    return counted, all(one.ready for one in chosen.values())


def _unplaced_matches(
    engine: Engine, session: Session, suggestions: Suggestions, province: str, strategic: StrategicFields
) -> int:
    """Of a province's pairs that fit well those whose firm is in none of its districts."""
    chosen = suggestions.of(engine, session, province, strategic.of(province))
    strong = [one for one in chosen.pairs if one.strength >= BOUNDS[1]]
    firms = engine.store.facts(one.firm_statement for one in strong)
    return int(np.count_nonzero(firms.region == numbers_of("region")[province]))


def _bounds(numbers: list[int]) -> list[int]:
    """Least counts of the shades: fifths of the regions where something is (quantiles); fewer when they fall together."""
    there = sorted(number for number in numbers if number)
    if not there:
        return []
    cuts = np.quantile(there, np.arange(SHADES) / SHADES, method="inverted_cdf")
    return sorted({int(cut) for cut in cuts})
