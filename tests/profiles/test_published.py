"""What nobody may see: a name or a place that was public a moment ago, wherever it may have been kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.index.engine import Engine
from hub.posting import statements
from hub.profiles.names import name_key
from hub.profiles.tables import Profile, Statement
from tests.conftest import PASSWORD, signed_in

DISTRICT, OTHER_DISTRICT, PROVINCE = "26350", "26710", "26"
FIRM, OTHER_FIRM = "해담김치", "가온김치"
NEED = "김치가 과발효로 포장이 부풀어 발효를 늦추는 기술을 찾습니다."


def enter(app: Flask, name: str, region: str, kind: str = "company", **more: str) -> int:
    with app.extensions["hub"][Database].writing() as session:
        firm = Profile(kind=kind, name_ko=name, name_key=name_key(name), region_code=region, **more)
        session.add(firm)
        session.flush()
        return firm.id


def post_need(
    app: Flask, firm: int, text: str = NEED, visibility: str = "public", kind: str = "need"
) -> Statement:
    written = statements.content(kind=kind, text=text, visibility=visibility)
    encoded = statements.encode(app.extensions["hub"][Engine].encoder, written)
    with app.extensions["hub"][Database].writing() as session:
        return statements.add(session, firm, written, encoded)


def change(app: Flask, statement: Statement, **values: str) -> None:
    written = statements.content(**{"kind": "need", "text": statement.text, "visibility": "public", **values})
    encoded = statements.encode(app.extensions["hub"][Engine].encoder, written)
    with app.extensions["hub"][Database].writing() as session:
        statements.edit(session, statement.id, statement.version, written, encoded)


def everywhere(region: str, firm: int) -> list[str]:
    """Every page that shows statements of a region, or who says them."""
    return [
        f"/regions/{region}",
        f"/regions/{region}?strength=any&firm_kind=need",
        f"/regions/{region}/supply",
        f"/regions/{region}/network",
        f"/regions/{region}/network.json",
        "/",
        "/map.json",
        f"/search?q={NEED}&kind=need",
        f"/search?q={NEED}&kind=need&sort=newest",
        f"/search?q={NEED}&kind=need&region={region}",
        f"/profiles/{firm}",
        "/sitemap.xml",
    ]


def total(client: FlaskClient, region: str) -> int:
    found = re.search(r"모두 (\d+)쌍", client.get(f"/regions/{region}?strength=any").text)
    return int(found.group(1)) if found else 0


def matches(client: FlaskClient, region: str) -> int:
    """What the map counts of a region's suggested pairs."""
    page = BeautifulSoup(client.get("/regions/26?measure=matches").text, "html.parser")
    row = next(row for row in page.select("table tr") if row.select_one(f'a[href="/regions/{region}"]'))
    said = row.select("td")[0].get_text()
    return 0 if said == "–" else int(said)  # some may lie there of which the district is not known


@pytest.mark.parametrize("hide", ["hidden-name", "draft", "withdrawn"])
def test_a_name_that_was_public_is_gone_from_everything_that_was_kept(sqlite_app: Flask, hide: str) -> None:
    app, visitor = sqlite_app, sqlite_app.test_client()
    firm = enter(app, FIRM, DISTRICT)
    before = total(visitor, DISTRICT), matches(visitor, DISTRICT)
    need = post_need(app, firm)
    said = {path: visitor.get(path).text for path in everywhere(DISTRICT, firm)}
    named = {path for path, text in said.items() if FIRM in json_text(text)}
    assert named >= {
        f"/regions/{DISTRICT}",
        f"/regions/{DISTRICT}/network",
        f"/regions/{DISTRICT}/network.json",
        "/",
        "/map.json",
    }
    assert total(visitor, DISTRICT) > before[0]
    assert matches(visitor, DISTRICT) > before[1]
    if hide == "withdrawn":
        with app.extensions["hub"][Database].writing() as session:
            statements.withdraw(session, need.id)
    else:
        change(app, need, visibility=hide)
    for path in everywhere(DISTRICT, firm):
        text = json_text(visitor.get(path).text)
        if path != f"/profiles/{firm}":  # its page is its own: there what it says must not stand
            assert FIRM not in text, path
            assert f'/profiles/{firm}"' not in text, path
        if path.startswith(f"/regions/{DISTRICT}") or path == f"/profiles/{firm}":
            assert NEED not in text, path  # in a district the text alone would tell
    assert (total(visitor, DISTRICT), matches(visitor, DISTRICT)) == before
    in_province = visitor.get(f"/regions/{PROVINCE}?firm_kind=need").text
    assert (NEED in in_province) == (hide == "hidden-name")
    assert FIRM not in in_province


