"""Learns embeddings/data/adapter.safetensors anew: from embeddings/data/pairs.tsv, then from the problem bank.

    python -m tests.benchmarks.adapter [--small]

Pairs and bank are the project's own, written for this; the carried statements, their translations and the problems
that they solve are drawn beside them. Nothing is learnt from graded needs, nor from the industries of the carried
companies, nor from the areas of the bank that :func:`is_exam` keeps apart. Then run `hub setup`, `hub reindex` and
`python -m tests.benchmarks.calibrate`. On a GPU some minutes; on two cores a night. With --small a few texts are learnt
once, to see that it runs, and nothing is written.

The file in place was learnt on a GPU by the script from which this one was made: the same recipe, save that it left
out tokens where this leaves out words.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from safetensors.numpy import load_file, save_file

from embeddings import adapter, bundle
from embeddings.quiet import quieten
from embeddings.refining import Group, Lesson, refine
from hub.profiles.carried import sample_problems
from hub.settings import DATA

RANK = 48  # of the file: 8 MB


def main() -> None:
    """Writes the adapter and says how large it is."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--small", action="store_true", help="a few texts, once; nothing is written")
    small = parser.parse_args().small
    quieten()
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        bundle.build(plain, adapted=False)
        learnt = learn(plain, small=small, say=print)
        file = Path(scratch) / adapter.FILE.name if small else adapter.FILE
        save_file(learnt, file)
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB{', not kept' if small else ''}")


def learn(plain: Path, *, small: bool, say: Callable[[str], None]) -> adapter.Matrices:
    """Both lessons, as one adapter of a plain model folder."""
    import torch

    recipe = adapter.Recipe(runs=1, epochs=1, batch=8, kept_a_batch=4) if small else adapter.Recipe()
    most = 2 * recipe.batch if small else None
    first = adapter.train(plain, groups()[:most], kept()[:most], recipe, say)
    weights = load_file(plain / "model.safetensors")
    file = plain.with_name("first.safetensors")
    save_file(first, file)
    adapter.merge(weights, file)
    save_file(weights, plain / "model.safetensors", metadata={"format": "pt"})
    lesson = Lesson(rank=4, steps=2, batch=8, kept_a_batch=4) if small else Lesson()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    second = refine(plain, bank()[:most], kept()[:most], lesson, say, device=device)
    return adapter.joined([first, second], RANK)


def groups() -> list[list[str]]:
    """The project's pairs, and each carried capability with its translation."""
    return adapter.read_pairs() + [list(texts) for texts in carried()]


def carried() -> list[tuple[str, str]]:
    """Each carried capability and its translation."""
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        return [(row["capability"], row["capability_en"]) for row in csv.DictReader(file)]


def bank() -> list[Group]:
    """What the second lesson is about: the bank, the pairs, and what each carried capability solves."""
    with (DATA / "problem-bank.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    learnt = [
        Group(
            (row["capability"], row["capability_en"]),
            tuple((need["ko"], need["typed"], need["en"]) for need in row["needs"]),
        )
        for row in rows
        if not is_exam(row["area"])
    ]
    solved = sample_problems()
    return [
        *learnt,
        *(Group((texts[0],), (tuple(texts[1:]),)) for texts in adapter.read_pairs()),
        *(Group(texts, tuple(map(tuple, solved.get(texts[0], [])))) for texts in carried()),
    ]


def is_exam(area: str) -> bool:
    """Whether nothing is learnt from nor chosen on this area of the bank: one in ten, by its name."""
    return int(hashlib.sha256(area.strip().lower().encode()).hexdigest(), 16) % 20 < 2


def kept() -> list[str]:
    """What listed companies make: those vectors should stay where they were."""
    with (DATA / "listed-companies.csv").open(encoding="utf-8", newline="") as file:
        return [row["products"] for row in csv.DictReader(file) if row["products"]]


if __name__ == "__main__":
    main()
