"""Whose a hidden need is, as an attacker would ask.

Two hubs that differ in one thing alone: to which of two firms the hidden need belongs. The firms differ in all that could
tell: name, English name, other names, district, size, homepage, people, units, what else they say in secret. Whoever is neither
of the firm nor staff of its region must get the same from both, character for character, whatever is asked. A way that is
tried is one function; none may find a difference, nor any of the firms' secrets.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from hub import create_app
from hub.accounts.passwords import add_account, named
from hub.database import Database
from hub.index.engine import Engine
from hub.posting import statements
from hub.posting.contacts import ContactDetails, note_contact
from hub.posting.organisations import particulars, save_profile
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Inquiry
from hub.settings import Settings
from tests.browser.addresses import ADDRESSES
from tests.conftest import PASSWORD, signed_in

TEXT = "산수유 껍질을 벗기는 기계의 칼날이 하루 만에 무뎌져 오래 가는 코팅을 찾습니다."
FIRMS: tuple[dict[str, str], ...] = (
    {
        "name_ko": "꽃담정밀",
        "name_en": "Kkotdam Precision",
        "other_names": "에이치디피",
        "region_code": "26350",
        "size": "large",
        "homepage": "https://www.kkotdam.co.kr",
    },
    {
        "name_ko": "솔빛기계",
        "name_en": "Solbit Machinery",
        "other_names": "에스비엠",
        "region_code": "26710",
        "size": "small",
        "homepage": "https://www.solbit.co.kr",
    },
)
HOSTS = tuple(firm["homepage"].removeprefix("https://www.") for firm in FIRMS)
SECRETS = [
    *(firm[name] for firm in FIRMS for name in ("name_ko", "name_en", "other_names")),
    *("kkotdam", "solbit", "박해운", "정미르", "칼날연구부", "051-777-7777"),
]
NEWCOMERS = {
    "newcomer": "new@hub.example",
    "newcomer of the one": f"x@{HOSTS[0]}",
    "newcomer of the other": f"x@{HOSTS[1]}",
}
POSTED = datetime(2026, 11, 1, tzinfo=UTC)  # the two hubs are made one after the other
DISTRICTS = {"26350": "해운대구", "26710": "기장군"}


@dataclass
class World:
    """A hub in which the need belongs to one of the two firms."""

    app: Flask
    owner: int  # which of FIRMS
    need: int
    firms: tuple[int, int]
    lab: int
    readers: dict[str, FlaskClient]

    def get(self, path: str, **options: Any) -> Iterator[str]:
        """What each reader gets."""
        for reader, client in self.readers.items():
            yield f"{reader} {path} {said(client.get(path, **options), reader)}"

    def post(self, path: str, data: dict[str, Any]) -> Iterator[str]:
        for reader, client in self.readers.items():
            yield f"{reader} {path} {said(client.post(path, data=data), reader)}"


def said(answer: TestResponse, reader: str = "") -> str:
    """An answer without what differs from one request to the next, and without the reader's own address."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("Date", "Set-Cookie", "Content-Length", "Content-Security-Policy")
    }
    text = answer.get_data(as_text=True).replace(NEWCOMERS.get(reader, ""), "")
    text = re.sub(r'nonce="[\w-]+"|name="(csrf_token|once)" value="[^"]*"|data-session="[^"]*"', "", text)
    # A second factor that is not set up yet has another secret each time.
    text = re.sub(r'<img class="qr" src="[^"]*"|<code class="secret".*?</code>|otpauth://[^"<]*', "", text)
    text = re.sub(
        r"20\d\d-\d\d-\d\dT[\d:.]+\+00:00|\d{1,2}:\d\d|(\d+|a|an|one) ?(초|분|시간|seconds?|minutes?|hours?)( 전| ago)?|방금|just now",
        "",
        text,
    )
    return f"{answer.status_code} {sorted(headers.items())} {text}"


