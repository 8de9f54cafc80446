"""Learns embeddings/data/adapter.safetensors anew, from embeddings/data/pairs.tsv.

    python -m tests.benchmarks.adapter

The pairs are the project's own, written for this; the carried statements and their translations are
drawn beside them. Nothing is learnt from graded needs nor from the industries of the carried companies. Then run `hub setup`, `hub reindex` and
`python -m tests.benchmarks.calibrate`.
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from safetensors.numpy import save_file

from embeddings import adapter, bundle
from embeddings.quiet import quieten
from hub.profiles.sample import DATA


def main() -> None:
    """Writes the adapter and says how large it is."""
    quieten()
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        bundle.build(plain, adapted=False)
        learnt = adapter.train(plain, groups(), kept(), adapter.Recipe(), print)
    save_file(learnt, adapter.FILE)
    print(f"{adapter.FILE.name}: {adapter.FILE.stat().st_size / 1e6:.2f} MB")


def groups() -> list[list[str]]:
    """The project's pairs, and each carried capability with its translation."""
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        carried = [[row["capability"], row["capability_en"]] for row in csv.DictReader(file)]
    return adapter.read_pairs() + carried


def kept() -> list[str]:
    """What listed companies make: those vectors should stay where they were."""
    with (DATA / "listed-companies.csv").open(encoding="utf-8", newline="") as file:
        return [row["products"] for row in csv.DictReader(file) if row["products"]]


if __name__ == "__main__":
    main()
