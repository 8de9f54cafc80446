"""The map shaded by what there is."""

from __future__ import annotations

from collections import Counter

from sqlmodel import select

from hub.desk.choropleth import choropleth
from hub.index.engine import Engine
from hub.profiles.tables import Profile
from hub.regions.atlas import atlas, province_of
from hub.suggestions.suggestions import Suggestions

BUSAN = "26"


def test_the_map_counts_what_there_is(hub_engine: Engine) -> None:
    kept = Suggestions()
    with hub_engine.database.reading() as session:
        country = choropleth(hub_engine, session, kept, "profiles")
        profiles = Counter(province_of(code).code for code in session.exec(select(Profile.region_code)))
        assert {row.place.code: row.count for row in country.rows} == {
            code: profiles[code] for code in atlas() if len(code) == 2
        }
        assert all(row.companies + row.laboratories == row.count for row in country.rows)
        assert {row.shade for row in country.rows} == {1, 2, 3, 4, 5}
        busan = choropleth(hub_engine, session, kept, "capabilities", BUSAN)
        assert len(busan.rows) == 16
        assert {shape.code for shape in busan.drawing.shapes} == {row.place.code for row in busan.rows}
        matches = choropleth(hub_engine, session, kept, "matches", BUSAN)
        # Listed firms are known by province only: what fits them is in no district, and not lost.
        assert [row.count for row in matches.rows] == [0] * 16
        assert matches.unplaced is not None
        whole = choropleth(hub_engine, session, kept, "matches")
        assert matches.unplaced.count == whole.row(BUSAN).count > 0
        assert matches.unplaced.companies == country.row(BUSAN).companies > 50
        assert busan.unplaced is not None
        capabilities = choropleth(hub_engine, session, kept, "capabilities")
        in_busan = capabilities.row(BUSAN).count
        assert busan.unplaced.count + sum(row.count for row in busan.rows) == in_busan > 0
        needs = choropleth(hub_engine, session, kept, "needs")
        assert needs.bounds == []
        assert {row.shade for row in needs.rows} == {0}
