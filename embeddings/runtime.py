"""The model as an ONNX graph, run by ONNX Runtime.

sentence-transformers' own ONNX back end needs optimum, which holds transformers back at version 4;
so ``export`` uses PyTorch's exporter and ONNX Runtime's own optimiser (fused attention, layer norm
and GELU). The SentenceTransformer stays the reference: an export that disagrees with it is not kept.

The graph starts behind the word embeddings. They are most of the model's bytes, and as a
memory-mapped table every process shares one copy of them.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]

LAYOUT = 2  # rises when the files of an export change
MIN_COSINE = 0.99999
OPSET = 17
_GRAPH, _WORDS, _TOKENIZER, _HOW = "graph.onnx", "words.npy", "tokenizer.json", "how.json"
log = logging.getLogger(__name__)


class Runtime:
    """An exported model. Safe to call from several threads.

    It opens with one thread, which a parent may run before it forks.

    :param folder: what :func:`export` wrote.
    :raises OSError: when a file is missing.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        how = json.loads((folder / _HOW).read_text(encoding="utf-8"))
        self._prompt = how["prompt"]
        self._words: npt.NDArray[np.float32] = np.load(folder / _WORDS, mmap_mode="r")
        self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        self.limit = int(how["limit"])
        self._tokenizer.enable_truncation(self.limit)
        self._tokenizer.enable_padding()
        self._graph = str(folder / _GRAPH)
        self._threads = (1, False)
        self._session = self._open(1)
        self.dimension = int(self._words.shape[1])

    def use_threads(self, count: int, *, spinning: bool = False) -> None:
        """How many threads one call may use. One thread goes on with the weights that a parent loaded.

        :param spinning: whether threads that wait for work keep their core busy, see ``_open``.
        """
        if (count, spinning) != self._threads:
            self._threads = (count, spinning)
            self._session = self._open(count, spinning=spinning)

    def _open(self, threads: int, *, spinning: bool = False) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # A thread that spins while it waits takes the core from whoever could use it: another worker, or
        # another program. `python -m tests.benchmarks.threads` measures both ways.
        options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
        return onnxruntime.InferenceSession(self._graph, options, providers=["CPUExecutionProvider"])

    def tokens(self, text: str) -> int:
        """How many tokens a text has, with what the model puts around it, however many it can read."""
        read = self._tokenizer.encode(self._prompt + text)
        # What was cut off comes in pieces that each have the model's marks around them again.
        return sum(sum(piece.attention_mask) for piece in (read, *read.overflowing))

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of one batch, ``(n, dimension) float32``."""
        encodings = self._tokenizer.encode_batch([self._prompt + text for text in texts])
        ids = np.asarray([encoding.ids for encoding in encodings])
        mask = np.asarray([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        (vectors,) = self._session.run(None, {"words": self._words[ids], "mask": mask})
        return np.asarray(vectors, dtype=np.float32)


def beside(folder: Path, fingerprint: str) -> Path:
    """Where the export of a model folder stands: next to it, named by what it computes."""
    return folder.with_name(f"{folder.name}-onnx{LAYOUT}-{fingerprint}")


def export(model: SentenceTransformer, target: Path, probes: Sequence[str]) -> float | None:
    """Writes the model's graph, words and tokenizer; the folder appears whole or not at all.

    :param probes: texts on which the export must agree with the model.
    :return: the lowest cosine with the model, or ``None`` when the model is not one that this can
        export (an encoder with mean pooling) or the export disagrees: the reference is used then.
    :raises OSError: when the folder cannot be written.
    """
    if [type(module).__name__ for module in model] not in (
        ["Transformer", "Pooling", "Normalize"],
        ["Transformer", "Pooling"],
    ) or getattr(model[1], "pooling_mode", None) not in ("mean", ("mean",)):
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_over in target.parent.glob(".exporting-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=".exporting-", dir=target.parent))
    try:
        try:
            _write(model, scratch)
            cosine = _agreement(model, scratch, probes)
        except OSError:
            raise
        except Exception as error:  # an unknown architecture fails in the exporter's own ways
            log.warning("This model cannot be exported to ONNX: %s", str(error)[:200])
            return None
        if cosine < MIN_COSINE:
            log.warning("The ONNX export disagrees with the model (cosine %.6f) and is not used", cosine)
            return None
        for older in target.parent.glob(f"{target.name.rpartition('-onnx')[0]}-onnx*"):
            shutil.rmtree(older, ignore_errors=True)
        os.replace(scratch, target)
        return cosine
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(model: SentenceTransformer, folder: Path) -> None:
    import torch
    from onnxruntime.transformers.optimizer import optimize_model

    body: Any = model[0].auto_model.requires_grad_(False)
    attention = body.config._attn_implementation
    body.set_attn_implementation("eager")  # traced as plain products, which the optimiser fuses
    words = body.get_input_embeddings()
    np.save(folder / _WORDS, words.weight.detach().numpy().astype(np.float32))
    model.tokenizer.backend_tokenizer.save(str(folder / _TOKENIZER))
    prompt = model.prompts.get(model.default_prompt_name or "", "")
    how = {"prompt": prompt, "limit": model.max_seq_length or 512}
    (folder / _HOW).write_text(json.dumps(how) + "\n", encoding="utf-8")

    class MeanPooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            # Its own, or its weights are traced as constants, which no attention is fused with.
            self.body = body

        def forward(self, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            hidden = self.body(inputs_embeds=words, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(-1).to(hidden.dtype)
            mean: torch.Tensor = (hidden * kept).sum(1) / kept.sum(1)
            return torch.nn.functional.normalize(mean, dim=-1)

    batch = model.tokenizer(["one text", "and another, longer text"], padding=True, return_tensors="pt")
    raw = folder / "raw.onnx"
    try:
        _trace(MeanPooled().eval(), (words(batch["input_ids"]), batch["attention_mask"]), raw)
        graph = optimize_model(
            str(raw),
            model_type="bert",
            num_heads=body.config.num_attention_heads,
            hidden_size=body.config.hidden_size,
            opt_level=0,
        )
        graph.save_model_to_file(str(folder / _GRAPH))
    finally:
        raw.unlink(missing_ok=True)
        body.set_attn_implementation(attention)


def _trace(module: torch.nn.Module, example: tuple[torch.Tensor, torch.Tensor], target: Path) -> None:
    """Writes what a module computes of an example, for any number of texts and tokens."""
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # advice on tracing; the agreement is checked afterwards
        torch.onnx.export(
            module,
            example,
            str(target),
            input_names=["words", "mask"],
            output_names=["vectors"],
            dynamic_axes={
                "words": {0: "n", 1: "tokens"},
                "mask": {0: "n", 1: "tokens"},
                "vectors": {0: "n"},
            },
            opset_version=OPSET,
            # The newer exporter's graph is not fused by the optimiser: 12 ms for a query, not 8.
            dynamo=False,
        )


def _agreement(model: SentenceTransformer, folder: Path, probes: Sequence[str]) -> float:
    reference = np.asarray(model.encode(list(probes), normalize_embeddings=True), dtype=np.float32)
    exported = Runtime(folder).encode(probes)
    return float((reference * exported).sum(axis=1).min())