def json_text(text: str) -> str:
    """A page's text, or an answer's in which JSON has escaped what is not ASCII."""
    return json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else unescape(text)


def test_a_firm_that_is_renamed_or_moves_is_shown_as_it_is_now(sqlite_app: Flask) -> None:
    app, visitor = sqlite_app, sqlite_app.test_client()
    firm = enter(app, FIRM, DISTRICT)
    post_need(app, firm)
    assert FIRM in visitor.get(f"/regions/{DISTRICT}").text
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, "a@hub.example", PASSWORD, "admin")
    admin = signed_in(app, "a@hub.example")
    form = {"name_ko": OTHER_FIRM, "kind": "company", "region_code": OTHER_DISTRICT}
    assert admin.post(f"/profiles/{firm}/edit", data=form).status_code == 302
    for path in everywhere(DISTRICT, firm):
        assert FIRM not in json_text(visitor.get(path).text), path
    assert NEED not in visitor.get(f"/regions/{DISTRICT}").text
    assert OTHER_FIRM in visitor.get(f"/regions/{OTHER_DISTRICT}").text


def shown_distance(page: str) -> str:
    item = next(one for one in BeautifulSoup(page, "html.parser").select(".pair") if NEED in one.get_text())
    facts = item.select_one(".pair-head .facts")
    assert facts is not None
    return facts.get_text()


def test_the_true_place_of_a_hidden_name_enters_no_figure(sqlite_app: Flask) -> None:
    app = sqlite_app
    staff = _staff(app)
    figures: list[dict[str, object]] = []
    for name, district in ((FIRM, DISTRICT), (OTHER_FIRM, OTHER_DISTRICT)):
        need = post_need(app, enter(app, name, district), visibility="hidden-name")
        visitor = app.test_client()
        suggested = visitor.get(f"/regions/{PROVINCE}?firm_kind=need&strength=any").text
        key = re.search(rf'id="pair-({need.id}-\d+)"', suggested)
        assert key is not None
        found: dict[str, object] = {"suggested": shown_distance(suggested)}
        lab = key.group(1).rpartition("-")[2]
        decided = staff.post(f"/regions/{PROVINCE}/pairs/{key.group(1)}", data={"decision": "shortlisted"})
        assert decided.status_code == 302
        found["shortlisted"] = shown_distance(staff.get(f"/regions/{PROVINCE}?view=shortlisted").text)
        assert found["shortlisted"] == found["suggested"]
        other = re.search(rf'id="pair-((?!{key.group(1)})[\d-]+)"', suggested)
        assert other is not None
        compared = staff.get(f"/regions/{PROVINCE}/compare?pair={key.group(1)}&pair={other.group(1)}").text
        assert f"<td>{found['suggested']}</td>" in compared
        for near in ("11", DISTRICT, OTHER_DISTRICT):
            answer = visitor.get(f"/search?q={NEED}&kind=need&near={near}").text
            result = next(
                r for r in BeautifulSoup(answer, "html.parser").select(".result") if NEED in r.get_text()
            )
            found[f"searched from {near}"] = " ".join(result.select_one(".facts").get_text().split())  # type: ignore[union-attr]
        for within in ("30", "100"):
            listed = visitor.get(f"/regions/{PROVINCE}?firm_kind=need&strength=any&within={within}").text
            found[f"within {within}"] = NEED in listed
        figures.append({**found, "lab": lab})
        with app.extensions["hub"][Database].writing() as session:
            statements.withdraw(session, need.id)
    assert figures[0] == figures[1]
    assert figures[0]["suggested"] == "거리 모름"


