"""Encoder: a SentenceTransformer, or its faster export, and a cache of what it encoded last."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings import bundle, runtime
from embeddings.phrases import phrases
from embeddings.quiet import quieten

Floats = npt.NDArray[np.float32]
BATCH = 32
SHORT = 40  # letters; texts that are shorter count as alike
# No text so short is asked how many tokens it has.
MOST_TOKENS_A_LETTER = 4
SCHEME = "whole and every phrase, 2"
log = logging.getLogger(__name__)


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


@dataclass
class _Waiting:
    """A text that a thread waits for, until it has its vector or the reason why it has none."""

    text: str
    vector: Floats | None = None
    error: Exception | None = None


class Encoder:
    """Turns texts into unit vectors. Safe to call from several threads.

    :param folder: a sentence-transformers model folder.
    :param exported: run its ONNX export, where :func:`export` made one, instead of the SentenceTransformer.
    :param cache: how many texts to remember.
    :raises ModelError: when the folder cannot be loaded.
    """

    def __init__(self, folder: Path, *, exported: bool = True, cache: int = 4096) -> None:
        self.folder = folder
        self.fingerprint = fingerprint(folder)
        self._model = (_open_export(folder) if exported else None) or Reference(folder)
        self.dimension = self._model.dimension
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        self._cache_size = cache
        self._lock = threading.Lock()
        self._queue: list[_Waiting] = []
        # One encoding at a time: each uses all the threads that the process may use, and two at once
        # would wait for each other's.
        self._running = threading.Lock()

    def use_threads(self, count: int, *, spinning: bool = False) -> None:
        """How many threads the model may use in this process from now on, see :meth:`Runtime.use_threads`."""
        self._model.use_threads(count, spinning=spinning)

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Floats:
        """Vectors of many texts, batched by length.

        :param progress: called with the number of texts done since its last call.
        :return: ``(n, dimension) float32``, unit length, in the order of ``texts``.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for batch in _batches([len(text) for text in texts]):
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
        vector = self._together(key)
        with self._lock:
            self._cache[key] = vector
            if len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return vector

    def _together(self, text: str) -> Floats:
        """The vector of one text. Whoever comes to run encodes along what others wait for meanwhile:
        a batch costs less than its texts one by one."""
        own = _Waiting(text)
        with self._lock:
            self._queue.append(own)
        with self._running:
            while own.vector is None and own.error is None:
                with self._lock:
                    batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
                try:
                    made = self._whole([waiting.text for waiting in batch])
                    for waiting, vector in zip(batch, made, strict=True):
                        waiting.vector = vector
                except Exception as error:  # told to each thread that waited for this batch
                    for waiting in batch:
                        waiting.error = error
        if own.vector is None:
            raise RuntimeError(f"The model could not encode a text: {own.error}") from own.error
        return own.vector

    def _run(self, texts: list[str]) -> Floats:
        with self._running:
            return self._whole(texts)

    def _whole(self, texts: list[str]) -> Floats:
        """The vectors of a batch. A text past the model's window is read in pieces, none of it left out:
        its vector is their mean, each weighing as much as it is long."""
        cut = [self._pieces(text) for text in texts]
        if all(len(pieces) == 1 for pieces in cut):
            return self._model.encode(texts)
        flat = [piece for pieces in cut for piece in pieces]
        read = [self._model.encode(flat[at : at + BATCH]) for at in range(0, len(flat), BATCH)]
        weights = np.asarray([max(len(piece), 1) for piece in flat], dtype=np.float32)
        begins = np.cumsum([0, *(len(pieces) for pieces in cut[:-1])])
        sums = np.add.reduceat(np.concatenate(read) * weights[:, None], begins)
        vectors: Floats = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    def _pieces(self, text: str) -> list[str]:
        """The text, or its halves, cut between words, until the model reads each to its end."""
        if MOST_TOKENS_A_LETTER * len(text) <= self._model.limit or len(text) < 2:
            return [text]
        if self._model.tokens(text) <= self._model.limit:
            return [text]
        middle = text.find(" ", len(text) // 2)
        if not 0 < middle < 3 * len(text) // 4:
            middle = len(text) // 2
        return [*self._pieces(text[:middle].strip()), *self._pieces(text[middle:].strip())]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of texts that are encoded together: of like length, so that little padding is computed."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if len(batch) == BATCH or (batch and 2 * max(lengths[number], SHORT) < lengths[batch[0]]):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def fingerprint(folder: Path) -> str:
    """16 hex digits that name the vectors of a model: its own, and how texts are cut for it."""
    return hashlib.sha256(f"{bundle.fingerprint(folder)} {SCHEME}".encode()).hexdigest()[:16]


class Reference:
    """The SentenceTransformer itself: what an export must agree with, and what runs without one."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        quieten()
        try:
            self.model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # a damaged folder fails in as many ways as it has files
            raise ModelError(f"The model in {folder} cannot be loaded: {error}") from error
        self.dimension = int(self.model.get_embedding_dimension() or 0)
        self.limit = int(self.model.max_seq_length or sys.maxsize)

    def tokens(self, text: str) -> int:
        """How many tokens a text has, with what the model puts around it, however many it can read."""
        prompt = self.model.prompts.get(self.model.default_prompt_name or "") or ""
        return len(self.model.tokenizer(prompt + text, truncation=False, verbose=False)["input_ids"])

    def use_threads(self, count: int, *, spinning: bool = False) -> None:
        """Nothing more than :func:`use_threads` has done for torch."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of one batch, ``(n, dimension) float32``."""
        vectors = self.model.encode(
            list(texts),
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def export(folder: Path) -> float | None:
    """Makes the faster export of a model folder, unless it is there already.

    :return: its lowest cosine with the model; ``None`` when it was there, or when this model has none.
    :raises ModelError: when the model cannot be loaded.
    :raises OSError: when the export cannot be written.
    """
    target = runtime.beside(folder, bundle.fingerprint(folder))
    if target.is_dir():
        return None
    return runtime.export(Reference(folder).model, target, bundle.PROBES)


def _open_export(folder: Path) -> runtime.Runtime | None:
    made = runtime.beside(folder, bundle.fingerprint(folder))
    if not made.is_dir():
        return None
    try:
        return runtime.Runtime(made)
    except Exception as error:  # a damaged export costs speed, not the hub
        log.warning("The ONNX export in %s cannot be used: %s", made, error)
        return None


def use_threads(count: int) -> None:
    """How many threads torch and FAISS may use in this process.

    A parent that will fork sets 1 before it runs anything: once OpenMP has started threads in the
    parent, the first parallel call of a forked child waits for them for ever.
    """
    import faiss
    from threadpoolctl import threadpool_limits

    # numpy's products here are small: its threads would cost more than they bring, for they wait
    # for the next one at full speed on a core that another worker could use.
    threadpool_limits(1, user_api="blas")
    if "torch" in sys.modules:  # the export runs without it
        import torch

        torch.set_num_threads(count)
    faiss_module: Any = faiss
    faiss_module.omp_set_num_threads(count)
