"""The problems that a statement solves, through the form: asked for, proposed, confirmed, kept, limited."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from hub.index.bank import carried_bank
from hub.profiles.solved import LONGEST_PROBLEM, MOST

TEXT = "물김치의 탄산감을 오래 유지하는 저온 숙성 조건을 찾아 드립니다."
FORM = {"kind": "capability", "text": TEXT, "visibility": "public", "action": "publish"}


def proposed(page: str) -> list[str]:
    """The problems that stand on the form to be ticked."""
    return [html.unescape(found) for found in re.findall(r'name="solves"[^>]* value="([^"]*)"', page)]


def test_problems_are_posted_shown_and_edited(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    lines = "병 뚜껑을 열면 김이 다 빠져 있어요\r\n\r\n  국물이   흐려집니다 \r\n국물이 흐려집니다"
    posted = client.post(f"/profiles/{number}/statements/new", data={**FORM, "problems": lines})
    assert posted.status_code == 302
    page = client.get(posted.location).text
    assert "이런 문제를 풉니다" in page
    assert page.count("<li>국물이 흐려집니다</li>") == 1
    found = client.get("/search?q=뚜껑 열면 김 빠짐").text
    assert "병 뚜껑을 열면 김이 다 빠져 있어요" in found
    assert "이런 문제를 푼다고 적었습니다" in found
    statement = int(posted.location.rsplit("-", 1)[1])
    opened = client.get(f"/statements/{statement}/edit").text
    assert "병 뚜껑을 열면 김이 다 빠져 있어요\n국물이 흐려집니다</textarea>" in opened
    edited = client.post(
        f"/statements/{statement}/edit", data={**FORM, "version": "1", "problems": "맛이 셔요"}
    )
    assert edited.status_code == 302
    assert "뚜껑을 열면" not in client.get(edited.location).text


def test_what_is_proposed_is_kept_only_where_it_was_ticked(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    known = carried_bank()[100]
    text = f"{known.capability} 기술을 제공합니다"
    offered = proposed(client.post(f"/profiles/{number}/statements/check", data={**FORM, "text": text}).text)
    assert set(offered) & {problem[0] for problem in known.problems}
    plain = client.post(f"/profiles/{number}/statements/new", data={**FORM, "text": text})
    assert not any(problem in html.unescape(client.get(plain.location).text) for problem in offered)
    ticked = client.post(
        f"/profiles/{number}/statements/new", data={**FORM, "text": text + " 그리고", "solves": offered[:2]}
    )
    page = html.unescape(client.get(ticked.location).text)
    assert all(f"<li>{problem}</li>" in page for problem in offered[:2])
    client.get("/?lang=en")
    english = next(
        problem[2] for one in carried_bank() for problem in one.problems if problem[0] == offered[0]
    )
    assert f"<li>{english}</li>" in html.unescape(client.get(ticked.location).text)


def test_what_was_ticked_stays_where_the_form_comes_back(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    form = {**FORM, "text": "짧다", "problems": "맛이 셔요", "solves": ["국물이 흐려집니다"]}
    back = client.post(f"/profiles/{number}/statements/new", data=form)
    assert back.status_code == 400
    assert "맛이 셔요</textarea>" in back.text
    assert re.search(r'value="국물이 흐려집니다" checked', back.text)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"problems": "\n".join(f"문제가 {n}번 생깁니다" for n in range(MOST + 1))}, f"{MOST}개까지"),
        ({"problems": "가" * (LONGEST_PROBLEM + 1)}, "푸는 문제 «가"),
        ({"problems": "12345"}, "글자가 없습니다"),
        ({"kind": "need", "problems": "맛이 셔요"}, "보유 역량이나 공유 자산에만"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_posted(
    member: tuple[FlaskClient, int], changes: dict[str, str], says: str
) -> None:
    client, number = member
    refused = client.post(f"/profiles/{number}/statements/new", data={**FORM, **changes})
    assert refused.status_code == 400
    assert says in refused.text
    assert TEXT not in client.get(f"/profiles/{number}").text


def test_nothing_is_proposed_for_a_need(member: tuple[FlaskClient, int]) -> None:
    client, number = member
    assert (
        proposed(client.post(f"/profiles/{number}/statements/check", data={**FORM, "kind": "need"}).text)
        == []
    )
