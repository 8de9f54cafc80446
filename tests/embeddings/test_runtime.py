"""The ONNX export answers like the SentenceTransformer, alone and shared by many threads."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import encoder as encoder_module
from embeddings import runtime
from embeddings.encoder import Encoder, Reference
from hub.intake.sample import sample_profiles
from hub.measure.quality import read_needs
from tests.serving import CORE

NEEDS = Path(__file__).parent.parent / "benchmarks" / "needs-train.jsonl"


@pytest.fixture(scope="module")
def reference(model_folder: Path) -> Encoder:
    return Encoder(model_folder, exported=False)


@pytest.mark.slow
def test_the_ten_nearest_are_those_of_the_reference(encoder: Encoder, reference: Encoder) -> None:
    texts = [s.text for profile in sample_profiles(CORE) for s in profile.statements]
    queries = [need.text for need in read_needs(NEEDS)] + texts[-306:]
    assert len(queries) == 500
    tops = []
    for one in (encoder, reference):
        found = one.encode(queries) @ one.encode(texts[:500]).T
        tops.append(np.argsort(-found, axis=1, kind="stable")[:, :10])
    agreement = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*tops, strict=True)])
    assert agreement >= 0.98


def test_it_is_the_export_that_runs(encoder: Encoder, reference: Encoder) -> None:
    assert isinstance(encoder._model, runtime.Runtime)
    assert isinstance(reference._model, Reference)
    assert encoder.fingerprint == reference.fingerprint
    assert encoder.dimension == reference.dimension


@pytest.mark.parametrize("text", ["김치", "x" * 20_000, "😀", "가" * 3000, "\u0000"])
def test_any_text_is_encoded_alike(encoder: Encoder, reference: Encoder, text: str) -> None:
    np.testing.assert_allclose(encoder.encode([text]), reference.encode([text]), atol=1e-5)


def test_many_threads_get_each_their_own_vector(model_folder: Path, encoder: Encoder) -> None:
    texts = [f"{number}번째 시험 장비를 찾습니다" for number in range(200)]
    shared = Encoder(model_folder)
    with ThreadPoolExecutor(32) as pool:
        together = np.stack(list(pool.map(shared.encode_one, texts)))
    np.testing.assert_allclose(together, encoder.encode(texts), atol=1e-5)


def test_one_that_fails_tells_all_who_waited_and_the_next_is_served(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Encoder(model_folder)
    original = shared._model.encode

    def failing(texts: list[str]) -> object:
        raise MemoryError("no room")

    monkeypatch.setattr(shared._model, "encode", failing)
    with pytest.raises(RuntimeError, match="no room"):
        shared.encode_one("김치")
    monkeypatch.setattr(shared._model, "encode", original)
    assert shared.encode_one("김치").shape == (384,)


def test_a_damaged_export_costs_speed_only(
    model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder, copy_function=shutil.copy2)
    made = runtime.beside(folder, encoder_module.bundle.fingerprint(folder))
    made.mkdir()
    (made / "graph.onnx").write_bytes(b"half")
    opened = Encoder(folder)
    assert isinstance(opened._model, Reference)
    assert "cannot be used" in caplog.text
