"""The index on disk: used where it fits, left aside where not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.lexical import distinct
from hub.database import Database
from hub.index import snapshot
from hub.index.engine import Engine
from hub.index.replica import Replica
from hub.settings import Settings
from tests.posting.test_statements import TEXT, found, post


def test_the_snapshot_is_the_replica(loaded: Settings) -> None:
    assert not loaded.snapshots.exists()
    engine = Engine(loaded, Database(loaded.database))
    restored = Replica(engine.store.dimension, engine.store.model)
    with engine.database.reading() as session:
        assert snapshot.load(restored, session, loaded.snapshots)
    assert restored.revision == engine.store.revision
    ours, theirs = restored.rows, engine.store.rows
    np.testing.assert_array_equal(ours.index.halves(), theirs.index.halves())
    for name, values in theirs.columns.items():
        np.testing.assert_array_equal(ours.columns[name], values)
    query = distinct("반도체 장비")
    np.testing.assert_allclose(ours.words.search(query).scores, theirs.words.search(query).scores, rtol=1e-6)


def _npz(settings: Settings) -> Path:
    (file,) = settings.snapshots.glob("*.npz")
    return file


def _flip(settings: Settings) -> None:
    data = bytearray(_npz(settings).read_bytes())
    data[len(data) // 2] ^= 1
    _npz(settings).write_bytes(data)


def _flip_mapped(settings: Settings) -> None:
    (file,) = settings.snapshots.glob("index-*.parts_vectors.npy")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _truncate(settings: Settings) -> None:
    _npz(settings).write_bytes(_npz(settings).read_bytes()[:1000])


def _no_note(settings: Settings) -> None:
    (settings.snapshots / "index.json").write_text("{")


def _no_file(settings: Settings) -> None:
    _npz(settings).unlink()


def _another_database(settings: Settings) -> None:
    note = json.loads((settings.snapshots / "index.json").read_text())
    (settings.snapshots / "index.json").write_text(json.dumps({**note, "database": "another"}))


def _from_the_future(settings: Settings) -> None:
    note = json.loads((settings.snapshots / "index.json").read_text())
    (settings.snapshots / "index.json").write_text(json.dumps({**note, "revision": 10**6}))


@pytest.mark.parametrize(
    "damage", [_flip, _flip_mapped, _truncate, _no_note, _no_file, _another_database, _from_the_future]
)
def test_a_snapshot_that_does_not_fit_is_noticed_and_the_database_read(
    sqlite_loaded: Settings, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    Engine(sqlite_loaded, Database(sqlite_loaded.database))
    damage(sqlite_loaded)  # type: ignore[operator]
    engine = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    assert len(engine.store) == 2615
    if damage is not _no_file:
        assert "left aside" in caplog.text
    caplog.clear()
    Engine(sqlite_loaded, Database(sqlite_loaded.database))  # it was written anew
    assert "left aside" not in caplog.text


def test_a_snapshot_that_is_behind_is_brought_up_to_date(sqlite_loaded: Settings) -> None:
    engine = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    posted = post(engine, "국립목포대학교")
    again = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    assert found(again, TEXT)[0] == posted.id


def test_a_folder_that_cannot_be_written_costs_only_the_snapshot(
    sqlite_loaded: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_loaded.snapshots.write_text("a file where the folder should be")
    engine = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    assert len(engine.store) == 2615
    assert "could not be written" in caplog.text
