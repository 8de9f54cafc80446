"""Several workers, many writers, one reader and a kill -9 in the middle: is anything lost, or late?

    python -m tests.benchmarks.workers --workers 4 --clients 8 --statements 200

Every statement that the server accepted must be found by the very next search in each worker, and
by each worker of the server that starts after every process of the first one was killed.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from hub.accounts.passwords import add_account
from hub.database import Database
from hub.index.engine import open_encoder
from hub.intake import sample
from hub.profiles.lookup import find_profile
from hub.settings import Settings
from hub.setup import set_up
from tests.remembering import Remembering
from tests.serving import CORE, Client, Served, start

PASSWORD = "a long enough password"
OWNERS = (
    "국립부경대학교", "부산대학교", "동명대학교", "동신대학교", "한국기계연구원", "세계김치연구소",
    "한국재료연구원", "중소조선연구원", "한국식품연구원", "전남대학교", "제주대학교", "울산대학교",
)  # fmt: skip
MATERIALS = (
    "알루미늄",
    "마그네슘",
    "탄소섬유",
    "세라믹",
    "폴리머",
    "유리",
    "구리",
    "타이타늄",
    "목재",
    "점토",
)
METHODS = ("초음파", "레이저", "플라즈마", "X선", "와전류", "적외선", "음향방출", "자기장", "진공", "고압")
AIMS = ("균열 진단", "두께 측정", "표면 세정", "접합 강도 평가", "잔류응력 분석", "수명 예측", "건조", "절단")


@dataclass
class Outcome:
    """What happened."""

    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    searches: int = 0
    reads: int = 0
    workers_seen: int = 0
    killed_after: int = 0
    restart_seconds: float = 0
    seconds: float = 0


def texts(count: int) -> list[str]:
    """Different statements, each with a code of its own to be recognised by."""
    made = []
    for number in range(count):
        material = MATERIALS[number % 10]
        method, aim = METHODS[number // 10 % 10], AIMS[number // 7 % 8]
        made.append(f"{material} 부품의 {aim}을 {method} 방식으로 수행합니다. 과제 번호 ZX{number:04d}Q.")
    return made


def code(text: str) -> str:
    """The code in a text."""
    found = re.search(r"ZX\d{4}Q", text)
    assert found is not None
    return found.group()


def one_client_a_worker(port: int, workers: int) -> dict[int, Client]:
    """Open connections, one to each worker, by the worker's process number."""
    found: dict[int, Client] = {}
    spare = []
    for _attempt in range(60 * workers):
        client = Client(port)
        pid = client.json("/healthz")["worker"]
        if pid in found:
            spare.append(client)  # kept open, so that the next connection goes elsewhere
            time.sleep(0.02)  # and a worker that has just started is given its turn
        found.setdefault(pid, client)
        if len(found) == workers:
            return found
    raise RuntimeError(f"only {len(found)} of {workers} workers answered")


def is_found(client: Client, text: str) -> bool:
    """Whether a search for the text shows the statement."""
    _status, page = client.get(f"/search?q={text}&kind=capability")
    return code(text) in html.unescape(re.sub(r"</?mark>", "", page)).split("<ol", 1)[-1]


