"""What `hub bench` measures of a server: start, memory, and many readers at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any

import numpy as np

from embeddings.encoder import Encoder
from hub.index.engine import Engine
from hub.language import _
from hub.measure import scale
from hub.problems import Unavailable
from hub.search.query import TEXT, Query
from hub.settings import ROOT, Settings

READERS = 32
LOAD_SECONDS = 60
ENCODER_SECONDS = 10


def load(settings: Settings, engine: Engine, seconds: float = LOAD_SECONDS) -> dict[str, Any]:
    """`/search` over HTTP by 32 readers who never ask the same twice, beside the encoder alone.

    The encoder is given other queries of the same kind by as many threads, in this process and by itself.
    """
    short = min(ENCODER_SECONDS, seconds)
    before = time.process_time()
    alone = concurrently(engine.encoder.encode_one, unlike("ours"), short)
    encoder_cost = (time.process_time() - before) / max(len(alone[0]), 1) * 1000
    reference = Encoder(engine.encoder.folder, exported=False)
    torch_alone = concurrently(reference.encode_one, unlike("reference"), short)
    figures: dict[str, Any] = {
        "encoder_alone_per_second": round(len(alone[0]) / short, 1),
        "sentence_transformer_alone_per_second": round(len(torch_alone[0]) / short, 1),
    }
    workers = len(os.sched_getaffinity(0))
    with serving(workers, settings) as (port, process):
        spent = processor_seconds(process.pid)
        taken, errors = concurrently(_asker(port), unlike("http"), seconds)
        spent = processor_seconds(process.pid) - spent
    per_second = round(len(taken) / seconds, 1)
    return figures | {
        "http_workers": workers,
        "http_readers": READERS,
        "http_answers": len(taken),
        "http_errors": errors,
        "http_per_second": per_second,
        "http_core_ms": round(spent / max(len(taken), 1) * 1000, 1),
        "encoder_core_ms": round(encoder_cost, 1),
        "http_p50": _percentile(taken, 50),
        "http_p99": _percentile(taken, 99),
        "http_to_encoder_alone": _ratio(per_second, figures["encoder_alone_per_second"]),
        "http_to_sentence_transformer_alone": _ratio(
            per_second, figures["sentence_transformer_alone_per_second"]
        ),
    }


def _asker(port: int) -> Callable[[str], None]:
    """Asks the server's search page for a text, over one connection a thread."""
    connections = threading.local()

    def ask(text: str) -> None:
        if not hasattr(connections, "open"):
            connections.open = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connections.open.request("GET", "/search?" + Query.of({TEXT: text}).address)
        answer = connections.open.getresponse()
        body = answer.read()
        if answer.status != 200 or b'id="answers"' not in body:
            raise RuntimeError(f"{answer.status} for {text}")

    return ask


def unlike(name: str) -> Iterator[str]:
    """Queries without end that are all different: words of the carried ones, in an order of chance."""
    words = [word for query in scale.QUERIES for word in query.split()]
    random = np.random.default_rng(scale.SEED)
    for number in count():
        yield " ".join(words[i] for i in random.integers(0, len(words), 7)) + f" {name} {number}"


def concurrently(
    call: Callable[[str], object], texts: Iterator[str], seconds: float
) -> tuple[list[float], int]:
    """How long each call took, in seconds, by ``READERS`` threads in so much time; and how many failed."""
    taken: list[float] = []
    failed = 0
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def reader() -> None:
        nonlocal failed
        while time.perf_counter() < end:
            with lock:
                text = next(texts)
            start = time.perf_counter()
            try:
                call(text)
                taken.append(time.perf_counter() - start)
            except Exception:  # counted: the figure must say so
                with lock:
                    failed += 1

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, failed


@contextmanager
def serving(workers: int, settings: Settings | None) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`hub serve` with so many workers on a free port, until it answers and until the block ends.

    :raises Unavailable: in the reader's language and with the server's own words, when it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # This program, whatever the folder in which it is called may hold by the same name.
    command = [sys.executable, "-P", "-m", "hub", "serve", "--port", str(port), "--workers", str(workers)]
    command += ["--threads", str(max(8, READERS // workers))]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    if settings is not None:
        environment |= {"HUB_VAR": str(settings.var), "HUB_MODEL": settings.model, "HUB_DATABASE_URL": ""}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True, env=environment
        )
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process, said)
            yield port, process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server and its workers, whatever state they are in."""
    if process.poll() is not None:
        return
    try:
        # At once: nobody waits for an answer any more, but connections left open would hold a graceful
        # end up for twenty seconds.
        os.killpg(process.pid, signal.SIGQUIT)
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def server(workers: int, settings: Settings | None) -> dict[str, Any]:
    """`hub serve` with so many workers: seconds to the first answer, and memory after each has searched."""
    start = time.perf_counter()
    with serving(workers, settings) as (port, process):
        ready = time.perf_counter() - start
        base = f"http://127.0.0.1:{port}"
        seen: set[int] = set()
        for turn in range(400):
            with urllib.request.urlopen(f"{base}/healthz", timeout=30) as answer:
                seen.add(json.load(answer)["worker"])
            urllib.request.urlopen(f"{base}/search?q=battery+{turn}", timeout=30).close()
            if len(seen) == workers and turn >= 4 * workers:
                break
        return {
            "workers": workers,
            "start_seconds": round(ready, 2),
            "workers_seen": len(seen),
            "memory_pss_mb": _memory(process.pid, "Pss"),
            "memory_rss_mb": _memory(process.pid, "Rss"),
        }


def _wait(address: str, process: subprocess.Popen[bytes], said: IO[bytes], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(
                _(
                    "`hub serve`가 대답하기 전에 끝났습니다 (%(code)d): %(words)s",
                    code=process.returncode,
                    words=last_words(said),
                )
            )
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Unavailable(
        _(
            "`hub serve`가 %(seconds)d초가 지나도록 %(address)s에서 대답하지 않습니다: %(words)s",
            seconds=int(seconds),
            address=address,
            words=last_words(said),
        )
    )


def last_words(said: IO[bytes]) -> str:
    """What the server said last on stderr: its own sentence where there is one, else its last line."""
    said.seek(0)
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").split("\n") if line.strip()]
    own = [line.removeprefix("hub: ") for line in lines if line.startswith("hub: ")]
    return (own or lines or ["-"])[-1]


def _memory(group: int, field: str) -> float:
    """MiB of a process group; ``Pss`` counts a page that several share once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != group:
                continue
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith(f"{field}:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return round(total / 1024, 1)


def processor_seconds(group: int) -> float:
    """Time on a processor, in seconds, that a process group has spent; its ended processes not counted."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])  # utime and stime, see proc(5)
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _percentile(seconds: list[float], percent: float) -> float | None:
    """In milliseconds; of nothing, none."""
    return round(float(np.percentile(seconds, percent)) * 1000, 1) if seconds else None


def _ratio(ours: float, peers: float) -> float | None:
    return round(ours / peers, 3) if peers else None
