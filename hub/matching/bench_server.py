"""What `hub bench` measures of a server: start, memory, and many readers at once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from embeddings.encoder import Encoder
from hub.matching import scale
from hub.matching.engine import Engine
from hub.settings import Settings

READERS = 32
LOAD_SECONDS = 60
ENCODER_SECONDS = 10


def load(settings: Settings, engine: Engine) -> dict[str, Any]:
    """`/search` over HTTP by 32 readers who never ask the same twice, beside the encoder alone.

    The encoder is given the same queries by as many threads, in this process and by itself.
    """
    queries = unlike(READERS * 2000)
    alone = concurrently(engine.encoder.encode_one, queries, ENCODER_SECONDS)
    reference = Encoder(engine.encoder.folder, exported=False)
    torch_alone = concurrently(reference.encode_one, queries, ENCODER_SECONDS)
    figures: dict[str, Any] = {
        "encoder_alone_per_second": round(len(alone[0]) / ENCODER_SECONDS, 1),
        "sentence_transformer_alone_per_second": round(len(torch_alone[0]) / ENCODER_SECONDS, 1),
    }
    workers = len(os.sched_getaffinity(0))
    with serving(workers, settings) as (port, _process):
        connections = threading.local()

        def ask(text: str) -> None:
            if not hasattr(connections, "open"):
                connections.open = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connections.open.request("GET", "/search?q=" + quote(text))
            answer = connections.open.getresponse()
            body = answer.read()
            if answer.status != 200 or b'class="result"' not in body:
                raise RuntimeError(f"{answer.status} for {text}")

        taken, errors = concurrently(ask, queries[::-1], LOAD_SECONDS)
    per_second = len(taken) / LOAD_SECONDS
    return figures | {
        "http_workers": workers,
        "http_readers": READERS,
        "http_answers": len(taken),
        "http_errors": errors,
        "http_per_second": round(per_second, 1),
        "http_p50": _percentile(taken, 50),
        "http_p99": _percentile(taken, 99),
        "http_to_encoder_alone": round(per_second / figures["encoder_alone_per_second"], 3),
        "http_to_sentence_transformer_alone": round(
            per_second / figures["sentence_transformer_alone_per_second"], 3
        ),
    }


def unlike(count: int) -> list[str]:
    """Queries that are all different: two of the carried ones' parts each."""
    words = [word for query in scale.QUERIES for word in query.split()]
    random = np.random.default_rng(scale.SEED)
    return [" ".join(words[i] for i in random.integers(0, len(words), 7)) + f" {n}" for n in range(count)]


def concurrently(call: Callable[[str], object], texts: list[str], seconds: float) -> tuple[list[float], int]:
    """How long each call took, in seconds, by ``READERS`` threads in so much time; and how many failed."""
    taken: list[float] = []
    failed = 0
    waiting = iter(texts)
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def reader() -> None:
        nonlocal failed
        while time.perf_counter() < end:
            with lock:
                text = next(waiting)
            start = time.perf_counter()
            try:
                call(text)
                taken.append(time.perf_counter() - start)
            except Exception:  # counted: the figure must say so
                failed += 1

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, failed


@contextmanager
def serving(workers: int, settings: Settings | None) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`hub serve` with so many workers on a free port, until it answers and until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hub.cli", "serve", "--port", str(port), "--workers", str(workers)]
    command += ["--threads", str(max(8, READERS // workers))]
    environment = dict(os.environ)
    if settings is not None:
        environment |= {"HUB_VAR": str(settings.var), "HUB_MODEL": settings.model, "HUB_DATABASE_URL": ""}
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield port, process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


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


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"hub serve ended with {process.returncode} before it answered")
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"hub serve did not answer within {seconds:.0f} s")


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


def _percentile(seconds: list[float], percent: float) -> float:
    """In milliseconds; of nothing, not a number."""
    return round(float(np.percentile(seconds, percent)) * 1000, 1) if seconds else float("nan")
