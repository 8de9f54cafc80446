"""What members ask the staff of their region: who sees it, what becomes of it, and that nothing is lost on the way."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from hub.accounts.passwords import add_account
from hub.accounts.policy import answering_desk
from hub.accounts.tables import Account
from hub.database import Database, now
from hub.intake.unload import unload
from hub.mail.tables import Mail
from hub.posting import statements
from hub.posting.removal import remove_statements
from hub.posting.units import save_unit, unit_particulars
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Inquiry, Profile, Statement
from tests.conftest import PASSWORD, account_for, signed_in
from tests.test_dashboard import days_later

OWNER, COLLEAGUE, STAFF, OTHER_STAFF, FAR, LAB, ADMIN = (
    f"{name}@hub.example" for name in ("owner", "colleague", "staff", "staff2", "far", "lab", "admin")
)
FIRM, PARTNER = "토탈소프트", "세계김치연구소"  # of Busan, of Gwangju
TEXT = "김치가 과발효로 포장이 부풀어 올라 발효를 늦출 방법을 찾습니다."
REPLY = "세계김치연구소가 이 문제를 다룹니다. 다음 주에 함께 찾아가 보겠습니다."


def people(app: Flask) -> Flask:
    account_for(app, OWNER, "member", profile=FIRM)
    account_for(app, COLLEAGUE, "member", profile=FIRM)
    account_for(app, STAFF, "staff", region="26")
    account_for(app, OTHER_STAFF, "staff", region="26")
    account_for(app, FAR, "staff", region="29")
    account_for(app, LAB, "member", profile=PARTNER)
    account_for(app, ADMIN, "admin")
    return app


@pytest.fixture
def hub(sqlite_app: Flask) -> Flask:
    return people(sqlite_app)


def words(page: str, chosen: str = "main") -> str:
    found = BeautifulSoup(page, "html.parser").select(chosen)
    return " ".join(" ".join(one.get_text() for one in found).split())


def partner_of(app: Flask, name: str = PARTNER) -> int:
    with app.extensions["hub"][Database].reading() as session:
        owner = find_profile(session, name).id
        said = select(Statement.id).where(Statement.profile_id == owner, Statement.kind == "capability")
        number = session.exec(said).first()
    assert number is not None
    return number


def ask(client: FlaskClient, text: str = TEXT, **sent: str) -> int:
    """Sends the form; the inquiry's number."""
    form = {"need": "new", "text": text, "visibility": "public", **sent}
    answer = client.post("/inquiries/new", data=form)
    assert answer.status_code == 302, words(answer.text)
    return int(answer.location.rsplit("/", 1)[1])


def inquiries_of(app: Flask) -> list[Inquiry]:
    with app.extensions["hub"][Database].reading() as session:
        return list(session.exec(select(Inquiry).order_by(col(Inquiry.id))))


def needs_of(app: Flask, text: str = TEXT) -> list[Statement]:
    with app.extensions["hub"][Database].reading() as session:
        return list(session.exec(select(Statement).where(Statement.text == text)))


def test_what_was_searched_for_becomes_a_need_and_lies_on_the_regions_desk(hub: Flask) -> None:
    client, partner = signed_in(hub, OWNER), partner_of(hub)
    page = client.get(f"/search?q={quote(TEXT)}").text
    link = BeautifulSoup(page, "html.parser").select_one("a.connect")
    assert link is not None
    form = client.get(str(link["href"])).text
    assert TEXT in words(form, "#text")
    assert "부산광역시 담당자가 답합니다" in words(form) or "부산" in words(form, "#who-answers")
    assert PARTNER in words(form, ".partner")
    assert "적합도" in words(form, ".partner")
    number = ask(client, partner=str(partner))
    shown = words(client.get(f"/inquiries/{number}").text)
    assert "이제 이렇게 됩니다" in shown
    (need,) = needs_of(hub)
    assert (need.kind, need.visibility, need.is_published) == ("need", "public", True)
    # Anybody finds it at once, by the rules by which needs are posted.
    assert TEXT[:20] in words(hub.test_client().get(f"/search?q={quote(TEXT)}&kind=need").text)
    desk = words(signed_in(hub, STAFF).get("/inquiries").text)
    assert TEXT[:20] in desk
    assert PARTNER in desk
    assert FIRM in desk
    answering = words(signed_in(hub, STAFF).get(f"/inquiries/{number}/answer").text)
    assert "물은 쪽이 만나고 싶은 곳" in answering
    assert OWNER in answering


