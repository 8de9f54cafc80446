"""Equipment that others may use: what is said of it, who learns whom to call, and its photograph."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.posting.photos import LARGEST, SIDE
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Statement
from tests.conftest import PASSWORD, account_for, signed_in
from tests.test_cli import Run

OWNER = "부산대학교"
MEMBER, FAR_STAFF, OTHER, OF_UNIT = (f"{name}@hub.example" for name in ("m", "s", "o", "u"))
TEXT = "주사전자현미경을 함께 씁니다. 금속과 세라믹의 표면과 파단면을 봅니다."
CONTACT = "공동기기원 홍길동 051-000-0000"
FORM = {
    "kind": "asset",
    "text": TEXT,
    "visibility": "public",
    "action": "publish",
    "maker": "Hitachi",
    "model": "SU8010",
    "year": "２０１９년",
    "measures": "표면 형상 1 nm 분해능, 성분 분석(EDS)",
    "methods": "KS D ISO 16700, KOLAS 인정",
    "fee": "협의",
    "users": "region",
    "contact": CONTACT,
}


@pytest.fixture
def owner(sqlite_app: Flask) -> int:
    """The number of a university with a member, whom staff of another region and another's member may read."""
    number = account_for(sqlite_app, MEMBER, "member", profile=OWNER)
    account_for(sqlite_app, FAR_STAFF, "staff", region="46")
    account_for(sqlite_app, OTHER, "member", profile="세계김치연구소")
    assert number is not None
    return number


@pytest.fixture
def posted(sqlite_app: Flask, owner: int) -> int:
    """The number of the equipment's statement."""
    sent = signed_in(sqlite_app, MEMBER).post(f"/profiles/{owner}/statements/new", data=FORM)
    assert sent.status_code == 302
    return newest(sqlite_app).id


def newest(app: Flask) -> Statement:
    with app.extensions["hub"][Database].reading() as session:
        found = session.exec(select(Statement).order_by(Statement.id.desc())).first()  # type: ignore[attr-defined]
        assert found is not None
        return found


def said(page: str) -> dict[str, str]:
    """What a page says of the equipment."""
    rows = BeautifulSoup(page, "html.parser").select(".equipment div")
    return {row.dt.get_text(): row.dd.get_text() for row in rows}  # type: ignore[union-attr]


def test_what_is_said_of_it_is_shown_and_found(sqlite_app: Flask, posted: int, run_hub: Run) -> None:
    page = sqlite_app.test_client().get(f"/statements/{posted}").text
    assert said(page) == {
        "모델": "SU8010",
        "제조사": "Hitachi",
        "제조 연도": "2019",
        "무엇을 재거나 만드는가": FORM["measures"],
        "방법과 표준": FORM["methods"],
        "이용료": "협의",
        "쓸 수 있는 곳": "같은 지역의 기업·기관",
    }
    english = said(sqlite_app.test_client().get(f"/statements/{posted}?lang=en").text)
    assert english["Fee"] == "By agreement"
    for asked in ("SU8010", "KS D ISO 16700 시험을 받을 곳", "성분 분석 EDS"):
        results = json.loads(run_hub("search", asked, "--json").stdout)["results"]
        assert (results[0]["name"], results[0]["statement"]["id"]) == (OWNER, posted), asked
    assert "SU8010" in results_page(sqlite_app, "SU8010")


def results_page(app: Flask, asked: str) -> str:
    return app.test_client().get(f"/search?q={asked}").text


def test_whom_to_call_is_told_to_staff_and_its_own_people(
    sqlite_app: Flask, posted: int, owner: int, run_hub: Run
) -> None:
    for reader, told in ((None, False), (OTHER, False), (FAR_STAFF, True), (MEMBER, True)):
        client = sqlite_app.test_client() if reader is None else signed_in(sqlite_app, reader)
        for path in (f"/statements/{posted}", f"/profiles/{owner}"):
            assert (CONTACT in client.get(path).text) is told, (reader, path)
        assert CONTACT not in client.get("/search?q=주사전자현미경 홍길동").text
    assert CONTACT not in run_hub("search", "주사전자현미경", "--json").stdout


def test_a_change_of_what_it_measures_is_found_at_once(sqlite_app: Flask, posted: int) -> None:
    member = signed_in(sqlite_app, MEMBER)
    form = BeautifulSoup(member.get(f"/statements/{posted}/edit").text, "html.parser")
    assert form.select_one("#model")["value"] == "SU8010"  # type: ignore[index]
    changed = FORM | {"measures": "갑상선 초음파 영상", "model": "", "version": "1", "unit": ""}
    assert member.post(f"/statements/{posted}/edit", data=changed).status_code == 302
    assert f"/statements/{posted}" in member.get("/dashboard").text
    page = results_page(sqlite_app, "갑상선 초음파 영상")
    assert "갑상선" in BeautifulSoup(page, "html.parser").select_one(".result mark").get_text()  # type: ignore[union-attr]
    assert "모델" not in said(sqlite_app.test_client().get(f"/statements/{posted}").text)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"year": "1850"}, "제조 연도는"),
        ({"year": "재작년"}, "제조 연도는"),
        ({"year": "2999"}, "제조 연도는"),
        ({"users": "everybody"}, "쓸 수 있는 곳을"),
        ({"measures": "가" * 301}, "무엇을 재거나 만드는가: 301자"),
        ({"kind": "capability"}, "공유 자산에만 적습니다"),
    ],
)
def test_what_does_not_fit_is_said_and_given_back(
    sqlite_app: Flask, owner: int, changed: dict[str, str], complaint: str
) -> None:
    before = newest(sqlite_app).id
    answer = signed_in(sqlite_app, MEMBER).post(f"/profiles/{owner}/statements/new", data=FORM | changed)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.text, "html.parser")
    assert complaint in page.select_one("[role=alert]").get_text()  # type: ignore[union-attr]
    assert page.select_one("#contact")["value"] == CONTACT  # type: ignore[index]
    assert newest(sqlite_app).id == before


