"""What the hub writes reaches a mail server once, or waits until it can."""

from __future__ import annotations

import email
import email.policy
import subprocess
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from hub.accounts import registration
from hub.database import Database, now
from hub.mail import outbox
from hub.mail.tables import Mail
from hub.settings import Settings
from hub.setup import set_up
from tests.conftest import Backend
from tests.serving import free_port

TO = "kim@hub.example"


class Box:
    """A mail server's store of what it was handed."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses:
            return "451 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Box, int]]:
    """A real SMTP server."""
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def hub(settings: Settings, **changes: Any) -> tuple[Flask, Database, Settings]:
    settings = settings.model_copy(update=changes)
    app = Flask("hub")
    outbox.register(app, settings)
    return app, Database(settings.database), settings


def over_smtp(settings: Settings, port: int) -> tuple[Flask, Database, Settings]:
    return hub(
        settings, mail_server="127.0.0.1", mail_port=port, mail_security="none", mail_sender="h@hub.example"
    )


def put(database: Database, subject: str = "주소를 확인해 주십시오", body: str = "열쇠가 든 글 😀\n") -> int:
    with database.writing() as session:
        mail = Mail(recipient=TO, subject=subject, body=body)
        session.add(mail)
        session.flush()
        return mail.id


def held(database: Database, number: int) -> Mail:
    with database.reading() as session:
        return session.get_one(Mail, number)


def send(app: Flask, database: Database, settings: Settings) -> tuple[int, int]:
    with app.app_context():
        return outbox.send(database, settings)


def test_a_mail_reaches_the_server_once_and_its_words_are_forgotten(
    empty: Settings, server: tuple[Box, int]
) -> None:
    box, port = server
    parts = over_smtp(empty, port)
    number = put(parts[1])
    assert send(*parts) == (1, 0)
    assert send(*parts) == (0, 0)
    (mail,) = box.got
    assert (mail["Subject"], mail["To"], mail["From"]) == ("주소를 확인해 주십시오", TO, "h@hub.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == "열쇠가 든 글 😀"
    kept = held(parts[1], number)
    assert kept.sent_at is not None
    assert kept.body == ""


def test_what_the_server_refuses_waits_and_is_sent_later(empty: Settings, server: tuple[Box, int]) -> None:
    box, port = server
    parts = over_smtp(empty, port)
    number = put(parts[1])
    box.refuses = True
    assert send(*parts) == (0, 1)
    kept = held(parts[1], number)
    assert kept.tries == 1
    assert "451" in (kept.error or "")
    assert kept.due_at > now()
    assert send(*parts) == (0, 0)  # not again at once
    box.refuses = False
    with parts[1].writing() as session:
        assert outbox.begin_anew(session, number)
    assert send(*parts) == (1, 0)
    with parts[1].writing() as session:
        assert not outbox.begin_anew(session, number)  # sent is sent


def test_a_request_later_sends_what_was_refused(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody need write another mail for it."""
    database = sqlite_app.extensions["hub"][Database]
    number = put(database)
    monkeypatch.setattr(outbox, "_looked", [0.0])
    client = sqlite_app.test_client()
    client.get("/about").close()
    assert held(database, number).sent_at is not None
    another = put(database)
    client.get("/about").close()
    assert held(database, another).sent_at is None  # not at each request
    outbox._looked[0] -= outbox.LOOKED_FOR + 1
    client.get("/about").close()
    assert held(database, another).sent_at is not None


def test_a_server_that_is_away_is_asked_once(empty: Settings) -> None:
    parts = over_smtp(empty, free_port())
    numbers = [put(parts[1], f"메일 {n}") for n in range(3)]
    assert send(*parts) == (0, 1)
    assert [held(parts[1], number).tries for number in numbers] == [1, 0, 0]


def test_many_who_send_at_once_send_each_mail_once(empty: Settings, server: tuple[Box, int]) -> None:
    box, port = server
    parts = over_smtp(empty, port)
    numbers = [put(parts[1], f"메일 {n}") for n in range(12)]
    threads = [threading.Thread(target=send, args=parts) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(mail["Subject"]) for mail in box.got) == sorted(f"메일 {n}" for n in range(12))
    assert all(held(parts[1], number).sent_at for number in numbers)


def test_what_was_cut_off_is_sent_again_as_the_same_mail(empty: Settings, server: tuple[Box, int]) -> None:
    """A process dies between handing a mail over and noting it."""
    box, port = server
    app, database, settings = over_smtp(empty, port)
    number = put(database)
    with app.app_context():
        taken = outbox._take(database)
        assert taken is not None
        outbox._message(taken, settings).send()
    assert send(app, database, settings) == (0, 0)  # perhaps that process is only slow
    with database.writing() as session:
        session.get_one(Mail, number).due_at = now() - outbox.HELD
    assert send(app, database, settings) == (1, 0)
    first, second = box.got
    assert first["Message-ID"] == second["Message-ID"]


def test_without_a_mail_server_each_mail_is_a_file(empty: Settings) -> None:
    parts = hub(empty)
    number = put(parts[1])
    assert send(*parts) == (1, 0)
    (file,) = empty.outbox.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["Subject"] == "주소를 확인해 주십시오"
    assert held(parts[1], number).body == "열쇠가 든 글 😀\n"  # for the page that shows it


def test_a_subject_of_two_lines_is_one(settings: Settings) -> None:
    set_up(settings, print)
    parts = hub(settings)
    number = put(parts[1], subject="x\r\nBcc: evil@hub.example")
    assert send(*parts) == (0, 1)  # no header is smuggled in
    assert held(parts[1], number).sent_at is None


def test_the_command_sends_what_waits(
    empty: Settings, backend: Backend, run_hub: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    put(Database(empty.database))
    done = run_hub("send-mail", HUB_DATABASE_URL=empty.database_url)
    assert done.returncode == 0, done.stderr
    assert "1통을 보냈습니다" in done.stdout
    assert len(list(empty.outbox.glob("*.eml"))) == 1


def test_a_request_s_mail_is_sent_after_its_answer(sqlite_app: Flask) -> None:
    form = {"email": TO, "password": "a long enough password", "name": "김", "consent": "yes"}
    answer = sqlite_app.test_client().post("/register", data=form)
    assert list(sqlite_app.extensions["hub"][Settings].outbox.glob("*")) == []
    answer.close()  # as a server does when it has sent the answer
    (file,) = sqlite_app.extensions["hub"][Settings].outbox.glob("*.eml")
    assert TO in file.read_text()
    assert registration.CONFIRM_FOR.days == 3