def build(var: Path, source: Settings, owner: int) -> World:
    """A hub over a copy of the sample data."""
    shutil.copytree(source.var, var, dirs_exist_ok=True)
    app = create_app(source.model_copy(update={"var": var}))
    app.config.update(WTF_CSRF_ENABLED=False)
    parts = app.extensions["hub"]
    with parts[Database].writing() as session:
        add_account(
            session, "rival@hub.example", PASSWORD, "member", profile_id=find_profile(session, "풀무원").id
        )
        add_account(session, "far@hub.example", PASSWORD, "staff", region="29")
        near = add_account(session, "near@hub.example", PASSWORD, "staff", region="26")
        firms = tuple(save_profile(session, particulars({**one, "kind": "company"})).id for one in FIRMS)
        for number, (firm, person) in enumerate(zip(firms, ("박해운", "정미르"), strict=True)):
            add_account(session, f"kim@{HOSTS[number]}", PASSWORD, "member", profile_id=firm)
            note_contact(session, firm, ContactDetails(person, "051-777-7777", ""), near.id)
            unit = save_unit(
                session, firm, unit_particulars({"name_ko": "칼날연구부", "kind": "department"})
            ).id
        lab = find_profile(session, "국립목포대학교").id
        # Nobody knows of what: their addresses may be of the firms' own domains.
        for newcomer in NEWCOMERS.values():
            add_account(session, newcomer, PASSWORD, "member")
    unit_of = None if owner == 0 else unit
    written = statements.content(kind="need", text=TEXT, visibility="hidden-name", unit_id=unit_of)
    encoded = statements.encode(parts[Engine].encoder, written)
    with parts[Database].writing() as session:
        made = statements.add(session, firms[owner], written, encoded)
        made.created_at = made.updated_at = made.published_at = POSTED
        session.add(made)
        need = made.id
        asker = named(session, f"kim@{HOSTS[owner]}")
        assert asker is not None
        for number in (need, None):  # of the second the need is gone
            session.add(Inquiry(statement_id=number, account_id=asker.id, created_at=POSTED))
    readers = {
        "visitor": app.test_client(),
        "rival": signed_in(app, "rival@hub.example"),
        "far staff": signed_in(app, "far@hub.example"),
        **{name: signed_in(app, email) for name, email in NEWCOMERS.items()},
    }
    return World(app, owner, need, (firms[0], firms[1]), lab, readers)