def test_a_visitor_loses_nothing_on_the_way_through_signing_in(hub: Flask) -> None:
    for asked in ("가" * 1000, "👩‍🔬김치" * 120, '<b>"포장"</b> & 50% + 3'):
        client = hub.test_client()
        page = client.get("/search", query_string={"q": asked}).text
        link = BeautifulSoup(page, "html.parser").select_one(".ask-desk a")
        assert link is not None
        led = client.get(str(link["href"]))
        assert led.status_code == 302
        assert urlsplit(led.location).path == "/sign-in"
        back = client.post(led.location, data={"email": OWNER, "password": PASSWORD})
        assert back.status_code == 302
        form = BeautifulSoup(client.get(back.location).text, "html.parser").select_one("#text")
        assert form is not None
        assert form.get_text().strip() == asked


def test_who_is_offered_to_ask(hub: Flask) -> None:
    path = f"/search?q={quote(TEXT)}"
    for client, offered in (
        (hub.test_client(), True),
        (signed_in(hub, OWNER), True),
        (signed_in(hub, STAFF), False),
        (signed_in(hub, ADMIN), False),
    ):
        page = BeautifulSoup(client.get(path).text, "html.parser")
        assert bool(page.select(".connect")) is offered
        assert bool(page.select(".ask-desk")) is offered
    own = BeautifulSoup(signed_in(hub, LAB).get(path).text, "html.parser").select(".result")
    beside = {
        " ".join(one.select_one("h2").get_text().split()): bool(one.select(".connect"))  # type: ignore[union-attr]
        for one in own
    }
    assert not any(offered for name, offered in beside.items() if name.startswith(PARTNER))
    assert any(beside.values())
    compared = f"/compare?q={quote(TEXT)}&s={partner_of(hub)}&s={partner_of(hub, '한국식품연구원')}"
    assert "연결 요청" in words(hub.test_client().get(compared).text)
    assert "연결 요청" not in words(signed_in(hub, STAFF).get(compared).text)
    assert signed_in(hub, STAFF).get("/inquiries/new").status_code == 403
    assert words(hub.test_client().get("/search?q=qzxv%20wkj").text, ".ask-desk.prominent")


def test_a_member_without_an_organisation_is_led_to_one_and_comes_back(hub: Flask) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        add_account(session, "new@hub.example", PASSWORD, "member", profile_id=find_profile(session, FIRM).id)
        session.flush()
        session.exec(select(Account).where(Account.email == "new@hub.example")).one().profile_id = None
    client = signed_in(hub, "new@hub.example")
    path = f"/inquiries/new?asked={quote(TEXT)}&partner={partner_of(hub)}"
    page = client.get(path)
    assert page.status_code == 200
    assert 'href="/organisation"' in page.text
    assert TEXT in words(page.text)
    with hub.extensions["hub"][Database].reading() as session:
        resume = session.exec(select(Account.resume).where(Account.email == "new@hub.example")).one()
    assert resume is not None
    assert (
        TEXT in BeautifulSoup(signed_in(hub, OWNER).get(resume).text, "html.parser").select_one("#text").text
    )  # type: ignore[union-attr]
    # The page names whom they would like to meet, and is called what led to it.
    assert PARTNER in words(page.text, ".partner")
    assert words(page.text, "h1") == "연결 요청"
    assert words(client.get("/inquiries/new").text, "h1") == "담당자에게 물어보기"
    sent = client.post("/inquiries/new", data={"need": "new", "text": TEXT, "visibility": "public"})
    assert sent.status_code == 409
    assert TEXT in sent.text
    assert client.get("/inquiries").status_code == 200
    assert inquiries_of(hub) == []


def test_sent_twice_it_is_one(hub: Flask) -> None:
    client = signed_in(hub, OWNER)
    first = ask(client, once="k" * 20)
    assert ask(client, once="k" * 20) == first  # a double click
    assert ask(client, once="l" * 20) == first  # another tab
    assert ask(signed_in(hub, COLLEAGUE), once="m" * 20) == first  # a colleague
    assert (len(inquiries_of(hub)), len(needs_of(hub))) == (1, 1)
    other = ask(
        client, partner=str(partner_of(hub)), once="n" * 20
    )  # somebody to meet: another wish about the same need
    assert other != first
    assert len(needs_of(hub)) == 1
    again = client.post("/inquiries/new", data={"need": "new", "text": TEXT, "visibility": "hidden-name"})
    assert again.status_code == 409
    assert "이미 있습니다" in words(again.text)


