"""A real `hub serve` in processes of its own, and plain HTTP to talk to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from hub.database import Database
from hub.index.engine import open_encoder
from hub.intake import sample
from hub.settings import Settings
from hub.setup import set_up
from tests.remembering import Remembering
from tests.signing import cookie_for

# The collections over which most tests and figures run; those of ventures, offers and laboratories have their own tests.
CORE = ("compiled", "universities", "listed")
ONLY = [word for name in CORE for word in ("--only", name)]  # the same for the command

RUNNING: dict[str, Settings] = {}  # of each server that was started here, by its address


@dataclass
class Served:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    links: dict[str, str] = field(default_factory=dict)  # what the links of its mails carry, by their purpose

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """kill -9 for the server and every worker."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(settings: Settings, *, workers: int, threads: int = 8, port: int | None = None) -> Served:
    """Starts `hub serve` and waits until it answers."""
    port = port or free_port()
    environment = {
        **os.environ,
        "HUB_VAR": str(settings.var),
        "HUB_MODEL": settings.model,
        "HUB_DATABASE_URL": settings.database_url,
    }
    log = (settings.var / "serve.log").open("ab")
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("hub")),
            "serve",
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--threads",
            str(threads),
        ],
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    server = Served(port, process)
    RUNNING[server.base] = settings
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError((settings.var / "serve.log").read_text())
        try:
            Client(port).get("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.kill()
    raise RuntimeError("hub serve did not answer: " + (settings.var / "serve.log").read_text())


@contextmanager
def serving(settings: Settings, *, workers: int, threads: int = 8) -> Iterator[Served]:
    """A server for the length of the block."""
    server = start(settings, workers=workers, threads=threads)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            # At once: what a test leaves open would hold a graceful end up for twenty seconds.
            os.killpg(server.process.pid, signal.SIGQUIT)
            try:
                server.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def sample_hub() -> Iterator[tuple[Settings, Database]]:
    """A hub with the core of the sample data in a folder that goes again; for what is run by hand."""
    with tempfile.TemporaryDirectory() as var:
        settings = Settings(var=Path(var), model=Settings().model_source)
        set_up(settings, print)
        database = Database(settings.database)
        sample.load(database, lambda: Remembering(open_encoder(settings)), only=CORE)  # type: ignore[arg-type, return-value]
        yield settings, database


@dataclass
class Client:
    """One kept-open connection, and so one worker; with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def _send(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, quote(path, safe="/?&=%:#"), body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = header.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        return self._send("GET", path, None)

    def json(self, path: str) -> Any:
        """The answer as JSON."""
        return json.loads(self.get(path)[1])

    def post(self, path: str, **form: str) -> tuple[int, str]:
        """Status and text; the form's token is taken from the page at ``path``."""
        if "csrf_token" not in form:
            form["csrf_token"] = self.token(path)
        return self._send("POST", path, form)

    def token(self, path: str) -> str:
        """The token of the form on a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path)[1])
        assert found is not None, path
        return unescape(found.group(1))

    def enter(self, settings: Settings, email: str) -> None:
        """Is signed in with all that is asked of the account."""
        self.cookies["session"] = cookie_for(settings, email)

    def sign_in(self, email: str, password: str) -> None:
        """Signs in."""
        status, text = self.post("/sign-in", email=email, password=password)
        assert status == 302, text