@pytest.fixture(scope="module")
def worlds(
    tmp_path_factory: pytest.TempPathFactory,
    model_folder: Path,
    background: Path,
    loaded_sqlite: Path,
    prepared: Path,
) -> Iterator[tuple[World, World]]:
    """Both hubs."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(background, source / "models")
    shutil.copytree(prepared, source / "snapshots")
    shutil.copy(loaded_sqlite, source / "hub.db")
    (source / "secret-key").write_text("k" * 20 + "0123456789abcdef" * 3)
    settings = Settings(var=source, model=str(model_folder))
    made = [build(tmp_path_factory.mktemp("world") / "var", settings, owner) for owner in (0, 1)]
    yield made[0], made[1]
    for world in made:
        world.app.extensions["hub"][Database].engine.dispose()


Way = Callable[[World], Iterator[str]]
WAYS: dict[str, Way] = {}


def way(tried: str) -> Callable[[Way], Way]:
    """Names a way that is tried."""

    def keep(function: Way) -> Way:
        assert tried not in WAYS
        WAYS[tried] = function
        return function

    return keep


def paths(tried: str, *asked: str) -> None:
    """A way that is only a matter of addresses; ``{need}``, ``{a}``, ``{b}`` and ``{lab}`` stand for numbers."""

    def go(world: World) -> Iterator[str]:
        a, b = world.firms
        for path in asked:
            yield from world.get(path.format(need=world.need, a=a, b=b, lab=world.lab))

    way(tried)(go)


HIDDEN = "kind=need&visibility=hidden-name"
paths("its own page", "/statements/{need}", "/statements/{need}?lang=en")
paths("search by a firm's name", *(f"/search?q={one['name_ko']}&kind=need" for one in FIRMS))
paths("search by its English name", *(f"/search?q={one['name_en']}" for one in FIRMS))
paths("search by its other name", *(f"/search?q={one['other_names']}" for one in FIRMS))
paths(
    "search by its homepage and its e-mail domain",
    "/search?q=kkotdam.co.kr",
    "/search?q=kim@solbit.co.kr",
)
paths(
    "search by its name inside the need's words",
    *(f"/search?q={one['name_ko']} 산수유 칼날" for one in FIRMS),
)
paths("search by its people and units", "/search?q=박해운", "/search?q=칼날연구부", "/search?q=정미르 칼날")
paths("search by unusual words", "/search?q=산수유 껍질 칼날&kind=need", "/search?q=산수유")
paths("filter by district", *(f"/search?q=산수유 칼날&{HIDDEN}&region={code}" for code in DISTRICTS))
paths(
    "filter by size",
    *(f"/search?q=산수유 칼날&{HIDDEN}&size={size}" for size in ("small", "medium", "large")),
)
paths("filter by kind of organisation", f"/search?q=산수유&{HIDDEN}&profile_kind=company")
paths("distance from either district", *(f"/search?q=산수유 칼날&{HIDDEN}&near={code}" for code in DISTRICTS))
paths("order by distance", *(f"/search?q=칼날&kind=need&near={code}&sort=distance" for code in DISTRICTS))
paths(
    "order by time", "/search?q=칼날&kind=need&sort=newest", f"/search?q=칼날&{HIDDEN}&sort=newest&show=400"
)
paths(
    "filter by field, TRL and language",
    f"/search?q=칼날&{HIDDEN}&field=EA",
    f"/search?q=칼날&{HIDDEN}&language=ko",
)
# Two words alone hardly answer: what is found by them is shown only so.
paths(
    "what hardly answers too",
    f"/search?q=산수유 칼날&{HIDDEN}&weak=1",
    *(f"/search?q=산수유 칼날&{HIDDEN}&weak=1&region={code}" for code in (*DISTRICTS, "26")),
    *(f"/search?q=산수유 칼날&{HIDDEN}&weak=1&size={size}" for size in ("small", "medium", "large")),
    *(f"/search?q=산수유 칼날&{HIDDEN}&weak=1&near={code}&sort=distance" for code in DISTRICTS),
)
paths("every hidden need", f"/search?q=찾습니다&{HIDDEN}&show=400")
paths("side by side", "/compare?q=산수유 칼날&s={need}&s=1", "/compare?q=칼날&s={need}&s=2&lang=en")
paths("the firms by number", "/profiles/{a}", "/profiles/{b}")
paths(
    "their forms by number",
    *(f"/profiles/{{{x}}}/{form}" for x in "ab" for form in ("edit", "contacts", "units/new")),
)
paths(
    "the need's form", "/statements/{need}/edit", "/statements/{need}/photo", "/statements/{need}/photo/edit"
)
paths("districts and the province", *(f"/regions/{code}" for code in (*DISTRICTS, "26")))
paths("weak pairs too", *(f"/regions/{code}?strength=any&firm_kind=need" for code in (*DISTRICTS, "26")))
paths(
    "pairs within a distance", *(f"/regions/26?strength=any&firm_kind=need&within={km}" for km in (30, 100))
)
paths("demand and supply", *(f"/regions/{code}/supply" for code in (*DISTRICTS, "26")))
paths(
    "lists of organisations",
    *(f"/regions/{code}/profiles" for code in DISTRICTS),
    "/regions/26/profiles?page=2",
)
paths(
    "the network and its data",
    *(f"/regions/{code}/network{x}" for code in (*DISTRICTS, "26") for x in ("", ".json")),
)
paths("the technology map and its data", "/map", "/map.json", "/map?region=26350", "/map.json?region=26710")
paths(
    "counts on every map",
    *(f"/regions?measure={m}" for m in ("needs", "companies", "matches")),
    "/regions/26?measure=needs",
)
paths("what robots read", "/sitemap.xml", "/robots.txt", "/healthz")
paths("the first page", "/", "/?lang=en", "/about")
paths("a laboratory that it fits", "/profiles/{lab}")
paths(
    "print, palettes, whole addresses",
    "/statements/{need}?mode=dark&text_size=large",
    "/statements/{need}?utm_source=x",
)
paths("what is new to others", "/dashboard", "/searches")
paths("their own data", "/account/export")
paths("open a region by its number", *(f"/regions/open?code={code}" for code in DISTRICTS))


ASKED = "산수유 칼날"
paths("choosing an organisation of that name", *(f"/organisation?name={one['name_ko']}" for one in FIRMS))
paths("choosing by its English name", *(f"/organisation?name={one['name_en']}" for one in FIRMS))
paths("choosing to enter one of that name", *(f"/organisation/new?name={one['name_ko']}" for one in FIRMS))
paths(
    "claiming the firms by number",
    *(f"/organisation/claim/{{{x}}}{y}" for x in "ab" for y in ("", "?unit=1")),
)
paths(
    "asking the staff about it",
    f"/inquiries/new?asked={ASKED}&partner={{need}}",
    "/inquiries/new?need={need}",
)
paths(
    "what was asked of it", "/inquiries", *(f"/inquiries/{n}{x}" for n in (1, 2, 3) for x in ("", "/answer"))
)
paths("claims by number", "/memberships", *(f"/memberships/{n}" for n in (1, 2)), "/memberships/profiles/{a}")
paths("their people", *(f"/profiles/{{{x}}}/people" for x in "ab"), "/units/1/people", "/units/2/people")


@way("claiming either firm")
def _claim(world: World) -> Iterator[str]:
    for firm in world.firms:
        for part in ("whole", "new"):
            data = {"part": part, "unit_name": "어느연구부", "once": f"claim-{firm}-{part}".ljust(20, "0")}
            yield from world.post(f"/organisation/claim/{firm}", data)


@way("choosing to enter it, as one types")
def _check_entered(world: World) -> Iterator[str]:
    for one in FIRMS:
        for name, homepage in (
            (one["name_ko"], ""),
            ("", one["homepage"]),
            (one["name_en"], one["homepage"]),
        ):
            data = {"name_ko": name, "homepage": homepage, "region_code": one["region_code"]}
            yield from world.post("/organisation/new/check", data)


@way("entering it as its first member")
def _enter_as_member(world: World) -> Iterator[str]:
    with world.app.extensions["hub"][Database].writing() as session:
        for number in range(len(FIRMS)):
            add_account(session, f"enters{number}@{HOSTS[number]}", PASSWORD, "member")
    for number, one in enumerate(FIRMS):
        client = signed_in(world.app, f"enters{number}@{HOSTS[number]}")
        yield said(client.post("/organisation/new", data={**one, "kind": "company"}))
        for path in ("/dashboard", "/organisation/review", "/inquiries"):
            yield said(client.get(path))


@way("asking the staff about it, sent")
def _inquire(world: World) -> Iterator[str]:
    need, sent = str(world.need), {"text": TEXT, "visibility": "hidden-name"}
    yield from world.post("/inquiries/new", {"need": need})
    yield from world.post("/inquiries/new", {**sent, "need": "new", "partner": need, "once": "i" * 20})
    for number in (1, 2, 3):
        for action in ("withdraw", "answer"):
            yield from world.post(f"/inquiries/{number}/{action}", {"reply": "답", "proposed": need})


@way("inviting to either firm, and ending who is there")
def _people(world: World) -> Iterator[str]:
    for firm in world.firms:
        yield from world.post(f"/profiles/{firm}/people", {"emails": "y@hub.example"})
        for person in range(1, 8):
            yield from world.post(f"/profiles/{firm}/people/{person}/end", {})


@way("every page there is")
def _every_page(world: World) -> Iterator[str]:
    known = dict.fromkeys("confirm reset unit asset contacted referral".split(), "1")
    known |= {"own": str(world.lab), "statement": str(world.need)}
    known |= {"pair": f"{world.need}-1", "other": f"{world.need}-2"}
    for listed in ADDRESSES.values():
        for path in listed:
            yield from world.get(
                path.format_map({**dict.fromkeys(re.findall(r"{(\w+)}", path), "1"), **known})
            )


@way("its parts, as htmx asks")
def _fragments(world: World) -> Iterator[str]:
    for path in (
        f"/search?q=산수유 칼날&{HIDDEN}",
        "/regions/26?strength=any",
        "/regions/26350?view=shortlisted",
    ):
        for target in ("results", "pairs", "map", "count"):
            yield from world.get(path, headers={"HX-Request": "true", "HX-Target": target})


@way("conditional requests")
def _conditional(world: World) -> Iterator[str]:
    for path in (f"/statements/{world.need}", f"/profiles/{world.firms[0]}", "/sitemap.xml"):
        yield from world.get(
            path, headers={"If-None-Match": "*", "If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"}
        )


@way("a pair by its number")
def _pair(world: World) -> Iterator[str]:
    for code in (*DISTRICTS, "26", "29"):
        yield from world.get(f"/regions/{code}/compare?pair={world.need}-1&pair={world.need}-2")
        yield from world.post(f"/regions/{code}/pairs/{world.need}-1", {"decision": "shortlisted"})


@way("changing it")
def _change(world: World) -> Iterator[str]:
    for action in ("withdraw", "publish", "remove"):
        yield from world.post(f"/statements/{world.need}/{action}", {})
    yield from world.post(f"/statements/{world.need}/edit", {"kind": "need", "text": TEXT, "version": "1"})


@way("posting for either firm")
def _post(world: World) -> Iterator[str]:
    for firm in world.firms:
        yield from world.post(f"/profiles/{firm}/statements/new", {"kind": "need", "text": TEXT})
        yield from world.post(f"/profiles/{firm}/remove", {})


@way("judging it")
def _judge(world: World) -> Iterator[str]:
    data = {"asked": "산수유 칼날", "statement_id": str(world.need), "word": "high", "verdict": "right"}
    yield from world.post("/feedback", data)


@way("saving a search for it and being told")
def _saved(world: World) -> Iterator[str]:
    for one in FIRMS:
        yield from world.post("/searches", {"q": f"{one['name_ko']} 산수유", "visibility": "hidden-name"})
    yield from world.get("/searches")


@way("entering an organisation of that name")
def _enter(world: World) -> Iterator[str]:
    for one in FIRMS:
        data = {"kind": "company", "name_ko": one["name_ko"], "homepage": one["homepage"]}
        for code in ("29", "26350", "26710"):
            yield from world.post("/profiles/new/check", {**data, "region_code": code})
            yield from world.post(
                "/profiles/new", {**data, "region_code": code, "once": f"{code}{one['size']}"}
            )


@way("handing a firm of that name over")
def _hand_over(world: World) -> Iterator[str]:
    for one in FIRMS:
        data = {
            "kind": "company",
            "name_ko": one["name_ko"],
            "region_code": "26",
            "once": f"refer-{one['size']}-0000",
        }
        yield from world.post("/referrals/new", data)


@way("an account of its e-mail domain")
def _domain(world: World) -> Iterator[str]:
    for host in HOSTS:
        form = {"email": f"y@{host}", "password": PASSWORD, "name": "엑스", "consent": "yes"}
        yield said(world.app.test_client().post("/register", data=form)).replace(host, "")
        yield said(world.app.test_client().post("/password/reset", data={"email": f"kim@{host}"})).replace(
            host, ""
        )


@way("how often the database is asked: what an attacker's clock would tell")
def _effort(world: World) -> Iterator[str]:
    asked: list[str] = []
    engine = world.app.extensions["hub"][Database].engine
    note = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in (
            f"/profiles/{world.firms[0]}",
            f"/profiles/{world.firms[1]}",
            f"/statements/{world.need}",
            f"/statements/{world.need}/edit",
            f"/compare?q={ASKED}&s={world.need}&s=1",
            f"/search?q={ASKED}&kind=need",
            *(f"/profiles/{firm}/people" for firm in world.firms),
            *(f"/organisation/claim/{firm}" for firm in world.firms),
            *(f"/organisation?name={one['name_ko']}" for one in FIRMS),
            f"/inquiries/new?asked={ASKED}&partner={world.need}",
            f"/inquiries/new?need={world.need}",
            "/inquiries",
            "/inquiries/1",
            "/inquiries/2",
            "/inquiries/1/answer",
            "/regions/26",
            "/dashboard",
        ):
            for reader, client in world.readers.items():
                asked.clear()
                client.get(path)
                yield f"{reader} {unquoted(path)} {len(asked)}"
        for one in FIRMS:
            asked.clear()
            world.readers["visitor"].get(f"/search?q={one['name_ko']}")
            yield f"search {len(asked)}"
    finally:
        event.remove(engine, "before_cursor_execute", note)


TYPED = ("search by", "entering", "handing", "saving", "choosing")  # ways that name the firm themselves


def unquoted(path: str) -> str:
    """An address without the firm's name that was asked for in it."""
    return re.sub(r"(?<=[?&]name=)[^&]*", "…", path)


