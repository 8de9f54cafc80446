"""The data that the project carries: real, complete, loaded once, and whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from embeddings.encoder import Encoder
from hub.database import Database, current_revision
from hub.intake import sample
from hub.posting import statements
from hub.profiles import read
from hub.profiles.carried import sample_profiles
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Profile, Statement, Vector
from hub.regions.atlas import atlas
from hub.settings import DATA, Settings
from hub.setup import set_up
from tests.conftest import environment_of
from tests.remembering import Remembering
from tests.serving import CORE

# What loads that are cut off load: batches like any others, but of short texts, which are soon encoded.
LISTED = ("listed",)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return int(session.exec(select(func.count()).select_from(table)).one())


def test_what_is_carried() -> None:
    profiles = sample_profiles(CORE)
    kinds = Counter(profile.kind.value for profile in profiles)
    assert kinds == {"company": 2516, "university": 389, "institute": 33}
    statements = Counter(s.kind.value for profile in profiles for s in profile.statements)
    assert statements == {"capability": 101, "business": 2514}
    assert sum(bool(p.statements) for p in profiles if p.kind != "company") == 86
    assert all(profile.region_code in atlas() for profile in profiles)


def test_a_label_never_reaches_the_text(sqlite_loaded: Settings) -> None:
    with Database(sqlite_loaded.database).reading() as session:
        rows = session.exec(
            select(Statement.text, Statement.label).where(col(Statement.label).is_not(None))
        ).all()
        assert len(rows) == 101
        for text, label in rows:
            assert label
            assert label not in text.casefold()


def test_loading_again_changes_nothing(loaded: Settings, encoder: Encoder) -> None:
    database = Database(loaded.database)
    with database.reading() as session:
        before = current_revision(session)

    def unneeded() -> Encoder:
        raise AssertionError("there is nothing to encode")

    assert sample.load(database, unneeded, only=CORE) == sample.Loaded(0, 0)
    with database.reading() as session:
        assert current_revision(session) == before
    assert (count(database, Statement), count(database, Vector)) == (2615, 2615)


def test_loading_again_leaves_what_members_did(sqlite_loaded: Settings, encoder: Encoder) -> None:
    database = Database(sqlite_loaded.database)
    with database.writing() as session:
        owner = find_profile(session, "세계김치연구소")
        statement = session.exec(select(Statement).where(Statement.profile_id == owner.id)).one()
        statements.withdraw(session, statement.id)
    assert sample.load(database, lambda: encoder, only=CORE) == sample.Loaded(0, 0)
    with database.reading() as session:
        assert not read.statement(session, statement.id).is_published


@pytest.mark.slow
def test_a_killed_load_goes_on_where_it_stopped(settings: Settings, remembering: Remembering) -> None:
    set_up(settings, print)
    database = Database(settings.database)
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("hub")), "load", "sample", "--only", *LISTED],
        env={**os.environ, **environment_of(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while count(database, Statement) == 0:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = count(database, Statement)
    assert 0 < kept < 2514
    assert kept % sample.BATCH == 0  # whole batches only
    assert count(database, Vector) == kept
    added = sample.load(database, lambda: remembering, only=LISTED)  # type: ignore[arg-type, return-value]
    assert added.statements == 2514 - kept
    assert (count(database, Profile), count(database, Statement)) == (2516, 2514)


def test_a_full_disk_is_said_and_what_was_done_is_kept(settings: Settings, remembering: Remembering) -> None:
    """SQLite's own limit stands in for the disk's: it fails with the same error, at the same place."""
    set_up(settings, print)
    database = Database(settings.database)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    full = f"""
import hub.database as d
from sqlalchemy import event
original = d._prepare_sqlite
def limited(connection, record):
    original(connection, record)
    connection.execute("PRAGMA max_page_count = {pages + 400}")
d._prepare_sqlite = limited
import sys; sys.argv = ["hub", "load", "sample", "--only", *{LISTED!r}]
from hub.cli import main; main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", full],
        env={**os.environ, **environment_of(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "저장 공간이 가득 찼습니다" in ended.stderr
    assert "Traceback" not in ended.stderr
    kept = count(database, Statement)
    assert 0 < kept < 2514
    assert count(database, Vector) == kept
    again = sample.load(database, lambda: remembering, only=LISTED)  # type: ignore[arg-type, return-value]
    assert again.statements == 2514 - kept
    assert count(database, Statement) == 2514


@pytest.mark.parametrize("name", sorted(file.name for file in DATA.glob("*.*") if file.name != "README.md"))
def test_every_file_is_attributed(name: str) -> None:
    assert f"`{name}`" in (DATA / "README.md").read_text(encoding="utf-8")