def image(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), **saved: object) -> bytes:
    """A picture whose left half is red; transparent where ``kind`` is PNG."""
    drawn = Image.new("RGBA" if kind == "PNG" else "RGB", size)
    drawn.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    drawn.save(out, kind, **saved)
    return out.getvalue()


def turned() -> bytes:
    """As a telephone held upright writes it: lying, with the turn, the place and the maker noted."""
    noted = Image.Exif()
    noted[0x0112], noted[0x010F] = 6, "Telephone"
    noted.get_ifd(0x8825)[1] = "N"
    return image(exif=noted)


def send(client: FlaskClient, number: int, file: bytes, described: str = "전자현미경 앞면") -> str:
    answer = client.post(
        f"/statements/{number}/photo/edit",
        data={"photo": (io.BytesIO(file), "사진.jpg"), "described": described},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    return answer.text


def test_a_photograph_is_shown_upright_small_and_without_what_the_camera_noted(
    sqlite_app: Flask, posted: int
) -> None:
    member, visitor = signed_in(sqlite_app, MEMBER), sqlite_app.test_client()
    assert visitor.get(f"/statements/{posted}/photo").status_code == 404
    assert "사진을 넣었습니다" in send(member, posted, turned())
    shown = BeautifulSoup(visitor.get(f"/statements/{posted}").text, "html.parser").select_one(".photo img")
    assert shown is not None
    assert (shown["alt"], shown["width"], shown["height"]) == ("전자현미경 앞면", str(SIDE // 2), str(SIDE))
    answer = visitor.get(str(shown["src"]))
    assert answer.mimetype == "image/webp"
    kept = Image.open(io.BytesIO(answer.data))
    assert (kept.size, dict(kept.getexif())) == ((SIDE // 2, SIDE), {})
    red = kept.convert("RGB").getpixel((SIDE // 4, 10))  # what was on the left is on top
    assert red[0] > 150  # type: ignore[index, operator]
    again = visitor.get(str(shown["src"]), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    send(member, posted, image("PNG", (60, 40)), "다른 사진")  # in its place, white where nothing was
    kept = Image.open(io.BytesIO(visitor.get(f"/statements/{posted}/photo").data)).convert("RGB")
    assert min(kept.getpixel((50, 20))) > 240  # type: ignore[arg-type]
    assert member.post(f"/statements/{posted}/photo/remove").status_code == 302
    assert visitor.get(f"/statements/{posted}/photo").status_code == 404


@pytest.mark.parametrize(
    ("file", "described", "complaint"),
    [
        (b"", "앞면", "사진 파일을 고르십시오"),
        (b"GIF89a not one of ours", "앞면", "사진으로 읽을 수 없는"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "앞면", "사진으로 읽을 수 없는"),
        (lambda: image()[:3000], "앞면", "깨져 있어"),
        (lambda: image("PNG", (20_000, 8_000)), "앞면", "화소로 너무 큽니다"),
        (lambda: image("PNG", (20_000, 20_000)), "앞면", "사진으로 읽을 수 없는"),
        (image, " ", "무엇이 보이는지"),
        (b"a" * (LARGEST + 1), "앞면", "사진이 너무 큽니다"),
        (b"a" * (LARGEST + 2 * 1024**2), "앞면", "너무 큽니다. 10MB까지"),
    ],
    ids=["none", "gif", "svg", "cut off", "large", "bomb", "undescribed", "heavy", "heavier"],
)
def test_what_is_no_photograph_is_refused_and_nothing_kept(
    sqlite_app: Flask, posted: int, file: bytes | Callable[[], bytes], described: str, complaint: str
) -> None:
    page = send(signed_in(sqlite_app, MEMBER), posted, file if isinstance(file, bytes) else file(), described)
    assert complaint in BeautifulSoup(page, "html.parser").select_one("[role=alert]").get_text()  # type: ignore[union-attr]
    assert sqlite_app.test_client().get(f"/statements/{posted}/photo").status_code == 404


def test_a_photograph_is_seen_and_changed_by_those_who_may(
    sqlite_app: Flask, posted: int, owner: int
) -> None:
    member = signed_in(sqlite_app, MEMBER)
    send(member, posted, image())
    with sqlite_app.extensions["hub"][Database].writing() as session:
        unit = save_unit(session, owner, unit_particulars({"name_ko": "연구실", "kind": "laboratory"})).id
        add_account(session, OF_UNIT, PASSWORD, "member", profile_id=owner, unit_id=unit)
        capability = session.exec(
            select(Statement.id).where(
                Statement.profile_id == find_profile(session, OWNER).id, Statement.kind == "capability"
            )
        ).first()
    for reader in (OF_UNIT, OTHER, FAR_STAFF):
        client = signed_in(sqlite_app, reader)
        assert client.post(f"/statements/{posted}/photo/edit", data={"described": "x"}).status_code == 403, (
            reader
        )
        assert client.post(f"/statements/{posted}/photo/remove").status_code == 403, reader
    assert "공유 자산에만" in send(member, capability, image())  # type: ignore[arg-type]
    visitor = sqlite_app.test_client()
    assert visitor.get(f"/statements/{posted}/photo").status_code == 200
    member.post(f"/statements/{posted}/withdraw")
    assert visitor.get(f"/statements/{posted}/photo").status_code == 404
    assert member.get(f"/statements/{posted}/photo").status_code == 200
