"""Pairs: which of a region's firms should meet which laboratory, chosen from the candidates."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.index.columns import KINDS
from hub.index.replica import Replica
from hub.profiles.tables import Kind
from hub.regions.atlas import distances_km, inside
from hub.search.ranking import Rated, broker_weight, distance_cost
from hub.suggestions.candidates import DEMAND, SUPPLY, Entries, Rows

MOST_PER_LAB = 4
MOST_PER_FIRM = 2
MOST_PAIRS = 200
MOST_CANDIDATES = 4000  # the best of a region, from which its pairs are taken
# What each earlier appearance of a laboratory (a firm) costs it, in standard scores.
LAB_AGAIN = 0.3
FIRM_AGAIN = 0.6
# A firm that says what it needs comes before one that only says what it makes.
NEED_FIRST = 1.0


@dataclass(frozen=True)
class Pair(Rated):
    """A firm's statement and a laboratory's, by number. ``score`` is the fit without the distance."""

    firm_statement: int
    lab_statement: int
    score: float
    level: float
    rank_score: float


def standing(replica: Replica, pairs: list[Pair], region: str) -> list[Pair]:
    """Those of these pairs that may still be shown for a region: both are published, the firm's here."""
    if not pairs:
        return []
    firms = replica.facts(pair.firm_statement for pair in pairs)
    labs = replica.facts(pair.lab_statement for pair in pairs)
    codes = [replica.region_number(code) for code in inside(region)]
    demand = [KINDS.index(kind) for kind in DEMAND.kinds]
    supply = [KINDS.index(kind) for kind in SUPPLY.kinds]
    stand = (
        firms.published
        & labs.published
        & np.isin(firms.region, codes)
        & np.isin(firms.kind, demand)
        & np.isin(labs.kind, supply)
    )
    return [pair for pair, stands in zip(pairs, stand.tolist(), strict=True) if stands]


@dataclass(frozen=True)
class Known:
    """What choosing needs to know of the firms' statements ``(n,)`` and of each laboratory's ``(m,)``."""

    says: Rows
    kind: npt.NDArray[np.int8]
    owner: Rows
    region: npt.NDArray[np.int16]
    lab_place: Rows  # of each entry, flat: which of the laboratories' statements it is
    lab_gone: npt.NDArray[np.bool_]
    lab_owner: Rows
    lab_region: npt.NDArray[np.int16]
    lab_weight: npt.NDArray[np.float32]  # what a broker weighs of it beside the distance

    @classmethod
    def of(cls, replica: Replica, rows: Rows, entries: Entries, strategic: frozenset[str]) -> Known:
        """Copied out of the replica. The caller holds its lock for reading."""
        columns = replica.columns
        numbers, places = np.unique(entries["lab"], return_inverse=True)
        labs = replica.rows_for(numbers)
        gone = labs < 0
        labs = np.maximum(labs, 0)
        says = columns["statement_id"][rows]
        return cls(
            says,
            columns["kind"][rows],
            # A firm that hides its name is nobody's second appearance.
            np.where(columns["hidden"][rows], -says, columns["profile_id"][rows]),
            columns["region"][rows],
            places.ravel(),
            gone,
            columns["profile_id"][labs],
            columns["region"][labs],
            broker_weight(replica, labs, None, strategic),
        )


def choose_pairs(known: Known, entries: Entries) -> list[Pair]:
    """The best candidates as pairs, with what a broker weighs."""
    if not entries.size:
        return []
    flat = entries.ravel()
    there = np.flatnonzero((flat["lab"] != 0) & ~known.lab_gone[known.lab_place])
    firms, labs, flat = there // entries.shape[1], known.lab_place[there], flat[there]
    away = distances_km()[known.region[firms], known.lab_region[labs]]
    ranks = flat["score"] + known.lab_weight[labs] - distance_cost(away)
    ranks = ranks + NEED_FIRST * (known.kind[firms] == KINDS.index(Kind.NEED))
    best = np.argsort(-ranks, kind="stable")[:MOST_CANDIDATES]
    firms, labs, flat = firms[best], labs[best], flat[best]
    ranks = np.round(ranks[best].astype(np.float64), 5)
    owners, lab_owners = known.owner[firms].tolist(), known.lab_owner[labs].tolist()
    taken = _spread(list(zip((-ranks).tolist(), owners, lab_owners, strict=True)))
    return [
        Pair(
            firm_statement=int(known.says[firms[at]]),
            lab_statement=int(flat["lab"][at]),
            score=round(float(flat["score"][at]), 5),
            level=round(float(flat["level"][at]), 5),
            rank_score=float(ranks[at]),
        )
        for at in taken
    ]


def _spread(candidates: list[tuple[float, int, int]]) -> list[int]:
    """Takes the best pair again and again; each laboratory and firm gets less urgent as it appears.

    :param candidates: of each pair what it costs (its rank score, negative), its firm and its laboratory.
    :return: the numbers of those taken, in their order.
    """
    heap = [(cost, at) for at, (cost, _firm, _lab) in enumerate(candidates)]
    heapq.heapify(heap)
    labs: Counter[int] = Counter()
    firms: Counter[int] = Counter()
    met: set[tuple[int, int]] = set()
    taken: list[int] = []
    while heap and len(taken) < MOST_PAIRS:
        cost, at = heapq.heappop(heap)
        own, firm, lab = candidates[at]
        full = labs[lab] >= MOST_PER_LAB or firms[firm] >= MOST_PER_FIRM
        if full or (firm, lab) in met:
            continue
        now = own + LAB_AGAIN * labs[lab] + FIRM_AGAIN * firms[firm]
        if now > cost + 1e-9:  # it was pushed before they appeared: let it wait its turn again
            heapq.heappush(heap, (now, at))
            continue
        labs[lab] += 1
        firms[firm] += 1
        met.add((firm, lab))
        taken.append(at)
    return taken
