"""Wrong passwords: counted by machine and by account, in one place for every worker; right ones never."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from hub import create_app
from hub.accounts import guesses
from hub.accounts.tables import KnownMachine, WrongPassword
from hub.database import Database, now
from hub.settings import Settings
from tests.conftest import PASSWORD, account_for
from tests.serving import Client, Served

EMAIL = "kim@hub.example"
SECRET = "a secret of the tests"
Try = Callable[..., int]


@pytest.fixture
def workers(loaded: Settings) -> list[Flask]:
    """Two apps over one database, as two workers are."""
    apps = [create_app(loaded) for _worker in range(2)]
    for app in apps:
        app.config.update(WTF_CSRF_ENABLED=False)
    account_for(apps[0], EMAIL, "staff", region="26")
    return apps


def attempt(app: Flask, email: str, password: str = "wrong", address: str = "192.0.2.1") -> int:
    answer = app.test_client().post(
        "/sign-in", data={"email": email, "password": password}, environ_overrides={"REMOTE_ADDR": address}
    )
    return answer.status_code


def test_a_machine_may_not_try_one_account_after_another(workers: list[Flask]) -> None:
    said = [attempt(workers[number % 2], f"someone-{number}@hub.example") for number in range(11)]
    assert said == [401] * 10 + [429]
    for app in workers:
        assert attempt(app, EMAIL, PASSWORD) == 429  # or else guessing would go on
        assert attempt(app, EMAIL, PASSWORD, address="192.0.2.2") == 302


def test_it_is_said_when_to_come_back(sqlite_app: Flask) -> None:
    for _guess in range(10):
        attempt(sqlite_app, EMAIL)
    data = {"email": EMAIL, "password": "wrong"}
    slowed = sqlite_app.test_client().post(
        "/sign-in", data=data, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}
    )
    assert slowed.status_code == 429
    assert "1분 뒤에" in slowed.text
    assert 0 < int(slowed.headers["Retry-After"]) <= 60
    assert f'value="{EMAIL}"' in slowed.text
    assert slowed.headers["Cache-Control"] == "no-store"


def test_an_account_is_not_tried_from_one_machine_after_another(workers: list[Flask]) -> None:
    known, stranger = "198.51.100.7", "203.0.113.9"
    assert attempt(workers[0], EMAIL, PASSWORD, address=known) == 302
    said = Counter()
    for number in range(70):  # written this way and that, it is one account
        written = (EMAIL, " KIM@Hub.Example ")[number % 2]
        said[attempt(workers[number % 2], written, address=f"2001:db8:{number:x}::1")] += 1
    assert said == {401: 60, 429: 10}
    assert attempt(workers[1], EMAIL, PASSWORD, address=stranger) == 429
    # Where it has signed in before, its owner is let in; and no other account pays for it.
    assert attempt(workers[1], EMAIL, "wrong", address=known) == 401
    assert attempt(workers[1], EMAIL, PASSWORD, address=known) == 302
    assert attempt(workers[1], "no@hub.example", address=stranger) == 401


def test_one_machine_cannot_use_up_what_an_account_has(empty: Settings) -> None:
    database = Database(empty.database)
    most = max(number for number, _window in guesses.OF_MACHINE)
    with database.writing() as session:
        tell(session, guesses.guesser(SECRET, "192.0.2.1", EMAIL), most)
    with database.reading() as session:
        assert guesses.wait(session, guesses.guesser(SECRET, "192.0.2.1", EMAIL)) > 0
        assert guesses.wait(session, guesses.guesser(SECRET, "192.0.2.2", EMAIL)) == 0


def tell(session: Session, who: guesses.Guesser, times: int, ago: timedelta = timedelta()) -> None:
    session.add_all(
        WrongPassword(key=key, tried_at=now() - ago)
        for _guess in range(times)
        for key in (who.machine_key, who.account_key)
    )


def test_every_limit_passes_of_itself(empty: Settings) -> None:
    database = Database(empty.database)
    who = guesses.guesser(SECRET, "192.0.2.1", EMAIL)
    with database.writing() as session:
        tell(session, who, 60)
    with database.reading() as session:
        first = guesses.wait(session, who)
        assert timedelta(minutes=59) < timedelta(seconds=first) <= timedelta(hours=1)
        assert guesses.wait(session, who, at=now() + timedelta(seconds=first)) == 0
        elsewhere = guesses.guesser(SECRET, "192.0.2.2", EMAIL)
        assert timedelta(seconds=guesses.wait(session, elsewhere)) <= timedelta(minutes=30)
    with database.writing() as session:
        tell(session, who, 5, ago=timedelta(hours=25))
    guesses.count(database, who)
    with database.reading() as session:  # what no limit asks about any more is not kept
        assert len(session.exec(select(WrongPassword)).all()) == 2 * 61


def test_right_passwords_never_count(workers: list[Flask]) -> None:
    with ThreadPoolExecutor(12) as many:
        said = list(many.map(lambda n: attempt(workers[n % 2], EMAIL, PASSWORD), range(24)))
    assert set(said) == {302}
    with workers[0].extensions["hub"][Database].reading() as session:
        assert session.exec(select(WrongPassword)).all() == []
        assert len(session.exec(select(KnownMachine)).all()) == 1


def test_guesses_at_one_moment_learn_no_more_than_the_limit(workers: list[Flask]) -> None:
    with ThreadPoolExecutor(12) as many:
        said = Counter(many.map(lambda n: attempt(workers[n % 2], f"x{n}@hub.example"), range(24)))
    assert set(said) <= {401, 429}
    assert said[401] <= 10
    assert attempt(workers[0], EMAIL) == 429


def test_real_workers_count_together(served: Served) -> None:
    said = [
        Client(served.port).post("/sign-in", email=f"x{n}@hub.example", password="wrong")[0]
        for n in range(12)
    ]
    assert said == [401] * 10 + [429] * 2


def test_a_count_that_cannot_be_written_stops_nobody(sqlite_app: Flask) -> None:
    account_for(sqlite_app, EMAIL, "staff", region="26")
    with sqlite_app.extensions["hub"][Database].writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON wrong_password BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    assert attempt(sqlite_app, EMAIL) == 401
    assert attempt(sqlite_app, EMAIL, PASSWORD) == 302


@pytest.mark.parametrize("email", ["", "\0", "a\0b@hub.example", "x" * 5000, "김@허브.한국", "\ud800"])
def test_whatever_is_typed_is_a_wrong_password(app: Flask, email: str) -> None:
    assert attempt(app, email.encode(errors="replace").decode()) == 401


def test_neither_address_nor_text_is_kept(empty: Settings) -> None:
    database = Database(empty.database)
    guesses.count(database, guesses.guesser(SECRET, "192.0.2.1", "typed-by-mistake@hub.example"))
    with database.reading() as session:
        kept = session.exec(select(WrongPassword.key)).all()
    assert len(kept) == 2
    assert all(len(key) == 64 and int(key, 16) for key in kept)
    assert guesses.guesser(SECRET, "192.0.2.1", EMAIL) != guesses.guesser("another", "192.0.2.1", EMAIL)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_a_line_of_ipv6_is_one_machine(network: int, one: int, other: int) -> None:
    first, second = (str(ipaddress.IPv6Address(network << 64 | host)) for host in (one, other))
    if not ipaddress.IPv6Address(first).ipv4_mapped and not ipaddress.IPv6Address(second).ipv4_mapped:
        assert guesses.machine(first) == guesses.machine(second)
        assert guesses.machine(first) != guesses.machine(
            str(ipaddress.IPv6Address((network ^ 1) << 64 | one))
        )


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_every_ipv4_address_is_a_machine(one: ipaddress.IPv4Address, other: ipaddress.IPv4Address) -> None:
    assert (guesses.machine(str(one)) == guesses.machine(str(other))) == (one == other)
    assert guesses.machine(f"::ffff:{one}") == guesses.machine(str(one))


@given(st.none() | st.text())
def test_an_address_that_is_none_is_a_machine_too(text: str | None) -> None:
    assert len(guesses.machine(text)) <= 64
