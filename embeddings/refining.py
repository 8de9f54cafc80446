"""Refining: the adapter's second lesson, what people mean when they name symptoms; learnt from the problem bank.

Needs and what answers them must find each other among hundreds (InfoNCE, van den Oord et al. 2018), as an adapter of
attention and feed-forward layers (Hu et al. 2021). What the model knew before stays: a share of each target is what it
said before the lesson (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015), and texts that are no
needs stay where they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.adapter import Matrices, Student, optimiser

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Group:
    """What one can do, in one or more languages, and needs that it answers, each in several wordings."""

    capabilities: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Lesson:
    """How it is learnt. Chosen on tests/benchmarks/needs-train.jsonl and needs-hard-*.jsonl, of which it learns nothing:
    of some twenty runs the best. Without the old model's share needs-train falls from 0.85 to 0.76, without joining to
    0.68; with twice the steps the hard needs fall by 0.04."""

    rank: int = 48
    steps: int = 420
    batch: int = 512
    rate: float = 1e-3
    temperature: float = 0.03
    # Of each target so much is what the model said before, sharpened by so much.
    old: float = 0.15
    old_temperature: float = 0.03
    keep: float = 10.0
    kept_a_batch: int = 128
    # So often a capability is joined with up to three others, as institutes list unlike things.
    joined: float = 0.7
    dropped: float = 0.1  # of a need's words
    alike: float = 0.93  # capabilities with this cosine are not told apart
    # How often need and capability, two wordings of a need, two needs of a capability, two languages of it.
    kinds: tuple[float, ...] = (6, 2, 1.5, 1)
    seed: int = 11


def refine(
    folder: Path,
    groups: Sequence[Group],
    kept: Sequence[str],
    lesson: Lesson,
    say: Callable[[str], None],
    *,
    device: str = "cpu",
) -> Matrices:
    """Learns what :func:`embeddings.adapter.merge` adds to a model folder: a minute on a GPU, hours on a CPU.

    :param kept: texts whose vectors should not move.
    """
    import torch

    torch.manual_seed(lesson.seed)
    draw = _Draw(groups, lesson)
    student, before = (Student(folder, rank, device, deep=True) for rank in (lesson.rank, 0))
    reference = _encode_all(before, kept)
    capabilities = _encode_all(before, [group.capabilities[0] for group in groups])
    adam, schedule = optimiser(student, lesson.rate, lesson.steps, warm=20)
    for step in range(lesson.steps):
        numbers, ones, others = draw.batch()
        still = draw.random.integers(0, len(kept), lesson.kept_a_batch)
        vectors = student.encode([*ones, *others, *(kept[i] for i in still)])
        one, other, same = torch.tensor_split(vectors, (len(ones), 2 * len(ones)))
        with torch.no_grad():
            was_one, was_other = torch.tensor_split(before.encode([*ones, *others]), 2)
            near = capabilities[numbers] @ capabilities[numbers].T > lesson.alike
            near.fill_diagonal_(False)
        loss = _loss(one @ other.T, was_one @ was_other.T, near, lesson)
        moved = (1 - (same * reference[still]).sum(1)).mean()
        total = loss + lesson.keep * moved
        adam.zero_grad()
        total.backward()
        adam.step()
        schedule.step()
        if step % 50 == 49:
            say(f"step {step + 1}/{lesson.steps}: loss {float(loss.detach()):.3f}")
    return student.learnt()


def _loss(scores: Any, before: Any, near: Any, lesson: Lesson) -> Any:
    """How far each is from its own among the others, both ways, and from what was said before."""
    import torch
    from torch.nn.functional import cross_entropy, softmax

    own = torch.arange(len(scores), device=scores.device)
    loss: Any = 0
    for now, was in ((scores, before), (scores.T, before.T)):
        logits = (now / lesson.temperature).masked_fill(near, -1e4)
        target = softmax((was / lesson.old_temperature).masked_fill(near, -1e4), dim=1)
        loss = (
            loss + (1 - lesson.old) * cross_entropy(logits, own) + lesson.old * cross_entropy(logits, target)
        )
    return loss / 2


def _encode_all(student: Student, texts: Sequence[str]) -> Any:
    import torch

    with torch.no_grad():
        return torch.cat([student.encode(texts[at : at + 256]) for at in range(0, len(texts), 256)])


class _Draw:
    """Batches of texts that belong together."""

    def __init__(self, groups: Sequence[Group], lesson: Lesson) -> None:
        self._groups = groups
        self._lesson = lesson
        self.random = np.random.default_rng(lesson.seed)
        self._order: list[int] = []
        self._weights = np.asarray(lesson.kinds) / sum(lesson.kinds)

    def batch(self) -> tuple[list[int], list[str], list[str]]:
        """The groups drawn, and of each two texts that belong together."""
        while len(self._order) < self._lesson.batch:
            self._order += self.random.permutation(len(self._groups)).tolist()
        drawn, self._order = self._order[: self._lesson.batch], self._order[self._lesson.batch :]
        pairs = [self._pair(self._groups[number]) for number in drawn]
        return drawn, [one for one, _other in pairs], [other for _one, other in pairs]

    def _pair(self, group: Group) -> tuple[str, str]:
        random, capabilities = self.random, group.capabilities
        kind = int(random.choice(4, p=self._weights))
        if not group.needs or (kind == 3 and len(capabilities) > 1):
            return capabilities[0], capabilities[-1]
        need = group.needs[random.integers(len(group.needs))]
        if kind == 1 and len(need) > 1:
            first, second = random.permutation(len(need))[:2].tolist()
            return self._some(need[first]), need[second]
        if kind == 2 and len(group.needs) > 1:
            one, other = (group.needs[at] for at in random.permutation(len(group.needs))[:2].tolist())
            return self._some(self._wording(one)), self._wording(other)
        language = int(random.integers(len(capabilities)))
        return self._some(self._wording(need)), self._listed(capabilities[language], language)

    def _wording(self, need: Sequence[str]) -> str:
        return need[int(self.random.integers(len(need)))]

    def _some(self, text: str) -> str:
        """The text without some of its words."""
        words = text.split()
        held = [word for word in words if self.random.random() >= self._lesson.dropped]
        return " ".join(held if len(words) > 3 and held else words)

    def _listed(self, capability: str, language: int) -> str:
        """The capability, perhaps among others."""
        if self.random.random() >= self._lesson.joined:
            return capability
        others = self.random.integers(0, len(self._groups), self.random.integers(1, 4))
        listed = [
            capability,
            *(
                self._groups[at].capabilities[min(language, len(self._groups[at].capabilities) - 1)]
                for at in others
            ),
        ]
        return ", ".join(listed[at] for at in self.random.permutation(len(listed)))
