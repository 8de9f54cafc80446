"""An organisation's page and its forms, without a browser."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from hub.database import Database
from hub.profiles.lookup import find_profile
from tests.conftest import MEMBER, account_for, signed_in


def test_posting_through_the_form(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    text = "물김치의 탄산감을 오래 유지하는 저온 숙성 조건을 찾아 드립니다."
    form = {"kind": "capability", "text": text, "visibility": "public", "trl": "6", "fields": ["LB", "EC"]}
    short = client.post(f"/profiles/{number}/statements/new", data={**form, "text": "짧다"})
    assert short.status_code == 400
    assert "2자뿐" in short.text
    assert "짧다" in short.text
    posted = client.post(f"/profiles/{number}/statements/new", data={**form, "action": "publish"})
    assert posted.status_code == 302
    statement = int(posted.location.rsplit("-", 1)[1])
    page = client.get(posted.location).text
    assert text in page
    assert "TRL 6" in page
    assert "농림수산식품" in page
    assert "물김치" in client.get("/search?q=물김치 탄산감").text
    opened = client.get(f"/statements/{statement}/edit").text
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version is not None
    mine = {**form, "version": version.group(1), "action": "publish"}
    first = client.post(f"/statements/{statement}/edit", data={**mine, "text": text + " 하나"})
    assert first.status_code == 302
    second = client.post(f"/statements/{statement}/edit", data={**mine, "text": text + " 둘"})
    assert second.status_code == 409
    assert text + " 하나" in second.text  # what stands
    assert text + " 둘" in second.text  # what was written
    client.post(f"/statements/{statement}/withdraw")
    assert "저온 숙성 조건" not in client.get("/search?q=물김치 탄산감").text
    assert "저온 숙성 조건" in client.get(f"/profiles/{number}").text  # its own people still see it
    client.post(f"/statements/{statement}/publish")
    assert "저온 숙성 조건" in client.get("/search?q=물김치 탄산감").text


def test_a_hidden_need_stands_nowhere_under_its_name(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, MEMBER, "member", profile="토탈소프트")
    client = signed_in(sqlite_app, MEMBER)
    text = "컨테이너 터미널 크레인의 흔들림을 예측하는 기술을 찾습니다."
    client.post(
        f"/profiles/{number}/statements/new",
        data={"kind": "need", "text": text, "visibility": "hidden-name", "action": "publish"},
    )
    visitor = sqlite_app.test_client()
    found = visitor.get(f"/search?q={text}&kind=need").text
    assert "비공개 기업" in found
    assert "토탈소프트" not in found
    assert text not in visitor.get(f"/profiles/{number}").text
    assert text in client.get(f"/profiles/{number}").text
    region = visitor.get("/regions/26?strength=any").text
    assert text in region
    assert "비공개 기업" in region


def test_entering_an_organisation(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "staff", region="26")
    client = signed_in(sqlite_app, MEMBER)
    assert "기관 넣기" in client.get("/regions/26/profiles").text
    form = {"name_ko": "해담 주식회사", "kind": "company", "size": "small", "region_code": "26350"}
    entered = client.post("/profiles/new", data=form)
    assert entered.status_code == 302
    again = client.post("/profiles/new", data={**form, "name_ko": "㈜해담"})
    assert again.status_code == 409
    assert entered.location in again.text
    assert "해담" in client.get("/search?q=해담").text
    assert "소기업" in client.get(entered.location).text


def test_the_pages_of_a_firm_name_its_like(sqlite_app: Flask) -> None:
    with sqlite_app.extensions["hub"][Database].reading() as session:
        number = find_profile(session, "시디즈").id
    page = sqlite_app.test_client().get(f"/profiles/{number}").text
    assert "비슷한 일을 하는 곳" in page
    assert "듀오백" in page