def test_a_need_that_stands_already_is_offered_and_asked_about(hub: Flask) -> None:
    client = signed_in(hub, OWNER)
    number = find_number(hub, FIRM)
    form = {"kind": "need", "text": TEXT, "visibility": "hidden-name", "action": "publish"}
    assert client.post(f"/profiles/{number}/statements/new", data=form).status_code == 302
    (need,) = needs_of(hub)
    page = client.get("/inquiries/new?asked=" + quote("김치 포장이 과발효로 부풀어 오릅니다")).text
    choice = BeautifulSoup(page, "html.parser").select_one(f"#need-{need.id}")
    assert choice is not None
    assert "적합도" in words(page, ".choices")
    assert not choice.has_attr("checked")
    chosen = BeautifulSoup(client.get(f"/inquiries/new?need={need.id}").text, "html.parser")
    assert chosen.select_one(f"#need-{need.id}").has_attr("checked")  # type: ignore[union-attr]
    answer = client.post("/inquiries/new", data={"need": str(need.id), "text": "", "visibility": "public"})
    assert answer.status_code == 302
    assert [one.statement_id for one in inquiries_of(hub)] == [need.id]
    # Another organisation's need is nobody's to ask about, and is not told from one that is not there.
    for given in (str(need.id), "999999"):
        answer = signed_in(hub, LAB).post("/inquiries/new", data={"need": given, "partner": ""})
        assert answer.status_code == 409
        assert "고른 수요가 그 사이 내려갔거나" in words(answer.text)
        assert TEXT not in signed_in(hub, LAB).get(f"/inquiries/new?need={given}").text


def test_nobody_is_led_to_post_in_public_or_twice(hub: Flask) -> None:
    """Who may read a new need is chosen, not left as it is; what stands already is what is asked about."""
    client = signed_in(hub, OWNER)
    path = f"/inquiries/new?asked={quote(TEXT)}"
    page = client.get(path).text
    assert "물은 내용은 우리 기관의 수요로 올라갑니다" in words(page)
    chosen = BeautifulSoup(page, "html.parser").select("input[name=visibility]")
    assert [(one.has_attr("checked"), one.has_attr("required")) for one in chosen] == [(False, True)] * 2
    refused = client.post("/inquiries/new", data={"need": "new", "text": TEXT})
    assert refused.status_code == 400
    assert "공개 범위" in words(refused.text, ".notice.danger")
    ask(client, visibility="hidden-name")
    (need,) = needs_of(hub)
    for text, is_it in (
        (TEXT, True),
        (TEXT.replace(" ", "").replace(".", "!!"), True),
        (TEXT.replace("방법을", "방안을"), True),
        ("김치 포장이 과발효로 부풀어 오릅니다", False),
    ):
        form = BeautifulSoup(client.get(f"/inquiries/new?asked={quote(text)}").text, "html.parser")
        picked = form.select("input[name=need][checked]")
        assert [one["value"] for one in picked] == [str(need.id) if is_it else "new"], text
        # A box that is out of sight must not keep the form from being sent.
        assert not any(one.has_attr("required") for one in form.select("input[name=visibility]"))
        assert not form.select("input[name=visibility][checked]")
    again = client.post("/inquiries/new", data={"need": str(need.id), "text": TEXT})
    assert again.status_code == 302
    (need,) = needs_of(hub)
    assert need.visibility == "hidden-name"


def test_what_was_asked_is_not_offered_to_be_gone_on_with(hub: Flask) -> None:
    client, database = signed_in(hub, OWNER), hub.extensions["hub"][Database]
    for resume, left in ((f"/inquiries/new?asked={quote(TEXT)}", None), ("/search?q=a", "/search?q=a")):
        with database.writing() as session:
            session.exec(select(Account).where(Account.email == OWNER)).one().resume = resume
        ask(client, f"{TEXT} {len(resume)}")
        with database.reading() as session:
            assert session.exec(select(Account.resume).where(Account.email == OWNER)).one() == left


