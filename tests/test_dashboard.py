"""내 자리: one's own texts and searches, and what is new since the last visit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts.tables import Account
from hub.database import Database, now
from hub.profiles.tables import Statement
from tests.conftest import MEMBER, account_for, signed_in

STAFF, FIRM = "staff@hub.example", "firm@hub.example"
NEED = "김치가 과발효로 포장이 부풀어 올라 발효를 늦출 방법을 찾습니다."


def days_later(app: Flask, email: str, days: int = 1) -> None:
    """As if this account's visits had been so much earlier."""
    with app.extensions["hub"][Database].writing() as session:
        account = session.exec(select(Account).where(Account.email == email)).one()
        account.visit_at = account.visit_at and account.visit_at - timedelta(days=days)


def post(app: Flask, text: str = NEED, kind: str = "need", visibility: str = "public") -> None:
    """Posted by a firm of Busan."""
    number = account_for(app, f"{kind}{len(text)}{FIRM}", "member", profile="토탈소프트")
    form = {"kind": kind, "text": text, "visibility": visibility, "action": "publish"}
    client = signed_in(app, f"{kind}{len(text)}{FIRM}")
    assert client.post(f"/profiles/{number}/statements/new", data=form).status_code == 302


def words(client: FlaskClient, path: str, chosen: str = "main") -> str:
    found = BeautifulSoup(client.get(path).text, "html.parser").select(chosen)
    return " ".join(" ".join(one.get_text() for one in found).split())


def test_signing_in_leads_to_ones_own_page(sqlite_app: Flask) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    client = signed_in(sqlite_app, STAFF)
    assert "부산광역시 담당자" in words(client, "/dashboard")
    assert "/regions/26" in client.get("/dashboard").text
    assert "다음에 오시면" in words(client, "/dashboard", ".news")
    post(sqlite_app)
    again = signed_in(sqlite_app, STAFF)  # within the first hours it is the same visit still
    assert "다음에 오시면" in words(again, "/dashboard", ".news")  # nothing is new the first time
    assert "처음 로그인" not in words(again, "/dashboard")


@pytest.mark.parametrize("visibility", ["public", "hidden-name"])
def test_staff_see_what_came_to_their_region_since_their_last_visit(
    sqlite_app: Flask, visibility: str
) -> None:
    for email, region in ((STAFF, "26"), ("far@hub.example", "29")):
        account_for(sqlite_app, email, "staff", region=region)
        signed_in(sqlite_app, email)
        days_later(sqlite_app, email)
    post(sqlite_app, visibility=visibility)
    here, far = signed_in(sqlite_app, STAFF), signed_in(sqlite_app, "far@hub.example")
    assert NEED in words(here, "/dashboard", ".news")
    assert "토탈소프트" in words(here, "/dashboard", ".news")
    assert "새로 들어온 것 1건" in words(here, "/", ".own")
    assert "새로 들어온 것이 없습니다" in words(far, "/dashboard", ".news")
    assert "새로 들어온 것" not in words(far, "/", ".own")


def test_a_second_sign_in_of_the_same_day_loses_nothing_new(sqlite_app: Flask) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    signed_in(sqlite_app, STAFF)
    days_later(sqlite_app, STAFF)
    post(sqlite_app)
    for _time in range(2):
        assert NEED in words(signed_in(sqlite_app, STAFF), "/dashboard", ".news")
    # Five hours later it is another visit, and what was new on the last one no longer is.
    with sqlite_app.extensions["hub"][Database].writing() as session:
        account = session.exec(select(Account).where(Account.email == STAFF)).one()
        account.visit_at = now() - timedelta(hours=5)
        posted = session.exec(select(Statement).where(Statement.text == NEED)).one()
        posted.published_at = now() - timedelta(hours=6)
    assert NEED not in words(signed_in(sqlite_app, STAFF), "/dashboard", ".news")


def test_a_saved_search_says_what_is_new_and_its_page_marks_it(
    sqlite_app: Flask, member: tuple[FlaskClient, int]
) -> None:
    client, _number = member
    for text in ("김치 발효 포장이 부풀어요", "선박 엔진 부품 주조"):
        client.post("/searches", data={"q": text, "kind": "need"})
    days_later(sqlite_app, MEMBER)
    post(sqlite_app)
    client = signed_in(sqlite_app, MEMBER)
    for path in ("/dashboard", "/searches"):
        rows = BeautifulSoup(client.get(path).text, "html.parser").select(".saved-row")
        fresh = {row.a.get_text(): row.select_one(".fresh") for row in rows if row.a}  # type: ignore[union-attr]
        assert fresh["선박 엔진 부품 주조"] is None
        link = fresh["김치 발효 포장이 부풀어요"]
        assert link is not None
        assert "새 글 1" in link.get_text()
        page = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
        first = page.select_one(".result")
        assert first is not None
        assert "새 글" in first.get_text()
        assert len([one for one in page.select(".result") if "새 글" in one.get_text()]) == 1


def test_a_member_sees_its_own_texts_and_who_newly_fits_them(
    sqlite_app: Flask, member: tuple[FlaskClient, int]
) -> None:
    client, number = member
    form = {"kind": "capability", "text": "김치의 발효를 늦추고 포장이 부풀지 않게 합니다."}
    for action in ("publish", "draft"):
        client.post(
            f"/profiles/{number}/statements/new", data={**form, "visibility": "public", "action": action}
        )
    assert "임시 저장" in words(client, "/dashboard")
    assert form["text"] in words(client, "/dashboard")
    days_later(sqlite_app, MEMBER)
    post(sqlite_app)
    news = words(signed_in(sqlite_app, MEMBER), "/dashboard", ".news")
    assert "내 글에 맞는 곳이 올라왔습니다" in news
    assert "토탈소프트" in news


def test_a_visitor_is_asked_to_sign_in_and_comes_back(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().get("/dashboard").location == "/sign-in?next=/dashboard"
