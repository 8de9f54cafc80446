"""A region's network."""

from __future__ import annotations

import json

from hub.desk import network
from hub.index.engine import Engine
from hub.posting import statements
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Visibility
from hub.suggestions.suggestions import Suggestions

BUSAN = "26"


FIRM = "토탈소프트"


def test_the_network_ties_what_fits_and_hides_who_hides(sqlite_engine: Engine) -> None:
    with sqlite_engine.database.writing() as session:
        owner = find_profile(session, FIRM)
        written = statements.content(
            kind="need",
            text="드론으로 항공교통을 관제하는 기술을 찾습니다.",
            visibility=Visibility.HIDDEN_NAME,
        )
        statements.add(session, owner.id, written, statements.encode(sqlite_engine.encoder, written))
    with sqlite_engine.database.reading() as session:
        hubs = network.network(sqlite_engine, session, Suggestions(), BUSAN).hubs
        graph = network.as_graph(hubs, lambda p: p.name_ko, lambda p, _unit: f"/profiles/{p.id}")
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert len(nodes) == len(graph["nodes"]) >= 15
    assert len(graph["edges"]) >= 10
    assert all(edge["source"] in nodes and edge["target"] in nodes for edge in graph["edges"])
    assert all(edge["word"] != "low" for edge in graph["edges"])
    hidden = [node for node in nodes.values() if node["address"] is None]
    assert [node["name"] for node in hidden] == ["비공개 기업"]
    # Neither the node nor its edges lead to the firm: not its name, not its number, not what it says openly.
    its_own = [edge for edge in graph["edges"] if hidden[0]["id"] in (edge["source"], edge["target"])]
    assert its_own
    told = json.dumps([hidden, its_own, [nodes[edge["target"]] for edge in its_own]], ensure_ascii=False)
    assert owner.name_ko not in told
    assert f"/profiles/{owner.id}" not in told
    assert hidden[0]["id"] != f"p{owner.id}"