def test_ones_own_page_says_how_what_was_asked_stands(hub: Flask) -> None:
    owner, staff = signed_in(hub, OWNER), signed_in(hub, STAFF)
    chosen = "section[aria-labelledby=asked]"
    assert "찾아도 맞는 곳이 없으면" in words(owner.get("/dashboard").text, chosen)
    texts = [
        f"{what} 벗겨지는 까닭을 찾아 줄 곳을 찾습니다." for what in ("도금이", "도장이", "금박이", "인쇄가")
    ]
    numbers = [ask(owner, text) for text in texts]
    staff.post(f"/inquiries/{numbers[3]}/answer", data={"reply": REPLY})
    owner.post(f"/inquiries/{numbers[2]}/withdraw")
    for who in (owner, signed_in(hub, COLLEAGUE)):
        page = BeautifulSoup(who.get("/dashboard").text, "html.parser")
        shown = words(str(page), chosen)
        assert "기다리는 문의 2" in shown
        assert "답이 온 문의 1" in shown
        rows = [" ".join(row.get_text().split()) for row in page.select(f"{chosen} li")]
        assert [row[:3] for row in rows] == ["인쇄가", "금박이", "도장이"]
        # Also on the first visit, of which nothing else is news yet.
        assert [("새 답" in row, "답이 왔습니다" in row, "기다리는 중" in row) for row in rows] == [
            (True, True, False),
            (False, False, False),
            (False, False, True),
        ]
    with hub.extensions["hub"][Database].writing() as session:
        session.exec(select(Account).where(Account.email == OWNER)).one().last_visit_at = now()
    assert "새 답" not in words(owner.get("/dashboard").text, chosen)
    assert "문의 내용" in words(owner.get(f"/inquiries/{numbers[0]}").text)
    assert "기다리는 문의" not in words(signed_in(hub, LAB).get("/dashboard").text)


def test_signing_in_says_what_for(hub: Flask) -> None:
    client = hub.test_client()
    for path, said in (
        (f"/inquiries/new?asked=x&partner={partner_of(hub)}", "연결을 요청하려면 로그인하십시오"),
        ("/inquiries/new?asked=x", "담당자에게 물어보려면 로그인하십시오"),
        ("/dashboard", ""),
        ("//[inquiries/new", ""),
    ):
        page = client.get("/sign-in", query_string={"next": path}).text
        assert said in words(page, "main .notice")
        assert bool(words(page, "main .notice")) is bool(said)
        button = BeautifulSoup(page, "html.parser").select("form.narrow a.krds-btn[href^='/register']")
        assert bool(button) is bool(said)


def find_number(app: Flask, name: str) -> int:
    with app.extensions["hub"][Database].reading() as session:
        return find_profile(session, name).id


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": "김치"}, "글자뿐|자뿐입니다"),
        ({"text": ""}, "자뿐입니다"),
        ({"text": "가" * 2001}, "줄여"),
        ({"text": "1234567890123"}, "글자가 없습니다"),
        ({"visibility": "draft"}, "공개 범위"),
        ({"visibility": ""}, "공개 범위"),
        ({"partner": "999999"}, "만나려던 곳의 글이"),
        (
            {"text": f"{FIRM}입니다. 김치 포장이 부풀어 오릅니다.", "visibility": "hidden-name"},
            "기관 이름이 들어",
        ),
    ],
)
def test_what_cannot_be_sent_is_said_and_given_back(hub: Flask, sent: dict[str, str], says: str) -> None:
    client = signed_in(hub, OWNER)
    form = {"need": "new", "text": TEXT, "visibility": "public", **sent}
    answer = client.post("/inquiries/new", data=form)
    assert answer.status_code in (400, 409)
    assert re.search(says, words(answer.text, ".notice.danger")), words(answer.text, ".notice.danger")
    assert BeautifulSoup(answer.text, "html.parser").select_one("#text").get_text().strip() == form["text"]  # type: ignore[union-attr]
    assert inquiries_of(hub) == []
    assert needs_of(hub, form["text"]) == []


def test_a_name_in_a_hidden_text_is_warned_of_once(hub: Flask) -> None:
    client = signed_in(hub, OWNER)
    text = f"{FIRM}입니다. 김치 포장이 부풀어 오릅니다."
    form = {"need": "new", "text": text, "visibility": "hidden-name"}
    page = client.post("/inquiries/new", data=form).text
    assert BeautifulSoup(page, "html.parser").select_one("input[name=named_anyway]") is not None
    assert client.post("/inquiries/new", data={**form, "named_anyway": "1"}).status_code == 302


