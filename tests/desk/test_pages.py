"""A region's pages, without a browser."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import select

from hub.database import Database
from hub.desk import techmap
from hub.desk.techmap import Maps
from hub.index.engine import Engine
from hub.profiles.tables import Statement
from tests.conftest import MEMBER, account_for, signed_in


def test_staff_choose_the_fields_of_their_region_and_see_sums(sqlite_app: Flask) -> None:
    account_for(sqlite_app, "staff@hub.example", "staff", region="26")
    staff = signed_in(sqlite_app, "staff@hub.example")
    assert "의견 합계" in staff.get("/regions/26").text
    assert "의견 합계" not in staff.get("/regions/11").text
    assert "의견 합계" not in sqlite_app.test_client().get("/regions/26").text
    assert staff.post("/regions/11/fields", data={"fields": "LB"}).status_code == 403
    assert staff.post("/regions/26/fields", data={"fields": ["LB", "S06"]}).status_code == 302
    page = sqlite_app.test_client().get("/regions/26?lang=en").text
    assert "Strategic fields:" in " ".join(page.split())
    assert '<span class="krds-badge outline-gray">Aerospace and ocean</span>' in page
    assert staff.post("/regions/26/fields", data={"fields": "ZZ"}).status_code == 400
    assert staff.post("/regions/26/fields").status_code == 302  # none chosen: taken back
    cleared = sqlite_app.test_client().get("/regions/26?lang=en").text
    assert '<span class="krds-badge outline-gray">Aerospace and ocean</span>' not in cleared


def test_a_hidden_name_stands_in_no_drawing_and_no_comparison(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="토탈소프트")
    client = signed_in(sqlite_app, MEMBER)
    text = "드론으로 항공교통을 관제하는 기술을 찾습니다."
    form = {"kind": "need", "text": text, "visibility": "hidden-name", "action": "publish"}
    client.post(f"/profiles/{number}/statements/new", data=form)
    visitor = sqlite_app.test_client()
    statement = re.search(r'name="s" value="(\d+)"', visitor.get(f"/search?q={text}&kind=need").text)
    assert statement is not None
    compared = visitor.get(f"/compare?q=드론 관제&s={statement.group(1)}&s=1").text
    assert "비공개 기업" in compared
    assert f'"/profiles/{number}"' not in compared
    gaps = BeautifulSoup(visitor.get("/regions/26/supply").text, "html.parser").select(".gap-list li")
    said = [str(gap) for gap in gaps if text in gap.get_text()]
    assert len(said) == 1
    assert "비공개 기업" in said[0]
    assert "토탈소프트" not in said[0]
    monkeypatch.setattr(techmap, "MOST_LAID_OUT", 500)  # the rest stands among these: the same, sooner
    with sqlite_app.extensions["hub"][Database].reading() as session:
        assert techmap.make(sqlite_app.extensions["hub"][Engine]) == 2616
        sqlite_app.extensions["hub"][Maps].open(sqlite_app.extensions["hub"][Engine])
        public = session.exec(select(Statement.id).where(Statement.profile_id == number)).all()
    drawn = visitor.get("/map.json").json
    assert len(drawn["whose"]) == 2616
    assert len(public) == 2
    assert drawn["whose"].count(drawn["profiles"].index([number, "토탈소프트"])) == 1
    assert drawn["whose"].count(-1) == 1


def test_what_a_list_counts_agrees_with_it_after_each_change(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    staff = signed_in(sqlite_app, MEMBER)
    narrowed = {"field": "EA", "firm_kind": "business"}

    def said(page: str) -> tuple[int, int]:
        """What stands above the list, and beside the view's name."""
        soup = BeautifulSoup(page, "html.parser")
        listed = re.search(r"모두 (\d+)쌍", soup.select_one("#pairs-count").get_text())  # type: ignore[union-attr]
        assert listed is not None
        return int(listed.group(1)), int(soup.select_one("#views .n").get_text())  # type: ignore[union-attr]

    for chosen in ({}, narrowed):
        before = said(staff.get("/regions/26", query_string=chosen).text)
        assert before[0] == before[1] or chosen
        pair = re.search(r'id="pair-([\d-]+)"', staff.get("/regions/26", query_string=chosen).text)
        assert pair is not None
        form = {"decision": "dismissed", "view": "suggested", **chosen}
        answer = staff.post(f"/regions/26/pairs/{pair.group(1)}", data=form, headers={"HX-Request": "true"})
        assert said(answer.text) == (before[0] - 1, before[1] - 1)
        assert said(staff.get("/regions/26", query_string=chosen).text) == (before[0] - 1, before[1] - 1)


def test_staff_decide_without_javascript_too(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    staff = signed_in(sqlite_app, MEMBER)
    before = staff.get("/regions/26").text
    pair = re.search(r'action="(/regions/26/pairs/[\d-]+)"', before)
    assert pair is not None
    decided = staff.post(
        pair.group(1), data={"decision": "shortlisted", "next": "/regions/26"}, follow_redirects=True
    )
    assert "쌍을 담았습니다" in decided.text
    key = pair.group(1).rsplit("/", 1)[1]
    box = f'name="pair" value="{key}"'  # what puts it among those compared
    assert box in before
    assert box not in decided.text
    assert f'id="pair-{key}"' not in decided.text
    assert f'id="pair-{key}"' in staff.get("/regions/26?view=shortlisted").text
    assert sqlite_app.test_client().post(pair.group(1), data={"decision": "dismissed"}).status_code == 401
    for path in ("/regions/26?view=shortlisted", "/regions/26"):  # the desk's list is the desk's
        public = sqlite_app.test_client().get(path).text
        assert f'id="pair-{key}"' in public
        assert "담은 쌍" not in public
        assert "담은 쌍" in staff.get(path).text
    far = pair.group(1).replace("/26/", "/11/")
    assert staff.post(far, data={"decision": "dismissed"}).status_code == 403
    assert staff.post("/regions/26/pairs/1-2", data={"decision": "dismissed"}).status_code == 404
    assert staff.post("/regions/26/pairs/x", data={"decision": "dismissed"}).status_code == 400
    other = re.search(r'id="pair-([\d-]+)"', decided.text)
    assert other is not None
    compared = staff.get(f"/regions/26/compare?pair={key}&pair={other.group(1)}").text
    assert compared.count('<th scope="col">') == 2
