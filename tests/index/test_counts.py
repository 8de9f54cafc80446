"""How much there is, by region and kind."""

from __future__ import annotations

from hub.index import counts
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Kind
from tests.posting.test_statements import post
from tests.search.asking import SECRET, ask, names


def test_a_hidden_name_is_counted_in_its_province_and_not_in_its_district(hub_engine: Engine) -> None:
    owner = "국립한국해양대학교"  # in a district of Busan
    post(hub_engine, owner, SECRET, kind=Kind.NEED, visibility="hidden-name")
    with hub_engine.database.reading() as session:
        district = find_profile(session, owner).region_code
        assert counts.by_region(hub_engine, session)["26"]["need"] == 1
        assert counts.by_region(hub_engine, session)[district]["need"] == 0
    assert names(ask(hub_engine, SECRET, Filters(region="26")))[0] is None
    assert None not in names(ask(hub_engine, SECRET, Filters(region=district)))