def test_the_need_of_an_organisation_that_waits_for_its_review_stays_a_draft(hub: Flask) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        find_profile(session, FIRM).review_asked_at = now()
    client = signed_in(hub, OWNER)
    number = ask(client, visibility="hidden-name")
    (need,) = needs_of(hub)
    assert (need.visibility, need.awaited, need.is_published) == ("draft", "hidden-name", False)
    assert TEXT[:20] not in words(
        hub.test_client().get(f"/search?q={quote(TEXT)}&kind=need").text, ".results"
    )
    staff = signed_in(hub, STAFF)
    assert TEXT[:20] in words(staff.get("/inquiries").text)
    answering = staff.get(f"/inquiries/{number}/answer").text
    assert PARTNER in words(answering)  # the hub looks for a draft too
    assert ask(client, visibility="hidden-name", once="z" * 20) == number
    assert BeautifulSoup(client.get("/inquiries/new").text, "html.parser").select_one(f"#need-{need.id}")


def test_staff_answer_and_the_owner_learns_of_it(hub: Flask) -> None:
    owner, partner = signed_in(hub, OWNER), partner_of(hub)
    days_later(hub, OWNER, 2)
    number = ask(owner, partner=str(partner))
    signed_in(hub, OWNER)
    staff = signed_in(hub, STAFF)
    assert "들어온 문의 1" in words(staff.get("/dashboard").text)
    assert "답을 기다리는 문의 1" in words(staff.get("/regions/26").text)
    sent = staff.post(f"/inquiries/{number}/answer", data={"reply": REPLY, "proposed": [str(partner)]})
    assert sent.status_code == 302, words(sent.text)
    assert REPLY in words(staff.get(sent.location).text)
    assert "들어온 문의 0" in words(staff.get("/dashboard").text)
    page = words(owner.get(f"/inquiries/{number}").text)
    assert REPLY in page
    assert PARTNER in page
    news = words(owner.get("/dashboard").text, ".news")
    assert "문의에 담당자가 답했습니다" in news
    assert "답이 왔습니다" in words(owner.get("/inquiries").text)
    with hub.extensions["hub"][Database].reading() as session:
        (mail,) = session.exec(select(Mail)).all()
    assert mail.recipient == OWNER
    assert "답했습니다" in mail.subject


def test_the_answer_comes_in_the_language_of_whoever_asked(hub: Flask) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        session.exec(select(Account).where(Account.email == OWNER)).one().language = "en"
    number = ask(signed_in(hub, OWNER))
    signed_in(hub, STAFF).post(f"/inquiries/{number}/answer", data={"reply": REPLY})
    with hub.extensions["hub"][Database].reading() as session:
        (mail,) = session.exec(select(Mail)).all()
    assert not re.search("[가-힣]", mail.subject)
    assert REPLY in mail.body


def test_an_account_that_left_gets_no_mail(hub: Flask) -> None:
    number = ask(signed_in(hub, OWNER))
    with hub.extensions["hub"][Database].writing() as session:
        elsewhere = find_profile(session, PARTNER).id
        session.exec(select(Account).where(Account.email == OWNER)).one().profile_id = elsewhere
    signed_in(hub, STAFF).post(f"/inquiries/{number}/answer", data={"reply": REPLY})
    with hub.extensions["hub"][Database].reading() as session:
        assert session.exec(select(Mail)).all() == []
    assert signed_in(hub, OWNER).get(f"/inquiries/{number}").status_code == 404
    assert REPLY in words(signed_in(hub, COLLEAGUE).get(f"/inquiries/{number}").text)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"reply": ""}, "한 줄이라도"),
        ({"reply": "…"}, "한 줄이라도"),
        ({"reply": "가" * 2001}, "줄여"),
        ({"reply": REPLY, "proposed": ["1", "2", "3", "4"]}, "3곳까지"),
        ({"reply": REPLY, "proposed": ["999999"]}, "다시 고르십시오"),
    ],
)
def test_an_answer_that_cannot_be_sent_is_given_back(hub: Flask, sent: dict[str, object], says: str) -> None:
    number = ask(signed_in(hub, OWNER))
    answer = signed_in(hub, STAFF).post(f"/inquiries/{number}/answer", data=sent)
    assert answer.status_code in (400, 409)
    assert says in words(answer.text, ".notice.danger")
    assert str(sent["reply"]) in answer.text
    assert inquiries_of(hub)[0].is_open


