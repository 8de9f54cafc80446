"""The second factor: asked of staff, open to members, each code good once, guesses at it few."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from subprocess import CompletedProcess

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts import guesses, second_factor
from hub.accounts.sealing import Sealer
from hub.accounts.tables import Account, KnownMachine, OpenSession, RecoveryCode, WrongPassword
from hub.database import Database, now
from hub.keyboard import to_hangul
from hub.mail.tables import Mail
from hub.settings import Settings
from tests.conftest import MEMBER, PASSWORD, account_for, signed_in
from tests.signing import code, with_telephone

STAFF = "s@hub.example"
HERE, FAR = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thirty seconds of a code do not end in the middle of a test."""
    at = now()
    monkeypatch.setattr(second_factor, "now", lambda: at)


def database(app: Flask) -> Database:
    found: Database = app.extensions["hub"][Database]
    return found


def staff_with_telephone(app: Flask) -> str:
    account_for(app, STAFF, "staff", region="26")
    return with_telephone(database(app), str(app.secret_key), STAFF)


def half_in(app: Flask, email: str = STAFF, address: str = HERE) -> FlaskClient:
    """A client that has given the password and not the code."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 401
    assert 'name="otp"' in answer.text
    assert 'name="password"' not in answer.text
    return client


def give(client: FlaskClient, typed: str, **more: str) -> int:
    return int(client.post("/sign-in", data={"otp": typed, **more}).status_code)


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/dashboard").status_code == 200)


def unused(app: Flask) -> None:
    """As if some minutes had gone by: the code of now has not been used."""
    with database(app).writing() as session:
        session.execute(sa.update(Account).values(totp_step=0))


def wrong(known: str) -> str:
    """Six digits that are none of now."""
    near = {code(known, later) for later in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def shown_codes(page: str) -> list[str]:
    return [one.text for one in BeautifulSoup(page, "html.parser").select("#codes code")]


def mails(app: Flask) -> list[Mail]:
    with database(app).reading() as session:
        return list(session.exec(select(Mail).order_by(Mail.id)))  # type: ignore[arg-type]


def test_the_first_sign_in_of_staff_leads_to_it_and_then_where_they_wanted(app: Flask) -> None:
    account_for(app, STAFF, "staff", region="26")
    client = app.test_client()
    answer = client.post("/sign-in?next=/searches", data={"email": STAFF, "password": PASSWORD})
    assert answer.location == "/account/second-factor?next=/searches"
    # To all the rest such a person is a visitor, who is told what is left to do.
    assert client.get("/dashboard").location == "/account/second-factor?next=/dashboard"
    assert client.get("/account").location == "/account/second-factor?next=/account"
    assert client.get("/account/recovery-codes").status_code == 302
    assert client.post("/searches", data={"q": "김치"}).status_code == 401
    page = client.get("/").text
    assert "로그인을 아직 마치지 않았습니다" in page
    assert STAFF in page
    page = client.get(answer.location).text
    secret = BeautifulSoup(page, "html.parser").select_one("#secret")
    assert secret is not None
    known = secret.text.replace(" ", "")
    assert known == BeautifulSoup(client.get(answer.location).text, "html.parser").select_one(
        "#secret"
    ).text.replace(" ", "")  # type: ignore[union-attr]
    assert 'name="password"' not in page  # it has just been given
    refused = client.post(answer.location, data={"otp": wrong(known)})
    assert refused.status_code == 400
    assert "맞지 않습니다" in refused.text
    before = app.test_client()
    before.set_cookie("session", client.get_cookie("session").value)  # type: ignore[union-attr]
    done = client.post(answer.location, data={"otp": f" {code(known)[:3]}-{code(known)[3:]} "})
    assert done.location == "/account/recovery-codes?next=/searches"
    assert not is_in(before)
    assert before.get("/account/second-factor").location.startswith("/sign-in")
    codes = shown_codes(client.get(done.location).text)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert shown_codes(client.get(done.location).text) == codes  # a page that is opened again loses nothing
    assert client.post("/account/recovery-codes/noted?next=/searches").location == "/searches"
    assert shown_codes(client.get(done.location).text) == []
    assert is_in(client)
    assert [one.subject for one in mails(app)] == ["2단계 인증을 켰습니다"]


def test_signing_in_with_a_code(app: Flask) -> None:
    known = staff_with_telephone(app)
    client = half_in(app)
    assert client.get("/dashboard").location == "/sign-in?next=/dashboard"
    assert 'name="otp"' in client.get("/sign-in?next=/dashboard").text
    assert (
        client.get("/account/second-factor").status_code == 302
    )  # another telephone is not for who lacks the code
    before = client.get_cookie("session").value  # type: ignore[union-attr]
    assert give(client, wrong(known)) == 401
    answer = client.post("/sign-in?next=/searches", data={"otp": code(known)})
    assert (answer.status_code, answer.location) == (302, "/searches")
    assert is_in(client)
    thief = app.test_client()
    thief.set_cookie("session", before)
    assert not is_in(thief)
    assert give(client, "anything") == 302  # the second of two clicks
    # What has been used is used for everybody; the next one is good already, clocks may differ by that much.
    other = half_in(app)
    assert "이미 쓴" in other.post("/sign-in", data={"otp": code(known)}).text
    assert give(other, code(known, 2)) == 401
    assert give(other, code(known, 1)) == 302


@pytest.mark.parametrize(("later", "status"), [(-2, 401), (-1, 302), (0, 302), (1, 302), (2, 401)])
def test_clocks_may_differ_by_half_a_minute(sqlite_app: Flask, later: int, status: int) -> None:
    known = staff_with_telephone(sqlite_app)
    unused(sqlite_app)
    assert give(half_in(sqlite_app), code(known, later)) == status


def as_shown(recovery: str) -> str:
    return recovery


def in_capitals(recovery: str) -> str:
    return recovery.upper().replace("-", " ")


def in_hangul(recovery: str) -> str:
    return unicodedata.normalize("NFC", to_hangul(recovery.replace("-", "")))


@pytest.mark.parametrize("typed", [as_shown, in_capitals, in_hangul])
def test_a_recovery_code_stands_in_once(sqlite_app: Flask, typed: Callable[[str], str]) -> None:
    staff_with_telephone(sqlite_app)
    with database(sqlite_app).writing() as session:
        number = session.exec(select(Account.id).where(Account.email == STAFF)).one()
        codes = second_factor.new_recovery_codes(session, number)
        kept = {one.code_key for one in session.exec(select(RecoveryCode))}
    assert not any(one in str(kept) for one in codes)
    client = half_in(sqlite_app)
    assert give(client, "", spare_otp=typed(codes[0])) == 302
    assert "9개 남았습니다" in client.get("/dashboard").text
    assert give(half_in(sqlite_app), "", spare_otp=codes[0]) == 401
    assert give(half_in(sqlite_app), codes[1]) == 302  # in the other field too
    assert [one.subject for one in mails(sqlite_app)] == ["복구 코드로 로그인했습니다"] * 2
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    with_telephone(database(sqlite_app), str(sqlite_app.secret_key), MEMBER)
    assert give(half_in(sqlite_app, MEMBER), codes[2]) == 401  # another's is none


def test_guesses_at_codes_are_few_and_the_wait_passes(app: Flask) -> None:
    known = staff_with_telephone(app)
    client = half_in(app)
    assert [give(client, one) for one in ("", "12345", "1234567", "한글")] == [401] * 4  # slips, no guesses
    said = [give(client, wrong(known)) for _guess in range(7)]
    assert said == [401] * 4 + [429] * 3
    answer = client.post("/sign-in", data={"otp": code(known)})
    assert answer.status_code == 429  # or else guessing would go on
    assert "5분 뒤에" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    # Signing in again from the same machine begins no new count.
    assert give(half_in(app), code(known)) == 429
    with database(app).writing() as session:
        session.execute(sa.update(WrongPassword).values(tried_at=now() - timedelta(minutes=6)))
    assert give(client, code(known)) == 302


def test_many_machines_have_a_day_s_tries_together_and_the_owner_s_own_is_apart(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    assert give(half_in(sqlite_app, address=HERE), code(known)) == 302
    unused(sqlite_app)
    said = Counter(
        give(half_in(sqlite_app, address=f"2001:db8:{number:x}::1"), wrong(known)) for number in range(22)
    )
    assert said == {401: 19, 429: 3}
    refused = half_in(sqlite_app, address=FAR).post("/sign-in", data={"otp": code(known)})
    assert refused.status_code == 429
    assert "24시간 뒤에" in refused.text
    assert give(half_in(sqlite_app, address=HERE), code(known)) == 302


def test_who_lacks_the_password_uses_up_nothing(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    for _guess in range(30):
        client = sqlite_app.test_client()
        client.environ_base["REMOTE_ADDR"] = HERE
        assert give(client, wrong(known)) == 401
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    own = with_telephone(database(sqlite_app), str(sqlite_app.secret_key), MEMBER)
    colleague = half_in(sqlite_app, MEMBER)  # of the same office: the same machine from outside
    assert [give(colleague, wrong(own)) for _guess in range(5)][-1] == 429
    assert give(half_in(sqlite_app), code(known)) == 302


def test_only_the_code_makes_a_machine_known_and_begins_a_visit(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    client = half_in(sqlite_app)
    with database(sqlite_app).reading() as session:
        assert session.exec(select(KnownMachine)).all() == []
        assert session.exec(select(Account.visit_at).where(Account.email == STAFF)).one() is None
    assert give(client, code(known)) == 302
    with database(sqlite_app).reading() as session:
        assert len(session.exec(select(KnownMachine)).all()) == 1
        assert session.exec(select(Account.visit_at).where(Account.email == STAFF)).one() is not None


def test_at_the_same_moment_no_more_guesses_and_no_code_twice(app: Flask) -> None:
    known = staff_with_telephone(app)
    clients = [half_in(app) for _client in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(give, clients, [code(known)] * 8)) == [302] + [401] * 4 + [429] * 3
    with database(
        app
    ).reading() as session:  # each wrong one counts twice: for the machine, and for the account
        assert len(session.exec(select(WrongPassword)).all()) == 2 * 5


def test_the_secret_cannot_be_read_in_the_database(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    with database(sqlite_app).writing() as session:
        staff, member = (
            session.exec(select(Account).where(Account.email == email)).one() for email in (STAFF, MEMBER)
        )
        assert known not in str(staff.model_dump())
        member.totp_secret = staff.totp_secret  # whoever can write there gains nothing by another's
    answer = half_in(sqlite_app, MEMBER).post("/sign-in", data={"otp": code(known)})
    assert answer.status_code == 401
    assert "확인할 수 없게" in answer.text


def test_after_the_secret_key_was_exchanged_the_codes_go_on(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    before, sqlite_app.secret_key = str(sqlite_app.secret_key), "another key of the tests, long enough"
    assert (
        give(half_in(sqlite_app), code(known)) == 401
    )  # that of before is lost: only recovery codes are left
    sqlite_app.config["SECRET_KEY_FALLBACKS"] = [before]
    assert give(half_in(sqlite_app), code(known)) == 302


def test_a_seal_opens_for_its_purpose_alone() -> None:
    old, new, both = Sealer(["a" * 40]), Sealer(["b" * 40]), Sealer(["b" * 40, "a" * 40])
    sealed = old.seal("one", "비밀 🔑")
    assert (old.open("one", sealed), old.open("other", sealed), new.open("one", sealed)) == (
        "비밀 🔑",
        None,
        None,
    )
    assert both.open("one", sealed) == "비밀 🔑"
    renewed = both.renew("one", sealed)
    assert renewed is not None
    assert (new.open("one", renewed), old.open("one", renewed), new.renew("one", sealed)) == (
        "비밀 🔑",
        None,
        None,
    )
    assert [old.open("one", text) for text in ("", "가", sealed[:-2])] == [None] * 3
    assert old.open("one", sealed, seconds=60) == "비밀 🔑"


def test_members_may_turn_it_on_and_off_and_give_their_password_for_it(sqlite_app: Flask) -> None:
    account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    client, elsewhere = signed_in(sqlite_app, MEMBER), signed_in(sqlite_app, MEMBER)
    page = BeautifulSoup(client.get("/account/second-factor").text, "html.parser")
    known = page.select_one("#secret").text.replace(" ", "")  # type: ignore[union-attr]
    link = page.select_one('a[href^="otpauth:"]')
    assert link is not None
    assert f"secret={known}" in str(link["href"])
    for password, status in (("", 401), ("wrong", 401), (PASSWORD, 302)):
        sent = client.post("/account/second-factor", data={"otp": code(known), "password": password})
        assert sent.status_code == status
    assert not is_in(elsewhere)
    assert is_in(client)
    assert "남은 복구 코드: 10개" in client.get("/account").text
    first = shown_codes(client.get("/account/recovery-codes").text)
    assert client.post("/account/recovery-codes", data={"password": "wrong"}).status_code == 401
    assert client.post("/account/recovery-codes", data={"password": PASSWORD}).status_code == 302
    second = shown_codes(client.get("/account/recovery-codes").text)
    assert (len(second), set(first) & set(second)) == (10, set())
    assert give(half_in(sqlite_app, MEMBER), first[0]) == 401
    assert client.post("/account/second-factor/off", data={"password": "wrong"}).status_code == 401
    assert client.post("/account/second-factor/off", data={"password": PASSWORD}).status_code == 302
    plain = sqlite_app.test_client()
    assert plain.post("/sign-in", data={"email": MEMBER, "password": PASSWORD}).status_code == 302
    with database(sqlite_app).reading() as session:
        assert session.exec(select(RecoveryCode)).all() == []
    said = [one.subject for one in mails(sqlite_app)]
    assert said == ["2단계 인증을 켰습니다", "복구 코드를 새로 만들었습니다", "2단계 인증을 껐습니다"]


def test_staff_cannot_turn_it_off_but_take_another_telephone(sqlite_app: Flask) -> None:
    known = staff_with_telephone(sqlite_app)
    client = signed_in(sqlite_app, STAFF)
    assert client.post("/account/second-factor/off", data={"password": PASSWORD}).status_code == 403
    page = client.get("/account/second-factor").text
    assert "다른 휴대전화로 바꾸기" in page
    other = re.sub(r"\s", "", BeautifulSoup(page, "html.parser").select_one("#secret").text)  # type: ignore[union-attr]
    assert client.post("/account/second-factor", data={"otp": code(other)}).status_code == 401
    sent = client.post("/account/second-factor", data={"otp": code(other), "password": PASSWORD})
    assert sent.status_code == 302
    unused(sqlite_app)
    assert give(half_in(sqlite_app), code(known)) == 401
    assert give(half_in(sqlite_app), code(other)) == 302


def test_few_recovery_codes_are_warned_of(sqlite_app: Flask) -> None:
    staff_with_telephone(sqlite_app)
    client = signed_in(sqlite_app, STAFF)
    assert "새로 만드십시오" not in client.get("/account").text
    with database(sqlite_app).writing() as session:
        for one in session.exec(select(RecoveryCode)).all()[second_factor.FEW :]:
            session.delete(one)
    assert "복구 코드가 3개 남았습니다" in client.get("/account").text


def test_what_was_sent_before_the_second_factor_is_there_can_be_sent_afterwards(sqlite_app: Flask) -> None:
    account_for(sqlite_app, STAFF, "staff", region="26")
    form = {"name_ko": "부산갈매기연구소", "kind": "institute", "region_code": "26110"}
    client = sqlite_app.test_client()
    given = BeautifulSoup(client.post("/profiles/new", data=form).text, "html.parser").select_one("main form")
    assert given is not None
    fields = {str(one["name"]): str(one.get("value", "")) for one in given.select("input")}
    asked = client.post("/sign-in", data={**fields, "email": STAFF, "password": PASSWORD})
    assert asked.status_code == 401
    page = BeautifulSoup(asked.text, "html.parser")
    assert page.select_one('main a[href="/account/second-factor"][target="_blank"]') is not None
    assert "부산갈매기연구소" in asked.text
    enrolment = BeautifulSoup(client.get("/account/second-factor").text, "html.parser")
    known = enrolment.select_one("#secret").text.replace(" ", "")  # type: ignore[union-attr]
    assert client.post("/account/second-factor", data={"otp": code(known)}).status_code == 302
    again = page.select_one('main form[action="/profiles/new"]')
    assert again is not None
    kept = {str(one["name"]): str(one.get("value", "")) for one in again.select("input")}
    assert client.post("/profiles/new", data=kept).status_code == 302


def test_the_command_for_a_telephone_that_is_lost(
    sqlite_loaded: Settings, run_hub: Callable[..., CompletedProcess[str]]
) -> None:
    kept = Database(sqlite_loaded.database)
    command = ("account", "reset-second-factor")
    with kept.writing() as session:
        from hub.accounts import sessions
        from hub.accounts.passwords import add_account

        account = add_account(session, STAFF, PASSWORD, "staff", region="26")
    assert "바뀐 것이 없습니다" in run_hub(*command, STAFF).stdout
    with_telephone(kept, "a key of the tests", STAFF)
    with kept.writing() as session:
        sessions.begin(session, account, second_factor=True)
    done = run_hub(*command, "Ｓ@Hub.example")
    assert (done.returncode, "풀고" in done.stdout) == (0, True)
    with kept.reading() as session:
        assert session.get_one(Account, account.id).totp_secret is None
        assert session.exec(select(OpenSession)).all() == session.exec(select(RecoveryCode)).all() == []
    unknown = run_hub(*command, "no@hub.example")
    assert (unknown.returncode, "Traceback" in unknown.stderr) == (2, False)
    assert "계정이 없습니다" in unknown.stderr


def test_a_guess_has_a_small_chance() -> None:
    most_a_day = max(number for number, _window in guesses.CODES_OF_ACCOUNT)
    assert most_a_day * (2 * second_factor.DRIFT + 1) / 10**6 < 1e-4
