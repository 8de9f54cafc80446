"""Real parts for the tests: the real model, real databases, the real data, real servers.

A test that needs something this machine lacks (PostgreSQL, Chromium) is skipped and says so; with
HUB_TEST_REQUIRE_ALL=1 it fails instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

# Where PyTorch and FAISS run in the tests as in a worker; set before either is imported.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # side by side each has a core

from embeddings.encoder import Encoder
from hub import create_app
from hub.accounts.passwords import add_account
from hub.database import Database
from hub.desk import techmap
from hub.index import engine as engine_module
from hub.index.bank import ProblemBank
from hub.index.engine import Engine
from hub.intake import sample
from hub.profiles.lookup import find_profile
from hub.settings import Settings
from hub.setup import set_up, set_up_model
from hub.suggestions.suggestions import Suggestions
from tests.postgres import PostgresServer
from tests.remembering import Remembering
from tests.serving import CORE, Served, serving
from tests.signing import session_cookie

PASSWORD = "a long enough password"
MEMBER = "m@hub.example"
REPOSITORY = Path(__file__).resolve().parent.parent


def lacking(what: str) -> None:
    """Skips the test for want of something, or fails it where everything must be there."""
    if os.environ.get("HUB_TEST_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is needed and not here")
    pytest.skip(f"{what} is not here")


# What takes its time to start: a test that uses one of these is left out by `make check`.
HEAVY = {
    *("served", "site", "chromium", "postgres", "run_hub", "install", "built", "other_model", "copy"),
    # a hub over the whole sample data, a second or two for each test that has its own
    *("loaded", "sqlite_loaded", "loaded_sqlite", "loaded_postgres", "prepared"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as slow what starts a server, a browser, PostgreSQL or a command, builds a model or an environment,
    or opens a hub of the whole sample data; the rest is marked where it stands."""
    for item in items:
        backend = (
            item.callspec.params.get("backend")
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            else None
        )
        if backend == "postgresql" or HEAVY & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