def test_neither_ones_own_nor_a_need_is_proposed(hub: Flask) -> None:
    number = ask(signed_in(hub, OWNER))
    (need,) = needs_of(hub)
    answer = signed_in(hub, STAFF).post(
        f"/inquiries/{number}/answer", data={"reply": REPLY, "proposed": [str(need.id)]}
    )
    assert answer.status_code == 409


def test_two_staff_at_once(app: Flask) -> None:
    """On both databases: the first wins, the second is told and given the text back."""
    people(app)
    number = ask(signed_in(app, OWNER))
    clients = {email: signed_in(app, email) for email in (STAFF, OTHER_STAFF)}
    both = Barrier(2)

    def send(email: str) -> tuple[int, str]:
        both.wait()
        answer = clients[email].post(f"/inquiries/{number}/answer", data={"reply": f"{email} {REPLY}"})
        return answer.status_code, answer.text

    with ThreadPoolExecutor(2) as pool:
        given = dict(zip(clients, pool.map(send, clients), strict=True))
    assert sorted(status for status, _page in given.values()) == [302, 409]
    (asked,) = inquiries_of(app)
    (lost,) = (email for email, (status, _page) in given.items() if status == 409)
    (won,) = set(clients) - {lost}
    assert asked.answer == f"{won} {REPLY}"
    assert "먼저 답했습니다" in words(given[lost][1])
    assert f"{lost} {REPLY}" in words(given[lost][1], "#typed")
    assert f"{won} {REPLY}" in words(given[lost][1], ".desk-answer")
    with app.extensions["hub"][Database].reading() as session:
        assert len(session.exec(select(Mail)).all()) == 1


def test_a_second_click_answers_once(hub: Flask) -> None:
    number = ask(signed_in(hub, OWNER))
    staff = signed_in(hub, STAFF)
    for _time in range(2):
        sent = staff.post(f"/inquiries/{number}/answer", data={"reply": REPLY, "once": "k" * 20})
        assert sent.status_code == 302
    with hub.extensions["hub"][Database].reading() as session:
        assert len(session.exec(select(Mail)).all()) == 1


def test_withdrawn_before_the_answer(hub: Flask) -> None:
    owner, staff = signed_in(hub, OWNER), signed_in(hub, STAFF)
    number = ask(owner)
    for _time in range(2):
        assert owner.post(f"/inquiries/{number}/withdraw").status_code == 302
    assert "취소한 문의" in words(owner.get("/inquiries").text)
    assert TEXT[:20] not in words(staff.get("/inquiries").text)
    late = staff.post(f"/inquiries/{number}/answer", data={"reply": REPLY})
    assert late.status_code == 409
    assert REPLY in words(late.text, "#typed")
    assert needs_of(hub)[0].is_published  # the need itself stays
    again = ask(owner, once="a" * 20)
    assert again != number
    staff.post(f"/inquiries/{again}/answer", data={"reply": REPLY})
    assert owner.post(f"/inquiries/{again}/withdraw").status_code == 409


def test_what_waits_too_long_is_marked_and_the_oldest_comes_first(hub: Flask) -> None:
    owner = signed_in(hub, OWNER)
    first, second = ask(owner), ask(owner, "도금이 벗겨지는 까닭을 찾아 줄 곳을 찾습니다.")
    with hub.extensions["hub"][Database].writing() as session:
        session.get_one(Inquiry, second).created_at -= timedelta(days=8)
        session.get_one(Inquiry, first).created_at -= timedelta(days=6)
    staff = signed_in(hub, STAFF)
    rows = BeautifulSoup(staff.get("/inquiries").text, "html.parser").select("section .directory > li")
    assert ["늦음" in row.get_text() for row in rows] == [True, False]
    assert "8일 기다림" in rows[0].get_text()
    assert "7일 넘게 기다린 문의 1" in words(staff.get("/dashboard").text)


