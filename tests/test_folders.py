"""Folders, files and addresses of any name: the file that is opened is the file that was meant."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub import migrations
from hub.database import Database
from hub.problems import Problem, Unavailable
from hub.serve import greeting, listener
from hub.settings import Settings
from hub.setup import set_up_reference
from tests.conftest import environment_of, lacking
from tests.serving import ONLY, free_port

Run = Callable[..., CompletedProcess[str]]
NAMES = (
    "a#b", "a?b", "a%20b", "a b", " ", "한글 폴더", "a&mode=memory", "a?mode=memory&cache=shared", ":memory:", "'\"",
    "a%", "%2e%2e", "a+b", "a;b", "a\\b", "?", "#", "~", "a\nb", "file:x", "[::1]", "é", "é", "\u2028", "100%",
)  # fmt: skip
# What a folder may be called at all, in UTF-8.
names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)


def set_up_tables(settings: Settings) -> None:
    """What `hub setup` does to the database."""
    database = Database(settings.database, create=True)
    migrations.upgrade(database)
    with database.writing() as session:
        set_up_reference(session)
    database.engine.dispose()


def what_is_in(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def revision_in(file: Path) -> int:
    """Read by SQLite alone, through a descriptor: no name of the file comes into it."""
    with file.open("rb") as opened:
        connection = sqlite3.connect(f"file:/proc/self/fd/{opened.fileno()}?mode=ro&immutable=1", uri=True)
        number: int = connection.execute("SELECT number FROM revision").fetchone()[0]
        connection.close()
    return number


@pytest.mark.parametrize("name", NAMES)
def test_the_database_lies_in_the_folder_that_was_named(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "root" / name
    for settings in (
        Settings(var=folder / "var"),
        Settings(var=tmp_path, database_url=f"sqlite:///{folder}/given.db"),
        Settings(var=tmp_path, database_url=f"sqlite+pysqlite:///{folder / name}"),
    ):
        set_up_tables(settings)
        with Database(settings.database).reading() as session:
            session.connection().exec_driver_sql("SELECT * FROM region")
    assert {f for f in what_is_in(tmp_path) if not f.endswith(("-wal", "-shm"))} == {
        f"root/{name}/var/hub.db", f"root/{name}/given.db", f"root/{name}/{name}",
    }  # fmt: skip
    assert revision_in(folder / "var" / "hub.db") == 0


@given(names)
@hypothesis_settings(deadline=None, max_examples=60)
def test_any_name_is_a_name(name: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        file = Path(root) / name
        for number, url in enumerate((Settings(var=file).database, f"sqlite:///{file}.db"), start=1):
            database = Database(url, create=True)
            with database.engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE TABLE t{number} (a)")
            database.engine.dispose()
        found = {f for f in what_is_in(Path(root)) if not f.endswith(("-wal", "-shm"))}
        assert found == {f"{name}/hub.db", f"{name}.db"}


def test_relative_paths_and_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for settings, file in (
        (Settings(var=Path("rel a?b")), "rel a?b/hub.db"),
        (Settings(var=Path("~/var")), "home/var/hub.db"),
        (Settings(var=Path("./~")), "home/hub.db"),
        (Settings(database_url="sqlite:///here#.db"), "here#.db"),
        (Settings(database_url="sqlite:///~/there.db"), "home/there.db"),
    ):
        Database(settings.database, create=True).engine.connect().close()
        assert (tmp_path / file).is_file(), file
    assert not list(tmp_path.glob("~*"))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://", "sqlite:", "sqlite:///", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true",
        "sqlite://host/x.db", "nonsense", " ", "mysql://a@b/c", "postgresql+nodriver://a@b/c", "://", "sqlite+x:///a",
        "postgresql+psycopg://a@b:port/c",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_said(url: str, tmp_path: Path, run_hub: Run) -> None:
    with pytest.raises(Unavailable, match="HUB_DATABASE_URL"):
        Database(url, create=True)
    if url == "mysql://a@b/c":  # the command says the same
        ended = run_hub("suggest", "--all", HUB_DATABASE_URL=url)
        assert ended.returncode == 1
        assert "HUB_DATABASE_URL" in ended.stderr
        assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_commands_and_the_server_in_a_folder_of_that_kind(sqlite_loaded: Settings, run_hub: Run) -> None:
    odd = sqlite_loaded.var.parent / "a#b?c%20d e&mode=memory 한글"
    sqlite_loaded.var.rename(odd)
    moved = {**environment_of(sqlite_loaded), "HUB_VAR": str(odd)}
    assert run_hub("setup", **moved).returncode == 0
    assert "바뀐 것이 없습니다" in run_hub("load", "sample", *ONLY, **moved).stdout
    ended = run_hub("search", "김치", **moved)
    assert ended.returncode == 0, ended.stderr
    assert list((odd / "snapshots").glob("*.npz"))
    assert [path.name for path in odd.parent.iterdir()] == [odd.name]


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, run_hub: Run) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    for var in (file, file / "var", Path("/proc/no/var")):
        ended = run_hub("setup", HUB_VAR=str(var))
        assert ended.returncode == 1
        assert str(var if var.parent != Path("/proc/no") else "/proc/no") in ended.stderr
        assert ended.stderr.count("\n") == 1, ended.stderr
    assert file.read_text() == ""


def test_a_folder_without_permission_is_named(sqlite_loaded: Settings) -> None:
    """Read-only for who runs it; root gives up what would open everything to it."""
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if without and not shutil.which("setpriv"):
        lacking("setpriv (Debian package util-linux)")
    var = sqlite_loaded.var
    for path in (var, *var.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        for arguments in (["account", "add", "a@b.example", "--role", "admin"], ["setup"]):
            ended = subprocess.run(
                [*without, sys.executable, "-m", "hub", *arguments],
                input="a long enough password\n",
                env={**os.environ, **environment_of(sqlite_loaded)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 1, ended.stdout
            assert str(var) in ended.stderr
            assert "권한" in ended.stderr
            assert ended.stderr.count("\n") == 1, ended.stderr
    finally:
        for path in (var, *var.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_file_that_is_no_database_is_named(settings: Settings, run_hub: Run) -> None:
    file = settings.var / "hub.db"
    file.write_bytes(b"no database" * 100)
    ended = run_hub("suggest", "--all")
    assert ended.returncode == 1
    assert str(file) in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["HUB_LANGUAGE", "HUB_THREADS", "HUB_ENVIRONMENT"])
def test_a_wrong_setting_is_one_line_and_not_a_trace(name: str, run_hub: Run) -> None:
    ended = run_hub("search", "김치", **{name: "wrong"})
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"hub: {name}")
    assert ended.stderr.count("\n") == 1
    assert run_hub("--help", **{name: "wrong"}).returncode == 0


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
        ("[::1]", "http://[::1]:"),
        ("::", "http://[::1]:"),
    ],
)
def test_every_kind_of_address_is_held_and_printed_as_a_browser_takes_it(host: str, shown: str) -> None:
    port = free_port()
    with listener(host, port) as held:
        assert f"{shown}{port} " in greeting(held) + " "
        assert (host in ("0.0.0.0", "::")) == ("모든 주소" in greeting(held))
        held.listen()
        with socket.create_connection((shown[7:-1].strip("[]"), port), timeout=5):
            pass
        with pytest.raises(Unavailable, match=str(port)):
            listener(host, port)


@pytest.mark.parametrize(
    "host", ["", " ", "no such", "a..b", "256.1.1.1", "http://127.0.0.1", "127.0.0.1:80", "[", "가" * 70]
)
def test_an_address_that_does_not_exist_is_said(host: str) -> None:
    with pytest.raises(Problem, match="--host") as raised:
        listener(host, free_port())
    assert raised.value.status == 400  # wrong use


@pytest.mark.slow
def test_serve_at_an_ipv6_address(sqlite_loaded: Settings) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "serve", "--host", "::1", "--port", str(port), "--workers", "1"],
        env={**os.environ, **environment_of(sqlite_loaded)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert f"http://[::1]:{port} " in process.stdout.readline()
        wait_for("::1", port)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the workers too
        process.wait()


def wait_for(host: str, port: int) -> None:
    """Until somebody listens."""
    import time

    deadline = time.monotonic() + 120
    while True:
        try:
            socket.create_connection((host, port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def test_a_port_in_use_is_said_at_once(settings: Settings, run_hub: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run_hub("serve", "--port", str(port))
        english = run_hub("serve", "--port", str(port), HUB_LANGUAGE="en")
    assert ended.returncode == english.returncode == 1
    assert str(port) in ended.stderr
    assert ended.stderr.count("\n") == english.stderr.count("\n") == 1
    assert ended.stdout == ""  # it does not say that it serves


def test_a_copy_of_the_file_under_any_name_is_a_hub(sqlite_loaded: Settings, tmp_path: Path) -> None:
    other = tmp_path / "copy?x=%41#.db"
    shutil.copy(sqlite_loaded.var / "hub.db", other)
    database = Database(f"sqlite:///{other}")
    assert migrations.current(database) == migrations.head()
