"""Adapter: a low-rank correction of the model's layers, learnt from needs and what answers them.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021). Averaging what several runs
learnt, as Wortsman et al., "Model soups" (2022), costs nothing at run time: the products are added
to the model's own matrices once, when it is built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
Matrices = dict[str, npt.NDArray[Any]]
FILE = Path(__file__).with_name("data") / "adapter.safetensors"
PAIRS = Path(__file__).with_name("data") / "pairs.tsv"


def merge(weights: Matrices, adapter: Path) -> None:
    """Adds an adapter to a model's weights, in place.

    The file holds for each matrix ``<name>.down (rank, inputs)`` and ``<name>.up (outputs, rank)``.

    :raises KeyError: when the adapter names a matrix that the model has not.
    """
    from safetensors.numpy import load_file

    parts = load_file(adapter)
    for name in sorted({name.rpartition(".")[0] for name in parts}):
        up, down = parts[f"{name}.up"].astype(np.float32), parts[f"{name}.down"].astype(np.float32)
        # Rank by rank: a matrix product rounds by how many threads share it, and the model is known by its bytes.
        for column, row in zip(up.T, down, strict=True):
            weights[name] = weights[name] + np.outer(column, row)


@dataclass(frozen=True)
class Recipe:
    """How the adapter is learnt. Chosen on tests/benchmarks/needs-train.jsonl, of which it learns nothing."""

    rank: int = 8
    runs: int = 4
    epochs: int = 4
    batch: int = 32
    rate: float = 5e-4
    temperature: float = 0.02
    # The weight of how far texts that are no needs have moved, in each batch 16 of them.
    keep: float = 10.0
    kept_a_batch: int = 16


def read_pairs(path: Path = PAIRS) -> list[list[str]]:
    """Rows of texts that mean each other: what one can do, then needs that it answers."""
    lines = path.read_text(encoding="utf-8").split("\n")  # a text may hold what else ends a line
    return [line.split("\t") for line in lines[1:] if line]


def train(
    folder: Path,
    groups: Sequence[Sequence[str]],
    kept: Sequence[str],
    recipe: Recipe,
    say: Callable[[str], None],
) -> Matrices:
    """Learns an adapter for a model folder, on the CPU in some minutes.

    Within a batch each text must be nearer to its partner than to all others (InfoNCE, van den Oord
    et al. 2018), while texts of another sort stay where they were.

    :param groups: texts that belong together; of each group two are drawn in each epoch.
    :param kept: texts whose vectors should not move.
    :return: the matrices that :func:`merge` reads.
    """
    learnt = [_run(folder, groups, kept, recipe=recipe, seed=seed, say=say) for seed in range(recipe.runs)]
    return {
        name: np.concatenate([run[name] for run in learnt], axis=0 if name.endswith(".down") else 1).astype(
            np.float16
        )
        / np.float16(1 if name.endswith(".down") else recipe.runs)
        for name in learnt[0]
    }


class Student:
    """The model as it learns: its weights stand, beside each lies a small product that moves.

    :param rank: of the products; 0 for a model that learns nothing.
    :param deep: the feed-forward layers learn too.
    """

    def __init__(self, folder: Path, rank: int, device: str = "cpu", *, deep: bool = False) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        self.device = device
        first: Any = self.model[0]
        self._body: Any = first.auto_model
        self._body.eval().requires_grad_(False)  # no dropout: there is little to learn from
        self._prompt = str(self.model.prompts.get(self.model.default_prompt_name or "", ""))
        self.factors = _open_for_learning(self._body, rank, device, deep=deep) if rank else {}

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors that the loss can be traced through, ``(n, d)``."""
        import torch

        batch = self.model.tokenizer(
            [self._prompt + text for text in texts],
            padding=True,
            truncation=True,
            max_length=128,
            return_tensors="pt",
        ).to(self.device)
        mask = batch["attention_mask"]
        hidden = self._body(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state
        mask = mask.unsqueeze(-1).float()
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    def learnt(self) -> Matrices:
        """What :func:`merge` reads."""
        return {
            f"{name}.{part}": tensor.detach().cpu().numpy()
            for name, pair in self.factors.items()
            for part, tensor in zip(("down", "up"), pair, strict=True)
        }


def _loss(
    one: torch.Tensor, other: torch.Tensor, same: torch.Tensor, reference: Floats, recipe: Recipe
) -> Any:
    """How far each of ``one`` is from its own among ``other``, both ways; and how far ``same`` has moved."""
    import torch

    scores = one @ other.T / recipe.temperature
    own = torch.arange(len(one))
    loss = torch.nn.functional.cross_entropy(scores, own)
    loss = (loss + torch.nn.functional.cross_entropy(scores.T, own)) / 2
    moved = 1 - (same * torch.from_numpy(reference)).sum(1)
    return loss + recipe.keep * moved.mean()


def _run(
    folder: Path,
    groups: Sequence[Sequence[str]],
    kept: Sequence[str],
    *,
    recipe: Recipe,
    seed: int,
    say: Callable[[str], None],
) -> Matrices:
    import torch

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    student = Student(folder, recipe.rank)
    reference = np.asarray(
        student.model.encode(list(kept), normalize_embeddings=True, show_progress_bar=False)
    )
    steps = recipe.epochs * (len(groups) // recipe.batch)
    adam, schedule = optimiser(student, recipe.rate, steps)
    for epoch in range(recipe.epochs):
        order = random.permutation(len(groups))
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            drawn = [groups[i] for i in order[start : start + recipe.batch]]
            pairs = [[group[i] for i in random.permutation(len(group))[:2]] for group in drawn]
            still = random.integers(0, len(kept), recipe.kept_a_batch)
            vectors = student.encode(
                [a for a, _b in pairs] + [b for _a, b in pairs] + [kept[i] for i in still]
            )
            one, other, same = torch.tensor_split(vectors, (len(pairs), 2 * len(pairs)))
            loss = _loss(one, other, same, reference[still], recipe)
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
        say(
            f"run {seed + 1}/{recipe.runs}, epoch {epoch + 1}/{recipe.epochs}: loss {float(loss.detach()):.3f}"
        )
    return student.learnt()


def optimiser(student: Student, rate: float, steps: int, warm: int = 10) -> tuple[Any, Any]:
    """AdamW, warmed up over some steps and then slowed down in a straight line."""
    import torch

    parameters = [tensor for pair in student.factors.values() for tensor in pair]
    adam = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        adam, lambda step: min(1.0, (step + 1) / warm) * max(0.02, 1 - step / steps)
    )
    return adam, schedule


def _open_for_learning(body: Any, rank: int, device: str, *, deep: bool) -> dict[str, tuple[Any, Any]]:
    """Adds a product of two thin matrices, at first zero, to each projection of each attention."""
    import torch

    factors: dict[str, tuple[Any, Any]] = {}
    for number, layer in enumerate(body.encoder.layer):
        attention = layer.attention
        linears = {
            "attention.self.query": attention.self.query,
            "attention.self.key": attention.self.key,
            "attention.self.value": attention.self.value,
            "attention.output.dense": attention.output.dense,
        }
        if deep:
            linears |= {"intermediate.dense": layer.intermediate.dense, "output.dense": layer.output.dense}
        for name, linear in linears.items():
            down = torch.randn(rank, linear.in_features, device=device) / linear.in_features**0.5
            up = torch.zeros(linear.out_features, rank, device=device)
            down.requires_grad_(True)
            up.requires_grad_(True)
            factors[f"encoder.layer.{number}.{name}.weight"] = (down, up)
            linear.register_forward_hook(
                lambda _module, inputs, output, down=down, up=up: output + inputs[0] @ down.T @ up.T
            )
    return factors


def joined(parts: Sequence[Matrices], rank: int) -> Matrices:
    """What several adapters, one after the other, add to a model, as one of this rank (by singular values)."""
    made: Matrices = {}
    for name in sorted({name.rpartition(".")[0] for part in parts for name in part}):
        adding = [part for part in parts if f"{name}.up" in part]
        change = sum(
            p[f"{name}.up"].astype(np.float32) @ p[f"{name}.down"].astype(np.float32) for p in adding
        )
        left, values, right = np.linalg.svd(change, full_matrices=False)
        root = np.sqrt(values[:rank])
        made[f"{name}.up"] = (left[:, :rank] * root).astype(np.float16)
        made[f"{name}.down"] = (root[:, None] * right[:rank]).astype(np.float16)
    return made