def everywhere(client: FlaskClient, number: int) -> dict[str, str]:
    """Every page on which an inquiry could show itself."""
    paths = (
        *("/inquiries", f"/inquiries/{number}", f"/inquiries/{number}/answer", "/dashboard"),
        *("/regions/26", "/regions/29", "/inquiries?region=26", "/"),
    )
    return {path: client.get(path, follow_redirects=True).text for path in paths}


def test_who_learns_of_an_inquiry_about_a_hidden_need(hub: Flask) -> None:
    partner = partner_of(hub)
    number = ask(signed_in(hub, OWNER), visibility="hidden-name", partner=str(partner))
    for email, sees in (
        *((OWNER, True), (COLLEAGUE, True), (STAFF, True), (ADMIN, True)),
        *((FAR, False), (LAB, False)),
    ):
        client = signed_in(hub, email)
        page, there = client.get(f"/inquiries/{number}"), client.get("/inquiries/999999")
        assert page.status_code == (200 if sees else 404), email
        if not sees:  # word for word as where there is none
            assert words(page.text).replace(f"{number}번", "N번") == words(there.text).replace(
                "999999번", "N번"
            )
            shown = everywhere(client, number)
            assert [path for path, text in shown.items() if OWNER in text] == []
            assert [path for path in shown if "들어온 문의 1" in words(shown[path])] == []
            assert [path for path in shown if "답을 기다리는 문의" in words(shown[path])] == []
            assert client.post(f"/inquiries/{number}/withdraw").status_code == 404
            answered = client.post(f"/inquiries/{number}/answer", data={"reply": REPLY})
            assert answered.status_code == 404
    visitor = hub.test_client()
    for path in (f"/inquiries/{number}", "/inquiries/999999"):
        assert urlsplit(visitor.get(path).location).path == "/sign-in"
    # The partner's own pages say nothing, whoever reads them.
    named = f"/profiles/{find_number(hub, PARTNER)}"
    assert "문의" not in words(signed_in(hub, LAB).get(named).text)
    assert signed_in(hub, OWNER).post(f"/inquiries/{number}/answer", data={"reply": REPLY}).status_code == 403
    assert signed_in(hub, STAFF).post(f"/inquiries/{number}/withdraw").status_code == 403


def test_a_units_members_ask_for_their_unit_and_its_region_answers(hub: Flask) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        owner = find_profile(session, FIRM).id
        given = {"name_ko": "광주연구소", "kind": "department", "region_code": "29"}
        unit = save_unit(session, owner, unit_particulars(given)).id
        add_account(session, "unit@hub.example", PASSWORD, "member", profile_id=owner, unit_id=unit)
    number = ask(signed_in(hub, "unit@hub.example"))
    (need,) = needs_of(hub)
    assert need.unit_id == unit
    assert signed_in(hub, FAR).get(f"/inquiries/{number}/answer").status_code == 200
    assert signed_in(hub, STAFF).get(f"/inquiries/{number}/answer").status_code == 404
    assert TEXT[:20] in words(signed_in(hub, FAR).get("/inquiries").text)


def test_no_desk_is_no_dead_end(hub: Flask) -> None:
    with hub.extensions["hub"][Database].writing() as session:
        assert [answering_desk(session, code) for code in ("26350", "26", "11")] == ["26", "26", None]
        add_account(session, "d@hub.example", PASSWORD, "staff", region="26350")
        session.flush()
        assert answering_desk(session, "26350") == "26350"
        session.exec(select(Account).where(Account.email == "d@hub.example")).one().closed_at = now()
        session.flush()
        assert answering_desk(session, "26350") == "26"
        lone = session.exec(
            select(Profile).where(Profile.region_code == "11", Profile.kind == "company")
        ).first()
        assert lone is not None
        add_account(session, "lone@hub.example", PASSWORD, "member", profile_id=lone.id)
    client = signed_in(hub, "lone@hub.example")
    assert "허브 운영자가 답합니다" in words(client.get("/inquiries/new").text)
    number = ask(client)
    assert TEXT[:20] in words(signed_in(hub, ADMIN).get("/inquiries").text)
    assert signed_in(hub, ADMIN).get(f"/inquiries/{number}/answer").status_code == 200


