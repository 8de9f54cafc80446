"""Several workers over one database: nothing late, nothing lost, whatever is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.settings import Settings
from tests.benchmarks.workers import Trial
from tests.conftest import Backend
from tests.serving import Client, Served


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backend", "workers", "clients", "statements"),
    [("sqlite", 4, 8, 80), ("postgresql", 2, 4, 40)],
    indirect=["backend"],
)
def test_what_is_accepted_is_found_by_every_worker_and_survives_a_kill(
    loaded: Settings, backend: Backend, workers: int, clients: int, statements: int
) -> None:
    outcome = Trial(loaded, workers, clients, statements).run()
    assert outcome.workers_seen == workers
    assert outcome.killed_after > 0
    assert len(outcome.accepted) >= statements // 2
    assert outcome.refused == []
    assert outcome.late == []
    assert outcome.lost == []


@pytest.mark.slow
def test_losing_every_index_file_loses_nothing(sqlite_loaded: Settings) -> None:
    from tests.serving import serving

    with serving(sqlite_loaded, workers=1) as server:
        before = Client(server.port).json("/healthz")
    for file in sqlite_loaded.snapshots.iterdir():
        file.unlink()
    for file in (sqlite_loaded.var / "models").iterdir():
        file.unlink()
    with serving(sqlite_loaded, workers=1) as server:
        after = Client(server.port).json("/healthz")
        assert "세계김치연구소" in Client(server.port).get("/search?q=김치 발효")[1]
    assert {**before, "worker": 0} == {**after, "worker": 0}
    assert list(sqlite_loaded.snapshots.glob("*.npz"))


def test_a_server_whose_database_goes_away_says_so_and_recovers(
    served: Served, sqlite_loaded: Settings
) -> None:
    client = Client(served.port)
    assert client.get("/search?q=김치")[0] == 200
    folder = sqlite_loaded.var
    hidden = Path(str(folder) + "-hidden")
    folder.rename(hidden)
    try:
        # Connections that are open go on reading; a new one finds no file. Neither is a trace.
        for _turn in range(20):
            status, text = Client(served.port).get("/search?q=발효")
            assert status in (200, 503)
            assert "Traceback" not in text
    finally:
        hidden.rename(folder)
    for _turn in range(20):
        assert Client(served.port).get("/search?q=발효")[0] == 200