def test_its_own_staff_see_whose_a_hidden_need_is(sqlite_app: Flask) -> None:
    app, staff = sqlite_app, _staff(sqlite_app)
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, "d@hub.example", PASSWORD, "staff", region=DISTRICT)
        add_account(session, "o@hub.example", PASSWORD, "staff", region=OTHER_DISTRICT)
    firm = enter(app, FIRM, DISTRICT)
    need = post_need(app, firm, visibility="hidden-name")
    for desk in (
        staff.get(f"/regions/{PROVINCE}"),
        signed_in(app, "d@hub.example").get(f"/regions/{DISTRICT}"),
    ):
        own = BeautifulSoup(desk.text, "html.parser").select_one("#hidden-needs + p + ul")
        assert own is not None
        assert [FIRM in item.get_text() and NEED in item.get_text() for item in own.select("li")] == [True]
    pair = BeautifulSoup(
        staff.get(f"/regions/{PROVINCE}?strength=any&firm_kind=need").text, "html.parser"
    ).select_one(f'[id^="pair-{need.id}-"]')
    assert pair is not None
    assert f"{FIRM} 이름 비공개" in " ".join(pair.get_text().split())
    assert FIRM in staff.get(f"/regions/{PROVINCE}/supply").text
    # Others, and the staff of another district, are told how many there are in the province and no more.
    for reader in (app.test_client(), signed_in(app, "o@hub.example")):
        for path in everywhere(PROVINCE, firm)[:4]:
            assert FIRM not in reader.get(path).text, path
        assert "이름 비공개 1" in " ".join(reader.get(f"/regions/{PROVINCE}").text.split())
        assert "이름 비공개 1" not in reader.get(f"/regions/{DISTRICT}").text


def _staff(app: Flask) -> FlaskClient:
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, "s@hub.example", PASSWORD, "staff", region=PROVINCE)
    return signed_in(app, "s@hub.example")