class Trial:
    """One run against a server that is killed and started again."""

    def __init__(self, settings: Settings, workers: int, clients: int, statements: int) -> None:
        self.settings = settings
        self.workers = workers
        self.clients = clients
        self.statements = texts(statements)
        self.outcome = Outcome()
        self.lock = threading.Lock()
        self.down = threading.Event()
        self.owners = self._accounts()

    def _accounts(self) -> list[tuple[str, int]]:
        made = []
        with Database(self.settings.database).writing() as session:
            for number in range(self.clients):
                owner = find_profile(session, OWNERS[number % len(OWNERS)])
                email = f"client{number}@hub.example"
                add_account(session, email, PASSWORD, "member", profile_id=owner.id)
                made.append((email, owner.id))
        return made

    def run(self) -> Outcome:
        """Half of the statements, the kill, the other half, and the last look."""
        began = time.monotonic()
        half = len(self.statements) // 2
        server = start(self.settings, workers=self.workers)
        try:
            self._phase(server, self.statements[:half], kill_at=int(half * 0.8))
            restarted = time.monotonic()
            server = start(self.settings, workers=self.workers, port=server.port)
            self.outcome.restart_seconds = round(time.monotonic() - restarted, 2)
            self._phase(server, self.statements[half:])
            self._last_look(server)
        finally:
            server.kill()
        self.outcome.seconds = round(time.monotonic() - began, 1)
        return self.outcome

    def _phase(self, server: Served, statements: list[str], kill_at: int | None = None) -> None:
        """All clients post their share while another reads; the server is killed once enough were accepted."""
        self.down.clear()
        before = len(self.outcome.accepted)
        shares = [statements[n :: self.clients] for n in range(self.clients)]
        reader = threading.Thread(target=self._read, args=(server.port,))
        reader.start()
        with ThreadPoolExecutor(self.clients) as pool:
            posting = [
                pool.submit(self._client, server.port, owner, share)
                for owner, share in zip(self.owners, shares, strict=True)
            ]
            while kill_at is not None and not all(p.done() for p in posting):
                if len(self.outcome.accepted) - before >= kill_at:
                    self.down.set()
                    server.kill()
                    self.outcome.killed_after = len(self.outcome.accepted)
                    kill_at = None
                time.sleep(0.005)
            for client in posting:
                client.result()
        self.down.set()
        reader.join()

    def _client(self, port: int, owner: tuple[str, int], share: list[str]) -> None:
        try:
            self._post_and_look(port, owner, share)
        except (OSError, HTTPException, AssertionError):
            if not self.down.is_set():
                raise

    def _post_and_look(self, port: int, owner: tuple[str, int], share: list[str]) -> None:
        email, profile = owner
        poster = Client(port)
        poster.sign_in(email, PASSWORD)
        looking = one_client_a_worker(port, self.workers)
        with self.lock:
            self.outcome.workers_seen = max(self.outcome.workers_seen, len(looking))
        path = f"/profiles/{profile}/statements/new"
        token = poster.token(path)
        for text in share:
            status, _page = poster.post(
                path, kind="capability", text=text, visibility="public", action="publish", csrf_token=token
            )
            if status not in (200, 201, 302):
                with self.lock:
                    self.outcome.refused.append(f"{status} {code(text)}")
                continue
            with self.lock:
                self.outcome.accepted.append(text)
            for pid, client in looking.items():
                seen = is_found(client, text)
                with self.lock:
                    self.outcome.searches += 1
                    if not seen:
                        self.outcome.late.append(f"{code(text)} in {pid}")

    def _read(self, port: int) -> None:
        client = Client(port)
        for text in self._forever():
            try:
                client.get(f"/search?q={text[:20]}")
                self.outcome.reads += 1
            except (OSError, HTTPException):
                if not self.down.is_set():
                    raise
            if self.down.is_set():
                return

    def _forever(self) -> Iterator[str]:
        while True:
            yield from self.statements

    def _last_look(self, server: Served) -> None:
        """Every accepted statement, in every worker of the server that was started after the kill."""
        looking = one_client_a_worker(server.port, self.workers)
        for text in self.outcome.accepted:
            for pid, client in looking.items():
                self.outcome.searches += 1
                if not is_found(client, text):
                    self.outcome.lost.append(f"{code(text)} in {pid}")


def main() -> int:
    """Runs a trial in a fresh hub and prints what happened; 1 when anything was late or lost."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--statements", type=int, default=200)
    parser.add_argument("--database-url", default="", help="an empty database; SQLite when left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-workers-") as folder:
        given = Settings()
        settings = Settings(var=Path(folder), model=given.model_source, database_url=options.database_url)
        set_up(settings, print)
        sample.load(Database(settings.database), lambda: Remembering(open_encoder(settings)), only=CORE)  # type: ignore[arg-type, return-value]
        outcome = Trial(settings, options.workers, options.clients, options.statements).run()
    figures = {**vars(outcome), "accepted": len(outcome.accepted)}
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    return 1 if outcome.late or outcome.lost or outcome.refused else 0


if __name__ == "__main__":
    sys.exit(main())