def once_a_run(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is made once a run: of the processes that run side by side the first makes it."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = root / name
    with (root / f"{name}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=root) as scratch:
                make(Path(scratch) / name)
                (Path(scratch) / name).rename(folder)
    return folder


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The default model, as `make setup` built it."""
    settings = Settings()
    set_up_model(settings, print)
    return settings.bundled_model


@pytest.fixture(scope="session")
def encoder(model_folder: Path) -> Encoder:
    """One encoder for all tests of this process."""
    return Encoder(model_folder)


@pytest.fixture(scope="session")
def remembering(encoder: Encoder) -> Remembering:
    """What loads the sample data into either database."""
    return Remembering(encoder)


@pytest.fixture(scope="session")
def background(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is made once of the model; every test's HUB_VAR gets a copy."""

    def make(folder: Path) -> None:
        folder.mkdir()
        for made in Settings().bundled_model.parent.glob("*.npz"):  # by `make setup`, with this very model
            shutil.copy(made, folder)
        engine_module.load_bank(encoder, folder)
        engine_module.load_background(encoder, folder)
        engine_module.load_subclasses(encoder, folder)

    return once_a_run(tmp_path_factory, "background", make)


@pytest.fixture
def settings(tmp_path: Path, model_folder: Path, background: Path) -> Settings:
    """Settings over an empty HUB_VAR and SQLite."""
    var = tmp_path / "var"
    shutil.copytree(background, var / "models")
    return Settings(var=var, model=str(model_folder))


@pytest.fixture(scope="session")
def banks() -> dict[str, ProblemBank]:
    """The problem banks that engines of this process have opened, by model and content: nothing changes one."""
    return {}


@pytest.fixture(autouse=True)
def shared_encoder(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, banks: dict[str, ProblemBank]
) -> None:
    """Engines opened in this process share the one encoder of the default model instead of loading it again, and
    the problem bank, whose words each would count anew at its first search."""
    original, load_bank = engine_module.open_encoder, engine_module.load_bank

    def shared(settings: Settings) -> Encoder:
        folder = request.getfixturevalue("model_folder")
        if settings.model_source == str(folder):
            found: Encoder = request.getfixturevalue("encoder")
            return found
        return original(settings)

    def shared_bank(encoder: Encoder, folder: Path) -> ProblemBank:
        name = engine_module._bank_file(encoder.fingerprint)
        if name not in banks:
            banks[name] = load_bank(encoder, folder)
        return banks[name]

    monkeypatch.setattr(engine_module, "open_encoder", shared)
    monkeypatch.setattr(engine_module, "load_bank", shared_bank)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own, stopped at the end."""
    if not PostgresServer.installed():
        lacking("PostgreSQL (Debian package postgresql)")
    with PostgresServer.running() as server:
        yield server


@pytest.fixture(scope="session")
def loaded_sqlite(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Path, remembering: Remembering
) -> Path:
    """An SQLite file with the whole sample data; tests take copies."""

    def make(var: Path) -> None:
        settings = Settings(var=var, model=str(model_folder))
        set_up(settings, print)
        database = Database(settings.database)
        sample.load(database, lambda: remembering, only=CORE)  # type: ignore[arg-type, return-value]
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.engine.dispose()

    return once_a_run(tmp_path_factory, "loaded", make) / "hub.db"


@pytest.fixture(scope="session")
def loaded_postgres(postgres: PostgresServer, model_folder: Path, remembering: Remembering) -> str:
    """A PostgreSQL database with the whole sample data; tests take copies."""
    settings = Settings(database_url=postgres.create("loaded"), model=str(model_folder))
    set_up(settings, print)
    database = Database(settings.database)
    sample.load(database, lambda: remembering, only=CORE)  # type: ignore[arg-type, return-value]
    database.engine.dispose()
    return "loaded"


@pytest.fixture(scope="session")
def indexed_sqlite(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Path, background: Path, loaded_sqlite: Path
) -> Path:
    """The index of that file, as the first engine over it keeps it; tests take copies."""

    def make(var: Path) -> None:
        shutil.copytree(background, var / "models")
        shutil.copy(loaded_sqlite, var / "hub.db")
        settings = Settings(var=var, model=str(model_folder))
        Engine(settings, Database(settings.database)).database.engine.dispose()

    return Settings(var=once_a_run(tmp_path_factory, "indexed", make)).snapshots


@pytest.fixture(scope="session")
def indexed_postgres(
    *,
    tmp_path_factory: pytest.TempPathFactory,
    model_folder: Path,
    background: Path,
    postgres: PostgresServer,
    loaded_postgres: str,
) -> Path:
    """The index of that database, likewise."""
    var = tmp_path_factory.mktemp("indexed")
    shutil.copytree(background, var / "models")
    url = postgres.create(template=loaded_postgres)
    settings = Settings(var=var, model=str(model_folder), database_url=url)
    Engine(settings, Database(settings.database)).database.engine.dispose()
    return settings.snapshots


@pytest.fixture(scope="session")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Path, background: Path, loaded_sqlite: Path
) -> Path:
    """The snapshots of the whole sample data, as `hub map` and `hub suggest --all` leave them; apps get copies."""

    def make(var: Path) -> None:
        shutil.copytree(background, var / "models")
        shutil.copy(loaded_sqlite, var / "hub.db")
        engine = Engine(Settings(var=var, model=str(model_folder)), Database(Settings(var=var).database))
        suggestions = Suggestions()
        with engine.database.reading() as session:
            suggestions.prepare(engine, session, None)
            suggestions.keep(engine, session)
        techmap.make(engine)
        engine.database.engine.dispose()

    return Settings(var=once_a_run(tmp_path_factory, "prepared", make)).snapshots


Backend = str
INDEXED = {"sqlite": "indexed_sqlite", "postgresql": "indexed_postgres"}


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Runs a test once on each database."""
    return str(request.param)


def _with_database(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"database_url": url})


@pytest.fixture
def empty(settings: Settings, backend: Backend, request: pytest.FixtureRequest) -> Settings:
    """Settings over a database that is set up and holds no profile, on each database."""
    if backend == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        settings = _with_database(settings, server.create())
    set_up(settings, print)
    return settings


@pytest.fixture
def loaded(settings: Settings, backend: Backend, request: pytest.FixtureRequest) -> Settings:
    """Settings over a database with the sample data, on each database."""
    if backend == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create(template=request.getfixturevalue("loaded_postgres"))
        return _with_database(settings, url)
    return _copy_sqlite(settings, request)


@pytest.fixture
def sqlite_loaded(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings over SQLite with the sample data, for tests to which the database is all one."""
    return _copy_sqlite(settings, request)


def _copy_sqlite(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    shutil.copy(request.getfixturevalue("loaded_sqlite"), settings.var / "hub.db")
    return settings


@pytest.fixture
def hub_engine(loaded: Settings, backend: Backend, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine over the sample data, on each database, restarted: its index is there."""
    shutil.copytree(request.getfixturevalue(INDEXED[backend]), loaded.snapshots)
    engine = Engine(loaded, Database(loaded.database))
    yield engine
    engine.database.engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_loaded: Settings, indexed_sqlite: Path) -> Iterator[Engine]:
    """The same on SQLite, for tests to which the database is all one."""
    shutil.copytree(indexed_sqlite, sqlite_loaded.snapshots)
    engine = Engine(sqlite_loaded, Database(sqlite_loaded.database))
    yield engine
    engine.database.engine.dispose()


@pytest.fixture
def app(loaded: Settings, backend: Backend, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app over the sample data, on each database."""
    shutil.copytree(request.getfixturevalue(INDEXED[backend]), loaded.snapshots)
    yield from _app(loaded)


@pytest.fixture
def sqlite_app(sqlite_loaded: Settings, prepared: Path) -> Iterator[Flask]:
    """The app over the sample data on SQLite."""
    shutil.copytree(prepared, sqlite_loaded.snapshots)
    yield from _app(sqlite_loaded)


def _app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield app
    app.extensions["hub"][Database].engine.dispose()


def account_for(app: Flask, email: str, role: str, **belonging: str) -> int | None:
    """Makes an account; ``profile`` is a name. Returns the profile's number."""
    with app.extensions["hub"][Database].writing() as session:
        profile_id = find_profile(session, belonging["profile"]).id if "profile" in belonging else None
        add_account(session, email, PASSWORD, role, region=belonging.get("region"), profile_id=profile_id)
    return profile_id


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A client whose account of this address is signed in."""
    client = app.test_client()
    database = app.extensions["hub"][Database]
    client.set_cookie("session", session_cookie(database, str(app.secret_key), email))
    return client


@pytest.fixture
def member(sqlite_app: Flask) -> tuple[FlaskClient, int]:
    """A member of 세계김치연구소 who is signed in, and the number of its profile."""
    number = account_for(sqlite_app, MEMBER, "member", profile="세계김치연구소")
    assert number is not None
    return signed_in(sqlite_app, MEMBER), number


@pytest.fixture
def served(sqlite_loaded: Settings) -> Iterator[Served]:
    """A real `hub serve` with two workers over the sample data."""
    with serving(sqlite_loaded, workers=2) as server:
        yield server


@pytest.fixture
def run_hub(settings: Settings) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the installed `hub` command in a process of its own."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("hub")), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env={**os.environ, **environment_of(settings), **environment},
            check=False,
            timeout=600,  # far more than any takes; a machine that is busy with other things is slow
        )

    return run


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that give another process these settings."""
    return {
        "HUB_VAR": str(settings.var),
        "HUB_MODEL": settings.model,
        "HUB_DATABASE_URL": settings.database_url,
    }
