"""Threads of the encoder: idle, with a busy neighbour on one core, and with many who ask at once.

    python -m tests.benchmarks.threads            # the table by which embeddings/runtime.py chooses
    python -m tests.benchmarks.threads --small    # a few calls of each, to see that it runs

Each line is one way to run the ONNX export; ``torch`` is the SentenceTransformer beside it. In turns, in
one process, so that the lines can be compared with each other; milliseconds of one query at a time (p50),
and queries a second of 32 threads that never ask the same twice.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import numpy as np

from embeddings.encoder import Encoder, use_threads
from hub.index.engine import model_folder
from hub.measure.server import concurrently, unlike
from hub.settings import Settings

QUERY = "용접 비드 불량을 카메라로 실시간 검사하는 시스템을 찾습니다"


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Another process that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def one_at_a_time(call: Callable[[str], object], times: int) -> tuple[float, float]:
    """Milliseconds of a query, p50, and what it costs in core-milliseconds, the mean."""
    taken = []
    call(QUERY)
    cpu = time.process_time()
    for number in range(times):
        start = time.perf_counter()
        call(f"{QUERY} {time.perf_counter_ns()}{number}")
        taken.append(time.perf_counter() - start)
    return float(np.median(taken)) * 1000, (time.process_time() - cpu) / times * 1000


def at_once(call: Callable[[str], object], seconds: float) -> tuple[float, float]:
    """Queries a second of 32 threads, and core-milliseconds of each."""
    cpu = time.process_time()
    answered, _failed = concurrently(call, unlike("threads"), seconds)
    return len(answered) / seconds, (time.process_time() - cpu) / max(len(answered), 1) * 1000


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a few calls of each")
    small = parser.parse_args().small
    times, seconds = (3, 0.2) if small else (150, 10.0)
    folder = model_folder(Settings())
    reference = Encoder(folder, exported=False, cache=1)
    ways: dict[str, Encoder] = {"torch": reference}
    for threads in (1, 2):
        for spinning in (False, True) if threads > 1 else (False,):
            encoder = Encoder(folder, cache=1)
            encoder.use_threads(threads, spinning=spinning)
            ways[f"onnx, {threads} thread{'s, spinning' if spinning else 's' if threads > 1 else ''}"] = (
                encoder
            )
    use_threads(2)
    print(f"{'':<24}{'neighbour':<12}{'one query':>11}{'core-ms':>9}{'32 at once':>13}{'core-ms':>9}")
    for neighbour in ("idle", "busy"):
        with busy_neighbour() if neighbour == "busy" else nullcontext():
            for name, encoder in ways.items():
                alone, alone_cost = one_at_a_time(encoder.encode_one, times)
                many, many_cost = at_once(encoder.encode_one, seconds)
                print(
                    f"{name:<24}{neighbour:<12}{alone:>8.1f} ms{alone_cost:>9.1f}{many:>11.1f}/s{many_cost:>9.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