def test_who_hides_between_the_search_and_the_page_is_not_named(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the index found a moment ago is asked again of the row that is shown."""
    app = sqlite_app
    firm = enter(app, FIRM, DISTRICT)
    need = post_need(app, firm)
    with app.extensions["hub"][Database].writing() as session:
        # Hidden in the row and not yet in any index: no revision tells of it.
        session.get(Statement, need.id).visibility = "hidden-name"  # type: ignore[union-attr]
    visitor = app.test_client()
    paths: list[str] = [p for p in everywhere(DISTRICT, firm) if p != f"/profiles/{firm}"]
    check: Callable[[str], None] = lambda path: _not_named(visitor, path)  # noqa: E731
    for path in [
        *paths,
        f"/regions/{PROVINCE}",
        f"/regions/{PROVINCE}/network",
        f"/compare?q={NEED}&s={need.id}",
    ]:
        check(path)


def _not_named(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert FIRM not in json_text(answer.text), path


def test_a_capability_that_becomes_a_hidden_need_leaves_the_desks_that_kept_it(sqlite_app: Flask) -> None:
    app, staff = sqlite_app, _staff(sqlite_app)
    lab = enter(app, "해담연구소", "11680", kind="institute")
    can = post_need(
        app, lab, "김치가 과발효로 포장이 부풀 때 발효를 늦추는 기술이 있습니다.", kind="capability"
    )
    post_need(app, enter(app, FIRM, DISTRICT))
    page = staff.get(f"/regions/{PROVINCE}?firm_kind=need&strength=any").text
    key = re.search(rf'id="pair-(\d+-{can.id})"', page)
    assert key is not None
    staff.post(f"/regions/{PROVINCE}/pairs/{key.group(1)}", data={"decision": "shortlisted"})
    assert "해담연구소" in staff.get(f"/regions/{PROVINCE}?view=shortlisted").text
    secret = "우리 연구소의 발효 장비가 고장 나서 고칠 곳을 찾습니다."
    change(app, can, text=secret, visibility="hidden-name")
    for path in (
        f"/regions/{PROVINCE}?view=shortlisted",
        f"/regions/{PROVINCE}?strength=any",
        f"/regions/{PROVINCE}/compare?pair={key.group(1)}&pair={key.group(1)}",
        f"/regions/{PROVINCE}/network",
        f"/regions/{PROVINCE}/supply",
    ):
        text = staff.get(path).text
        assert "해담연구소" not in text, path
        assert secret not in text, path
    assert "담은 쌍" in staff.get(f"/regions/{PROVINCE}?view=shortlisted").text


def test_what_a_firm_is_beside_its_name_does_not_find_its_hidden_needs(sqlite_app: Flask) -> None:
    app, visitor = sqlite_app, sqlite_app.test_client()
    firm = enter(app, FIRM, DISTRICT, size="large")
    post_need(app, firm, visibility="hidden-name")
    post_need(app, firm, "김치 공장의 발효실을 나누어 쓸 수 있습니다.", kind="asset")
    school = enter(app, "해담대학교", DISTRICT, kind="university")
    post_need(app, school, NEED.replace("김치", "묵은지"), visibility="hidden-name")
    asked = f"/search?q={NEED}&kind=need&visibility=hidden-name"
    assert visitor.get(asked).text.count('class="result"') == 2
    for size in ("small", "medium", "large"):
        assert 'class="result"' not in visitor.get(f"{asked}&size={size}").text
    for kind in ("university", "institute"):
        assert 'class="result"' not in visitor.get(f"{asked}&profile_kind={kind}").text
    numbers = re.findall(r'name="s" value="(\d+)"', visitor.get(asked).text)
    compared = visitor.get(f"/compare?q={NEED}&" + "&".join(f"s={n}" for n in numbers)).text
    assert "비공개 기업" in compared
    assert "공유 자산이 있습니다" not in compared
    answer = visitor.get("/search?q=김치 공장의 발효실을 나누어 씁니다&kind=asset").text
    assert FIRM in answer  # what it says openly is found under its name


def test_a_profile_shows_its_own_hidden_need_among_those_that_fit(sqlite_app: Flask) -> None:
    """That just one hidden need were missing on a page would tell whose it is."""
    app, visitor = sqlite_app, sqlite_app.test_client()
    firm, other = enter(app, FIRM, DISTRICT), enter(app, OTHER_FIRM, OTHER_DISTRICT)
    for owner in (firm, other):
        post_need(app, owner, "김치가 과발효로 포장이 부풀 때 발효를 늦춥니다.", kind="capability")
    post_need(app, firm, visibility="hidden-name")
    for owner in (firm, other):
        page = BeautifulSoup(visitor.get(f"/profiles/{owner}").text, "html.parser").get_text()
        assert "비공개 기업" in page
        assert NEED in page


def test_a_text_that_names_its_hidden_writer_is_warned_of(sqlite_app: Flask) -> None:
    app = sqlite_app
    firm = enter(app, FIRM, DISTRICT, name_en="Haedam Foods")
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, "m@hub.example", PASSWORD, "member", profile_id=firm)
    member = signed_in(app, "m@hub.example")
    for text, translation, warned in (
        (NEED, "", False),
        (f"{FIRM}의 {NEED}", "", True),
        (NEED + " 둘", "Haedam foods looks for a way to slow fermentation.", True),
    ):
        form = {"kind": "need", "text": text, "translation": translation, "visibility": "hidden-name"}
        posted = member.post(f"/profiles/{firm}/statements/new", data=form, follow_redirects=True)
        assert ("글 안에 기관 이름이 들어 있습니다" in posted.text) == warned, text
