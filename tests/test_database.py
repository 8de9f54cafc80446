"""The revision counter: its numbers are in the order of the commits, on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import OperationalError

from hub.database import Database, current_revision, next_revision
from hub.problems import Unavailable
from hub.settings import Settings
from hub.setup import open_database


def test_numbers_follow_the_commits(empty: Settings) -> None:
    database = Database(empty.database)
    committed: list[int] = []
    lock = threading.Lock()

    def write() -> None:
        for _turn in range(10):
            with database.writing() as session:
                number = next_revision(session)
                with database.reading() as other:
                    # Nobody has seen this number before it is committed, nor one above it.
                    assert current_revision(other) == number - 1
            with lock:
                committed.append(number)

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(committed) == list(range(1, 61))


def test_a_failed_transaction_takes_its_number_back(empty: Settings) -> None:
    database = Database(empty.database)

    def write_and_fail() -> None:
        with database.writing() as session:
            next_revision(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.reading() as session:
        assert current_revision(session) == 0


def test_a_missing_file_is_said_and_not_made(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="hub setup"):
        open_database(settings)
    assert not (settings.var / "hub.db").exists()
    with pytest.raises(OperationalError), Database(settings.database).reading() as session:
        current_revision(session)
    assert not (settings.var / "hub.db").exists()


def test_an_old_database_is_said(settings: Settings) -> None:
    Database(settings.database, create=True).engine.connect().close()
    with pytest.raises(Unavailable, match="hub setup"):
        open_database(settings)