def unlike(one: str, other: str) -> list[str]:
    """The lines in which two answers differ."""
    return [line for line in unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0) if line[3:]]


def test_at_least_thirty_ways_are_tried() -> None:
    print(len(WAYS), "ways")
    assert len(WAYS) >= 30


@pytest.mark.parametrize("tried", WAYS)
def test_no_way_tells_whose_the_need_is(worlds: tuple[World, World], tried: str) -> None:
    first, second = (list(WAYS[tried](world)) for world in worlds)
    assert len(first) == len(second) > 0
    for one, other in zip(first, second, strict=True):
        assert unlike(one, other) == []
        typed = one.partition("\n")[0] if tried.startswith(TYPED) else ""
        told = {secret for secret in SECRETS if secret in one and secret not in typed}
        if typed:  # what was asked stands in the answer; whose page it would be must not
            assert not re.search(rf'href="/profiles/({worlds[0].firms[0]}|{worlds[0].firms[1]})"', one)
        else:
            assert told == set()


def test_the_staff_of_its_region_and_its_own_people_do_see_it(worlds: tuple[World, World]) -> None:
    """The two hubs are not alike because nothing is there."""
    for world in worlds:
        own = FIRMS[world.owner]
        staff = signed_in(world.app, "near@hub.example").get("/regions/26").text
        assert own["name_ko"] in staff
        assert TEXT in staff
        person = f"kim@{HOSTS[world.owner]}"
        assert TEXT[:40] in signed_in(world.app, person).get("/dashboard").text
        found = world.app.test_client().get("/search?q=산수유 칼날&kind=need&weak=1").text
        assert "칼날이 하루 만에" in re.sub("<[^>]+>", "", found)


def test_what_is_kept_beside_the_database_names_nobody(worlds: tuple[World, World]) -> None:
    """Snapshots, the word index, logs, files: whoever reads the disk beside the database finds no name."""
    for world in worlds:
        var = world.app.extensions["hub"][Settings].var
        for file in var.rglob("*"):
            if not file.is_file() or file.name.startswith("hub.db") or "models" in file.parts:
                continue
            held = file.read_bytes()
            for secret in SECRETS:
                assert secret.encode() not in held, f"{secret} in {file.name}"
                assert secret not in file.name
