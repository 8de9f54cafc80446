"""The network of a region: its firms and the laboratories that they should meet, as a graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from hub.index.engine import Engine
from hub.language import _
from hub.profiles.labels import unit_name
from hub.profiles.published import shown_unit
from hub.profiles.tables import Profile, Unit
from hub.suggestions.read import Suggestion, read_pairs
from hub.suggestions.suggestions import Suggestions, choose

Naming = Callable[[Profile], str]
Addressing = Callable[[Profile, Unit | None], str]
MOST_EDGES = 160  # beyond two hundred nodes a drawing says less than the list beside it


@dataclass(frozen=True)
class Tied:
    """One laboratory, an organisation or a unit of one, and the region's firms that it fits, the best first."""

    lab: Profile
    unit: Unit | None
    pairs: list[Suggestion]


@dataclass(frozen=True)
class Network:
    """The laboratories, those with the most firms first; ``ready`` is false while more pairs are being made."""

    hubs: list[Tied]
    ready: bool


def network(engine: Engine, session: Session, suggestions: Suggestions, region: str) -> Network:
    """A region's network; weak pairs tie nobody."""
    chosen = choose(engine, session, suggestions, region)
    ties = [pair for pair in chosen.pairs if not pair.is_weak][:MOST_EDGES]
    by_lab: dict[str, list[Suggestion]] = defaultdict(list)
    for suggestion in read_pairs(engine, session, ties, region):
        by_lab[_number(suggestion.lab, shown_unit(suggestion.lab_statement))].append(suggestion)
    hubs = [Tied(pairs[0].lab, shown_unit(pairs[0].lab_statement), pairs) for pairs in by_lab.values()]
    return Network(sorted(hubs, key=lambda one: (-len(one.pairs), one.lab.name_ko)), chosen.ready)


def _number(lab: Profile, unit: Unit | None) -> str:
    return f"u{unit.id}" if unit else f"p{lab.id}"


def as_graph(hubs: list[Tied], name: Naming, address: Addressing) -> dict[str, list[dict[str, object]]]:
    """Nodes and edges for the drawing; a hidden firm is a node without a name or an address.

    :param name: gives a profile's name in the reader's language.
    :param address: gives the address of the page of a profile or of its unit.
    """
    nodes: dict[str, dict[str, object]] = {}
    edges: list[dict[str, object]] = []
    for one in hubs:
        lab = _number(one.lab, one.unit)
        nodes[lab] = {
            "id": lab,
            "name": f"{name(one.lab)} · {unit_name(one.unit)}" if one.unit else name(one.lab),
            "kind": one.lab.kind,
            "degree": len(one.pairs),
            "address": address(one.lab, one.unit),
        }
        for pair in one.pairs:
            firm = f"p{pair.firm.id}" if pair.firm else f"s{pair.firm_statement.id}"
            if firm not in nodes:
                nodes[firm] = {
                    "id": firm,
                    "name": name(pair.firm) if pair.firm else _("비공개 기업"),
                    "kind": "company",
                    "degree": 0,
                    "address": address(pair.firm, None) if pair.firm else None,
                }
            nodes[firm]["degree"] = int(str(nodes[firm]["degree"])) + 1
            edges.append(
                {"source": firm, "target": lab, "strength": pair.pair.strength, "word": pair.pair.word}
            )
    return {"nodes": list(nodes.values()), "edges": edges}