@pytest.mark.parametrize("how", ["withdrawn", "removed"])
def test_what_is_gone_is_said_and_nothing_breaks(hub: Flask, how: str) -> None:
    owner, staff = signed_in(hub, OWNER), signed_in(hub, STAFF)
    partner, proposed = partner_of(hub), partner_of(hub, "한국식품연구원")
    answered = ask(owner, partner=str(partner))
    open_one = ask(owner, "도금이 벗겨지는 까닭을 찾아 줄 곳을 찾습니다.", partner=str(partner))
    given = {"reply": REPLY, "proposed": [str(proposed), str(partner)]}
    assert staff.post(f"/inquiries/{answered}/answer", data=given).status_code == 302
    with hub.extensions["hub"][Database].writing() as session:
        if how == "removed":
            remove_statements(session, [partner])
        else:
            statements.withdraw(session, partner)
    said = "지워졌습니다" if how == "removed" else "내려갔습니다"
    for number in (answered, open_one):
        page = words(owner.get(f"/inquiries/{number}").text)
        assert said in page
        assert PARTNER not in page.replace(REPLY, "")
        assert staff.get(f"/inquiries/{number}/answer").status_code == 200
    assert "권한 곳 하나의 글이 그 사이 내려갔습니다" in words(owner.get(f"/inquiries/{answered}").text)
    assert "한국식품연구원" in words(owner.get(f"/inquiries/{answered}").text)
    if how == "removed":  # a number that is given again must not come to mean somebody else
        assert [one.partner_statement_id for one in inquiries_of(hub)] == [None, None]
        assert inquiries_of(hub)[0].proposed == [proposed, 0]


def test_a_need_that_is_taken_out_leaves_the_answer_to_whoever_asked(app: Flask) -> None:
    people(app)
    owner, staff = signed_in(app, OWNER), signed_in(app, STAFF)
    answered = ask(owner)
    open_one = ask(owner, partner=str(partner_of(app)))
    staff.post(f"/inquiries/{answered}/answer", data={"reply": REPLY})
    (need,) = needs_of(app)
    assert owner.post(f"/statements/{need.id}/withdraw").status_code == 302
    assert "내림" in words(staff.get(f"/inquiries/{open_one}/answer").text)
    assert owner.post(f"/statements/{need.id}/remove").status_code == 302
    page = words(owner.get(f"/inquiries/{answered}").text)
    assert REPLY in page
    assert "이 수요는 지워졌습니다" in page
    assert TEXT not in page
    assert owner.get("/inquiries").status_code == 200
    assert signed_in(app, COLLEAGUE).get(f"/inquiries/{answered}").status_code == 404
    assert staff.get(f"/inquiries/{answered}").status_code == 200  # whoever answered
    assert signed_in(app, OTHER_STAFF).get(f"/inquiries/{answered}").status_code == 404
    assert {one.is_open for one in inquiries_of(app)} == {False}
    assert "기다리는 문의가 없습니다" in words(staff.get("/inquiries").text)


def test_whoever_belongs_to_nothing_sees_nobody_s_inquiries(app: Flask) -> None:
    """A need that is gone belongs to no organisation, and neither does a newcomer."""
    people(app)
    owner = signed_in(app, OWNER)
    number = ask(owner, partner=str(partner_of(app)))
    (need,) = needs_of(app)
    owner.post(f"/statements/{need.id}/withdraw")
    assert owner.post(f"/statements/{need.id}/remove").status_code == 302
    account_for(app, "new@hub.example", "member")
    newcomer = signed_in(app, "new@hub.example")
    page = newcomer.get("/inquiries").text
    assert f"/inquiries/{number}" not in page
    assert OWNER not in page
    assert newcomer.get(f"/inquiries/{number}").status_code == 404
    assert f"/inquiries/{number}" in owner.get("/inquiries").text
    with app.extensions["hub"][
        Database
    ].writing() as session:  # whoever has left keeps what is left of their own
        left = session.exec(select(Account).where(Account.email == OWNER)).one()
        left.profile_id = None
        session.add(left)
    assert f"/inquiries/{number}" in owner.get("/inquiries").text


def test_a_collection_is_taken_out_from_under_inquiries(hub: Flask) -> None:
    number = ask(signed_in(hub, OWNER), partner=str(partner_of(hub)))
    assert unload(hub.extensions["hub"][Database], "compiled").statements > 0
    page = signed_in(hub, OWNER).get(f"/inquiries/{number}")
    assert page.status_code == 200
    assert "그 글은 지워졌습니다" in words(page.text)
