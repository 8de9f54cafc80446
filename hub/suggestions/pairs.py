"""Pairs: which of a region's firms should meet which laboratory, chosen from the candidates."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass

import numpy as np

from hub.index.columns import Facts, numbers_inside, numbers_of
from hub.index.store import Floats, Ids, Store
from hub.profiles.tables import Kind
from hub.regions.atlas import distances_km
from hub.search.ranking import Rated, broker_weight, distance_cost
from hub.suggestions.candidates import DEMAND, SUPPLY, Entries

MOST_PER_LAB = 4
MOST_PER_FIRM = 2
MOST_PAIRS = 200
MOST_CANDIDATES = 4000  # the best of a region, from which its pairs are taken
# What each earlier appearance of a laboratory (a firm) costs it, in standard scores.
LAB_AGAIN = 0.3
FIRM_AGAIN = 0.6
# And what each of another unit of its organisation does: one university with many units must not fill every region.
SISTER_AGAIN = 0.15
# A firm that says what it needs comes before one that only says what it makes.
NEED_FIRST = 4.0


@dataclass(frozen=True)
class Pair(Rated):
    """A firm's statement and a laboratory's, by number. ``score`` is the fit without the distance."""

    firm_statement: int
    lab_statement: int
    score: float
    level: float
    rank_score: float

    @property
    def key(self) -> tuple[int, int]:
        """The two numbers by which it is known."""
        return self.firm_statement, self.lab_statement


def pair(firm: int, lab: int, score: float, level: float, rank_score: float | None = None) -> Pair:
    """A pair, rounded so that two workers agree.

    :param rank_score: where it is not ranked by its fit alone.
    """
    score = round(float(score), 5)
    ranked = score if rank_score is None else round(float(rank_score), 5)
    return Pair(int(firm), int(lab), score, round(float(level), 5), ranked)


def standing(store: Store, pairs: list[Pair], region: str) -> list[Pair]:
    """Those of these pairs that may still be shown for a region: both are published, the firm's here."""
    firms = store.facts(one.firm_statement for one in pairs)
    labs = store.facts(one.lab_statement for one in pairs)
    stand = (
        firms.published
        & labs.published
        & np.isin(firms.region, numbers_inside(region))
        & np.isin(firms.kind, [numbers_of("kind")[kind] for kind in DEMAND.kinds])
        & np.isin(labs.kind, [numbers_of("kind")[kind] for kind in SUPPLY.kinds])
    )
    return [one for one, stands in zip(pairs, stand.tolist(), strict=True) if stands]


@dataclass(frozen=True)
class _Known:
    """What choosing needs to know of the firms' statements ``(n,)`` and of each laboratory's ``(m,)``."""

    says: Ids
    firms: Facts
    owner: Ids
    lab_place: Ids  # of each entry, flat: which of the laboratories' statements it is
    labs: Facts
    lab_weight: Floats  # what a broker weighs of it beside the distance


def _known(store: Store, says: Ids, entries: Entries, strategic: frozenset[str]) -> _Known:
    numbers, places = np.unique(entries["lab"], return_inverse=True)
    firms, labs = store.facts(says.tolist()), store.facts(numbers.tolist())
    # A firm that hides its name is nobody's second appearance.
    owner = np.where(firms.hidden, -says, firms.profile_id)
    return _Known(says, firms, owner, places.ravel(), labs, broker_weight(labs, None, strategic))


def choose_pairs(store: Store, says: Ids, entries: Entries, strategic: frozenset[str]) -> list[Pair]:
    """The best candidates as pairs, with what a broker weighs.

    :param says: the numbers of the firms' statements, ``(n,)``; ``entries`` the laboratories nearest to each.
    """
    if not entries.size:
        return []
    known = _known(store, says, entries, strategic)
    flat = entries.ravel()
    width = entries.shape[1]
    held = known.firms.published[np.arange(len(flat)) // width] & known.labs.published[known.lab_place]
    there = np.flatnonzero((flat["lab"] != 0) & held)
    firms, labs, flat = there // width, known.lab_place[there], flat[there]
    away = distances_km()[known.firms.region[firms], known.labs.region[labs]]
    ranks = flat["score"] + known.lab_weight[labs] - distance_cost(away)
    ranks = ranks + NEED_FIRST * (known.firms.kind[firms] == numbers_of("kind")[Kind.NEED])
    best = np.argsort(-ranks, kind="stable")[:MOST_CANDIDATES]
    firms, labs, flat = firms[best], labs[best], flat[best]
    ranks = np.round(ranks[best].astype(np.float64), 5)
    # A unit is a laboratory of its own.
    lab_owner = np.where(known.labs.unit_id > 0, -known.labs.unit_id, known.labs.profile_id)
    owners, lab_owners = known.owner[firms].tolist(), lab_owner[labs].tolist()
    organisations = known.labs.profile_id[labs].tolist()
    taken = _spread(list(zip((-ranks).tolist(), owners, lab_owners, organisations, strict=True)))
    return [
        pair(known.says[firms[at]], flat["lab"][at], flat["score"][at], flat["level"][at], ranks[at])
        for at in taken
    ]


def _spread(candidates: list[tuple[float, int, int, int]]) -> list[int]:
    """Takes the best pair again and again; each laboratory and firm gets less urgent as it appears.

    :param candidates: of each pair what it costs (its rank score, negative), its firm, its laboratory and the
        organisation of this.
    :return: the numbers of those taken, in their order.
    """
    heap = [(cost, at) for at, (cost, *_whose) in enumerate(candidates)]
    heapq.heapify(heap)
    labs: Counter[int] = Counter()
    firms: Counter[int] = Counter()
    organisations: Counter[int] = Counter()
    met: set[tuple[int, int]] = set()
    taken: list[int] = []
    while heap and len(taken) < MOST_PAIRS:
        cost, at = heapq.heappop(heap)
        own, firm, lab, organisation = candidates[at]
        full = labs[lab] >= MOST_PER_LAB or firms[firm] >= MOST_PER_FIRM
        if full or (firm, lab) in met:
            continue
        sisters = organisations[organisation] - labs[lab]
        costs = own + LAB_AGAIN * labs[lab] + FIRM_AGAIN * firms[firm] + SISTER_AGAIN * sisters
        if costs > cost + 1e-9:  # it was pushed before they appeared: let it wait its turn again
            heapq.heappush(heap, (costs, at))
            continue
        labs[lab] += 1
        firms[firm] += 1
        organisations[organisation] += 1
        met.add((firm, lab))
        taken.append(at)
    return taken
