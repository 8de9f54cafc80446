"""A PostgreSQL server of the tests' own, in a temporary folder."""

from __future__ import annotations

import getpass
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

SERVER_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root; Debian's package makes this account


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs: Debian's newest, or wherever the path leads."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class PostgresServer:
    """A running server."""

    port: int
    user: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @staticmethod
    def installed() -> bool:
        """Whether PostgreSQL's programs are on this machine."""
        return _programs() is not None

    @staticmethod
    @contextmanager
    def running() -> Iterator[PostgresServer]:
        """Starts a server and stops it at the end of the block."""
        programs = _programs()
        assert programs is not None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        as_root = os.geteuid() == 0
        prefix = ["runuser", "-u", SERVER_ACCOUNT, "--"] if as_root else []
        user = SERVER_ACCOUNT if as_root else getpass.getuser()
        folder = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
        try:
            if as_root:
                shutil.chown(folder, SERVER_ACCOUNT)
            data = folder / "data"
            options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            subprocess.run(
                [*prefix, programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
                check=True,
                capture_output=True,
            )
            control = [*prefix, programs / "pg_ctl", "-D", data, "-w"]
            subprocess.run(
                [*control, "-o", options, "-l", folder / "log", "start"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            try:
                yield PostgresServer(port, user)
            finally:
                subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def create(self, name: str | None = None, template: str = "template0") -> str:
        """A new database, empty or a copy of another, and its address."""
        name = name or f"test_{next(self.numbers)}"
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=self.user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{name}"
