"""Encoder: a SentenceTransformer, its prompts and a cache of what it encoded last."""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from embeddings import bundle
from embeddings.phrases import phrases
from embeddings.quiet import quieten

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]
BATCH = 32
SCHEME = "whole and phrases, 1"


class ModelError(RuntimeError):
    """The model is missing, half written, or of no use here."""


def resolve(model: str, *, download: bool = False) -> Path:
    """The folder of a model named by its folder or by its name on a model hub.

    :param download: fetch a hub name that is not on this machine yet. Only set-up may; a server
        never reaches out.
    :raises ModelError: when there is no such folder or name, or the folder is half written.
    """
    folder = Path(model)
    if not folder.is_dir():
        if folder.is_absolute() or folder.exists():
            raise ModelError(f"There is no model folder at {model}")
        folder = _from_hub(model, download)
    if (folder / bundle.MANIFEST).exists() and not bundle.is_complete(folder):
        raise ModelError(f"The model folder {folder} is not whole")
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise ModelError(f"{folder} holds no sentence-transformers model")
    return folder


def _from_hub(name: str, download: bool) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=not download))
    except Exception as error:  # the hub client's errors share no base class
        raise ModelError(f"The model {name} is not on this machine: {error}") from error


def normalise(text: str) -> str:
    """The form under which two texts count as the same: NFKC, white space folded."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


class Encoder:
    """Turns texts into unit vectors. Safe to call from several threads.

    :param folder: a sentence-transformers model folder.
    :param cache: how many texts to remember.
    :raises ModelError: when the folder cannot be loaded.
    """

    def __init__(self, folder: Path, *, cache: int = 4096) -> None:
        self.folder = folder
        self.fingerprint = fingerprint(folder)
        self._model = _load(folder)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        self._cache_size = cache
        self._lock = threading.Lock()
        # One encoding at a time: each uses all the threads that the process may use, and two at once
        # would wait for each other's.
        self._running = threading.Lock()

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Floats:
        """Vectors of many texts, batched by length.

        :param progress: called with the number of texts done since its last call.
        :return: ``(n, dimension) float32``, unit length, in the order of ``texts``.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little padding is computed.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._run([normalise(texts[i]) for i in batch])
            if progress is not None:
                progress(len(batch))
        return vectors

    def encode_parts(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[Floats]:
        """Vectors of texts that will be searched: of each the whole, then its phrases.

        :return: for each text ``(1 + phrases, dimension) float32``, unit length.
        """
        lists = [[text, *phrases(text)] for text in texts]
        flat = self.encode([part for parts in lists for part in parts], progress=progress)
        ends = np.cumsum([len(parts) for parts in lists])
        return np.split(flat, ends[:-1]) if lists else []

    def encode_one(self, text: str) -> Floats:
        """The vector of one text, ``(dimension,) float32``, unit length; cached by its normalised form."""
        key = normalise(text)
        with self._lock:
            known = self._cache.get(key)
            if known is not None:
                self._cache.move_to_end(key)
                return known
        vector: Floats = self._run([key])[0]
        with self._lock:
            self._cache[key] = vector
            if len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return vector

    def _run(self, texts: list[str]) -> Floats:
        with self._running:
            vectors = self._model.encode(
                texts,
                batch_size=BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        return np.asarray(vectors, dtype=np.float32)


def fingerprint(folder: Path) -> str:
    """16 hex digits that name the vectors of a model: its own, and how texts are cut for it."""
    return hashlib.sha256(f"{bundle.fingerprint(folder)} {SCHEME}".encode()).hexdigest()[:16]


def _load(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    quieten()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # a damaged folder fails in as many ways as it has files
        raise ModelError(f"The model in {folder} cannot be loaded: {error}") from error


def use_threads(count: int) -> None:
    """How many threads torch and FAISS may use in this process.

    A parent that will fork sets 1 before it runs anything: once OpenMP has started threads in the
    parent, the first parallel call of a forked child waits for them for ever.
    """
    import faiss
    import torch

    torch.set_num_threads(count)
    faiss_module: Any = faiss
    faiss_module.omp_set_num_threads(count)
